"""The questions of a blank form that has no form fields: its areas to write on, each with the print that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.draft_areas import Area, find_areas
from ocr.draft_phrases import MM_PER_INCH, Phrase
from ocr.page import Box, Page
from ocr.phrases import around

OFFICE = re.compile(
    r"vom amt|nicht ausf|vermerk|amtlich|eingangsstempel|nur für|wird von der|dienststelle|office use", re.IGNORECASE
)
"""Headings of a frame in which the applicant writes nothing."""
HYPHEN = re.compile(r"(?<=[a-zäöüß])- (?=[a-zäöüß]{3})(?!und |oder |bzw)")
YES_OR_NO = frozenset(("ja", "nein", "yes", "no"))
NEAR_MM = 9.0
LEVEL_MM, LEFT_MM, OVER_MM, UNDER_MM, RIGHT_MM = 1.5, 65.0, 7.0, 5.0, 6.0
WIDE_GAP_MM, LONGEST_ANSWER = 60.0, 30
LEAST_MM, LEAST_HIGH_MM = 9.0, 3.6
LINE_MM, TWO_LINES_MM = 5.5, 11.0
"""A line of handwriting in a free area, and what is high enough for two."""
SEPARATOR = 0.9
"""A stroke this wide, of all that is printed, parts the page."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One question: where the answer goes (`box`), what names it (`title`), or its squares by their answers."""

    box: Box
    title: str
    cells: int = 0
    lines: int = 1
    squares: tuple[tuple[str, Box], ...] = ()


def blanks_of(page: Page, phrases: Sequence[Phrase]) -> list[Blank]:
    """All questions of a page in reading order, without those of the office.

    None on a page where the file itself asks (form fields): what it leaves out there is seldom meant to be filled in.
    """
    if any(one.shown for one in page.inputs):
        return []
    areas = find_areas(page, [p.box for p in phrases])
    offices = [a.box for a in areas if a.shape == "frame" and any(OFFICE.search(p.text) for p in _in(a.box, phrases))]
    free = [a for a in areas if a.shape != "frame" and not any(_inside(a.box, office) for office in offices)]
    table = Table(phrases, free, page.dpi / MM_PER_INCH)
    found = [*table.marks(), *table.texts()]
    return sorted(found, key=lambda b: (round((b.box.y0 + b.box.y1) / 2 / (4 * table.px)), b.box.x0))


