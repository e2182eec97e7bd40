"""The questions of a page that are only printed: its areas to write on, each with the print that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.draft_areas import Area, find_areas
from ocr.draft_boxes import grown, inside, level, middle_in, over_each_other, touch
from ocr.draft_labels import OVER_MM, Labels
from ocr.draft_marks import Marks
from ocr.draft_names import kind_of
from ocr.draft_office import office_parts
from ocr.draft_phrases import MM_PER_INCH, Phrase, without_squares
from ocr.draft_prints import says, text_of
from ocr.draft_read_only import is_prose, read_only
from ocr.draft_rooms import ENOUGH_HIGH_MM, room_in
from ocr.page import Box, Page
from ocr.phrases import around

STAMP = re.compile(r"eingangs(stempel|vermerk|datum)|nicht (vom|von|durch) .*ausf|nicht ausf|vom amt\b", re.IGNORECASE)
"""A single cell in which the applicant writes nothing."""
DAY = re.compile(r"[TMJDY. ]+")
"""Printed in the cells of a date to be written over."""
PRICE = re.compile(r"(?!(19|20)\d\d\b)\d")
LEADER_MM = 6.0
"""How near dots lead to what they lead to."""
NUMBER_MM = 15.0
BESIDE_MM = 25.0
ANSWER_MM, UNDER_LINE_MM = 15.0, 3.0
SIGNED_MM = 13.0
"""A signature is so much higher than other handwriting, where the paper over its line is free."""
LINE_MM, TWO_LINES_MM = 5.5, 11.0
"""A line of handwriting in a free area, and what is high enough for two."""
SEPARATOR = 0.9
"""A stroke this wide, of all that is printed, parts the page."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One question: where the answer goes (`box`), what names it (`title`), or its squares by their answers.

    `cell`: it is a whole cell without print of its own, as the rows of tables are.
    """

    box: Box
    title: str
    cells: int = 0
    lines: int = 1
    squares: tuple[tuple[str, Box], ...] = ()
    cell: bool = False


def blanks_of(
    page: Page, phrases: Sequence[Phrase], languages: Sequence[str] = ("deu",), ground: Page | None = None
) -> list[Blank]:
    """All questions of a page in reading order, without those of the office and those that the file asks itself.

    `ground`: the same page with its tinted areas, where cleaning took them.
    """
    areas = find_areas(page, [p.box for p in phrases if not DAY.fullmatch(p.text)], ground)
    phrases = without_squares(page, phrases, [a.box for a in areas if a.shape == "square"], languages)
    px = page.dpi / MM_PER_INCH
    offices = list(office_parts(areas, phrases, px))
    free = [a for a in areas if a.shape != "frame" and not any(inside(a.box, office) for office in offices)]
    free = [a for a in free if not _is_leader(a, free, phrases, px)]
    labels = Labels(phrases, free, px)
    marks = Marks(labels)
    found = [Blank(around(box for _, box in squares), said, squares=squares) for said, squares in marks.questions()]
    found += Texts(labels, marks).blanks()
    asked = [grown(one.box, px) for one in page.inputs if one.shown]
    found = [blank for blank in found if not any(touch(blank.box, box) for box in asked)]
    return sorted(found, key=lambda b: (round((b.box.y0 + b.box.y1) / 2 / (4 * px)), b.box.x0))


class Texts:
    """The places for text on a page: cells, combs and lines, with their labels."""

    def __init__(self, labels: Labels, marks: Marks) -> None:
        self.labels, self.marks, self.px = labels, marks, labels.px
        self.listed = {area.box for area in labels.areas if area.listed}
        self.read_only = read_only(labels.cells, labels.phrases, labels.squares, labels.blots, labels.px)

    def blanks(self) -> Iterator[Blank]:
        for cell in self.labels.cells:
            if (blank := self._of_cell(cell)) is not None:
                yield blank
        for area in self.labels.areas:
            if area.shape == "comb":
                yield Blank(area.box, text_of(self.labels.label(area.box)), cells=area.cells)
        yield from self._of_lines([area.box for area in self.labels.areas if area.shape == "line"])

    def _of_cell(self, cell: Box) -> Blank | None:
        """The free part of a cell. One that only holds print is the label of the cell beside or below it."""
        labels = self.labels
        printed = [p for p in labels.phrases if middle_in(p.box, cell)]
        squares = [square for square in labels.squares if inside(square, cell)]
        if any(inside(area.box, cell) for area in labels.areas):
            return None
        if squares:
            return self._after_colon(cell, printed, squares)
        own = [p for p in printed if says(p)]
        is_number = bool(printed) and not own and cell.width < NUMBER_MM * self.px
        free = self._free_part(cell, printed)
        if cell in labels.names or is_number or free is None or self._is_corner(cell):
            return None
        is_unit = bool(own) and all(p.box.x0 >= free.x1 - self.px and level(p.box, free) for p in own)
        title = (labels.name(cell) if is_unit else "") or text_of(own) or labels.name(cell)
        labels.take(own)
        if not title and not self._is_beside_another(cell):
            return None
        lines = int(free.height / (LINE_MM * self.px)) if free.height > TWO_LINES_MM * self.px else 1
        return Blank(free, title, lines=lines, cell=not printed)

    def _free_part(self, cell: Box, printed: Sequence[Phrase]) -> Box | None:
        """Where there is room to write: beside or under a label, under prose only."""
        if cell in self.read_only or any(STAMP.search(p.text) for p in printed):
            return None
        blots = [blot for blot in self.labels.blots if middle_in(blot, cell)]
        if not is_prose(printed):
            return room_in(cell, [*(p.box for p in printed), *blots], self.px)
        free = room_in(cell, [Box(cell.x0, p.box.y0, cell.x1, p.box.y1) for p in printed], self.px)
        return free if free and free.height >= ENOUGH_HIGH_MM * self.px else None

    def _is_beside_another(self, cell: Box) -> bool:
        """Without a name a cell asks only as the further part of something."""
        beside = (b for b in self.labels.places if b != cell and level(b, cell))
        return any(max(b.x0 - cell.x1, cell.x0 - b.x1) < BESIDE_MM * self.px for b in beside)

    def _is_corner(self, cell: Box) -> bool:
        """The cell of a table over the names of its rows, beside the heads of its columns."""
        beside = [c for c in self.labels.heads if abs(c.y0 - cell.y0) < self.px and 0 <= c.x0 - cell.x1 < 1.5 * self.px]
        return bool(beside) and self.labels.cell_below(cell) in self.labels.rows

    def _after_colon(self, cell: Box, printed: Sequence[Phrase], squares: Sequence[Box]) -> Blank | None:
        """Room for words in a cell of squares: only where an answer ends with a colon."""
        last = max(squares, key=lambda b: b.x0)
        said = self.marks.answers[last]
        if not said or not said[0].text.rstrip().endswith(":"):
            return None
        more = [p for p in printed if id(p) not in self.labels.taken]
        free = room_in(cell, [*(p.box for p in printed), *squares], self.px)
        title = ": ".join(part for part in (self.marks.asked.get(last, ""), text_of(more)) if part)
        return Blank(free, title or text_of(said)) if free else None

    def _of_lines(self, rooms: Sequence[Box]) -> Iterator[Blank]:
        """Lines with their labels; a stack of lines is one question. One across the page alone parts it."""
        left = sorted(rooms, key=lambda b: (b.y1, b.x0))
        found: list[tuple[Box, str]] = []
        while left:
            stack = [left.pop(0)]
            while (below := next((b for b in left if self._goes_on(stack[-1], b)), None)) is not None:
                left.remove(below)
                stack.append(below)
            box = around(stack)
            if len(stack) == 1 and box.width > SEPARATOR * self.labels.width:
                continue
            if title := self._title(stack) or self._of_list(box, found):
                found.append((box, title))
                yield Blank(self._to_sign(box, title), title, lines=len(stack))

    def _title(self, stack: Sequence[Box]) -> str:
        labels = self.labels
        under = labels.under(stack[-1], UNDER_LINE_MM)
        before = labels.left_of(stack[0])
        if not before and text_of(under).endswith(".") and kind_of(text_of(under)) == "text":
            return ""  # the rule over footnotes
        label = before or under or labels.over(stack[0], OVER_MM)
        labels.take(label)
        return text_of(label) or self._of_answer(stack[0])

    def _of_list(self, room: Box, found: Sequence[tuple[Box, str]]) -> str:
        """Of a numbered line ("2."): what the one over it asks."""
        over = (title for last, title in found if self._below(last, room))
        return next(over, "") if self._is_listed(room) else ""

    def _of_answer(self, room: Box) -> str:
        """The answer right before a line, with its question, which wants to be told more: "Sonstiges: ___"."""
        for square, said in self.marks.answers.items():
            if said and level(said[-1].box, room) and 0 <= room.x0 - said[-1].box.x1 < ANSWER_MM * self.px:
                return ": ".join(part for part in (self.marks.asked.get(square, ""), text_of(said).rstrip(":")) if part)
        return ""

    def _to_sign(self, room: Box, title: str) -> Box:
        """The room over a line; over that of a signature all that is free, up to the height of one."""
        if kind_of(title) != "signature":
            return room
        drawn = (*self.labels.squares, *self.labels.places, *(p.box for p in self.labels.phrases))
        over = [b.y1 for b in drawn if b.y1 <= room.y0 + self.px and over_each_other(b, room)]
        return Box(room.x0, min(room.y0, max([room.y1 - round(SIGNED_MM * self.px), *over])), room.x1, room.y1)

    def _goes_on(self, room: Box, below: Box) -> bool:
        """A further line of the same answer: as long, at most two lines lower, nothing printed between."""
        if not self._below(room, below) or self._is_listed(below):
            return False
        between = Box(below.x0, room.y1, below.x1, below.y1)
        near = [p.box for p in self.labels.phrases if level(p.box, below) and p.box.x1 < below.x0 + self.px]
        if any(middle_in(p.box, between) for p in self.labels.phrases) or self.labels.left_of(below):
            return False
        return not any(below.x0 - box.x1 < ANSWER_MM * self.px for box in near)

    def _below(self, room: Box, below: Box) -> bool:
        alike = abs(room.x0 - below.x0) < 2 * self.px and abs(room.x1 - below.x1) < 2 * self.px
        return alike and 3 * self.px < below.y1 - room.y1 < 12 * self.px

    def _is_listed(self, room: Box) -> bool:
        """Is it one of several lines with numbers or letters before them ("2.")?"""
        return room in self.listed


def _is_leader(area: Area, areas: Sequence[Area], phrases: Sequence[Phrase], px: float) -> bool:
    """Do the dots only lead from print to its price, its page or its check square?"""
    if not area.dotted:
        return False
    prices = [p.box for p in phrases if PRICE.match(p.text)]
    ends = (*prices, *(a.box for a in areas if a.shape == "square"))
    return any(level(box, area.box) and -px < box.x0 - area.box.x1 < LEADER_MM * px for box in ends)
