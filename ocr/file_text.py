"""What a born-digital file says about a field, held against what can be seen of it on the page.

A file may say anything: form fields whose appearance is old, letters that look like others, words under a white box.
So its text is never taken alone: an engine must read the same from the pixels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.judge import Verdict, judge
from ocr.kinds import Kind, Mark
from ocr.page import Box, EngineReading, Input, Note, Page, RawPage, Word
from ocr.phrases import lines_of
from ocr.register import Fit
from ocr.spec import BoxMm, FieldSpec

TEXT, FORM = "text", "acroform"
"""The names of the two sources beside those of the engines: the text layer, the form fields."""
MM_PER_INCH = 25.4
CONFIRMED = 0.99
"""The confidence of a text of the file that an engine reads alike from the pixels."""
DENIED = 0.5
SEEN_CONTRAST = 40
RIM_MM = 0.6
"""So much of a form field's edge is its outline."""

NOT_AS_SEEN = Note(
    "L014", "Was die Datei hier enthält und was zu sehen ist, stimmt nicht überein. Bitte mit dem Bild vergleichen."
)
_ALIKE = str.maketrans({
    "l": "i", "1": "i", "|": "i", "0": "o", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
    "’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"',
})  # fmt: skip
"""Signs that look alike to people, too."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the file says in a zone. `source`: TEXT or FORM; `hidden`: something of it cannot be seen."""

    source: str
    text: str
    hidden: bool = False


def remember_inputs(pages: Iterable[RawPage], inputs: dict[int, tuple[Input, ...]]) -> Iterator[RawPage]:
    """The same pages; the form fields of each are kept in `inputs` by its number."""
    for page in pages:
        if page.inputs:
            inputs[page.number] = page.inputs
        yield page


def with_inputs(page: Page, inputs: Mapping[int, tuple[Input, ...]]) -> Page:
    """The page with the form fields of its sheet, where they lie after cleaning."""
    raw = inputs.get(page.sheet, ())
    if not raw:
        return page
    to_raw = np.eye(3)
    to_raw[: len(page.matrix)] = page.matrix
    from_raw = np.linalg.inv(to_raw)
    placed = ((one, _moved(one.box, from_raw, page)) for one in raw)
    return replace(page, inputs=tuple(replace(one, box=box) for one, box in placed if box))


def _moved(box: Box, matrix: NDArray[np.floating[Any]], page: Page) -> Box | None:
    corners = np.array([[x, y, 1.0] for x in (box.x0, box.x1) for y in (box.y0, box.y1)]) @ matrix.T
    points = corners[:, :2] / corners[:, 2:]
    (x0, y0), (x1, y1) = np.rint(points.min(axis=0)), np.rint(points.max(axis=0))
    x0, y0, x1, y1 = max(0, int(x0)), max(0, int(y0)), min(page.width, int(x1)), min(page.height, int(y1))
    return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def said_in(
    page: Page, zone: Box, spec: FieldSpec, rows: Sequence[Box] | None = None, printed: Sequence[Box] = ()
) -> Said | None:
    """What the file says in a zone; None where it says nothing about it (a scan, a value that is drawn).

    Form fields come first: a page that has one there says with it also that it is empty. Of the text layer the
    words in `rows` count (None: in the zone), without `printed` ones.
    """
    inputs = [one for one in page.inputs if one.on is None and _is_written(one) and _belongs(one.box, zone)]
    if inputs:
        filled = [(one, text) for one in inputs if (text := _plain(one.text))]
        hidden = any(not _can_be_seen(one, page) for one, _ in filled)
        return Said(FORM, _in_order([Word(text, one.box, 1.0) for one, text in filled], spec), hidden)
    words = [
        Word(text, word.box, 1.0)
        for word in page.words or ()
        if any(_middle_in(word.box, row) for row in (rows if rows is not None else [zone]))
        and not any(_middle_in(word.box, box) for box in printed)
        and (text := _plain(word.text))
    ]
    return Said(TEXT, _in_order(words, spec)) if words else None


def _is_written(one: Input) -> bool:
    """A field for a digital signature holds no text."""
    return one.question is None or not one.question.signature


def _in_order(words: Sequence[Word], spec: FieldSpec) -> str:
    """Words as one reads them; the characters of a comb follow each other without blanks."""
    lines = [("" if spec.cells else " ").join(word.text for word in line.words) for line in lines_of(words)]
    return ("\n" if spec.lines > 1 else " ").join(lines)