class Table:
    """One page: its phrases and areas, and which phrase is already taken for a label."""

    def __init__(self, phrases: Sequence[Phrase], areas: Sequence[Area], px: float) -> None:
        self.px = px
        self.squares = [a.box for a in areas if a.shape == "square"]
        self.phrases = [part for p in phrases for part in _without_squares(p, self.squares)]
        self.cells = [a.box for a in areas if a.shape == "cell"]
        self.areas = [a for a in areas if a.shape in ("comb", "line")]
        self.width = around(p.box for p in phrases).width if phrases else 0
        self.answers = {square: self._answer(square) for square in self.squares}
        self.taken = {id(p) for found in self.answers.values() for p in found}
        self.asked: dict[Box, str] = {}
        self.names = {cell for cell in self.cells if self._names_others(cell)}

    # squares

    def marks(self) -> Iterator[Blank]:
        """Check squares: those of one row that answer one question together, the others each for itself."""
        for group in self._groups():
            answers = [self._text(self.answers[square]) for square in group]
            box = around(group)
            if len(group) == 1:
                yield Blank(box, answers[0] or self._question(group), squares=((answers[0], group[0]),))
            else:
                question = self._question(group)
                self.asked |= dict.fromkeys(group, question)
                yield Blank(box, question, squares=tuple(zip(answers, group, strict=True)))

    def _answer(self, square: Box) -> tuple[Phrase, ...]:
        """What is printed on the right of a square: its first line, and the lines that go on below."""
        level = [p for p in self.phrases if _levels(p.box, square) and p.box.x0 >= square.x1 - self.px]
        first = min(level, key=lambda p: p.box.x0, default=None)
        if first is None or first.box.x0 - square.x1 > RIGHT_MM * self.px:
            return ()
        cut = any(square.x1 <= other.x0 < first.box.x0 and _levels(first.box, other) for other in self.squares)
        return () if cut else tuple(self._block(first))

    def _groups(self) -> list[list[Box]]:
        groups: list[list[Box]] = []
        for square in sorted(self.squares, key=lambda b: (round(b.y0 / (2 * self.px)), b.x0)):
            group = next((g for g in groups if self._together(g, square)), None)
            if group is None:
                groups.append([square])
            else:
                group.append(square)
        return groups

    def _together(self, group: Sequence[Box], square: Box) -> bool:
        """In one row, near, with short answers; "ja" and "nein" once each."""
        last = group[-1]
        if abs(last.y0 - square.y0) > LEVEL_MM * self.px or not 0 < square.x0 - last.x1 < WIDE_GAP_MM * self.px:
            return False
        said = [self._text(self.answers[one]).strip(" :").casefold() for one in (*group, square)]
        if len(set(said)) < len(said) or not all(said):
            return False
        if any(text in YES_OR_NO for text in said):
            return all(text in YES_OR_NO for text in said)
        one_line = all(len(self.answers[one]) == 1 for one in (*group, square))
        return one_line and max(map(len, said)) < LONGEST_ANSWER

    def _question(self, group: Sequence[Box]) -> str:
        """The print on the left of the squares, or over them."""
        box = around(group)
        left = self._left_of(box)
        found = left or self._over(box, 12.0, to_left=True)
        self.taken |= {id(p) for p in found}
        return self._text(found)

    # places for text

    def texts(self) -> Iterator[Blank]:
        """Cells, combs and lines, with their labels; a stack of lines is one question."""
        for cell in self.cells:
            if (blank := self._of_cell(cell)) is not None:
                yield blank
        for area in self.areas:
            if area.shape == "comb":
                yield Blank(area.box, self._text(self._label(area.box)), cells=area.cells)
        yield from self._of_lines([area.box for area in self.areas if area.shape == "line"])

    def _of_cell(self, cell: Box) -> Blank | None:
        """The free part of a cell. One that only holds print is the label of the cell beside it."""
        inside = [p for p in self.phrases if _middle(p.box, cell)]
        squares = [square for square in self.squares if _inside(square, cell)]
        if any(_inside(area.box, cell) for area in self.areas):
            return None
        if squares:
            return self._after_colon(cell, inside, squares)
        if cell in self.names:
            return None
        free = _free(cell, [p.box for p in inside], self.px)
        if free is None:
            return None
        own = [p for p in inside if _says(p)]
        label = self._text(own) or self._text(self._label(cell))
        self.taken |= {id(p) for p in own}
        lines = int(free.height / (LINE_MM * self.px)) if free.height > TWO_LINES_MM * self.px else 1
        return Blank(free, label, lines=lines)

    def _after_colon(self, cell: Box, inside: Sequence[Phrase], squares: Sequence[Box]) -> Blank | None:
        """Room for words in a cell of squares: only where an answer ends with a colon."""
        last = max(squares, key=lambda b: b.x0)
        said = self.answers[last]
        if not said or not said[0].text.rstrip().endswith(":"):
            return None
        more = [p for p in inside if id(p) not in self.taken]
        free = _free(cell, [*(p.box for p in inside), *squares], self.px)
        title = ": ".join(part for part in (self.asked.get(last, ""), self._text(more)) if part)
        return Blank(free, title or self._text(said)) if free else None

    def _names_others(self, cell: Box) -> bool:
        """Print that stands at the top of a cell, with an empty cell, or one of squares, on the right."""
        inside = [p for p in self.phrases if _middle(p.box, cell) and _says(p)]
        if not inside or any(_inside(square, cell) for square in self.squares):
            return False
        low = max(p.box.y1 for p in inside)
        if cell.y1 - low < 1.6 * self.px and min(p.box.y0 for p in inside) - cell.y0 > LEAST_HIGH_MM * self.px:
            return False
        beside = [c for c in self.cells if abs(c.y0 - cell.y0) < self.px and 0 <= c.x0 - cell.x1 < 1.5 * self.px]
        small = max(p.height_mm for p in inside) < 2.2 and cell.height > 8 * self.px
        return not small and any(self._has_no_label(c) for c in beside)

    def _has_no_label(self, cell: Box) -> bool:
        said = {id(p) for square in self.squares if _inside(square, cell) for p in self.answers[square]}
        return all(id(p) in said or p.height_mm < 2.0 for p in self.phrases if _middle(p.box, cell) and _says(p))

    def _of_lines(self, rooms: Sequence[Box]) -> Iterator[Blank]:
        left = sorted(rooms, key=lambda b: (b.y1, b.x0))
        while left:
            stack = [left.pop(0)]
            while (below := next((b for b in left if self._goes_on(stack[-1], b)), None)) is not None:
                left.remove(below)
                stack.append(below)
            box = around(stack)
            label = self._left_of(stack[0]) or self._under(stack[-1]) or self._over(stack[0], OVER_MM)
            wide = box.width > SEPARATOR * self.width
            if label and not (wide and len(stack) == 1):
                self.taken |= {id(p) for p in label}
                yield Blank(box, self._text(label), lines=len(stack))

    def _goes_on(self, room: Box, below: Box) -> bool:
        """A further line of the same answer: as long, at most two lines lower, nothing printed between."""
        alike = abs(room.x0 - below.x0) < 2 * self.px and abs(room.x1 - below.x1) < 2 * self.px
        near = 3 * self.px < below.y1 - room.y1 < 12 * self.px
        between = Box(below.x0, room.y1, below.x1, below.y1)
        nothing = not any(_middle(p.box, between) for p in self.phrases)
        return alike and near and nothing and not self._left_of(below)

    # labels

    def _label(self, box: Box) -> list[Phrase]:
        """The print that names an area: on its left, over it, or at the head of its column."""
        found = self._left_of(box) or self._over(box, OVER_MM) or self._column(box)
        self.taken |= {id(p) for p in found}
        return found

    def _left_of(self, box: Box) -> list[Phrase]:
        level = [
            p for p in self.phrases if _levels(p.box, box) and p.box.x1 <= box.x0 + self.px and self._may_name(p, box)
        ]
        last = max(level, key=lambda p: p.box.x1, default=None)
        if last is None or box.x0 - last.box.x1 > LEFT_MM * self.px or self._parted(last.box, box):
            return []
        return self._block(last)

    def _parted(self, label: Box, box: Box) -> bool:
        """Another area stands between the label and the box."""
        others = (*self.squares, *(a.box for a in self.areas))
        return any(label.x1 <= o.x0 and o.x1 <= box.x0 and _levels(o, box) and o != box for o in others)

    def _over(self, box: Box, most_mm: float, *, to_left: bool = False) -> list[Phrase]:
        far = most_mm * self.px
        over = [
            p
            for p in self.phrases
            if -self.px < box.y0 - p.box.y1 < far
            and (p.box.x0 < box.x1 if to_left else min(p.box.x1, box.x1) > max(p.box.x0, box.x0))
            and self._may_name(p, box)
        ]
        over = [p for p in over if min(p.box.x1, box.x1) > max(p.box.x0, box.x0)] or over
        last = max(over, key=lambda p: (round(p.box.y1 / self.px), -abs(p.box.x0 - box.x0)), default=None)
        return self._block(last) if last is not None else []

    def _under(self, box: Box) -> list[Phrase]:
        under = [
            p
            for p in self.phrases
            if -self.px < p.box.y0 - box.y1 < UNDER_MM * self.px
            and min(p.box.x1, box.x1) > max(p.box.x0, box.x0)
            and self._may_name(p, box)
        ]
        first = min(under, key=lambda p: (round(p.box.y0 / self.px), abs(p.box.x0 - box.x0)), default=None)
        return self._block(first) if first is not None else []

    def _column(self, box: Box) -> list[Phrase]:
        """The head of a table's column: the next print over it, with nothing but cells as wide between."""
        over = [
            p
            for p in self.phrases
            if p.box.y1 <= box.y0 and box.x0 - self.px <= p.box.x0 and p.box.x1 <= box.x1 + self.px and _says(p)
        ]
        last = max(over, key=lambda p: p.box.y1, default=None)
        if last is None:
            return []
        between = Box(box.x0, last.box.y1, box.x1, box.y0) if last.box.y1 < box.y0 else box
        in_cells = sum(_shared(c, between) for c in self.cells) > 0.6 * between.width * between.height
        return self._block(last) if in_cells or box.y0 - last.box.y1 < NEAR_MM * self.px else []

    def _may_name(self, phrase: Phrase, box: Box) -> bool:
        """It says something, names nothing else yet, and is not the print of another cell that asks itself."""
        if id(phrase) in self.taken or not _says(phrase):
            return False
        holder = next((cell for cell in self.cells if _middle(phrase.box, cell)), None)
        return holder is None or holder in self.names or _inside(box, holder)

    def _block(self, phrase: Phrase) -> list[Phrase]:
        """The lines of print that belong to one, over and under it and beside it where a line was cut."""
        block, grown = [phrase], True
        while grown:
            more = [p for p in self.phrases if p not in block and any(self._of_one(p, one) for one in block)]
            block, grown = [*block, *more], bool(more)
        return sorted(block, key=lambda p: (round(p.box.y0 / (1.5 * self.px)), p.box.x0))

    def _of_one(self, one: Phrase, other: Phrase) -> bool:
        high = max(one.box.height, other.box.height)
        if any(_middle(one.box, c) != _middle(other.box, c) for c in self.cells):
            return False
        if self._has_square_between(one.box, other.box):
            return False
        if _levels(one.box, other.box):
            return 0 <= max(one.box.x0 - other.box.x1, other.box.x0 - one.box.x1) < 0.9 * high
        gap = max(one.box.y0 - other.box.y1, other.box.y0 - one.box.y1)
        begins = abs(one.box.x0 - other.box.x0) < 5 * self.px
        return begins and gap < 0.9 * high and abs(one.box.height - other.box.height) < 0.5 * high

    def _has_square_between(self, one: Box, other: Box) -> bool:
        left, right = sorted((one, other), key=lambda b: b.x0)
        level = [s for s in self.squares if _levels(s, left) and _levels(s, right)]
        return any(left.x1 <= s.x1 and s.x0 <= right.x0 for s in level)

    def _text(self, phrases: Iterable[Phrase]) -> str:
        return HYPHEN.sub("", " ".join(p.text for p in phrases)).strip()


