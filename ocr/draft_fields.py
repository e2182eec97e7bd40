"""The fields of a draft: from what a file or the print asks to names, titles, kinds and boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from ocr.draft_names import kind_of, kind_of_comb, says_something, shortened, slug, words_of
from ocr.draft_phrases import MM_PER_INCH, Phrase, label_of, to_mm
from ocr.page import Input, Page, Question
from ocr.phrases import around
from ocr.spec import BoxMm, FieldSpec

RIM_MM = 2.4
"""Paper around a check square: strokes there tell whether a mark was taken back."""
INSET_MM, LEAST_WIDTH_MM = 0.5, 6.0
"""Form fields reach up to the printed lines; a zone is read with a millimetre around it."""
LINE_MM = 4.5
"""A line of handwriting is hardly lower."""
FARTHEST_ANSWER_MM = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the blank form: its form field, or several squares of which one is to be marked.

    `lines` as printed, 0 = not known.
    """

    page: Page
    inputs: tuple[Input, ...]
    lines: int = 0

    @property
    def question(self) -> Question:
        return self.inputs[0].question or Question("")

    @property
    def is_button(self) -> bool:
        return self.inputs[0].on is not None


def asked_by_file(page: Page) -> list[Asked]:
    """The form fields of a page in the order of the file; buttons that exclude each other are one question."""
    groups: list[list[Input]] = []
    for one in page.inputs:
        if one.question is None or not one.shown:
            continue
        group = next((found for found in groups if _is_other_answer(found, one, page.dpi)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return [Asked(page, tuple(group)) for group in groups]


def _is_other_answer(group: Sequence[Input], one: Input, dpi: float) -> bool:
    """Is it a button with another answer, of the same name, or beside the last one with the same title?"""
    last, asked = group[-1], [other.question for other in group if other.question]
    if one.on is None or last.on is None or one.question is None:
        return False
    if one.question.answer in {other.answer for other in asked}:
        return False
    if one.question.name and one.question.name == asked[-1].name:
        return True
    level = abs(one.box.y0 - last.box.y0) < one.box.height / 2
    near = 0 < one.box.x0 - last.box.x1 < FARTHEST_ANSWER_MM * dpi / MM_PER_INCH
    return level and near and bool(one.question.title) and one.question.title == asked[-1].title


def fields_of(questions: Sequence[Asked], phrases: Mapping[int, Sequence[Phrase]]) -> Iterator[FieldSpec]:
    told = Counter(asked.question.title for asked in questions)
    titles = [_title(asked, phrases[asked.page.number], told[asked.question.title] == 1) for asked in questions]
    short = Counter(map(shortened, titles))
    said = [a.question.name if says_something(a.question.name) else t for a, t in zip(questions, titles, strict=True)]
    common = Counter(word for text in said for word in words_of(text))
    names = numbered([slug(text, common) for text in said], "_")
    shown = [shortened(title, keep_end=short[shortened(title)] > 1) for title in titles]
    for asked, name, title in zip(questions, names, numbered(shown, " "), strict=True):
        yield _field(asked, name, title, phrases[asked.page.number])


def numbered(texts: Sequence[str], sign: str) -> list[str]:
    """Those that stand there already get the next free number."""
    taken: dict[str, None] = {}
    for text in texts:
        spellings = chain([text], (f"{text}{sign}{number}" for number in count(2)))
        taken[next(one for one in spellings if one not in taken)] = None
    return list(taken)


def _title(asked: Asked, phrases: Sequence[Phrase], is_its_own: bool) -> str:
    """What the file says, where it says that of no other field; else its name, or with the print beside it."""
    told, name = asked.question.title, asked.question.name
    if told and (is_its_own or not name):
        return told
    if says_something(name):
        return name
    right = asked.is_button and len(asked.inputs) == 1
    printed = label_of(phrases, asked.inputs[0].box, asked.page.dpi, right=right, level_only=asked.is_button)
    return ": ".join(dict.fromkeys(part for part in (told, printed) if part)) or name or "Feld"


def _field(asked: Asked, name: str, title: str, phrases: Sequence[Phrase]) -> FieldSpec:
    """The field of a question, with its kind guessed."""
    box, page = around(one.box for one in asked.inputs), asked.page.number
    box_mm = to_mm(box, asked.page.dpi)
    if asked.is_button:
        options = _options(asked, phrases)
        kind, rim = "choice" if len(options) > 1 else "checkbox", _with_rim(box_mm)
        squares = options if len(options) > 1 else {}
        return FieldSpec(name=name, title=title, kind=kind, page=page, box_mm=rim, options=squares)
    question = asked.question
    kind = _kind(question)
    box_mm = box_mm if question.cells else within(box_mm)
    high = max(1, int((box_mm[3] - box_mm[1]) / LINE_MM))
    lines = asked.lines or (high if question.several_lines else 1)
    return FieldSpec(
        name=name,
        title=title,
        kind=kind,
        page=page,
        box_mm=box_mm,
        cells=question.cells,
        lines=lines,
        required=question.required,
    )


def within(box: BoxMm) -> BoxMm:
    """Off the printed lines on both sides."""
    x0, y0, x1, y1 = box
    return (round(x0 + INSET_MM, 1), y0, round(x1 - INSET_MM, 1), y1) if x1 - x0 > LEAST_WIDTH_MM else box


def _kind(question: Question) -> str:
    if question.signature:
        return "signature"
    said = f"{question.name} {question.title}".strip()
    kind = kind_of_comb(said, question.cells) if question.cells else kind_of(said)
    return kind if not question.several_lines or kind in ("address", "signature") else "text"


def _options(asked: Asked, phrases: Sequence[Phrase]) -> dict[str, BoxMm | str]:
    """The squares by their answers; one of the file that says nothing ("1", "On") is called as the print beside it."""
    options: dict[str, BoxMm | str] = {}
    for one in asked.inputs:
        told = one.question.answer if one.question else ""
        if told.casefold() in ("ja", "nein", "yes", "no"):
            told = told.casefold()
        elif not told or (asked.question.name and not says_something(told)):
            told = label_of(phrases, one.box, asked.page.dpi, right=True, level_only=True) or told
        options[told or f"{len(options) + 1}"] = to_mm(one.box, asked.page.dpi)
    return options


def _with_rim(box: BoxMm) -> BoxMm:
    x0, y0, x1, y1 = box
    return (
        max(0.0, round(x0 - RIM_MM, 1)),
        max(0.0, round(y0 - RIM_MM, 1)),
        round(x1 + RIM_MM, 1),
        round(y1 + RIM_MM, 1),
    )