def _plain(text: str) -> str:
    """Without characters that have no ink: soft hyphens, marks of direction, blanks of no width."""
    spaced = (c if c == "\n" or not c.isspace() else " " for c in unicodedata.normalize("NFC", text))
    return "".join(c for c in spaced if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def _belongs(one: Box, zone: Box) -> bool:
    """Do they cover at least half of the smaller one?"""
    width, height = min(one.x1, zone.x1) - max(one.x0, zone.x0), min(one.y1, zone.y1) - max(one.y0, zone.y0)
    smaller = min(one.width * one.height, zone.width * zone.height)
    return width > 0 and height > 0 and 2 * width * height >= smaller


def _middle_in(one: Box, zone: Box) -> bool:
    return zone.x0 <= (one.x0 + one.x1) / 2 < zone.x1 and zone.y0 <= (one.y0 + one.y1) / 2 < zone.y1


def _can_be_seen(one: Input, page: Page) -> bool:
    """Is there ink inside the field's outline? What it says, the engines see."""
    rim = round(RIM_MM * page.dpi / MM_PER_INCH)
    if not one.shown or one.box.width <= 2 * rim or one.box.height <= 2 * rim:
        return False
    inner = Box(one.box.x0 + rim, one.box.y0 + rim, one.box.x1 - rim, one.box.y1 - rim).crop(page.gray)
    return inner.size > 0 and int(inner.max()) - int(inner.min()) >= SEEN_CONTRAST


def confirms(known: Kind, said: str, seen: str, language: str) -> bool:
    """Whether an engine's reading is the same value as the text of the file, or at least the same text."""
    assert known.parse is not None
    mine, theirs = known.parse(said, language), known.parse(seen, language)
    if mine is not None and theirs is not None:
        return _looks(mine.value) == _looks(theirs.value)
    return mine is None and theirs is None and _looks(said) == _looks(seen)


def _looks(text: str) -> str:
    """A text as people see it: no blanks, no capitals, one sign for those that look alike."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).translate(_ALIKE)


def is_confirmed(known: Kind, readings: Mapping[str, EngineReading], language: str, said: Said) -> bool:
    """Whether some engine reads from the pixels what the file says, and nothing of that is hidden."""
    told = readings.get(said.source)
    if told is None or said.hidden:
        return False
    return any(confirms(known, told.text, r.text, language) for name, r in readings.items() if name != said.source)


def verdict(known: Kind, readings: Mapping[str, EngineReading], language: str, said: Said | None) -> Verdict:
    """The file's text where an engine confirms it; else what is seen, or what is said, for a person to compare."""
    if said is None:
        return judge(known, readings, language)
    assert known.parse is not None
    told = {name: r for name, r in readings.items() if name == said.source}
    seen = {name: r for name, r in readings.items() if name != said.source}
    if is_confirmed(known, readings, language, said):
        text = told[said.source].text
        parsed = known.parse(text, language)
        if parsed is None:  # as the file says, but no value of this kind
            return judge(known, told, language)
        return Verdict(parsed.value, text, round(CONFIRMED * parsed.quality, 4), parsed.notes)
    judged = judge(known, seen or told, language)
    if judged.value is None and told:
        judged = judge(known, told, language)
    return Verdict(judged.value, judged.raw, min(DENIED, judged.confidence), (NOT_AS_SEEN,))


def checked(mark: Mark, spec: FieldSpec, page: Page, fit: Fit) -> Mark:
    """A mark held against the check boxes and radio buttons that the file has in its place."""
    states = {name: _said_on(page, fit.to_px(box)) for name, box in _squares(spec).items()}
    if all(on is None for on in states.values()):
        return mark
    chosen = [name for name, on in states.items() if on]
    told = chosen[0] if chosen else "nein" if spec.kind == "checkbox" else None
    if told != mark.value or len(chosen) > 1:
        return replace(mark, confidence=min(DENIED, mark.confidence), notes=(*mark.notes, NOT_AS_SEEN))
    return replace(mark, confidence=max(mark.confidence, CONFIRMED)) if chosen else mark


def _squares(spec: FieldSpec) -> dict[str, BoxMm]:
    """Where the answers of a mark field stand. A signature has none."""
    if spec.kind == "checkbox" and spec.box_mm is not None:
        return {"ja": spec.box_mm}
    return {name: box for name, box in spec.options.items() if not isinstance(box, str)}


def _said_on(page: Page, square: Box) -> bool | None:
    """Whether the file says that a square is marked (an old form may have a field for an x there); None: nothing."""
    found = [one for one in page.inputs if _belongs(one.box, square) and one.box.width < 2 * square.width]
    states = [bool(_plain(one.text)) if one.on is None else one.on for one in found]
    return any(states) if states else None
