"""From a printed label to the zone in which the value stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from ocr.page import Box
from ocr.phrases import Found, around, find_half, find_phrase, letters_of
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec

MM_PER_INCH = 25.4
REACH_MM = (110.0, 30.0)
CELL_MARGIN_MM = 3.0
"""Where the rule between two cells was not found, the right one begins so far before its label."""
ASIDE_LINES = 2.5
"""What belongs to a label and stands below it is no further away, in heights of the label."""
INTO_MM = 5.0
"""Print over a zone ends it where it reaches so far in; the paragraph beside it may end at the zone's edge."""
OVERHANG_MM = (14.0, 1.2)
"""How far a value may run over the end of its cell (sideways, up and down)."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a value stands on a page. `core`: the cell itself; `box`: with what may run over its edge.

    `label`: its printed label. `printed`: boxes of printed words in it, not part of the value. `score`: how
    well the label matched, 0..1. `crowded`: more than the label may stand where its words were found.
    """

    sheet: Sheet
    box: Box
    core: Box
    label: Box
    printed: tuple[Box, ...]
    score: float
    place: PlaceSpec
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    """A label and what stands around it: labels that end the zone below or on the right; px per mm."""

    sheet: Sheet
    place: PlaceSpec
    label: Box
    stops: tuple[Box, ...]
    beside: tuple[Box, ...]
    px: float

    @property
    def reach(self) -> tuple[float, float]:
        width, height = self.place.reach_mm or REACH_MM
        return width * self.px, height * self.px


def find_zone(place: PlaceSpec, sheets: Sequence[Sheet], page: int, *, by_half: bool = False) -> Zone | None:
    """The zone of the best match of the place's labels; page `page` is preferred where several match alike.

    `by_half`: half of a long label is enough.
    """
    search = find_half if by_half else find_phrase
    best: tuple[float, Sheet, Found] | None = None
    for sheet in sheets:
        for label in place.labels:
            hits = [h for h in search(sheet.lines, label) if not _part_of_longer(h, sheet)]
            for hit in hits[:1]:
                rank = hit.score - 0.02 * (sheet.page.number != page) + 0.001 * min(len(label), 40)
                if best is None or rank > best[0]:
                    best = (rank, sheet, hit)
    return _zone(place, best[1], best[2]) if best else None


def _usual_height(sheet: Sheet) -> float:
    heights = [w.box.height for w in sheet.words if len(w.text) > 2 and w.confidence > 0.5]
    most = 3.0 * sheet.page.dpi / MM_PER_INCH  # labels are small print; noise makes words look higher
    return min(float(median(heights)), most) if heights else most


def _one_line(hit: Found, usual: float, most: float) -> Box:
    """A label's box without the value that touches it from below and was taken for one word with it."""
    box = hit.box
    if box.height <= most * usual:
        return box
    low = float(box.y0 + round(1.5 * usual))
    if median(w.box.height for w in hit.words) < 2.0 * usual:  # most words are the label's own: as low as they reach
        low = max(low, median(w.box.y1 for w in hit.words))
    return Box(box.x0, box.y0, box.x1, min(box.y1, round(low)))


def _below_rule(box: Box, sheet: Sheet, usual: float) -> Box:
    """A label's box without the rule over it that was taken for a part of its letters."""
    if box.height <= 1.5 * usual:
        return box
    ink = (box.crop(sheet.page.gray) < 128).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letters = stats[1:][stats[1:, cv2.CC_STAT_HEIGHT] >= 0.5 * usual]
    top = int(np.percentile(letters[:, cv2.CC_STAT_TOP], 10)) if len(letters) else 0
    return Box(box.x0, box.y0 + top, box.x1, box.y1) if box.height - top >= usual else box


def _with_number(box: Box, sheet: Sheet) -> Box:
    """A label's box with the number of its item before it ("2."), although it was found without."""
    reach = 4 * sheet.page.dpi / MM_PER_INCH
    before = [
        w.box.x0
        for w in sheet.words
        if len(w.text) <= 3 and 0 <= box.x0 - w.box.x1 < reach and w.box.y0 < box.y1 and w.box.y1 > box.y0
    ]
    return Box(min([box.x0, *before]), box.y0, box.x1, box.y1)


def _part_of_longer(hit: Found, sheet: Sheet) -> bool:
    """ "Signature" in "Date of signature" is another label."""
    short = len(letters_of(hit.phrase))
    return any(
        f.score > 0.85
        and len(letters_of(f.phrase)) > short + 2
        and letters_of(hit.phrase) in letters_of(f.phrase)
        and _same(f.box, hit.box)
        for f in sheet.labels
    )


