"""One field: its zone, the lines in it, both engines, the verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ocr.engines import paddle, tesseract
from ocr.judge import SURE, Verdict, judge
from ocr.kinds import Kind, kind
from ocr.page import Box, EngineReading, FieldReading, Gray, Note
from ocr.places import MM_PER_INCH, Zone, find_zone, union
from ocr.register import Fit, zone_image
from ocr.rulings import without_rulings
from ocr.sheet import Sheet
from ocr.spec import FieldSpec, FormSpec, PlaceSpec
from ocr.zone import clean_zone, comb_line, ink_of, line_image

MARGIN_MM = 1.0
"""A zone by `box_mm` is taken this much larger: values run over the edge, the fit is off by some tenths."""
EMPTY_SURE = 0.95
NOT_FOUND = Note("L004", "Die Stelle dieses Feldes wurde auf dem Blatt nicht gefunden. Bitte selbst nachsehen.")
LOOSE = Note("L005", "Das Blatt ließ sich nicht sicher über das Formular legen. Bitte vergleichen.")


@dataclass(slots=True)
class Desk:
    """What one document lays out for its fields. `read` remembers zones that several fields share."""

    spec: FormSpec
    sheets: Sequence[Sheet]
    fits: dict[int, Fit | None]
    read: dict[tuple[int, Box, str, int], tuple[dict[str, EngineReading], Box | None]] = field(default_factory=dict)


def extract(spec: FieldSpec, desk: Desk) -> FieldReading:
    """The reading of one field: by its labels first, then by its box."""
    known = kind(spec.kind)
    absent = FieldReading(spec.name, None, None, 0.0, False, problems=(NOT_FOUND,), state="absent")
    best = absent
    for place in spec.places:
        found = _by_label(spec, place, known, desk)
        if found and found.value is not None:
            return found
        best = found or best
    if spec.box_mm is not None:
        found = _by_box(spec, known, desk)
        if found and (found.value is not None or best is absent):
            return found
    return best


def _by_label(spec: FieldSpec, place: PlaceSpec, known: Kind, desk: Desk) -> FieldReading | None:
    zone = find_zone(place, desk.sheets, spec.page)
    if zone is None or known.parse is None:
        return None
    number = zone.sheet.page.number
    readings, box = _remembered(zone, known.chars, spec.lines, desk)
    if place.pattern:
        readings = {e: r for e, r in readings.items() if re.search(place.pattern, r.text)}
        if not readings:
            return None
    where = box or zone.core
    if not readings:
        return FieldReading(
            spec.name, None, None, EMPTY_SURE, _is_sure(EMPTY_SURE * place.trust), number, where, state="empty"
        )
    verdict = judge(known, readings, desk.spec.language[0])
    confidence = min(verdict.confidence * (0.5 + 0.5 * zone.score), place.trust)
    return _reading(spec, verdict, confidence, number, where, readings)


def _reading(
    spec: FieldSpec,
    verdict: Verdict,
    confidence: float,
    number: int,
    where: Box,
    readings: dict[str, EngineReading],
    notes: tuple[Note, ...] = (),
) -> FieldReading:
    if verdict.value is None:
        return FieldReading(
            spec.name, None, verdict.raw, 0.0, False, number, where, readings, verdict.notes + notes, "illegible"
        )
    return FieldReading(
        spec.name,
        verdict.value,
        verdict.raw,
        round(confidence, 4),
        _is_sure(confidence) and not notes,
        number,
        where,
        readings,
        verdict.notes + notes,
    )


def _is_sure(confidence: float) -> bool:
    return confidence >= SURE


def _remembered(zone: Zone, chars: str, lines: int, desk: Desk) -> tuple[dict[str, EngineReading], Box | None]:
    key = (zone.sheet.page.number, zone.box, chars, lines)
    if key not in desk.read:
        desk.read[key] = _read_zone(zone, chars, lines, desk.spec.language)
    return desk.read[key]


def _read_zone(
    zone: Zone, chars: str, lines: int, languages: Sequence[str]
) -> tuple[dict[str, EngineReading], Box | None]:
    """Both engines on the text lines of a zone, and the box around them on the page."""
    dpi = zone.sheet.page.dpi
    gray = _without_printed(zone.box.crop(zone.sheet.page.gray), zone, dpi)
    rows = [row for row in _rows(gray, dpi) if _in_core(row, zone)]
    rows = rows[-lines:] if zone.place.place == "above" else rows[:lines]
    images = [_row_image(gray, row, dpi) for row in rows]
    written = [(image, row) for image, row in zip(images, rows, strict=True) if image is not None]
    readings = read_images([image for image, _ in written], chars, languages)
    around = union(b for _, row in written for b in row)
    if around is None or not readings:
        return {}, None
    x, y = zone.box.x0, zone.box.y0
    return readings, Box(around.x0 + x, around.y0 + y, around.x1 + x, around.y1 + y)


def read_images(images: Sequence[Gray], chars: str, languages: Sequence[str]) -> dict[str, EngineReading]:
    """Both engines on line images; the lines of each engine joined by line breaks."""
    if not images:
        return {}
    by_engine = {
        tesseract.NAME: [tesseract.read_line(image, languages, chars) for image in images],
        paddle.NAME: paddle.read_lines(images, chars),
    }
    joined = {engine: _joined(lines) for engine, lines in by_engine.items()}
    return joined if any(r.text for r in joined.values()) else {}


def _joined(lines: Sequence[EngineReading]) -> EngineReading:
    kept = [line for line in lines if line.text]
    if not kept:
        return EngineReading("", 0.0)
    letters = sum(len(line.text) for line in kept)
    confidence = sum(line.confidence * len(line.text) for line in kept) / letters
    return EngineReading("\n".join(line.text for line in kept), round(confidence, 4))


def _without_printed(gray: Gray, zone: Zone, dpi: float) -> Gray:
    """The zone without ruled lines and without the printed words in it."""
    ink = without_rulings(ink_of(gray), dpi)
    mask = np.zeros(ink.shape, np.uint8)
    for word in zone.printed:
        x0, y0 = max(0, word.x0 - zone.box.x0 - 1), max(0, word.y0 - zone.box.y0 - 1)
        mask[y0 : max(0, word.y1 - zone.box.y0 + 1), x0 : max(0, word.x1 - zone.box.x0 + 1)] = 1
    count, labels = cv2.connectedComponents(ink, connectivity=8)
    size = np.bincount(labels.ravel(), minlength=count)
    covered = np.bincount(labels.ravel(), weights=mask.ravel(), minlength=count)
    gone = covered > 0.5 * size
    gone[0] = False
    ink[gone[labels]] = 0
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    return np.where(near > 0, gray, 255).astype(np.uint8)


def _rows(gray: Gray, dpi: float) -> list[list[Box]]:
    """Text lines from top to bottom; pieces side by side are one line, from left to right."""
    px = dpi / MM_PER_INCH
    rows: list[list[Box]] = []
    for box in paddle.find_lines(gray, dpi):
        if box.height < 1.2 * px or (box.height > 8 * px and box.height > 1.5 * box.width):
            continue  # dust; a stamp that stands upright
        for row in rows:
            if _level(row[0], box):
                row.append(box)
                break
        else:
            rows.append([box])
    return [sorted(row, key=lambda b: b.x0) for row in rows]


def _level(a: Box, b: Box) -> bool:
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6 * min(a.height, b.height)


def _in_core(row: Sequence[Box], zone: Zone) -> bool:
    box = union(row)
    assert box is not None
    x, y = (box.x0 + box.x1) / 2 + zone.box.x0, (box.y0 + box.y1) / 2 + zone.box.y0
    core = zone.core
    return core.x0 <= x <= core.x1 and core.y0 <= y <= core.y1


def _row_image(gray: Gray, row: Sequence[Box], dpi: float) -> Gray | None:
    box = union(row)
    assert box is not None
    tight = clean_zone(box.crop(gray), dpi)
    return None if tight is None else line_image(tight)


def _by_box(spec: FieldSpec, known: Kind, desk: Desk) -> FieldReading | None:
    """A field by its place in the form, on the page that was laid over it."""
    fit = desk.fits.get(spec.page)
    if fit is None or spec.box_mm is None:
        return None
    sheet = next(s for s in desk.sheets if s.page.number == fit.number)
    where = fit.to_px(spec.box_mm)
    notes = (LOOSE,) if fit.anchors < 2 else ()
    if known.look is not None:
        mark = known.look(zone_image(sheet.page, fit, spec.box_mm), sheet.page.dpi, spec)
        sure = _is_sure(mark.confidence) and not notes
        state = "read" if mark.value is not None else "empty"
        return FieldReading(
            spec.name, mark.value, mark.value, mark.confidence, sure, fit.number, where,
            problems=mark.notes + notes, state=state,
        )  # fmt: skip
    images = _box_lines(spec, zone_image(sheet.page, fit, spec.box_mm, _margin(spec)), sheet.page.dpi)
    if not images:
        return FieldReading(
            spec.name, None, None, EMPTY_SURE, not notes, fit.number, where, problems=notes, state="empty"
        )
    readings = read_images(images, known.chars, desk.spec.language)
    if not readings:
        verdict = Verdict(None, None, 0.0)
        return _reading(spec, verdict, 0.0, fit.number, where, {}, notes)
    verdict = judge(known, readings, desk.spec.language[0])
    return _reading(spec, verdict, verdict.confidence, fit.number, where, readings, notes)


def _margin(spec: FieldSpec) -> float:
    return 0.0 if spec.cells else MARGIN_MM


def _box_lines(spec: FieldSpec, gray: Gray, dpi: float) -> list[Gray]:
    if spec.cells:
        comb = comb_line(gray, spec.cells, dpi)
        return [] if comb is None else [line_image(comb)]
    if spec.lines == 1:
        tight = clean_zone(gray, dpi)
        return [] if tight is None else [line_image(tight)]
    images = [_row_image(gray, row, dpi) for row in _rows(gray, dpi)[: spec.lines]]
    return [image for image in images if image is not None]
