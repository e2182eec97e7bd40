"""Keywords for Tryton's web client (sao): a party with its address, contact data and identifiers, as a clerk types it.

Names of fields in the target's file are places in the form:

    name                                    a field of the record
    name#1, name#2                          two of our fields in one of Tryton's, joined by `joint`
    addresses.street                        of the first line of a list that is shown as a form
    contact_mechanisms[type=phone].value    of the line of this kind; added where there is a value
    identifiers[type=].code                 the kind may be empty

Every search and every look at a record begins in a tab of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from robot.api.deco import keyword, library
from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from robots.keywords.fields import Settings
from robots.keywords.problems import Rejected, Unavailable
from robots.keywords.screen import MISFITS, POLL_S, without_page_source
from robots.keywords.values import Answer, Entry, Values

CLIENT = Path(__file__).with_name("sao.js").read_text(encoding="utf-8")
TO_START = "window.onbeforeunload = null; history.replaceState(null, '', arguments[0])"
PATIENCE_S = 40.0
"""The client works in the browser: on a busy machine a new form takes seconds."""
SEES = """
return [...document.querySelectorAll(arguments[0])].some((one) => one.checkVisibility({opacityProperty: true}));
"""
CHOOSE_DATABASE = """
const [list, entry] = ['select', 'input'].map((kind) => document.querySelector(kind + '#database'));
if (!list.options.length && !entry.readOnly) entry.value = arguments[0]; // a server that does not tell its databases
return list.value || entry.value;
"""
CALM = "window.laufzettel.whenCalm(arguments[arguments.length - 1])"
PLACE = re.compile(r"(?:(\w+)(?:\[(\w+)=(\w*)\])?\.)?(\w+)(?:#(\d))?", re.ASCII)

DATABASE, USER, PASSWORD = "#database", "#login", "#ask-dialog-entry"
MENU = "#menu table.tree tbody tr"
OTHER_DIALOG = ".modal.in:not(.ask-dialog) .alert"
IN_TAB = "#tabcontent .tab-pane.active "
NEW, SAVE = (f"{IN_TAB}.btn-toolbar button#{name}:enabled" for name in ("new_", "save"))
WINDOW_OK = ".window-form.modal.in .btn-primary"
NOTHING_WRITTEN = ("UserError", "UserWarning")
"""Answers after which Tryton has rolled its transaction back. Any other error leaves it open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: `field` of the record, or of a line of the list `many` whose field `by` holds `kind`."""

    many: str
    by: str
    kind: str
    field: str
    part: int


def place(name: str) -> Place:
    """Raises Unavailable Z008 when the target's file names no place."""
    match = PLACE.fullmatch(name)
    if match is None:
        raise Unavailable("Z008", f"„{name}“ ist kein Feld eines Tryton-Formulars. Bitte [fields] berichtigen.")
    many, by, kind, field, part = match.groups()
    return Place(many or "", by or "", kind or "", field, int(part or 0))


def _parts(places: dict[str, Place], values: dict[str, str]) -> dict[str, dict[str, str]]:
    """Our values for each field of the record itself, in the order of their parts."""
    own: dict[str, dict[str, str]] = {}
    for name, at in sorted(places.items(), key=lambda item: item[1].part):
        if not at.many:
            own.setdefault(at.field, {})[name] = values[name]
    return own


class Complaint(Exception):
    """What the client says against the values typed so far. Never leaves this file: it may quote them."""