def _zone(place: PlaceSpec, sheet: Sheet, hit: Found) -> Zone | None:
    px, height = sheet.page.dpi / MM_PER_INCH, _usual_height(sheet)
    without_rule = replace(hit, box=_below_rule(hit.box, sheet, height))
    label = _one_line(without_rule, height, most=2.3 if without_rule == hit else 1.7)
    others = [f for f in sheet.labels if not _same(f.box, label)]
    near = label.y1 + ASIDE_LINES * label.height
    aside = [f.box for f in sheet.printed if f.phrase in place.aside and (f.box.y0 < near or place.place == "above")]
    beside = tuple(_with_number(f.box, sheet) for f in others if f.phrase in place.beside)
    ends = tuple(
        _with_number(f.box, sheet) for f in others if not any(_part_of(f.box, other) for other in (*aside, *beside))
    )
    sides = {"above": _above, "below": _below, "right": _right, "left": _left, "inside": _inside, "line": _line}
    core = _half(sides[place.place](_Around(sheet, place, label, ends, beside, px)), place, sheet)
    if core is None:
        return None
    right, down = round(OVERHANG_MM[0] * px), round(OVERHANG_MM[1] * px)
    box = _clip(Box(core.x0 - right, core.y0 - down, core.x1 + right, core.y1 + down), sheet)
    words = [w.box for f in (*others, *sheet.printed) for w in f.words]
    if place.place != "line":
        words += [Box(w.box.x0, w.box.y0, w.box.x1, max(w.box.y0 + 1, min(w.box.y1, label.y1))) for w in hit.words]
    if place.place == "inside" and label.x0 > core.x0:  # the number of the item, a hook of its cell
        words.append(Box(core.x0, label.y0, label.x0, label.y1))
    inside = tuple(w for w in words if _overlaps(w, box))
    return Zone(sheet, box, core, label, inside, hit.score, place, crowded=hit.box.height > 1.7 * height)


def _half(core: Box | None, place: PlaceSpec, sheet: Sheet) -> Box | None:
    """The part of a zone on one half of the page."""
    middle = sheet.page.width // 2
    if core is None or place.half == "both":
        return core
    if place.half == "left":
        return _box(core.x0, core.y0, min(core.x1, middle), core.y1)
    return _box(max(core.x0, middle), core.y0, core.x1, core.y1)


def _inside(a: _Around) -> Box | None:
    """The ruled cell around the label, as far as rules, other labels and reach let it go."""
    x0, x1 = _walls(a)
    top = max(_rules_above(a), a.label.y0 - 2.0 * a.px)
    return _box(x0, top, x1, _floor(a, x0, x1))


def _below(a: _Around) -> Box | None:
    x0, x1 = _walls(a)
    return _box(x0, a.label.y1, x1, _floor(a, x0, x1))


def _right(a: _Around) -> Box | None:
    _, x1 = _walls(a)
    y0, y1 = _beside_label(a)
    return _box(a.label.x1 + 0.3 * a.px, y0, x1, y1)


def _left(a: _Around) -> Box | None:
    x0, _ = _walls(a)
    y0, y1 = _beside_label(a)
    return _box(x0, y0, a.label.x0 - 0.3 * a.px, y1)


def _beside_label(a: _Around) -> tuple[float, float]:
    """Top and bottom of a zone beside its label: the line itself, or as high as the reach says."""
    y0, y1 = a.label.y0 - 2.5 * a.px, a.label.y1 + 1.5 * a.px
    if a.place.reach_mm:
        middle, half = (a.label.y0 + a.label.y1) / 2, a.reach[1] / 2
        y0, y1 = min(y0, middle - half), max(y1, middle + half)
    over = [b.y1 + 0.3 * a.px for b in a.stops if b.y1 <= a.label.y0]
    under = [b.y0 - 1.5 * a.px for b in a.stops if b.y0 >= a.label.y1]
    return max([y0, *over]), min([y1, *under])


def _line(a: _Around) -> Box | None:
    """The line on which the label stands, on both sides of it."""
    width, _ = a.reach
    rights = [b.x0 - a.px for b in a.beside if b.x0 > a.label.x1 and _level(b, a.label, 8 * a.px)]
    x0, x1 = max(0.0, a.label.x0 - width / 2), min([a.label.x1 + width, float(a.sheet.page.width), *rights])
    return _box(x0, a.label.y0 - 5 * a.px, x1, a.label.y1 + 2.5 * a.px)


def _above(a: _Around) -> Box | None:
    """Over the label: on the writing line there, or as wide as the reach says."""
    width, height = a.reach
    label, px = a.label, a.px
    centre = (label.x0 + label.x1) / 2
    lines = [r for r in a.sheet.rulings.across if _beside(r, label) and -9 * px < r.y1 - label.y0 < 1.5 * px]
    lines = [r for r in lines if r.width < 1.3 * width and a.place.half == "both"]
    x0, x1 = centre - width / 2, centre + width / 2
    if lines:
        line = max(lines, key=lambda r: r.y1)
        x0, x1 = min(x0, line.x0 - 3 * px), max(x1, line.x1 + 3 * px)
    left = a.sheet.page.width / 2 if a.place.half == "right" else 0.0
    known = [*a.stops, *(f.box for f in a.sheet.printed if f.phrase not in a.place.aside)]
    over = [
        b for b in known if label.y0 - height < b.y1 < label.y0 and b.x1 > max(x0, left) + INTO_MM * px and b.x0 < x1
    ]
    top = max([label.y0 - height, *(b.y1 + 0.2 * px for b in over)])
    low = 0.5 if a.place.half == "both" else -3.0  # beside the label something else is written on its line
    return _box(x0, top, x1, label.y0 + low * px)


