"""What the review screen shows of each field, ready for the template."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cases import double_keying, rules
from cases.drafts import Answer, Mark
from cases.models import Case, Field, Keying, Page, State
from ocr.page import Box, Note
from ocr.spec import FieldSpec, FormSpec
from web import checks, problems, titles, values
from web.checks import Checks

Control = Literal["text", "date", "yes_no", "choice"]

ENGINE_NAMES = {
    "tesseract": "Tesseract",
    "paddle": "PP-OCRv6",
    "acroform": _("Formularfeld der Datei"),
    "text": _("Text der Datei"),
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

    german: str
    icon: str
    tone: str

    @property
    def word(self) -> str:
        return gettext(self.german)


SURE = Confidence(_("sicher"), "check", "success")
CHECKED = Confidence(_("geprüft"), "check", "success")
CHECKED_ILLEGIBLE = Confidence(_("geprüft: unleserlich"), "check", "success")
ASK = Confidence(_("bitte prüfen"), "question-mark", "warning")
ILLEGIBLE = Confidence(_("nicht lesbar"), "warning", "danger")
ABSENT = Confidence(_("nicht gefunden"), "warning", "danger")
EMPTY = Confidence(_("leer"), "check", "success")
EMPTY_ASK = Confidence(_("leer – bitte prüfen"), "question-mark", "warning")
KEY_IN = Confidence(_("bitte abtippen"), "edit", "warning")
HOW_TO_KEY = _("Zwei Personen tippen dieses Feld unabhängig voneinander ab. Was schon gelesen wurde, bleibt verborgen.")
DIFFERING = _("Die beiden Erfassungen sind verschieden. Bitte mit dem Bild vergleichen und entscheiden.")


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
    """What a person typed: the answers as typed, their values, what is wrong, and reasons for broken rules."""

    answers: Mapping[str, Answer]
    values: Mapping[str, str | None] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def overrides(self) -> dict[str, str]:
        return {name: answer.reason for name, answer in self.answers.items() if answer.reason}

    @property
    def illegible(self) -> list[str]:
        return [name for name, answer in self.answers.items() if answer.mark == "illegible"]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field on the screen. `zone` is (x, y, width, height) in pixels of its page.

    `text` and `mark` are the answer as it stands, `read_text` and `read_mark` what stood there before.
    """

    name: str
    title: str
    control: Control
    keyboard: str
    text: str
    read_text: str
    mark: Mark
    read_mark: Mark
    readable: str
    options: tuple[Option, ...]
    confidence: Confidence
    notes: tuple[str, ...]
    readings: tuple[EngineChoice, ...]
    page: int | None
    zone: tuple[int, int, int, int] | None
    asks: bool
    error: str
    checks: Checks
    has_rules: bool
    override: str
    raw: tuple[tuple[str, str], ...]
    percent: int
    compares: bool = False

    @property
    def blind(self) -> bool:
        """Whether the value is to be typed without seeing one."""
        return self.confidence is KEY_IN

    @property
    def answer(self) -> str:
        """What stands in place of a value."""
        if self.blind:
            return gettext("wird von zwei Personen abgetippt")
        if self.mark == "illegible":
            return gettext("unleserlich")
        return self.confidence.word if self.confidence in (ILLEGIBLE, ABSENT) else gettext("leer")

    @property
    def corner(self) -> tuple[int, int]:
        """The upper right corner of the zone."""
        x, y, width, _ = self.zone or (0, 0, 0, 0)
        return x + width, y

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain this input."""
        ids = [f"sicherheit-{self.name}", f"befund-{self.name}"]
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
        return CHECKED_ILLEGIBLE if row.state == "illegible" else CHECKED
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
    form: FormSpec | None,
    typed: Typed | None = None,
    broken: Mapping[str, tuple[Note, ...]] | None = None,
) -> list[FieldView]:
    """All fields, those that ask first, each group in the order of the form."""
    rows, hidden = visible(case, rows, form)
    known = known_values(rows, form, typed.answers if typed else {})
    views = [_field_view(case, row, form, known, typed, (broken or {}).get(row.name, ())) for row in rows]
    views = [keyed_blind(view) if view.name in hidden else view for view in views]
    if case.state == State.SECOND_REVIEW:
        differing = double_keying.differing(case)
        views = [beside(view, form, differing[view.name]) if view.name in differing else view for view in views]
    return sorted(views, key=lambda view: not view.asks)


def visible(case: Case, rows: Iterable[Field], form: FormSpec | None) -> tuple[list[Field], frozenset[str]]:
    """The rows without what must stay hidden in them, and the names of those that have to be typed blind."""
    rows, hidden = list(rows), double_keying.blind(case, form)
    for row in rows:
        if row.name in hidden:
            row.value, row.read_value, row.raw, row.engines, row.problems = None, None, None, {}, []
            row.sure, row.confirmed_by_id, row.state = False, None, "read"
    return rows, hidden


def hidden_places(case: Case, page: int) -> list[Box]:
    """Where on a page the fields stand that have to be typed blind."""
    names = double_keying.blind(case, titles.form_of(case))
    rows = case.fields.filter(name__in=names, page=page) if names else ()
    return [Box(*row.box) for row in rows if row.box]


def keyed_blind(view: FieldView) -> FieldView:
    return replace(view, confidence=KEY_IN, notes=(gettext(HOW_TO_KEY),), raw=(), percent=0)


def beside(view: FieldView, form: FormSpec | None, pair: tuple[Keying, Keying]) -> FieldView:
    """With both typings to choose from."""
    kind = _kind(form.fields_by_name.get(view.name) if form else None)
    texts = [values.shown(kind, keying.value) for keying in pair]
    names = (gettext("Erste Erfassung"), gettext("Zweite Erfassung"))
    parts = [_parts(text, other) for text, other in zip(texts, reversed(texts), strict=True)]
    readings = [EngineChoice(*each, fits=False) for each in zip(names, texts, parts, strict=True) if each[1]]
    without = [
        f"{name}: {gettext('unleserlich') if keying.illegible else gettext('auf dem Papier leer')}"
        for name, keying in zip(names, pair, strict=True)
        if not keying.value
    ]
    notes = without if view.error else [gettext(DIFFERING), *without]
    return replace(view, readings=tuple(readings), notes=tuple(notes), confidence=ASK, compares=True, asks=True)


def known_values(rows: Iterable[Field], form: FormSpec | None, answers: Mapping[str, Answer]) -> dict[str, str | None]:
    """The values by field name as they would be if the answers were confirmed; what is no value leaves the old one."""
    specs = form.fields_by_name if form else {}
    known: dict[str, str | None] = {}
    for row in rows:
        known[row.name] = row.value
        if (answer := answers.get(row.name)) is not None:
            try:
                known[row.name] = None if answer.mark else values.meant(_kind(specs.get(row.name)), answer.text)
            except values.NotSuchAValue:
                continue
    return known


def _kind(spec: FieldSpec | None) -> str:
    return spec.kind if spec else "text"


def _field_view(
    case: Case,
    row: Field,
    form: FormSpec | None,
    known: Mapping[str, str | None],
    typed: Typed | None,
    broken: tuple[Note, ...],
) -> FieldView:
    spec = form.fields_by_name.get(row.name) if form else None
    control = CONTROLS.get(_kind(spec), "text")
    read_text = shown_text(row, spec)
    answer = typed.answers.get(row.name) if typed else None
    text, mark = (answer.text, answer.mark) if answer else (read_text, mark_of(row))
    error = typed.errors.get(row.name, "") if typed else ""
    error = error or " ".join(problems.of(note) for note in broken)
    return FieldView(
        name=row.name,
        title=title(row, spec),
        control=control,
        keyboard=SPOKEN_KEYBOARD.get(_kind(spec), "text"),
        text=text,
        read_text=read_text,
        mark=mark,
        read_mark=mark_of(row),
        readable=values.readable(_kind(spec), row.value),
        options=options_of(control, spec, text),
        confidence=confidence(row),
        notes=tuple(message for message in lasting_notes(row)),
        readings=engine_choices(row.engines, spec) if control in ("text", "date") else (),
        page=row.page,
        zone=_zone(row.box),
        asks=asks(row, case) or bool(error),
        error=error,
        checks=Checks() if mark else checks_of(row, form, text, known).below(error),
        has_rules=bool(spec and (spec.rules or spec.required)),
        override=answer.reason if answer else "",
        raw=raw_readings(row),
        percent=round(row.confidence * 100),
    )


def in_order(engines: Mapping[str, Mapping[str, object]]) -> list[tuple[str, Mapping[str, object]]]:
    """The readers in the same order for everybody; PostgreSQL keeps no order of names."""
    known = list(ENGINE_NAMES)
    return sorted(engines.items(), key=lambda one: (known.index(one[0]) if one[0] in known else len(known), one[0]))


def raw_readings(row: Field) -> tuple[tuple[str, str], ...]:
    """What each reader read, letter by letter, with the reader's name."""
    texts = {
        gettext(ENGINE_NAMES.get(name, name)): str(reading.get("text") or "") for name, reading in in_order(row.engines)
    }
    return tuple((name, " / ".join(text.splitlines())) for name, text in texts.items() if text)