def _without_squares(phrase: Phrase, squares: Sequence[Box]) -> list[Phrase]:
    """The parts of a phrase between squares that were read as its letters ("[_] ja [_] nein"): words are as wide as
    they have letters."""
    inside = sorted((s for s in squares if _levels(s, phrase.box) and _shared(s, phrase.box)), key=lambda b: b.x0)
    if not inside:
        return [phrase]
    letter = phrase.box.width / len(phrase.text)
    parts: dict[int, list[str]] = {}
    at = 0
    for word in phrase.text.split(" "):
        middle = phrase.box.x0 + (at + len(word) / 2) * letter
        at += len(word) + 1
        if not any(s.x0 - letter < middle < s.x1 + letter / 2 for s in inside) or len(re.findall(r"\w", word)) > 2:
            parts.setdefault(sum(s.x0 < middle for s in inside), []).append(word)
    stops = [phrase.box.x0, *(s.x1 for s in inside), phrase.box.x1 + 1]
    starts = [s.x0 for s in inside]
    found = []
    for number, words in parts.items():
        x0, x1 = stops[number], max(stops[number] + 1, starts[number] if number < len(starts) else phrase.box.x1)
        found.append(replace(phrase, text=" ".join(words), box=Box(x0, phrase.box.y0, x1, phrase.box.y1)))
    return found