def _walls(a: _Around) -> tuple[float, float]:
    """Left and right end: upright rules of the cell, labels beside this one, the reach.

    Between two labels of a row a broken rule is their wall although what is left of it begins below them.
    """
    label, px = a.label, a.px
    width, height = a.reach
    band = (label.y0, label.y1 + 3 * px)
    upright = [r for r in a.sheet.rulings.down if min(r.y1, band[1]) - max(r.y0, band[0]) > 0.5 * (band[1] - band[0])]
    level = [b for b in a.stops if b.y0 < label.y1 and b.y1 > label.y0]
    next_to = [b for b in a.beside if b.x0 > label.x0 and label.y0 - px < b.y0 < label.y1 + height]
    upright_left = [float(r.x1) for r in upright if r.x1 <= label.x0 + px]
    left_of = [float(b.x1) for b in level if b.x1 <= label.x0]
    lower = [r for r in a.sheet.rulings.down if r.y1 > label.y0 and r.y0 < label.y1 + height / 2]
    between = [float(r.x1) for r in lower if max(left_of, default=math.inf) < r.x1 <= label.x0 + px]
    lefts = upright_left + left_of + between
    rights = [float(r.x0) for r in upright if r.x0 >= label.x1 - px]
    next_label = min((b.x0 for b in level if b.x0 >= label.x1), default=0)
    rights += [float(r.x0) for r in lower if label.x1 <= r.x0 < next_label]
    rights += [b.x0 - 0.5 * px for b in (*level, *next_to) if b.x0 >= label.x1 or b in next_to]
    before = CELL_MARGIN_MM if a.place.place == "inside" and left_of and not (upright_left or between) else 14
    x0 = max([label.x0 - before * px, 0.0, *lefts])
    x1 = min([label.x0 + width, float(a.sheet.page.width), *rights])
    return x0, x1


def _floor(a: _Around, x0: float, x1: float) -> float:
    """The lower end: the next level rule that crosses most of the zone, the next label, the reach."""
    label, px = a.label, a.px
    ends = [label.y1 + a.reach[1], float(a.sheet.page.height)]
    for rule in a.sheet.rulings.across:
        level = (r for r in a.sheet.rulings.across if abs(r.y0 - rule.y0) < px)  # a broken rule is several pieces
        crosses = sum(max(0.0, min(r.x1, x1) - max(r.x0, x0)) for r in level)
        if a.place.place == "inside" and rule.y0 > label.y1 + 1.5 * px and crosses > 0.4 * (x1 - x0):
            ends.append(float(rule.y0))
    ends += [b.y0 - 0.3 * px for b in a.stops if b.y0 > label.y1 - 0.5 * px and b.x1 > x0 + px and b.x0 < x1 - px]
    return min(ends)


def _rules_above(a: _Around) -> float:
    over = [r.y1 for r in a.sheet.rulings.across if r.y1 <= a.label.y0 + 0.5 * a.px and _beside(r, a.label)]
    return float(max(over, default=0))


def _beside(rule: Box, label: Box) -> bool:
    return rule.x0 < label.x1 and rule.x1 > label.x0


def _level(a: Box, b: Box, slack: float) -> bool:
    return a.y0 - slack < b.y1 and a.y1 + slack > b.y0


def _same(a: Box, b: Box) -> bool:
    """Two findings of the same printed words (one label may be part of another)."""
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    return wide > 0.5 * min(a.width, b.width) and tall > 0.5 * min(a.height, b.height)


def _part_of(a: Box, b: Box) -> bool:
    """The same printed words, and no more of them ("transmitted." is only a part of "Total copies transmitted")."""
    return _same(a, b) and a.width < 1.3 * b.width


def _overlaps(a: Box, b: Box) -> bool:
    return a.x0 < b.x1 and a.x1 > b.x0 and a.y0 < b.y1 and a.y1 > b.y0


def _box(x0: float, y0: float, x1: float, y1: float) -> Box | None:
    x0, y0 = max(0.0, x0), max(0.0, y0)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    return Box(round(x0), round(y0), round(x1), round(y1))


def _clip(box: Box, sheet: Sheet) -> Box:
    return Box(max(0, box.x0), max(0, box.y0), min(sheet.page.width, box.x1), min(sheet.page.height, box.y1))


def union(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around all; None for none."""
    every = list(boxes)
    return around(every) if every else None
