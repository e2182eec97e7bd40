"""One zone of a cleaned page read again, because a person pointed at it."""

from __future__ import annotations

from collections.abc import Sequence

from ocr.engines import paddle, tesseract
from ocr.extract import read_images
from ocr.judge import judge
from ocr.kinds import kind
from ocr.page import Box, FieldReading, Gray, Word
from ocr.phrases import lines_of
from ocr.rows import rows_in
from ocr.spec import FieldSpec
from ocr.zone import clean_zone, line_image

AROUND_MM = (90.0, 12.0)
"""Half the width and height of what is looked at around a point: no line of a form is longer on both sides."""
MM_PER_INCH = 25.4
MOST_LINES = 12
MARGIN_MM = 1.0
"""A zone is read this much larger: strokes at its very edge would count as rules."""


def reread(gray: Gray, dpi: float, box: Box, spec: FieldSpec, page: int, languages: Sequence[str]) -> FieldReading:
    """What the engines read in `box` (pixels of the page) as a value of this field; never sure: a person chose it.

    `value` is None where there is writing that is no value of the field's kind ("illegible"): `raw` says what was read.

    Raises:
        ValueError: the field is no text (a box, a choice, a signature), or the box lies outside the page.
    """
    known = kind(spec.kind)
    zone = _wider(box, round(MARGIN_MM * dpi / MM_PER_INCH)).crop(gray)
    if known.parse is None or zone.size == 0:
        raise ValueError("nothing to read as text")
    tight = clean_zone(zone, dpi)
    rows = rows_in(zone, dpi, MOST_LINES) if box.height * MM_PER_INCH / dpi > AROUND_MM[1] else []
    images = [row.image for row in rows] or ([] if tight is None else [line_image(tight)])
    readings = read_images(images, known, languages) if images else {}
    if not readings:
        return FieldReading(spec.name, None, None, 0.0, False, page, box, state="empty")
    verdict = judge(known, readings, languages[0])
    return FieldReading(
        spec.name,
        verdict.value,
        verdict.raw,
        verdict.confidence,
        sure=False,
        page=page,
        box=box,
        engines=readings,
        problems=verdict.notes,
        state="illegible" if verdict.value is None else "read",
    )


def _wider(box: Box, by_px: int) -> Box:
    return Box(box.x0 - by_px, box.y0 - by_px, box.x1 + by_px, box.y1 + by_px)


def line_at(gray: Gray, dpi: float, x: int, y: int) -> Box | None:
    """The piece of a line of writing at a point of the page (pixels), None where there is none."""
    width, height = (round(side * dpi / MM_PER_INCH) for side in AROUND_MM)
    left, top = max(0, x - width), max(0, y - height)
    part = gray[top : max(0, y + height), left : max(0, x + width)]
    if part.size == 0:
        return None
    found = [box for box in paddle.find_lines(part, dpi) if box.x0 <= x - left < box.x1 and box.y0 <= y - top < box.y1]
    if not found:
        return None
    best = min(found, key=lambda box: box.width * box.height)
    return Box(best.x0 + left, best.y0 + top, best.x1 + left, best.y1 + top)


def word_lines(gray: Gray, dpi: float, languages: Sequence[str]) -> tuple[tuple[Word, ...], ...]:
    """All words of a page line by line, from top to bottom, each line from left to right."""
    words = tesseract.read_words(gray, dpi, languages)
    return tuple(line.words for line in lines_of(words))