def _free(cell: Box, print_boxes: Sequence[Box], px: float) -> Box | None:
    """The largest part of a cell without print that is large enough to write in."""
    step = max(1, round(px / 2))
    rows, columns = cell.height // step, cell.width // step
    free = np.ones((rows, columns), bool)
    for box in print_boxes:
        x0, y0, x1, y1 = box.x0 - cell.x0, box.y0 - cell.y0, box.x1 - cell.x0, box.y1 - cell.y0
        free[max(0, y0 // step) : max(0, -(-y1 // step)), max(0, x0 // step) : max(0, -(-x1 // step))] = False
    best, least = (0, 0, 0, 0), (LEAST_HIGH_MM * px / step, LEAST_MM * px / step)
    heights = np.zeros(columns, int)
    for y in range(rows):
        heights = np.where(free[y], heights + 1, 0)
        for high in {int(h) for h in heights if h >= least[0]}:
            for x0, x1 in _runs(heights >= high):
                if x1 - x0 >= least[1] and (x1 - x0) * high > best[2] * best[3]:
                    best = (x0, y + 1 - high, x1 - x0, high)
    x, y, wide, high = best
    if not high:
        return None
    x1 = cell.x1 if x + wide == columns else cell.x0 + (x + wide) * step
    y1 = cell.y1 if y + high == rows else cell.y0 + (y + high) * step
    return Box(cell.x0 + x * step, cell.y0 + y * step, x1, y1)


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _says(phrase: Phrase) -> bool:
    return any(c.isalpha() for c in phrase.text)


def _in(box: Box, phrases: Sequence[Phrase]) -> list[Phrase]:
    return [p for p in phrases if _middle(p.box, box)]


def _middle(one: Box, box: Box) -> bool:
    return box.x0 <= (one.x0 + one.x1) / 2 < box.x1 and box.y0 <= (one.y0 + one.y1) / 2 < box.y1


def _inside(one: Box, box: Box) -> bool:
    return _shared(one, box) > 0.8 * one.width * one.height


def _shared(one: Box, other: Box) -> int:
    return max(0, min(one.x1, other.x1) - max(one.x0, other.x0)) * max(0, min(one.y1, other.y1) - max(one.y0, other.y0))


def _levels(one: Box, other: Box) -> bool:
    """Side by side: most of the lower one is beside the other."""
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.height, other.height)
