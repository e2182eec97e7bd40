"""The designer's screen: the sheets with their outlines, the list of fields, the properties of the active one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cases.models import Version
from cases.versions import proposed_now
from ocr.spec import BoxMm, FieldSpec, FormSpec, TableSpec
from ocr.spec_edit import alone
from web import field_words, sheets

TAG_DIGIT_MM, NARROW_MM = 1.8, 14.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A rectangle on a sheet in millimetres; `name`: the answer that a square stands for."""

    box: BoxMm
    name: str = ""

    @property
    def x(self) -> float:
        return self.box[0]

    @property
    def y(self) -> float:
        return self.box[1]

    @property
    def width(self) -> float:
        return round(self.box[2] - self.box[0], 2)

    @property
    def height(self) -> float:
        return round(self.box[3] - self.box[1], 2)

    @property
    def right(self) -> float:
        return self.box[2]

    @property
    def bottom(self) -> float:
        return self.box[3]


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its number on the page and in the list, and how it stands."""

    number: int
    field: FieldSpec
    proposed: bool
    active: bool

    @property
    def kind(self) -> str:
        return field_words.kind_word(self.field.kind)

    @property
    def outline(self) -> Outline | None:
        return Outline(self.field.box_mm) if self.field.box_mm else None

    @property
    def squares(self) -> list[Outline]:
        return [Outline(box, name) for name, box in self.field.options.items() if not isinstance(box, str)]

    @property
    def cell_lines(self) -> list[float]:
        """Where the strokes of a comb are."""
        if not self.field.cells or self.field.box_mm is None:
            return []
        x0, _, x1, _ = self.field.box_mm
        step = (x1 - x0) / self.field.cells
        return [round(x0 + step * n, 2) for n in range(1, self.field.cells)]

    @property
    def corners(self) -> list[tuple[str, float, float]]:
        """The handles of the active field."""
        if self.field.box_mm is None:
            return []
        x0, y0, x1, y1 = self.field.box_mm
        return [("nw", x0, y0), ("ne", x1, y0), ("sw", x0, y1), ("se", x1, y1)]

    @property
    def tag_mm(self) -> float:
        return 1.6 + TAG_DIGIT_MM * len(str(self.number))

    @property
    def tag_y(self) -> float:
        """In the field, where nothing is printed; over one that is too narrow for that."""
        free = self.outline is not None and self.outline.width > NARROW_MM and not self.squares
        return 0.0 if free else -3.6


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page with the fields on it; `has_picture`: the blank form is there."""

    number: int
    width_mm: float
    height_mm: float
    has_picture: bool
    rows: Sequence[Row]
    cells: Sequence[Outline]


@dataclass(frozen=True)
class Screen:
    """Everything that the designer shows of one draft."""

    version: Version
    spec: FormSpec
    active_name: str = ""

    @cached_property
    def proposed(self) -> frozenset[str]:
        return proposed_now(self.version, self.spec)

    @cached_property
    def rows(self) -> list[Row]:
        fields = enumerate(alone(self.spec), 1)
        return [Row(n, f, f.name in self.proposed, f.name == self.active_name) for n, f in fields]

    @cached_property
    def active(self) -> Row | None:
        return next((row for row in self.rows if row.active), None)

    @property
    def pages(self) -> list[tuple[int, list[Row]]]:
        """The rows by page; numbers stay those of the order in the file."""
        numbers = sorted({row.field.page for row in self.rows})
        return [(number, [row for row in self.rows if row.field.page == number]) for number in numbers]

    @property
    def tables(self) -> tuple[TableSpec, ...]:
        return self.spec.table

    @cached_property
    def sheets(self) -> list[Sheet]:
        return list(self._sheets())

    def _sheets(self) -> Iterator[Sheet]:
        leaves = {leaf.number: leaf for leaf in sheets.leaves(self.version.blank_id)}
        for number in range(1, max(self.spec.pages, *leaves, 1) + 1):
            leaf = leaves.get(number)
            size = (leaf.width_mm, leaf.height_mm) if leaf else self.spec.size_mm
            rows = [row for row in self.rows if row.field.page == number]
            cells = [Outline(f.box_mm) for f in self.spec.field if f.row and f.box_mm and f.page == number]
            # What is active lies on top of all others.
            yield Sheet(number, *size, leaf is not None, sorted(rows, key=lambda row: row.active), cells)

    @property
    def next_proposed(self) -> str:
        """The field to look at after the active one; the first one again behind the last."""
        at = self.active.number if self.active else 0
        names = [row.field.name for row in (*self.rows[at:], *self.rows[:at]) if row.proposed]
        return next((name for name in names if name != self.active_name), "")

    @property
    def undo(self) -> str:
        step = self.version.steps.filter(undone=False).order_by("-number").first()
        return step.what if step else ""

    @property
    def redo(self) -> str:
        step = self.version.steps.filter(undone=True).order_by("number").first()
        return step.what if step else ""

    @property
    def marks(self) -> list[tuple[int, str]]:
        """By page, the phrases that only this form carries, one a line."""
        return [(n, "\n".join(self.spec.marks.get(str(n), ()))) for n in range(1, self.spec.pages + 1)]

    @property
    def seen(self) -> str:
        return self.version.changed_at.isoformat()
