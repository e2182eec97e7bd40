"""Which address shows which page: a WSGI application with a session cookie."""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from demo.fachverfahren import pages
from demo.fachverfahren.checks import complaints
from demo.fachverfahren.faults import Faults
from demo.fachverfahren.form import FIELDS, NAMES, fields_of
from demo.fachverfahren.records import Records

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

COOKIE = "HUSTSESSION"
MAX_BODY_BYTES = 100_000
SAVE = "/erfassung/speichern"
SAVE_ANYWAY = "/erfassung/trotzdem"


@dataclass(frozen=True, slots=True)
class Request:
    """What a page needs to know about its call. `user` is "" before the login."""

    method: str
    path: str
    values: dict[str, str]
    user: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    body: str
    status: HTTPStatus = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "text/html; charset=utf-8"


class LineCut(Exception):
    """The answer is not to arrive."""


def redirect(path: str, *headers: tuple[str, str]) -> Answer:
    """Send the browser somewhere else."""
    return Answer("", HTTPStatus.SEE_OTHER, (("Location", path), *headers))


def closed() -> Answer:
    """What everybody sees during a maintenance."""
    text = "Wegen Wartungsarbeiten nicht verfügbar."
    return Answer(pages.plain("wartung", "Wartung", text), HTTPStatus.SERVICE_UNAVAILABLE)


