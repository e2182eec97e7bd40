"""What the review screen shows of each field, ready for the template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cases import rules
from cases.models import Case, Field, Page, State
from ocr.page import Note
from ocr.spec import FieldSpec
from web import values

Control = Literal["text", "date", "yes_no", "choice"]

ENGINE_NAMES = {
    "tesseract": "Tesseract",
    "paddle": "PP-OCRv6",
    "acroform": "Formularfeld der Datei",
    "text": "Text der Datei",
}
CONTROLS: Mapping[str, Control] = {
    "date": "date",
    "checkbox": "yes_no",
    "signature": "yes_no",
    "choice": "choice",
}
SPOKEN_KEYBOARD = {
    "digits": "numeric",
    "plz": "numeric",
    "money": "decimal",
    "quantity": "decimal",
    "phone": "tel",
    "email": "email",
}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the machine is, as word, icon and tone."""

    word: str
    icon: str
    tone: str


SURE = Confidence("sicher", "check", "success")
CHECKED = Confidence("geprüft", "check", "success")
ASK = Confidence("bitte prüfen", "question-mark", "warning")
ILLEGIBLE = Confidence("nicht lesbar", "warning", "danger")
ABSENT = Confidence("nicht gefunden", "warning", "danger")
EMPTY = Confidence("leer", "check", "success")
EMPTY_ASK = Confidence("leer – bitte prüfen", "question-mark", "warning")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a reading; `differs` where the other engine read something else."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What one engine read, offered as a choice; `fits` where only this reading keeps the rules."""

    engine: str
    text: str
    parts: tuple[Part, ...]
    fits: bool


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person sent: texts as typed, their values, what is wrong, and reasons for broken rules."""

    texts: Mapping[str, str]
    values: Mapping[str, str | None]
    empty: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field on the screen. `zone` is (x, y, width, height) in pixels of its page."""

    name: str
    title: str
    control: Control
    keyboard: str
    text: str
    readable: str
    options: tuple[Option, ...]
    confidence: Confidence
    notes: tuple[str, ...]
    readings: tuple[EngineChoice, ...]
    page: int | None
    zone: tuple[int, int, int, int] | None
    asks: bool
    empty: bool
    error: str
    breaks_rule: bool
    override: str

    @property
    def corner(self) -> tuple[int, int]:
        """The upper right corner of the zone."""
        x, y, width, _ = self.zone or (0, 0, 0, 0)
        return x + width, y

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain this input."""
        ids = [f"sicherheit-{self.name}"]
        ids += [f"hinweis-{self.name}"] if self.notes else []
        ids += [f"fehler-{self.name}"] if self.error else []
        return " ".join(ids)


def asks(row: Field, case: Case) -> bool:
    """Whether a person must look: unsure and unconfirmed; in the second review all that a person decided before."""
    if case.state == State.SECOND_REVIEW:
        return not row.sure or row.value != row.read_value
    return case.state == State.REVIEW and not row.sure and row.confirmed_by_id is None


def confidence(row: Field) -> Confidence:
    if row.confirmed_by_id is not None:
        return CHECKED
    if row.state == "illegible":
        return ILLEGIBLE
    if row.state == "absent":
        return ABSENT
    if row.state == "empty" or row.value is None:
        return EMPTY if row.sure else EMPTY_ASK
    return SURE if row.sure else ASK


def title(row: Field, spec: FieldSpec | None) -> str:
    return spec.title if spec else row.name.replace("_", " ").capitalize()


def fields(
    case: Case,
    rows: Iterable[Field],
    specs: Mapping[str, FieldSpec],
    typed: Typed | None = None,
    broken: Mapping[str, tuple[Note, ...]] | None = None,
) -> list[FieldView]:
    """All fields, those that ask first, each group in the order of the form."""
    views = [_field_view(case, row, specs.get(row.name), typed, (broken or {}).get(row.name, ())) for row in rows]
    return sorted(views, key=lambda view: not view.asks)


def _field_view(
    case: Case, row: Field, spec: FieldSpec | None, typed: Typed | None, broken: tuple[Note, ...]
) -> FieldView:
    kind = spec.kind if spec else "text"
    control = CONTROLS.get(kind, "text")
    text = values.shown(kind, row.value) if control in ("text", "date") else row.value or ""
    error = " ".join(note.message for note in broken)
    if typed is not None:
        text = typed.texts.get(row.name, text)
        error = typed.errors.get(row.name, error)
    return FieldView(
        name=row.name,
        title=title(row, spec),
        control=control,
        keyboard=SPOKEN_KEYBOARD.get(kind, "text"),
        text=text,
        readable=values.shown(kind, row.value),
        options=_options(control, spec, text),
        confidence=confidence(row),
        notes=tuple(str(problem.get("message", "")) for problem in row.problems),
        readings=engine_choices(row.engines, spec) if control in ("text", "date") else (),
        page=row.page,
        zone=_zone(row.box),
        asks=asks(row, case) or bool(error),
        empty=row.name in typed.empty if typed else False,
        error=error,
        breaks_rule=bool(broken) or bool(typed and row.name in typed.overrides),
        override=typed.overrides.get(row.name, "") if typed else "",
    )


def _options(control: Control, spec: FieldSpec | None, chosen: str) -> tuple[Option, ...]:
    if control == "yes_no":
        return tuple(Option(value, value.capitalize(), value == chosen) for value in values.YES_NO)
    if control != "choice" or spec is None:
        return ()
    named = {name: place if isinstance(place, str) else name for name, place in spec.options.items()}
    if chosen and chosen not in named:
        named[chosen] = chosen
    return tuple(Option(name, words, name == chosen) for name, words in named.items())


def _zone(box: list[int] | None) -> tuple[int, int, int, int] | None:
    if not box:
        return None
    x0, y0, x1, y1 = box
    return x0, y0, x1 - x0, y1 - y0


def engine_choices(engines: Mapping[str, Mapping[str, object]], spec: FieldSpec | None) -> tuple[EngineChoice, ...]:
    """Both readings where they differ, with the differing letters marked; nothing where the engines agree."""
    kind = spec.kind if spec else "text"
    texts = {name: _as_typed(kind, str(reading.get("text") or "")) for name, reading in engines.items()}
    texts = {name: text for name, text in texts.items() if text}
    if len({re.sub(r"\s", "", text) for text in texts.values()}) < 2:
        return ()
    fitting = [name for name, text in texts.items() if _keeps_rules(spec, text)]
    names = list(texts)
    return tuple(
        EngineChoice(
            ENGINE_NAMES.get(name, name),
            text,
            _parts(text, texts[names[1] if name == names[0] else names[0]]),
            fits=bool(spec and spec.rules) and fitting == [name],
        )
        for name, text in texts.items()
    )


def _as_typed(kind: str, text: str) -> str:
    """A reading in the spelling of the input; as it is when it is no value of this kind."""
    try:
        return values.shown(kind, values.meant(kind, text))
    except values.NotSuchAValue:
        return text.strip()


def _keeps_rules(spec: FieldSpec | None, text: str) -> bool:
    """Whether a reading, taken by itself, breaks no rule of its field."""
    if spec is None:
        return True
    try:
        value = values.meant(spec.kind, text)
    except values.NotSuchAValue:
        return False
    known = [name for name in spec.rules if name in rules.names()]
    return not any(value and rules.rule(name).check(value, {spec.name: value}) for name in known)


def _parts(text: str, other: str) -> tuple[Part, ...]:
    matcher = difflib.SequenceMatcher(a=other, b=text, autojunk=False)
    cuts = [(start, end, operation != "equal") for operation, _, _, start, end in matcher.get_opcodes() if end > start]
    return tuple(
        Part(text[start:end], differs and any(letter.isalnum() for letter in text[start:end]))
        for start, end, differs in cuts
    )


def read_form(case: Case, rows: Iterable[Field], specs: Mapping[str, FieldSpec], sent: Mapping[str, str]) -> Typed:
    """What a person typed: values of every field that asks, that was changed, or that was on show (`alle`).

    An input left empty counts only with its "nothing on the paper" box ticked, so that nobody skips a field
    by accident; nor does a field that asks pass because it was not sent.
    """
    texts: dict[str, str] = {}
    meant: dict[str, str | None] = {}
    errors: dict[str, str] = {}
    for row in rows:
        if f"wert-{row.name}" not in sent and f"da-{row.name}" not in sent:
            if asks(row, case):
                errors[row.name] = "Dieses Feld kam nicht an. Bitte ansehen und noch einmal absenden."
            continue
        spec = specs.get(row.name)
        kind = spec.kind if spec else "text"
        text = sent.get(f"wert-{row.name}", "")
        texts[row.name] = text
        try:
            value = values.meant(kind, text)
        except values.NotSuchAValue as error:
            errors[row.name] = str(error)
            continue
        if value is None and (message := _missing(row, kind, f"leer-{row.name}" in sent)):
            errors[row.name] = message
        if asks(row, case) or value != row.value or sent.get("alle"):
            meant[row.name] = value
    empty = frozenset(name for name in texts if f"leer-{name}" in sent)
    overrides = {name: reason for name in texts if (reason := sent.get(f"grund-{name}", "").strip())}
    return Typed(texts, meant, empty, errors, overrides)


def _missing(row: Field, kind: str, ticked_empty: bool) -> str:
    if CONTROLS.get(kind) == "yes_no":
        return "Bitte „Ja“ oder „Nein“ wählen. Ist beides nicht zu erkennen, den Vorgang zurückstellen."
    if ticked_empty or (row.value is None and row.sure):
        return ""
    if CONTROLS.get(kind) == "choice":
        return "Bitte eine Möglichkeit wählen oder „auf dem Papier leer“ ankreuzen."
    return "Bitte einen Wert eintragen oder „auf dem Papier leer“ ankreuzen."


MARK_SHARE = 0.009  # of the page's width: a mark about 4 mm across on A4


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page with the zones on it, and the radius of their question marks in pixels of the page."""

    page: Page
    zones: tuple[FieldView, ...]

    @property
    def mark_px(self) -> int:
        return max(6, round(self.page.width * MARK_SHARE))


def sheets(pages: Iterable[Page], views: Iterable[FieldView]) -> list[Sheet]:
    """All pages, each with those fields that have a place on it."""
    placed = [view for view in views if view.zone]
    return [Sheet(page, tuple(view for view in placed if view.page == page.number)) for page in pages]
