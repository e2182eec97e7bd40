"""From a printed label to the zone in which the value stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocr.page import Box
from ocr.phrases import Found, find_phrase
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec

MM_PER_INCH = 25.4
REACH_MM = (110.0, 30.0)
OVERHANG_MM = 1.2
"""How far a value may run over the rule that ends its cell."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a value stands on a page. `core`: the cell itself; `box`: with what may run over its edge.

    `printed`: boxes of printed words in it, not part of the value. `score`: how well the label matched, 0..1.
    """

    sheet: Sheet
    box: Box
    core: Box
    printed: tuple[Box, ...]
    score: float
    place: PlaceSpec


def find_zone(place: PlaceSpec, sheets: Sequence[Sheet], page: int) -> Zone | None:
    """The zone of the best match of the place's labels; page `page` is preferred where several match alike."""
    best: tuple[float, Sheet, Found] | None = None
    for sheet in sheets:
        for label in place.labels:
            for hit in find_phrase(sheet.lines, label)[:1]:
                rank = hit.score - 0.02 * (sheet.page.number != page) + 0.001 * min(len(label), 40)
                if best is None or rank > best[0]:
                    best = (rank, sheet, hit)
    if best is None:
        return None
    _, sheet, hit = best
    return _zone(place, sheet, hit)


def _zone(place: PlaceSpec, sheet: Sheet, hit: Found) -> Zone | None:
    label, px = hit.box, sheet.page.dpi / MM_PER_INCH
    others = [f for f in sheet.printed if not _same(f.box, label)]
    stops = [f.box for f in others]
    sides = {"above": _above, "below": _below, "right": _right, "left": _left, "inside": _inside}
    core = sides[place.place](place, sheet, label, stops, px)
    if core is None:
        return None
    over = round(OVERHANG_MM * px)
    box = _clip(Box(core.x0 - over, core.y0 - over, core.x1 + over, core.y1 + over), sheet)
    words = [w.box for f in others for w in f.words]
    if not place.keep_label:
        words += [w.box for w in hit.words]
    inside = tuple(w for w in words if _overlaps(w, box))
    return Zone(sheet, box, core, inside, hit.score, place)


def _reach(place: PlaceSpec, px: float) -> tuple[float, float]:
    width, height = place.reach_mm or REACH_MM
    return width * px, height * px


def _inside(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> Box | None:
    """The ruled cell around the label, as far as rules, other labels and reach let it go."""
    x0, x1 = _walls(place, sheet, label, stops, px)
    top = max(_rules_above(sheet, label, px), label.y0 - 2.0 * px)
    return _box(x0, top, x1, _floor(place, sheet, label, stops, x0, x1, px))


def _below(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> Box | None:
    x0, x1 = _walls(place, sheet, label, stops, px)
    return _box(x0, label.y1, x1, _floor(place, sheet, label, stops, x0, x1, px))


def _right(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> Box | None:
    _, x1 = _walls(place, sheet, label, stops, px)
    return _box(label.x1 + 0.3 * px, label.y0 - 2.5 * px, x1, label.y1 + 1.5 * px)


def _left(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> Box | None:
    x0, _ = _walls(place, sheet, label, stops, px)
    return _box(x0, label.y0 - 2.5 * px, label.x0 - 0.3 * px, label.y1 + 1.5 * px)


def _above(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> Box | None:
    """Over the label: on the writing line there, or as wide as the reach says."""
    width, height = _reach(place, px)
    centre = (label.x0 + label.x1) / 2
    lines = [r for r in sheet.rulings.across if _beside(r, label) and -9 * px < r.y1 - label.y0 < 1.5 * px]
    lines = [r for r in lines if r.width < 1.3 * width]
    x0, x1 = centre - width / 2, centre + width / 2
    if lines:
        line = max(lines, key=lambda r: r.y1)
        x0, x1 = min(x0, line.x0 - 3 * px), max(x1, line.x1 + 3 * px)
    over = [b for b in stops if b.y1 < label.y0 and b.y1 > label.y0 - height and b.x1 > x0 and b.x0 < x1]
    top = max([label.y0 - height, *(b.y1 + 0.2 * px for b in over)])
    return _box(x0, top, x1, label.y0 + 0.5 * px)


def _walls(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], px: float) -> tuple[float, float]:
    """Left and right end: upright rules of the cell, labels beside this one, the reach."""
    width, _ = _reach(place, px)
    band = (label.y0, label.y1 + 3 * px)
    upright = [r for r in sheet.rulings.down if min(r.y1, band[1]) - max(r.y0, band[0]) > 0.5 * (band[1] - band[0])]
    beside = [b for b in stops if b.y0 < label.y1 and b.y1 > label.y0]
    lefts = [float(r.x1) for r in upright if r.x1 <= label.x0 + px] + [float(b.x1) for b in beside if b.x1 <= label.x0]
    rights = [float(r.x0) for r in upright if r.x0 >= label.x1 - px] + [float(b.x0) for b in beside if b.x0 >= label.x1]
    x0 = max([label.x0 - 14 * px, 0.0, *lefts])
    x1 = min([label.x0 + width, float(sheet.page.width), *rights])
    return x0, x1


def _floor(place: PlaceSpec, sheet: Sheet, label: Box, stops: Sequence[Box], x0: float, x1: float, px: float) -> float:
    """The lower end: the next level rule that crosses most of the zone, the next label, the reach."""
    _, height = _reach(place, px)
    ends = [label.y1 + height, float(sheet.page.height)]
    for rule in sheet.rulings.across:
        crosses = min(rule.x1, x1) - max(rule.x0, x0)
        if rule.y0 > label.y1 + 1.5 * px and crosses > 0.4 * (x1 - x0):
            ends.append(float(rule.y0))
    ends += [b.y0 - 0.3 * px for b in stops if b.y0 > label.y1 - 0.5 * px and b.x1 > x0 + px and b.x0 < x1 - px]
    return min(ends)


def _rules_above(sheet: Sheet, label: Box, px: float) -> float:
    over = [r.y1 for r in sheet.rulings.across if r.y1 <= label.y0 + 0.5 * px and _beside(r, label)]
    return float(max(over, default=0))


def _beside(rule: Box, label: Box) -> bool:
    return rule.x0 < label.x1 and rule.x1 > label.x0


def _same(a: Box, b: Box) -> bool:
    """Two findings of the same printed words (one label may be part of another)."""
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    return wide > 0.5 * min(a.width, b.width) and tall > 0.5 * min(a.height, b.height)


def _overlaps(a: Box, b: Box) -> bool:
    return a.x0 < b.x1 and a.x1 > b.x0 and a.y0 < b.y1 and a.y1 > b.y0


def _box(x0: float, y0: float, x1: float, y1: float) -> Box | None:
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    return Box(max(0, round(x0)), max(0, round(y0)), round(x1), round(y1))


def _clip(box: Box, sheet: Sheet) -> Box:
    return Box(max(0, box.x0), max(0, box.y0), min(sheet.page.width, box.x1), min(sheet.page.height, box.y1))


def union(boxes: Iterable[Box]) -> Box | None:
    every = list(boxes)
    if not every:
        return None
    return Box(min(b.x0 for b in every), min(b.y0 for b in every), max(b.x1 for b in every), max(b.y1 for b in every))
