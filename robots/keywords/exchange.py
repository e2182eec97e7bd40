"""Keywords for targets that take one XML file per case from a folder and answer with an acknowledgement file.

We write `in/<reference>.xml`. The other side moves it to `done/` or `error/` and writes beside it
`<reference>.quittung.xml`, which names our reference and, in `done/`, its number. What was refused before stays in
`error/`; the next file of the case is called `<reference>-2.xml`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from robot.api import logger
from robot.api.deco import keyword, library
from robot.api.types import Secret

from robots.keywords.fields import Settings
from robots.keywords.problems import Rejected, Unavailable
from robots.keywords.tree import tree
from robots.keywords.values import OUR_REFERENCE, Answer, Entry, Values

FOLDERS = ("in", "done", "error")
ACKNOWLEDGEMENT = ".quittung.xml"
POLL_S = 0.1
LARGEST_BYTES = 4 << 20
LEFT_OVER_S = 24 * 3600
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@library(scope="GLOBAL", auto_keywords=False)
class Exchange:
    """One exchange folder.

    Settings: `xsd` (beside the target's file), `root` and `namespace` of our files, `acknowledge_s` (60), `file_mode`
    ("640"), and the elements of an acknowledgement: `reference`, `number`, `words`.
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._settings: Settings
        self._schema: Any = None
        self._draft: Path | None = None
        self._stem = ""
        self._stems: dict[str, str] = {}

    @keyword
    def open_exchange(self, folder: str, settings: Settings) -> None:
        """See that folders and schema are there and that a file can be handed over without overwriting another."""
        self._folder, self._settings = Path(folder), settings
        self._schema = _schema(settings.target_file.with_name(str(settings.need("xsd"))))
        if missing := [name for name in FOLDERS if not (self._folder / name).is_dir()]:
            raise Unavailable("Z001", f"Im Übergabeordner fehlt {', '.join(missing)}. Bitte den Ordner einbinden.")
        for old in (self._folder / "in").glob(".*.tmp"):
            if time.time() - old.stat().st_mtime > LEFT_OVER_S:
                old.unlink(missing_ok=True)
        self._try_link(self._folder / "in" / f".probe-{os.getpid()}.tmp")

    def _try_link(self, probe: Path) -> None:
        other = probe.with_suffix(".2.tmp")
        try:
            probe.touch(mode=0o600)
            os.link(probe, other)
        except OSError as error:
            if error.errno in NO_LINKS:
                raise Unavailable("Z008", "Der Übergabeordner erlaubt keine harten Verknüpfungen (link).") from None
            raise Unavailable(
                "Z001", f"In den Übergabeordner kann nicht geschrieben werden ({error.strerror})."
            ) from None
        finally:
            probe.unlink(missing_ok=True)
            other.unlink(missing_ok=True)

    @keyword
    def search_folders(self, entry: Entry) -> list[str]:
        """Numbers of the records that the other side made of our files. Waits for acknowledgements on their way.

        Raises:
            Unavailable: Z021 a file was handed over and is not acknowledged.
        """
        self._stems = {}
        for stem in self._stems_of(entry.reference, "in", "done"):
            answer = self._acknowledged(stem, entry.reference)
            if answer.number:
                self._stems[answer.number] = stem
        return list(self._stems)

    @keyword
    def refusal_of_these_values(self, entry: Entry) -> Secret | None:
        """The words with which the other side refused a file with exactly these values; None when it did not."""
        for stem in reversed(self._stems_of(entry.reference, "error")):
            file = self._folder / "error" / f"{stem}.xml"
            record = _parsed(file)
            if record is not None and self._values(record, list(entry.values)) == entry.values.plain:
                return self._acknowledged(stem, entry.reference).refusal
        return None

    def _stems_of(self, reference: str, *folders: str) -> list[str]:
        """Names of our files of a case, oldest first. `in` is listed first: a file on its way is seen at least once."""
        ours = re.compile(rf"({re.escape(reference)}(?:-(\d+))?)\.xml")
        found = [ours.fullmatch(path.name) for name in folders for path in (self._folder / name).iterdir()]
        numbers = {match[1]: int(match[2] or 1) for match in found if match}
        return sorted(numbers, key=numbers.__getitem__)

    @keyword
    def prepare_file(self, entry: Entry) -> None:
        """Build the XML, check it against the schema, and write it durably under a name the other side does not take.

        Raises:
            Rejected: Z011 where the schema, or XML itself, does not allow a value.
        """
        root = self._built(entry.values.plain)
        if not self._schema.validate(root):
            raise Rejected("Z011", _misfit(self._schema.error_log[0]))
        refused = len(self._stems_of(entry.reference, "error"))
        self._stem = f"{entry.reference}-{refused + 1}" if refused else entry.reference
        self._drop_draft()
        self._draft = self._folder / "in" / f".{self._stem}.tmp"
        self._draft.unlink(missing_ok=True)
        mode = int(str(self._settings.get("file_mode", "640")), 8)
        handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
            os.fchmod(handle, mode)
            file.flush()
            os.fsync(handle)

    def _built(self, plain: dict[str, str]) -> Any:
        """An empty value has no element."""
        try:
            places = tree({name: value for name, value in plain.items() if value})
        except ValueError as error:
            raise Unavailable("Z008", f"[fields]: {error}") from None
        root = etree.Element(self._tag(str(self._settings.need("root"))))
        self._add(root, places)
        return root

    def _add(self, parent: Any, places: dict[str, Any]) -> None:
        for name, content in places.items():
            child = etree.SubElement(parent, self._tag(name))
            if isinstance(content, dict):
                self._add(child, content)
                continue
            try:
                child.text = content
            except ValueError:
                raise Rejected("Z011", f"Feld „{name}“ enthält ein Zeichen, das XML nicht erlaubt.") from None

    def _tag(self, name: str) -> str:
        namespace = self._settings.get("namespace", "")
        return f"{{{namespace}}}{name}" if namespace else name

    @keyword
    def hand_over(self, entry: Entry) -> Answer:
        """Show the prepared file to the other side, once, and wait for its acknowledgement."""
        if self._draft is None:
            raise Unavailable("Z004")
        try:
            os.link(self._draft, self._folder / "in" / f"{self._stem}.xml")
        except FileExistsError:
            return Answer()
        _sync_folder(self._folder / "in")
        self._drop_draft()
        answer = self._acknowledged(self._stem, entry.reference)
        if answer.number:
            self._stems[answer.number] = self._stem
        return answer

    def _acknowledged(self, stem: str, reference: str) -> Answer:
        """What the other side says about one file, as soon as it says it."""
        end_s = time.monotonic() + float(self._settings.get("acknowledge_s", 60))
        while True:
            for folder in ("done", "error"):
                said = _parsed(self._folder / folder / f"{stem}{ACKNOWLEDGEMENT}")
                if said is not None and self._said(said, "reference") == reference:
                    number = self._said(said, "number")
                    if folder == "error":
                        return Answer(refusal=Secret(self._said(said, "words")))
                    if number:
                        return Answer(number)
            if time.monotonic() > end_s:
                raise Unavailable("Z021")
            time.sleep(POLL_S)

    def _said(self, acknowledgement: Any, what: str) -> str:
        name = str(self._settings.need(what))
        return (acknowledgement.findtext(f".//{{*}}{name}") or "").strip()

    @keyword
    def read_record(self, names: Values, number: str) -> Values:
        """The record as the acknowledgement repeats it, or else the file that the other side took."""
        stem = self._stems.get(number, "")
        said = _parsed(self._folder / "done" / f"{stem}{ACKNOWLEDGEMENT}")
        record = None if said is None else said.find(f".//{{*}}{self._settings.need('root')}")
        for folder in ("done", "in"):
            record = _parsed(self._folder / folder / f"{stem}.xml") if record is None else record
        if record is None:
            raise Unavailable("Z004")
        return Values(self._values(record, list(names)))

    def _values(self, record: Any, names: list[str]) -> dict[str, str]:
        paths = {name: "/".join(f"{{*}}{step}" for step in name.split(".")) for name in names}
        return {name: record.findtext(path) or "" for name, path in paths.items()}

    @keyword
    def list_our_records(self) -> dict[str, str]:
        """Number and reference of everything that was taken."""
        return dict(self._taken())

    def _taken(self) -> Iterator[tuple[str, str]]:
        for path in sorted((self._folder / "done").glob(f"*{ACKNOWLEDGEMENT}")):
            said = _parsed(path)
            if said is not None and re.match(OUR_REFERENCE, self._said(said, "reference")):
                yield self._said(said, "number"), self._said(said, "reference")

    @keyword
    def close_exchange(self) -> None:
        """A file that was prepared and not handed over goes."""
        self._drop_draft()

    def _drop_draft(self) -> None:
        if self._draft is not None:
            self._draft.unlink(missing_ok=True)
        self._draft = None


def _parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _parsed(path: Path) -> Any:
    """The root element; None while the file is not there, not whole, or no regular file of a sensible size."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_BYTES:
            return None
        content = file.read()
    try:
        return etree.fromstring(content, _parser())
    except etree.XMLSyntaxError:
        return None


def _schema(path: Path) -> Any:
    try:
        return etree.XMLSchema(etree.parse(str(path), _parser()))
    except (OSError, etree.LxmlError) as error:
        logger.info(f"{path.name}: {type(error).__name__}")
        raise Unavailable("Z008", f"Das Schema {path.name} fehlt oder ist falsch.") from None


def _misfit(error: Any) -> str:
    """What the schema does not allow, without the value."""
    place = re.sub(r"\{.*?\}|\[\d+\]|\*", "", error.path or "").rsplit("/", 1)[-1]
    if expected := re.search(r"Expected is (?:one of )?\( (.+?) \)", error.message):
        names = re.sub(r"\{.*?\}", "", expected[1])
        return f"Für das Zielsystem fehlt eine Angabe: {names}. Bitte den Wert prüfen."
    return f"Feld „{place}“: das Schema des Zielsystems erlaubt den Wert nicht. Bitte den Wert prüfen."


def _sync_folder(folder: Path) -> None:
    """The new name survives a power cut. Some network shares cannot do that and say so."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
