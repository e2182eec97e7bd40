"""Keywords for targets that are an HTTP interface with JSON, through RPA.HTTP.

Nothing is ever sent twice by itself: no retries, no redirects. A value is data in the body; only references, record
numbers and, in shadow mode, the business key stand in an address.
"""

from __future__ import annotations

import base64
import re
import uuid
from typing import Any
from urllib.parse import quote, urlsplit

from RequestsLibrary import log as bodies
from robot.api import logger
from robot.api.deco import keyword, library
from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn

from robots.keywords.fields import Settings
from robots.keywords.problems import Unavailable
from robots.keywords.tree import leaf, tree
from robots.keywords.values import OUR_REFERENCE, Answer, Entry, Values
from robots.keywords.veil import VEIL

SESSION = "target"
KEY_SPACE = uuid.UUID("6f0f9d0e-5a39-4c0f-9b5a-3f1f6b0c7a11")
STORED, THERE_ALREADY, REFUSED = (200, 201), (409,), (400, 422)
MOST_WORDS = 500
MOST_PAGES = 100_000


def idempotency_key(target: str, reference: str) -> str:
    """The same for every attempt to enter a case into this target, and for no other case or target."""
    return str(uuid.uuid5(KEY_SPACE, f"{target} {reference}"))


@library(scope="GLOBAL", auto_keywords=False)
class HttpJson:
    """One session with an interface: POST a record, search by our reference, GET it back."""

    def __init__(self) -> None:
        self._url = ""
        self._settings: Settings
        self._body: dict[str, Any] = {}

    @keyword
    def open_interface(self, url: str, settings: Settings, login: dict[str, Secret]) -> None:
        """Remember address and credentials: `token`, or `user` and `password`. Sends nothing yet.

        Settings: `records` (path), `search` (parameter for our reference), `reference` (our reference in a record),
        `found` (the list in an answer, "" = it is the list), `number` (in a record), `words` (why, in a refusal),
        `timeout_s` (20), `ca_file` (certificates of the city's own authority), `page` (parameter for the page of a
        list, counted from 1; without it nothing is listed).
        """
        self._url, self._settings = url.rstrip("/"), settings
        if urlsplit(url).scheme not in ("http", "https"):
            raise Unavailable("Z008", "Die Adresse des Zielsystems beginnt nicht mit http:// oder https://.")
        session = self._http.create_session(
            SESSION,
            self._url,
            headers={"Accept": "application/json", **_authorization(login)},
            timeout=float(settings.get("timeout_s", 20)),
            verify=settings.get("ca_file") or True,
            max_retries=0,
        )
        session.trust_env = False  # no proxy and no password of the machine
        bodies.log_request = bodies.log_response = lambda answer: None  # at DEBUG: records, also other people's

    @property
    def _http(self) -> Any:
        return BuiltIn().get_library_instance("RPA.HTTP")

    @property
    def _records(self) -> str:
        return "/" + str(self._settings.need("records")).strip("/")

    @keyword
    def search_reference(self, reference: str) -> list[str]:
        """Numbers of the records that carry our reference.

        An interface that answers with other records too does not search (it may have shown only a first page of
        all): then nobody knows, and nothing may be entered.
        """
        records = self._found({str(self._settings.need("search")): reference})
        place = str(self._settings.need("reference"))
        if any(leaf(record, place) != reference for record in records):
            raise Unavailable("Z008", "Die Suche des Zielsystems liefert Sätze mit anderer Referenz.")
        return [self._number(record) for record in records]

    @keyword
    def search_values(self, values: Values) -> list[str]:
        """Numbers of the records with all these values (the business key); each is a parameter of its own name."""
        return [self._number(record) for record in self._found(values.plain)]

    @keyword
    def list_our_records(self) -> dict[str, str] | None:
        """Number and reference of every record that carries a reference of ours, page by page up to an empty one.

        None where the interface has no list, and where it shows one page for ever: what it shows then is not all.
        """
        page, place = str(self._settings.get("page", "")), str(self._settings.need("reference"))
        ours: dict[str, str] = {}
        before: list[Any] = []
        for number in range(1, MOST_PAGES + 1) if page else ():
            records = self._found({page: str(number)})
            if not records:
                return ours
            if records == before:
                return None
            references = {self._number(record): leaf(record, place) for record in records}
            ours |= {one: name for one, name in references.items() if re.match(OUR_REFERENCE, str(name))}
            before = records
        return None

    def _found(self, parameters: dict[str, str]) -> list[Any]:
        records = leaf(self._asked("get", self._records, params=parameters), str(self._settings.get("found", "")))
        if not isinstance(records, list):
            raise Unavailable("Z004")
        return records

    def _number(self, record: Any) -> str:
        number = leaf(record, str(self._settings.need("number")))
        if not isinstance(number, str | int) or number == "":
            raise Unavailable("Z004")
        return str(number)

    @keyword
    def prepare_record(self, entry: Entry) -> None:
        """Put the values into their places; an empty one is left out."""
        try:
            self._body = tree({name: value for name, value in entry.values.plain.items() if value})
        except ValueError as error:
            raise Unavailable("Z008", f"[fields]: {error}") from None

    @keyword
    def post_record(self, entry: Entry) -> Answer:
        """Send the prepared record, once, with a key by which the interface knows it again."""
        answer = self._sent(
            "post",
            self._records,
            json=self._body,
            headers={"Idempotency-Key": idempotency_key(self._settings.target_file.stem, entry.reference)},
        )
        if answer.status_code in THERE_ALREADY:
            return Answer()
        if answer.status_code in REFUSED:
            return Answer(refusal=Secret(self._words(answer)))
        if answer.status_code not in STORED:
            raise _unavailable(answer.status_code)
        return Answer(self._number(_json(answer)))

    @keyword
    def read_record(self, names: Values, number: str) -> Values:
        """The stored record, under all these names. A place that is not there is empty."""
        record = self._asked("get", f"{self._records}/{quote(number, safe='')}")
        seen = {name: leaf(record, name) for name in names}
        return Values({name: _text(value) for name, value in seen.items() if not isinstance(value, dict | list)})

    def _asked(self, method: str, path: str, **what: Any) -> Any:
        answer = self._sent(method, path, **what)
        if answer.status_code != 200:
            raise _unavailable(answer.status_code)
        return _json(answer)

    def _sent(self, method: str, path: str, **what: Any) -> Any:
        """One request. Errors of the library quote addresses; only their kind is told."""
        send = getattr(self._http, f"{method}_on_session")
        try:
            return send(SESSION, path, expected_status="any", allow_redirects=False, **what)
        except OSError as error:  # requests' own errors are OSErrors
            logger.info(f"{method}: {type(error).__name__}")
            raise Unavailable("Z001") from None

    def _words(self, answer: Any) -> str:
        try:
            said = leaf(answer.json(), str(self._settings.get("words", "message")))
        except ValueError:
            said = None
        lines = said if isinstance(said, list) else [said]
        return "\n".join(line for line in lines if isinstance(line, str))[:MOST_WORDS]


def _authorization(login: dict[str, Secret]) -> dict[str, str]:
    if "token" in login:
        return {"Authorization": f"Bearer {login['token'].value}"}
    pair = f"{login['user'].value}:{login['password'].value}".encode()
    coded = base64.b64encode(pair).decode()
    VEIL.cover([coded])
    return {"Authorization": f"Basic {coded}"}


def _unavailable(status: int) -> Unavailable:
    return Unavailable({401: "Z003", 403: "Z003", 503: "Z002"}.get(status, "Z004"))


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise Unavailable("Z004") from None


def _text(value: Any) -> str:
    """As it is written in JSON, but texts without quotes; null is empty."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