def shown_text(row: Field, spec: FieldSpec | None) -> str:
    """The text with which the input of a field begins."""
    kind = _kind(spec)
    return values.shown(kind, row.value) if CONTROLS.get(kind, "text") in ("text", "date") else row.value or ""


def mark_of(row: Field) -> Mark:
    """What a person said before about a field without a value; nothing where only the machine did."""
    if row.confirmed_by_id is None or row.value is not None:
        return ""
    return "illegible" if row.state == "illegible" else "empty"


def lasting_notes(row: Field) -> Iterable[str]:
    """What the machine said of its reading and why a rule was overridden; broken rules are checked anew."""
    for problem in row.problems:
        code = str(problem.get("code", ""))
        if not code.startswith("R") or code == rules.OVERRIDDEN:
            yield problems.words(code, str(problem.get("message", "")))


def checks_of(row: Field, form: FormSpec | None, text: str, known: Mapping[str, str | None]) -> Checks:
    """What the rules say to the text of a field, with the engines' readings as proposals."""
    if form is None or row.name not in form.fields_by_name:
        return Checks()
    readings = [str(reading.get("text") or "") for _, reading in in_order(row.engines)]
    return checks.check(form, row.name, text, known, readings)


def options_of(control: Control, spec: FieldSpec | None, chosen: str) -> tuple[Option, ...]:
    if control == "yes_no":
        return tuple(Option(value, values.shown("checkbox", value), value == chosen) for value in values.YES_NO)
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
    texts = {name: _as_typed(kind, str(reading.get("text") or "")) for name, reading in in_order(engines)}
    texts = {name: text for name, text in texts.items() if text}
    if len({re.sub(r"\s", "", text) for text in texts.values()}) < 2:
        return ()
    fitting = [name for name, text in texts.items() if _keeps_rules(spec, text)]
    names = list(texts)
    return tuple(
        EngineChoice(
            gettext(ENGINE_NAMES.get(name, name)),
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

    An input left empty counts only with its "nothing on the paper" or "illegible" box ticked, so that nobody skips a
    field by accident; nor does a field that asks pass because it was not sent.
    """
    rows, _ = visible(case, rows, titles.form_of(case))
    answers: dict[str, Answer] = {}
    meant: dict[str, str | None] = {}
    errors: dict[str, str] = {}
    for row in rows:
        if f"wert-{row.name}" not in sent and f"da-{row.name}" not in sent:
            if asks(row, case):
                errors[row.name] = gettext("Dieses Feld kam nicht an. Bitte ansehen und noch einmal absenden.")
            continue
        kind = _kind(specs.get(row.name))
        answer = answers[row.name] = answer_of(row.name, sent)
        try:
            value = None if answer.mark == "illegible" else values.meant(kind, answer.text)
        except values.NotSuchAValue as error:
            errors[row.name] = str(error)
            continue
        if value is None and (message := _missing(row, kind, answer.mark)):
            errors[row.name] = message
        if asks(row, case) or value != row.value or answer.mark != mark_of(row) or sent.get("alle"):
            meant[row.name] = value
    return Typed(answers, meant, errors)


def answer_of(name: str, sent: Mapping[str, str]) -> Answer:
    """The answer of one field among what a form or a draft sends."""
    mark: Mark = "illegible" if f"unleserlich-{name}" in sent else "empty" if f"leer-{name}" in sent else ""
    return Answer(sent.get(f"wert-{name}", ""), mark, sent.get(f"grund-{name}", "").strip())


def _missing(row: Field, kind: str, mark: Mark) -> str:
    if mark == "illegible":
        return ""
    if CONTROLS.get(kind) == "yes_no":
        return gettext("Bitte „Ja“ oder „Nein“ wählen oder „unleserlich“ ankreuzen.")
    if mark == "empty" or (row.value is None and row.sure):
        return ""
    if CONTROLS.get(kind) == "choice":
        return gettext("Bitte eine Möglichkeit wählen oder „auf dem Papier leer“ oder „unleserlich“ ankreuzen.")
    return gettext("Bitte einen Wert eintragen oder „auf dem Papier leer“ oder „unleserlich“ ankreuzen.")


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
