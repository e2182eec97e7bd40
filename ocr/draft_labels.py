"""What names an area of a blank form: the print on its left, over or under it, or at the head of its column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ocr.draft_areas import Area
from ocr.draft_boxes import inside, level, middle_in, over_each_other, shared
from ocr.draft_matrix import place_of
from ocr.draft_phrases import Phrase
from ocr.draft_prints import parts_beside, says, text_of
from ocr.draft_rooms import LEAST_HIGH_MM
from ocr.page import Box
from ocr.phrases import around

NEAR_MM, LEFT_MM, FAR_MM, OVER_MM, UNDER_MM, RIGHT_MM = 9.0, 65.0, 110.0, 7.0, 5.0, 6.0
"""How far from an area its label may stand; FAR: on the left, where nothing is nearer."""
BEFORE_MM = 4.0
HEAD_HIGH_MM = 16.0
NEARER = 0.6
"""Print belongs to the area over it where that is so much nearer than the next one below."""
SMALL_PRINT_MM, ROOM_MM = 2.2, 8.0
"""Print so small in a cell so high leaves room to write under it."""


class Labels:
    """One page: its phrases and areas, and which phrase is already taken for a label."""

    def __init__(self, phrases: Sequence[Phrase], areas: Sequence[Area], px: float) -> None:
        self.px = px
        self.squares = [a.box for a in areas if a.shape == "square"]
        combs = [a.box for a in areas if a.shape == "comb"]
        printed = [p for p in phrases if not any(inside(p.box, comb) for comb in combs)]
        self.phrases = [part for p in printed for part in parts_beside(p, self.squares)]
        self.cells = [a.box for a in areas if a.shape == "cell"]
        self.blots = [blot for a in areas for blot in a.blots]
        self.areas = [a for a in areas if a.shape in ("comb", "line")]
        self.places = [*self.cells, *(a.box for a in self.areas)]
        self.width = around(p.box for p in phrases).width if phrases else 0
        self.first = {square: p for square in self.squares if (p := self._answer_beside(square))}
        self._heads = {id(p) for p in self.first.values()}
        self.taken: set[int] = set()
        self.rows = {cell for cell in self.cells if self._names_right(cell)}
        """Cells whose print names those on their right; `heads`: those below; `names`: one of both."""
        self.heads = {cell for cell in self.cells if self._names_below(cell)}
        self.names = self.rows | self.heads

    def take(self, phrases: Iterable[Phrase]) -> None:
        self.taken |= {id(p) for p in phrases}

    def _answer_beside(self, square: Box) -> Phrase | None:
        """The first line of what is printed on the right of a square; else what ends right before it."""
        beside = [p for p in self.phrases if level(p.box, square)]
        right = [p for p in beside if p.box.x0 >= square.x1 - self.px]
        first = min(right, key=lambda p: p.box.x0, default=None)
        if first and first.box.x0 - square.x1 <= RIGHT_MM * self.px and not self._is_cut(square, first.box):
            return first
        left = [p for p in beside if says(p) and -0.5 * self.px <= square.x0 - p.box.x1 <= BEFORE_MM * self.px]
        return max(left, key=lambda p: p.box.x1, default=None)

    def _is_cut(self, square: Box, print_box: Box) -> bool:
        """Does another square stand between, or nearer behind the print?"""
        others = (o for o in self.squares if o.x0 >= square.x1 and level(print_box, o))
        return any(o.x0 < print_box.x0 or o.x0 - print_box.x1 < print_box.x0 - square.x1 - self.px for o in others)

    # cells whose print names others

    def _names_right(self, cell: Box) -> bool:
        """Print that stands at the top of a cell, with an empty cell, or one of squares, on the right."""
        printed = [p for p in self.phrases if middle_in(p.box, cell) and says(p)]
        if not printed or any(inside(square, cell) for square in self.squares):
            return False
        low = max(p.box.y1 for p in printed)
        if cell.y1 - low < 1.6 * self.px and min(p.box.y0 for p in printed) - cell.y0 > LEAST_HIGH_MM * self.px:
            return False
        beside = [c for c in self.cells if abs(c.y0 - cell.y0) < self.px and 0 <= c.x0 - cell.x1 < 1.5 * self.px]
        if any(self._only_answers(c) for c in beside):
            return True
        return not self._has_room(cell, printed) and any(self._has_no_label(c) for c in beside)

    def _only_answers(self, cell: Box) -> bool:
        """Squares with their answers, and no print that asks."""
        printed = [p for p in self.phrases if middle_in(p.box, cell) and says(p)]
        return bool(printed) and all(id(p) in self._heads for p in printed)

    def _names_below(self, cell: Box) -> bool:
        """The head of a column: print over an empty cell that is as wide."""
        printed = [p for p in self.phrases if middle_in(p.box, cell) and says(p)]
        if not printed or cell.height > HEAD_HIGH_MM * self.px or any(inside(s, cell) for s in self.squares):
            return False
        below = self.cell_below(cell)
        if below is None or not self._has_no_label(below):
            return False
        further = self.cell_below(below)
        rows = further is not None and self._has_no_label(further) and abs(further.height - below.height) < self.px
        return rows or not self._has_room(cell, printed)

    def cell_below(self, cell: Box) -> Box | None:
        """The cell right under it that is as wide."""
        px = self.px
        alike = (c for c in self.cells if abs(c.x0 - cell.x0) < px and abs(c.x1 - cell.x1) < px)
        return next((c for c in alike if -0.3 * px <= c.y0 - cell.y1 < 1.5 * px), None)

    def _has_room(self, cell: Box, printed: Sequence[Phrase]) -> bool:
        return max(p.height_mm for p in printed) < SMALL_PRINT_MM and cell.height > ROOM_MM * self.px

    def _has_no_label(self, cell: Box) -> bool:
        squares = any(inside(square, cell) for square in self.squares)
        return squares or not any(middle_in(p.box, cell) and says(p) for p in self.phrases)

    # the print around an area

    def label(self, box: Box) -> list[Phrase]:
        """The print that names an area: on its left, over it, or at the head of its column."""
        found = (
            self._row_name(box)
            or self.left_of(box)
            or self._hangs_under(box)
            or self.over(box, OVER_MM)
            or self.column(box)
            or self.left_of(box, FAR_MM)
        )
        self.take(found)
        return found

    def _row_name(self, box: Box) -> list[Phrase]:
        """The print of the first cell of its row, where that names the whole row."""
        cell: Box | None = box
        while cell is not None and cell not in self.rows:
            cell = self._cell_before(cell)
        return [p for p in self.phrases if cell and middle_in(p.box, cell) and says(p)]

    def _cell_before(self, cell: Box) -> Box | None:
        near = (c for c in self.cells if abs(c.y0 - cell.y0) < self.px and abs(c.y1 - cell.y1) < self.px)
        return next((c for c in near if c != cell and 0 <= cell.x0 - c.x1 < 1.5 * self.px), None)

    def name(self, box: Box) -> str:
        """The same in words; in a table whose rows have names, too: row and column."""
        place = place_of(box, self.cells, self.phrases, self.px)
        if place and (row := self.left_of(place.row, FAR_MM)) and (head := self.over(place.column, OVER_MM)):
            return f"{text_of(row)}: {text_of(head)}"
        found = self.label(box)
        in_row = any(self.holder_of(p) in self.rows for p in found)
        head = self.column(box) if in_row and self._has_neighbour(box) else []
        return ": ".join(dict.fromkeys(text for text in (text_of(found), text_of(head)) if text))

    def _has_neighbour(self, box: Box) -> bool:
        """Is something else asked in the row of a table?"""
        row = (c for c in self.cells if abs(c.y0 - box.y0) < self.px and abs(c.y1 - box.y1) < self.px)
        return any(c != box and c not in self.names for c in row)

    def _hangs_under(self, box: Box) -> list[Phrase]:
        """Print right under an area, where what is over it is nothing or hangs under another area in the same way."""
        over = self.over(box, OVER_MM)
        if over:
            label = around(p.box for p in over)
            above = [b for b in self.places if b.y1 <= label.y0 + self.px and over_each_other(b, label)]
            gap = min((label.y0 - b.y1 for b in above), default=None)
            if gap is None or gap >= NEARER * (box.y0 - label.y1):
                return []
        return self.under(box)

    def left_of(self, box: Box, most_mm: float = LEFT_MM) -> list[Phrase]:
        beside = [
            p for p in self.phrases if level(p.box, box) and p.box.x1 <= box.x0 + self.px and self._may_name(p, box)
        ]
        last = max(beside, key=lambda p: p.box.x1, default=None)
        if last is None or box.x0 - last.box.x1 > most_mm * self.px or self._parted(last.box, box):
            return []
        return self.block(last)

    def _parted(self, label: Box, box: Box) -> bool:
        """Another area stands between the label and the box."""
        others = (*self.squares, *(a.box for a in self.areas))
        return any(label.x1 <= o.x0 and o.x1 <= box.x0 and level(o, box) and o != box for o in others)

    def over(self, box: Box, most_mm: float, *, to_left: bool = False) -> list[Phrase]:
        far = most_mm * self.px
        found = [
            p
            for p in self.phrases
            if -self.px < box.y0 - p.box.y1 < far
            and (p.box.x0 < box.x1 if to_left else over_each_other(p.box, box))
            and self._may_name(p, box)
        ]
        found = [p for p in found if over_each_other(p.box, box)] or found
        last = max(found, key=lambda p: (round(p.box.y1 / self.px), -abs(p.box.x0 - box.x0)), default=None)
        return self.block(last) if last is not None else []

    def under(self, box: Box, most_mm: float = UNDER_MM) -> list[Phrase]:
        found = [
            p
            for p in self.phrases
            if -self.px < p.box.y0 - box.y1 < most_mm * self.px
            and over_each_other(p.box, box)
            and self._may_name(p, box)
        ]
        first = min(found, key=lambda p: (round(p.box.y0 / self.px), abs(p.box.x0 - box.x0)), default=None)
        return self.block(first) if first is not None else []

    def column(self, box: Box) -> list[Phrase]:
        """The head of a table's column: the next print over it, with nothing but cells as wide between."""
        px = self.px
        over = [p for p in self.phrases if p.box.y1 <= box.y0 and self._may_head(p, box)]
        last = max(over, key=lambda p: p.box.y1, default=None)
        if last is None:
            return []
        between = Box(box.x0, last.box.y1, box.x1, box.y0) if last.box.y1 < box.y0 else box
        alike = [c for c in self.cells if abs(c.x0 - box.x0) < px and abs(c.x1 - box.x1) < px]
        in_cells = sum(shared(c, between) for c in alike) > 0.6 * between.width * between.height
        near = self.holder_of(last) is None and box.y0 - last.box.y1 < NEAR_MM * px
        return self.block(last) if in_cells or near else []

    def _may_head(self, phrase: Phrase, box: Box) -> bool:
        """It says something within the width of a box, and is no answer of a square and no unit."""
        within = box.x0 - self.px <= phrase.box.x0 and phrase.box.x1 <= box.x1 + self.px
        return within and says(phrase) and id(phrase) not in self._heads and not self._is_unit(phrase)

    def _is_unit(self, phrase: Phrase) -> bool:
        """Does it stand right behind another area ("EUR")?"""
        before = (b for b in self.places if level(phrase.box, b))
        beside = any(0 <= phrase.box.x0 - b.x1 < RIGHT_MM * self.px for b in before)
        return beside and self.holder_of(phrase) is None

    def _may_name(self, phrase: Phrase, box: Box) -> bool:
        """It says something, names nothing else yet, and is not the print of another cell that asks itself."""
        holder = self.holder_of(phrase)
        if not says(phrase) or (id(phrase) in self.taken and holder not in self.names):
            return False
        return holder is None or holder in self.names or inside(box, holder)

    def holder_of(self, phrase: Phrase) -> Box | None:
        """The cell in which it is printed."""
        return next((cell for cell in self.cells if middle_in(phrase.box, cell)), None)

    def block(self, phrase: Phrase) -> list[Phrase]:
        """The lines of print that belong to one, over and under it and beside it where a line was cut."""
        block, is_growing = [phrase], True
        while is_growing:
            others = [p for p in self.phrases if p not in block and id(p) not in self._heads]
            more = [p for p in others if any(self._of_one(p, one) for one in block)]
            block, is_growing = [*block, *more], bool(more)
        return sorted(block, key=lambda p: (round(p.box.y0 / (1.5 * self.px)), p.box.x0))

    def _of_one(self, one: Phrase, other: Phrase) -> bool:
        high = max(one.box.height, other.box.height)
        if any(middle_in(one.box, c) != middle_in(other.box, c) for c in self.cells):
            return False
        if self._has_square_between(one.box, other.box):
            return False
        if level(one.box, other.box):
            return 0 <= max(one.box.x0 - other.box.x1, other.box.x0 - one.box.x1) < 0.9 * high
        gap = max(one.box.y0 - other.box.y1, other.box.y0 - one.box.y1)
        begins = abs(one.box.x0 - other.box.x0) < 5 * self.px
        return begins and gap < 0.9 * high and abs(one.box.height - other.box.height) < 0.5 * high

    def _has_square_between(self, one: Box, other: Box) -> bool:
        left, right = sorted((one, other), key=lambda b: b.x0)
        between = [s for s in self.squares if level(s, left) and level(s, right)]
        return any(left.x1 <= s.x1 and s.x0 <= right.x0 for s in between)
