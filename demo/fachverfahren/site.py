"""Which address shows which page: a WSGI application with a session cookie."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from demo.fachverfahren import pages
from demo.fachverfahren.checks import complaints
from demo.fachverfahren.form import FIELDS, NAMES, fields_of
from demo.fachverfahren.records import Records

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

COOKIE = "HUSTSESSION"
MAX_BODY_BYTES = 100_000


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


def redirect(path: str, *headers: tuple[str, str]) -> Answer:
    """Send the browser somewhere else."""
    return Answer("", HTTPStatus.SEE_OTHER, (("Location", path), *headers))


class Site:
    """The application. `folder` holds its database, `login.json`, and a file `wartung` while it is closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._login = json.loads((folder / "login.json").read_text(encoding="utf-8"))
        self._sessions: dict[str, str] = {}
        self._lock = threading.Lock()
        self.records = Records(folder / "hundesteuer.sqlite3")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer(self._request(environ))
        body = answer.body.encode()
        fixed = [("Content-Type", answer.kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(f"{answer.status.value} {answer.status.phrase}", [*fixed, *answer.headers])
        return [body]

    def answer(self, request: Request) -> Answer:
        """The one place where every call passes: faults to rehearse (late, lost, doubled answers) belong here."""
        if (self._folder / "wartung").exists():
            text = "Wegen Wartungsarbeiten nicht verfügbar."
            return Answer(pages.plain("wartung", "Wartung", text), HTTPStatus.SERVICE_UNAVAILABLE)
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
            ("POST", "/erfassung/speichern"): self._store,
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
        with self._lock:
            self._sessions = {token: user for token, user in self._sessions.items() if user != request.user}
        return redirect("/", ("Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0"))

    def _search(self, request: Request) -> Answer:
        reference, name = (request.values.get(key, "").strip() for key in ("s_fremdref", "s_name"))
        hits = self.records.search(reference, name) if reference or name else None
        return Answer(pages.search(reference, name, hits, request.user))

    def _to_dog(self, request: Request) -> Answer:
        errors = complaints(fields_of("halter"), request.values)
        return Answer(pages.entry("halter" if errors else "hund", request.values, errors, request.user))

    def _to_overview(self, request: Request) -> Answer:
        if errors := complaints(fields_of("hund"), request.values):
            return Answer(pages.entry("hund", request.values, errors, request.user))
        return Answer(pages.overview(_ticks_said(request.values), request.user))

    def _store(self, request: Request) -> Answer:
        if complaints(FIELDS, request.values):
            text = "Die Angaben sind unvollständig. Bitte die Erfassung neu beginnen."
            return Answer(pages.plain("abbruch", "Fehler", text, request.user), HTTPStatus.BAD_REQUEST)
        number = self.records.add(_ticks_said(request.values), request.user)
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
