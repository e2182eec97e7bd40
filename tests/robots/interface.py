"""A tiny HTTP interface of a line-of-business system, with the switches that real ones have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

TOKEN = "Kanari-7d1!Token"
Trouble = Literal["", "late", "lost", "broken", "refused"]


@dataclass
class Interface:
    """Records by number, keys it has seen, and the trouble it makes at the next POST.

    late: writes, and answers only after `hurry` is set. lost: writes and cuts the line. broken: writes and answers
    500. refused: writes nothing and answers 422 with the value in its words. `search`: "on", "off" or "everything".
    A list without a search comes in pages of two; with "everything" the page that was asked for does not count.
    """

    url: str = ""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    trouble: Trouble = ""
    search: Literal["on", "off", "everything"] = "on"
    hurry: threading.Event = field(default_factory=threading.Event)

    def add(self, record: dict[str, Any]) -> str:
        number = f"A/{len(self.records) + 1}"
        self.records[number] = record | {"id": number}
        return number

    def found(self, wanted: dict[str, str]) -> list[dict[str, Any]]:
        if self.search == "everything":
            return list(self.records.values())
        if page := int(wanted.pop("seite", 0)):
            return list(self.records.values())[2 * page - 2 : 2 * page]
        return [record for record in self.records.values() if all(at(record, n) == v for n, v in wanted.items())]


def at(record: Any, name: str) -> Any:
    for step in name.split("."):
        record = record.get(step, {})
    return record


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    interface: Interface

    def log_message(self, *args: Any) -> None:
        pass

    def answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {})
        if address.path == "/api/vorgaenge":
            if self.interface.search == "off":
                return self.answer(501, {})
            wanted = {name: values[0] for name, values in parse_qs(address.query).items()}
            return self.answer(200, {"treffer": self.interface.found(wanted)})
        number = address.path.removeprefix("/api/vorgaenge/").replace("%2F", "/")
        return self.answer(200, self.interface.records[number])

    def do_POST(self) -> None:
        interface, key = self.interface, self.headers["Idempotency-Key"]
        record = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        interface.posts.append(key)
        if interface.trouble == "refused":
            return self.answer(422, {"meldung": ["Ort unbekannt: " + record["halter"]["ort"]]})
        if key not in interface.keys and interface.found({"aktenzeichen": record["aktenzeichen"]}):
            return self.answer(409, {})
        number = interface.keys.get(key) or interface.add(record)
        interface.keys[key] = number
        if interface.trouble == "late":
            interface.hurry.wait(30)
        if interface.trouble in ("late", "lost"):
            self.close_connection = True
            return None
        return self.answer(500 if interface.trouble == "broken" else 201, {"id": number})


@contextmanager
def running_interface() -> Iterator[Interface]:
    """On a free port, until the block ends."""
    interface = Interface()
    handler = type("Handler", (Requests,), {"interface": interface})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    interface.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield interface
    finally:
        interface.hurry.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