@library(scope="GLOBAL", auto_keywords=False)
class Sao:
    """One session of the client. Settings: `model` (party.party), `reference` (field with our reference), `joint`."""

    def __init__(self) -> None:
        self._url = ""
        self._settings: Settings

    @property
    def _driver(self) -> WebDriver:
        driver: WebDriver = BuiltIn().get_library_instance("RPA.Browser.Selenium").driver
        return driver

    @property
    def _model(self) -> str:
        return str(self._settings.need("model"))

    @keyword
    @without_page_source
    def log_in(self, url: str, settings: Settings, login: dict[str, Secret]) -> None:
        """Log in on the page that is open, as the client asks for it: user, then password.

        Raises:
            Unavailable: Z003 refused, Z008 the address names no database, or none of this server.
        """
        self._url, self._settings = url, settings
        self._choose_database(urlsplit(url).fragment)
        self._type(USER, login["user"])
        asked = self._type(PASSWORD, login["password"])
        self._wait(lambda driver: self._sees(MENU) or self._sees(OTHER_DIALOG) or self._asks_again(asked))
        if not self._sees(MENU):
            raise Unavailable("Z003")
        self._look_in()

    def _choose_database(self, name: str) -> None:
        """The client asks the server for its databases first; a login typed before is dropped without a word."""
        if not re.fullmatch(r"\w+", name):
            raise Unavailable("Z008", "Die Adresse nennt keine Datenbank (http://rechner:8000/#datenbank).")
        self._wait(lambda driver: self._sees(DATABASE))
        if self._driver.execute_script(CHOOSE_DATABASE, name) != name:
            raise Unavailable("Z008", f"Auf diesem Server gibt es die Datenbank „{name}“ nicht.")

    def _asks_again(self, asked: WebElement) -> bool:
        return any(found.id != asked.id for found in self._driver.find_elements(By.CSS_SELECTOR, PASSWORD))

    def _type(self, css: str, text: Secret) -> WebElement:
        self._wait(lambda driver: self._sees(css))
        entry = self._driver.find_element(By.CSS_SELECTOR, css)
        entry.send_keys(text.value)
        self._driver.execute_script("arguments[0].form.querySelector('.btn-primary').click()", entry)
        return entry

    def _sees(self, css: str) -> bool:
        return bool(self._driver.execute_script(SEES, css))

    def _wait(self, condition: Callable[[WebDriver], Any]) -> Any:
        """Until it holds. A part of the client that is not drawn yet is one that does not hold yet."""
        return WebDriverWait(self._driver, PATIENCE_S, POLL_S, [JavascriptException]).until(condition)

    def _press(self, css: str) -> None:
        """One click, once the button is there."""
        self._wait(lambda driver: self._sees(css))
        self._ask("press", css)

    def _look_in(self) -> None:
        self._driver.set_script_timeout(PATIENCE_S)
        self._driver.execute_script(CLIENT)
        self._calm()

    def _calm(self) -> None:
        self._driver.execute_async_script(CALM)

    def _ask(self, what: str, *arguments: Any) -> Any:
        return self._driver.execute_script(f"return window.laufzettel.{what}(...arguments)", *arguments)

    @keyword
    @without_page_source
    def search_reference(self, reference: str) -> list[str]:
        """Numbers (database ids) of the records with our reference, switched off ones too."""
        self._leave_all()
        domain = [[self._settings.need("reference"), "=", reference], ["active", "in", [True, False]]]
        self._go(f"model/{self._model};domain={quote(json.dumps(domain))}")
        found = self._answer_to("search")
        if "result" not in found:
            raise Unavailable("Z004")
        return [str(number) for number in found["result"]]

    def _leave_all(self) -> None:
        """Close what is open. Where the client would ask whether to store it, the page is loaded afresh instead."""
        if self._ask("isClean"):
            self._ask("closeTabs")
            self._calm()
            return
        self._driver.execute_script(TO_START, f"#{urlsplit(self._url).fragment}")
        self._driver.refresh()
        self._wait(lambda driver: self._sees(MENU))
        self._look_in()

    def _go(self, path: str) -> None:
        database = urlsplit(self._url).fragment
        for method in ("search", "read", "create"):
            self._ask("forget", f"model.{self._model}.{method}")
        self._driver.execute_script("location.hash = arguments[0]", f"#{database}/{path}")

    def _answer_to(self, method: str) -> dict[str, Any]:
        """The server's answer to what the client asked it, once the client has worked it off."""
        answer: dict[str, Any] = self._wait(lambda driver: self._ask("answer", f"model.{self._model}.{method}"))
        self._calm()
        return answer

    @keyword
    @without_page_source
    def fill_record(self, entry: Entry) -> Secret | None:
        """A new record in the list that the search left empty, everything but the click that stores it.

        Returns the client's words when it complains. Raises Rejected Z011 where a value finds no room.
        """
        try:
            self._fill(entry.values.plain)
        except Complaint as complaint:
            return Secret(str(complaint))
        return None

    def _fill(self, values: dict[str, str]) -> None:
        places = {name: place(name) for name in values}
        self._press(NEW)
        forms = {"": self._own_fields(places, values)}
        for name, at in places.items():
            if at.many and not at.by:
                forms.setdefault(at.many, {})[at.field] = values[name]
        for many, fields in forms.items():
            self._until_writable(many, list(fields), 1)
        for many, fields in forms.items():
            self._put(many, fields)
        self._calm()
        for many, by, kind in dict.fromkeys((at.many, at.by, at.kind) for at in places.values() if at.by):
            line = {at.field: values[name] for name, at in places.items() if (at.many, at.kind) == (many, kind)}
            if any(line.values()):
                self._add_line(many, {by: kind}, line)
        if not self._sees(SAVE):
            raise Unavailable("Z008", "Der Roboter darf in Tryton nicht speichern. Bitte seine Rechte prüfen.")

    def _own_fields(self, places: dict[str, Place], values: dict[str, str]) -> dict[str, str]:
        return {field: self._joined(parts.values()) for field, parts in _parts(places, values).items()}

    def _joined(self, parts: Iterable[str]) -> str:
        return str(self._settings.get("joint", " ")).join(part for part in parts if part)

    def _add_line(self, many: str, kind: dict[str, str], line: dict[str, str]) -> None:
        """A line that is written in the list itself, or in a window that its OK ends."""
        before = self._ask("count", many)
        self._ask("newLine", many)
        for fields in (kind, line):  # after the kind, the client looks again at what belongs to it
            self._until_writable(many, list(fields), before + 1)
            self._put(many, fields)
            self._calm()
        if self._sees(WINDOW_OK):
            self._ask("press", WINDOW_OK)
            self._calm()
        self._no_complaint()

    def _until_writable(self, many: str, fields: list[str], count: int) -> None:
        self._wait(lambda driver: self._ask("isWritable", many, fields, count))
        self._calm()

    def _put(self, many: str, values: dict[str, str]) -> None:
        happened: list[tuple[str, str]] = self._ask("put", many, values)
        for name, what in happened:
            shown = f"{many}.{name}" if many else name
            if what in MISFITS:
                raise Rejected("Z011", f"Feld „{shown}“: {MISFITS[what]}. Bitte den Wert prüfen.")
            if what == "absent":
                raise Unavailable("Z008", f"Im Formular von Tryton fehlt das Feld „{shown}“, oder es ist gesperrt.")

    def _no_complaint(self) -> None:
        if words := self._ask("complaint"):
            raise Complaint(words)

    @keyword
    @without_page_source
    def save_record(self) -> Answer:
        """The one click. The server's answer to the client is the proof; where it does not come, nothing is certain."""
        create = f"model.{self._model}.create"
        self._press(SAVE)
        self._calm()
        answer = self._wait(lambda driver: self._ask("answer", create) or self._ask("complaint"))
        if not self._ask("isSent", create):
            return Answer(refusal=Secret(str(answer)))
        answer = self._answer_to("create")
        if "result" in answer:
            return Answer(str(answer["result"][0]))
        if answer["error"][0] not in NOTHING_WRITTEN:
            raise Unavailable("Z004")
        return Answer(refusal=Secret(self._wait(lambda driver: self._ask("complaint"))))

    @keyword
    @without_page_source
    def read_record(self, names: Values, number: str) -> Values:
        """What the stored record shows under all these names, loaded from the server."""
        self._leave_all()
        self._go(f"model/{self._model}/{int(number)}")
        found = self._answer_to("read")
        if "result" not in found or self._ask("complaint"):
            raise Unavailable("Z004")
        lists = [[at.many, at.field] for at in map(place, names) if at.many]
        self._wait(lambda driver: self._ask("isRead", lists))
        self._calm()
        return Values(self._shown(names.plain))

    def _shown(self, wanted: dict[str, str]) -> dict[str, str]:
        places = {name: place(name) for name in wanted}
        seen: dict[str, str] = {}
        for field, parts in _parts(places, wanted).items():
            seen |= self._parted(self._ask("field", field), parts)
        return {name: self._line(at, wanted[name]) if at.many else seen[name] for name, at in places.items()}

    def _parted(self, whole: str, wanted: dict[str, str]) -> dict[str, str]:
        """A joined field taken apart: as it was joined, if it is that; else at the first joints."""
        if whole == self._joined(wanted.values()):
            return wanted
        parts = whole.split(str(self._settings.get("joint", " ")), len(wanted) - 1)
        return dict(zip(wanted, parts + [""] * len(wanted), strict=False))

    def _line(self, at: Place, wanted: str) -> str:
        """Of several lines of a kind, the one that holds what is wanted, else the first."""
        lines: list[tuple[str, str]] = self._ask("lines", at.many, at.by, at.field)
        texts = [text for kind, text in lines if kind == at.kind]
        return wanted if wanted in texts else next(iter(texts), "")
