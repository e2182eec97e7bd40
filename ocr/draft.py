"""A draft of a form's description, from the blank form: its fields, marks and anchors.

Fields are those of the file (AcroForm) and what is printed to be filled in: cells, combs, squares, lines. It is a
proposal only: names, titles and kinds are guesses for a person to read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ocr.draft_blanks import Blank, blanks_of
from ocr.draft_names import kind_of, kind_of_comb, says_something, shortened, slug, words_of
from ocr.draft_phrases import MM_PER_INCH, Phrase, anchors_of, label_of, marks_of, phrases_of, to_mm
from ocr.page import Input, Page, Question
from ocr.phrases import around
from ocr.reading import load
from ocr.spec import BoxMm, FieldSpec, FormSpec

RIM_MM = 2.4
"""Paper around a check square: strokes there tell whether a mark was taken back."""
INSET_MM, LEAST_WIDTH_MM = 0.5, 6.0
"""Form fields reach up to the printed lines; a zone is read with a millimetre around it."""
LINE_MM = 4.5
"""A line of handwriting is hardly lower."""
FARTHEST_ANSWER_MM = 60.0
MOST_TITLE_LETTERS = 80
NUMBERED = re.compile(r"^(?:\d{1,2}|[a-z])[.)]\s+")
SIGNED = re.compile(r"(?i)unterschrift|\bsignature\b")


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


def draft(path: Path, name: str, title: str = "", language: tuple[str, ...] = ("deu",)) -> FormSpec:
    """What the blank form shows: a PDF file with or without form fields, or a scan.

    Raises:
        ScanProblem: when the file cannot be read.
    """
    pages, _ = load(path, None)
    phrases = {page.number: phrases_of(page, language) for page in pages}
    return FormSpec(
        name=name,
        title=title or _headline(phrases) or name,
        language=language,
        pages=len(pages),
        size_mm=_size_mm(pages[0]),
        marks={str(number): found for number, found in marks_of(phrases).items() if found},
        anchor=tuple(anchor for page in pages for anchor in anchors_of(phrases[page.number], page.number)),
        field=tuple(_fields([asked for page in pages for asked in _all_of(page, phrases[page.number])], phrases)),
    )


def _headline(phrases: Mapping[int, Sequence[Phrase]]) -> str:
    first = next(iter(phrases.values()), ())
    return max(first, key=lambda p: (round(p.height_mm), -p.box.y0)).text[:MOST_TITLE_LETTERS] if first else ""


def _size_mm(page: Page) -> tuple[float, float]:
    """A4 where it nearly is."""
    width, height = (round(side * MM_PER_INCH / page.dpi, 1) for side in (page.width, page.height))
    return (210.0, 297.0) if abs(width - 210) < 1 and abs(height - 297) < 1 else (width, height)


def _all_of(page: Page, phrases: Sequence[Phrase]) -> list[Asked]:
    return [*_questions(page), *(_printed(page, blank) for blank in blanks_of(page, phrases))]


def _printed(page: Page, blank: Blank) -> Asked:
    """A question that is only printed, as if the file had asked it."""
    required = blank.title.rstrip(" :").endswith("*")
    title = NUMBERED.sub("", blank.title.rstrip(" :*").strip())
    if blank.squares:
        asked = [(box, Question("", title, answer.strip(" :*"), required=required)) for answer, box in blank.squares]
        return Asked(page, tuple(Input(box, "", on=False, question=question) for box, question in asked))
    signature = not blank.cells and SIGNED.search(title) is not None
    question = Question(
        "",
        title,
        cells=blank.cells,
        several_lines=blank.lines > 1,
        required=required,
        signature=signature,
    )
    return Asked(page, (Input(blank.box, "", question=question),), blank.lines)


def _questions(page: Page) -> list[Asked]:
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


def _fields(questions: Sequence[Asked], phrases: Mapping[int, Sequence[Phrase]]) -> Iterator[FieldSpec]:
    told = Counter(asked.question.title for asked in questions)
    titles = [_title(asked, phrases[asked.page.number], told[asked.question.title] == 1) for asked in questions]
    short = Counter(map(shortened, titles))
    said = [a.question.name if says_something(a.question.name) else t for a, t in zip(questions, titles, strict=True)]
    common = Counter(word for text in said for word in words_of(text))
    names = _numbered([slug(text, common) for text in said], "_")
    shown = [shortened(title, keep_end=short[shortened(title)] > 1) for title in titles]
    for asked, name, title in zip(questions, names, _numbered(shown, " "), strict=True):
        yield _field(asked, name, title, phrases[asked.page.number])


def _numbered(texts: Sequence[str], sign: str) -> list[str]:
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
    if not question.cells and box_mm[2] - box_mm[0] > LEAST_WIDTH_MM:
        box_mm = (round(box_mm[0] + INSET_MM, 1), box_mm[1], round(box_mm[2] - INSET_MM, 1), box_mm[3])
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


def _kind(question: Question) -> str:
    if question.signature:
        return "signature"
    said = f"{question.name} {question.title}"
    kind = kind_of_comb(said, question.cells) if question.cells else kind_of(said)
    return kind if not question.several_lines or kind == "address" else "text"


def _options(asked: Asked, phrases: Sequence[Phrase]) -> dict[str, BoxMm | str]:
    """The squares by their answers; an answer that says nothing ("1", "On") is called as what is printed beside it."""
    options: dict[str, BoxMm | str] = {}
    for one in asked.inputs:
        told = one.question.answer if one.question else ""
        if told.casefold() in ("ja", "nein", "yes", "no"):
            told = told.casefold()
        elif not says_something(told):
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
