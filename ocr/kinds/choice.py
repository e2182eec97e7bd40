"""Exactly one of several check squares. The value is the name of the marked option."""

from __future__ import annotations

from ocr.kinds import Mark
from ocr.kinds.checkbox import Look, look_at, view_of
from ocr.page import Gray, Note
from ocr.spec import FieldSpec

AROUND_MM = 2.4
EMPTY_CONFIDENCE = 0.95
SEVERAL = Note("K021", "Hier ist mehr als eine Möglichkeit markiert. Bitte am Bild entscheiden.")


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """`zone` shows `field.box_mm` (with equal margins, if any); `field.options` are the squares on the form.

    None marked: empty, as sure as its least clear square; illegible where a mark was struck out or cannot be told, or
    where some square is not there. Several marked: illegible. A mark that was struck out does not count beside another
    one, but a person should look. No square found at all and nothing marked there: absent.
    """
    seen = look_at_options(zone, dpi, field)
    notes = tuple(dict.fromkeys(note for square in seen.values() for note in square.notes))
    marked = [option for option, square in seen.items() if square.marked and not square.struck]
    if not marked and not any(square.found for square in seen.values()):
        return Mark(None, 0.3, notes, "absent")
    confidence = min(square.confidence for square in seen.values())
    if len(marked) > 1:
        return Mark(None, 0.1, (SEVERAL, *notes), "illegible")
    if not marked:
        return Mark(None, min(confidence, EMPTY_CONFIDENCE), notes, "illegible" if notes else "empty")
    return Mark(marked[0], confidence, notes)


def look_at_options(zone: Gray, dpi: float, field: FieldSpec) -> dict[str, Look]:
    """Each option's square."""
    if field.box_mm is None:
        return {}
    view = view_of(zone, dpi)
    px = view.px_per_mm
    left, top, right, bottom = field.box_mm
    height, width = view.ink.shape
    margin_x, margin_y = (width - (right - left) * px) / 2, (height - (bottom - top) * px) / 2
    found: dict[str, Look] = {}
    for option, box in field.options.items():
        if isinstance(box, str):
            continue
        x0, x1 = ((x - left) * px + margin_x for x in (box[0], box[2]))
        y0, y1 = ((y - top) * px + margin_y for y in (box[1], box[3]))
        around = round(AROUND_MM * px)
        rows = slice(max(0, round(y0) - around), max(1, round(y1) + around))
        columns = slice(max(0, round(x0) - around), max(1, round(x1) + around))
        middle = ((x0 + x1) / 2 - columns.start, (y0 + y1) / 2 - rows.start)
        side = box[2] - box[0]
        found[option] = look_at(view.part(rows, columns), middle, (side * 0.88, side * 1.12))
    return found
