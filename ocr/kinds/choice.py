"""Exactly one of several check squares. The value is the name of the marked option."""

from __future__ import annotations

from ocr.kinds import Mark
from ocr.kinds.checkbox import MM_PER_INCH, Look, find_ink, look_at
from ocr.page import Gray
from ocr.spec import FieldSpec

AROUND_MM = 2.4


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """`zone` shows `field.box_mm` (with equal margins, if any); `field.options` are the squares on the form.

    None marked: value None, hardly sure. Several marked: value None, not sure at all. A mark that was struck
    out does not count, but a person should look.
    """
    seen = look_at_options(zone, dpi, field)
    marked = [option for option, square in seen.items() if square.marked and not square.struck]
    if len(marked) != 1:
        return Mark(None, 0.1 if marked else 0.3)
    confidence = min(square.confidence for square in seen.values())
    if any(square.struck for square in seen.values()):
        confidence = min(confidence, 0.6)
    return Mark(marked[0], confidence)


def look_at_options(zone: Gray, dpi: float, field: FieldSpec) -> dict[str, Look]:
    """Each option's square."""
    if field.box_mm is None:
        return {}
    px = dpi / MM_PER_INCH
    left, top, right, bottom = field.box_mm
    margin_x = (zone.shape[1] - (right - left) * px) / 2
    margin_y = (zone.shape[0] - (bottom - top) * px) / 2
    ink = find_ink(zone)
    found: dict[str, Look] = {}
    for option, box in field.options.items():
        if isinstance(box, str):
            continue
        x0, y0, x1, y1 = ((box[0] - left) * px + margin_x, (box[1] - top) * px + margin_y,
                          (box[2] - left) * px + margin_x, (box[3] - top) * px + margin_y)  # fmt: skip
        around = round(AROUND_MM * px)
        rows = slice(max(0, round(y0) - around), round(y1) + around)
        columns = slice(max(0, round(x0) - around), round(x1) + around)
        middle = ((x0 + x1) / 2 - columns.start, (y0 + y1) / 2 - rows.start)
        side = box[2] - box[0]
        found[option] = look_at(ink[rows, columns], px, middle, (side * 0.88, side * 1.12))
    return found