class Site:
    """The application. `folder` holds its database, `login.json`, a file `wartung` while it is closed, and the switches
    of `faults`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._login = json.loads((folder / "login.json").read_text(encoding="utf-8"))
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._faults = Faults(folder)
        self._stored_s: dict[str, float] = {}
        self.records = Records(folder / "hundesteuer.sqlite3")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            answer = self.answer(self._request(environ))
        except LineCut:
            environ["waitress.client_disconnected"].__self__.socket.shutdown(socket.SHUT_RDWR)
            answer = Answer("")
        body = answer.body.encode()
        fixed = [("Content-Type", answer.kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(f"{answer.status.value} {answer.status.phrase}", [*fixed, *answer.headers])
        return [body]

    def answer(self, request: Request) -> Answer:
        """The one place where every call passes."""
        self._faults.wait("slow_s")
        if (self._folder / "wartung").exists() or self._faults.happens("maintenance"):
            return closed()
        if request.path == "/anmelden" and request.method == "POST":
            return self._log_in(request)
        if not request.user:
            return Answer(pages.login())
        return self._inside(request)

    def _inside(self, request: Request) -> Answer:
        known: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/"): lambda request: redirect("/suche"),
            ("GET", "/anmelden"): lambda request: redirect("/suche"),
            ("GET", "/abmelden"): self._log_out,
            ("GET", "/suche"): self._search,
            ("GET", "/erfassung"): lambda request: Answer(pages.entry("halter", {}, [], request.user)),
            ("POST", "/erfassung/hund"): self._to_dog,
            ("POST", "/erfassung/pruefen"): self._to_overview,
            ("POST", SAVE): self._save,
            ("POST", SAVE_ANYWAY): self._store,
            ("GET", "/liste"): lambda request: Answer(pages.listing(self.records.all(), request.user)),
            ("GET", "/liste.csv"): lambda request: Answer(
                pages.csv(self.records.all()), kind="text/csv; charset=utf-8"
            ),
        }
        if page := known.get((request.method, request.path)):
            return page(request)
        if request.method == "GET" and request.path.startswith("/satz/"):
            return self._record(request)
        text = "Die Seite gibt es nicht."
        return Answer(pages.plain("fehlt", "Fehler", text, request.user), HTTPStatus.NOT_FOUND)

    def _log_in(self, request: Request) -> Answer:
        user, password = request.values.get("benutzer", ""), request.values.get("kennwort", "")
        right = hmac.compare_digest(user.encode(), self._login["user"].encode())
        right &= hmac.compare_digest(password.encode(), self._login["password"].encode())
        self.records.note_login(user, right)
        if not right:
            return Answer(pages.login("Benutzer oder Kennwort falsch."), HTTPStatus.FORBIDDEN)
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[token] = user
        return redirect("/suche", ("Set-Cookie", f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"))

    def _log_out(self, request: Request) -> Answer:
        self._forget(request.user)
        return redirect("/", ("Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0"))

    def _forget(self, user: str) -> None:
        with self._lock:
            self._sessions = {token: known for token, known in self._sessions.items() if known != user}

    def _search(self, request: Request) -> Answer:
        reference, name = (request.values.get(key, "").strip() for key in ("s_fremdref", "s_name"))
        if (reference or name) and self._faults.happens("search_off"):
            text = "Die Suche ist zurzeit abgeschaltet."
            return Answer(pages.plain("suche_aus", "Suche", text, request.user), HTTPStatus.SERVICE_UNAVAILABLE)
        hits = self.records.search(reference, name) if reference or name else None
        if hits and (lag_s := self._faults.seconds("search_lag_s")):
            hits = [hit for hit in hits if time.monotonic() - self._stored_s.get(hit.number, -lag_s) >= lag_s]
        return Answer(pages.search(reference, name, hits, request.user))

    def _to_dog(self, request: Request) -> Answer:
        if self._faults.happens("session_dropped"):
            self._forget(request.user)
            return Answer(pages.login())
        errors = complaints(fields_of("halter"), request.values)
        return Answer(pages.entry("halter" if errors else "hund", request.values, errors, request.user))

    def _to_overview(self, request: Request) -> Answer:
        if errors := complaints(fields_of("hund"), request.values):
            return Answer(pages.entry("hund", request.values, errors, request.user))
        return Answer(pages.overview(_ticks_said(request.values), request.user))

    def _save(self, request: Request) -> Answer:
        """The submit, and everything that may go wrong around it."""
        if self._faults.happens("duplicate_dialog"):
            return Answer(pages.similar(request.values, request.user))
        self._faults.wait("save_late_s")
        answer = self._store(request)
        self._faults.wait("answer_late_s")
        if self._faults.happens("answer_lost"):
            raise LineCut
        if self._faults.happens("error_after_save"):
            text = "Interner Fehler 0x80040E14."
            return Answer(pages.plain("fehler", "Fehler", text, request.user), HTTPStatus.INTERNAL_SERVER_ERROR)
        if self._faults.happens("maintenance_after_save"):
            return closed()
        if self._faults.happens("session_dropped_after_save"):
            self._forget(request.user)
            return Answer(pages.login())
        return answer

    def _store(self, request: Request) -> Answer:
        if complaints(FIELDS, request.values):
            text = "Die Angaben sind unvollständig. Bitte die Erfassung neu beginnen."
            return Answer(pages.plain("abbruch", "Fehler", text, request.user), HTTPStatus.BAD_REQUEST)
        number = self.records.add(_ticks_said(request.values), request.user)
        self._stored_s[number] = time.monotonic()
        return Answer(pages.stored(number, request.user))

    def _record(self, request: Request) -> Answer:
        found = self.records.one(request.path.removeprefix("/satz/"))
        if found is None:
            text = "Kein Satz mit diesem Kassenzeichen."
            return Answer(pages.plain("fehlt", "Satzanzeige", text, request.user), HTTPStatus.NOT_FOUND)
        return Answer(pages.record(found, request.user))

    def _request(self, environ: WSGIEnvironment) -> Request:
        text = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] == "POST":
            size = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY_BYTES)
            text = environ["wsgi.input"].read(size).decode("ascii", "replace")
        values = {name: given[0] for name, given in parse_qs(text, keep_blank_values=True).items()}
        user = self._user(environ.get("HTTP_COOKIE", ""))
        path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
        return Request(environ["REQUEST_METHOD"], path, values, user)

    def _user(self, header: str) -> str:
        try:
            cookie = SimpleCookie(header)
        except CookieError:
            return ""
        with self._lock:
            return self._sessions.get(cookie[COOKIE].value, "") if COOKIE in cookie else ""


def _ticks_said(values: dict[str, str]) -> dict[str, str]:
    """A browser sends nothing for a box without a tick; this application stores N for it."""
    ticks = {field.name for field in FIELDS if field.kind == "haken"}
    return {
        name: ("J" if values.get(name) == "J" else "N") if name in ticks else values.get(name, "") for name in NAMES
    }
