"""What a draft found of a blank form: fields paired with what a person would have drawn, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from bench.blanks import Wanted
from ocr.spec import BoxMm, FieldSpec, FormSpec

SHARED, SHARED_LINE = 0.55, 0.75
"""So much of two boxes together lies in both of them; of a low area, of its width (how high the room over a line is,
is a matter of taste)."""
LOW_MM = 8.5
MARK_APART_MM = 1.5
ALIKE = 85.0
FARTHEST_MM, WIDTHS_MM, AGREE_MM = 7.0, 6.0, 1.0
"""How far a scanned sheet may lie off, and what agrees on where it lies."""
Pair = tuple[Wanted, FieldSpec | None]
Affine = NDArray[np.float64]


def pair_up(wanted: Sequence[Wanted], drafted: FormSpec) -> tuple[list[Pair], list[FieldSpec]]:
    """Each wanted field with the drafted one in its place, and the drafted ones that nobody wants.

    A scanned sheet lies elsewhere and crooked: it is laid over the form by the fields that are as wide.
    """
    left = list(drafted.field)
    pairs: list[Pair] = []
    for page in sorted({one.page for one in wanted}):
        mine = [one for one in wanted if one.page == page]
        lay = _laid(mine, [f for f in left if f.page == page])
        for one in mine:
            hits = [f for f in left if f.page == page and _is_there(one, f, lay)]
            best = max(hits, key=lambda f: ratio(f.title, one.title), default=None)
            if best is not None:
                left.remove(best)
            pairs.append((one, best))
    return pairs, left


def _laid(wanted: Sequence[Wanted], drafted: Sequence[FieldSpec]) -> Affine:
    """From the form to where the draft has it, in mm: it lies still, unless more fields agree on another place."""
    still = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    pairs = [(w.box, f.box_mm) for w in wanted for f in drafted if f.box_mm and _may_be(w.box, f.box_mm)]
    if len(pairs) < 3:
        return still
    ours, theirs = (np.array([_middle(pair[n]) for pair in pairs], np.float32) for n in (0, 1))
    found, _ = cv2.estimateAffinePartial2D(ours, theirs, ransacReprojThreshold=AGREE_MM)
    if found is None or abs(found[0, 0] - 1) > 0.03 or abs(found[0, 1]) > 0.03:
        return still
    agree = [int((np.linalg.norm(ours @ lay[:, :2].T + lay[:, 2] - theirs, axis=1) < AGREE_MM).sum())
             for lay in (still, found)]  # fmt: skip
    return np.asarray(found, np.float64) if agree[1] > agree[0] else still


def _may_be(wanted: BoxMm, drafted: BoxMm) -> bool:
    """About as wide, and no farther than a scanner lays a sheet askew."""
    near = np.hypot(*np.subtract(_middle(wanted), _middle(drafted))) < FARTHEST_MM
    return bool(near) and abs((wanted[2] - wanted[0]) - (drafted[2] - drafted[0])) < WIDTHS_MM


def _middle(box: BoxMm) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _moved(box: BoxMm, lay: Affine) -> BoxMm:
    x, y = lay @ np.array([*_middle(box), 1.0])
    wide, high = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    return x - wide, y - high, x + wide, y + high


def _is_there(wanted: Wanted, field: FieldSpec, lay: Affine) -> bool:
    if field.box_mm is None:
        return False
    if wanted.options or wanted.kind == "checkbox":
        return field.kind in ("choice", "checkbox") and any(
            _near(_moved(s, lay), m) for s in _squares(wanted) for m in _marks(field)
        )
    box = _moved(wanted.box, lay)
    if wanted.box[3] - wanted.box[1] <= LOW_MM:
        level = _shared(box, field.box_mm, 1, 3) > 0.4
        return level and _shared(box, field.box_mm, 0, 2) >= SHARED_LINE
    return _overlap(box, field.box_mm) >= SHARED


def _squares(wanted: Wanted) -> list[BoxMm]:
    return list(wanted.options.values()) or [wanted.box]


def _marks(field: FieldSpec) -> list[BoxMm]:
    boxes = [box for box in field.options.values() if not isinstance(box, str)]
    return boxes or ([field.box_mm] if field.box_mm else [])


def _near(one: BoxMm, other: BoxMm) -> bool:
    (x, y), (a, b) = _middle(one), _middle(other)
    return abs(x - a) < MARK_APART_MM and abs(y - b) < MARK_APART_MM


def _shared(one: BoxMm, other: BoxMm, low: int, high: int) -> float:
    both = min(one[high], other[high]) - max(one[low], other[low])
    return both / (max(one[high], other[high]) - min(one[low], other[low]))


def _overlap(one: BoxMm, other: BoxMm) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    areas = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (one, other))
    return both / (areas - both)


def score(pairs: Sequence[Pair], invented: Sequence[FieldSpec]) -> Counter[str]:
    """Counts of all fields, and of each kind and way: `found kind.date`, `all way.in_cell`."""
    counted: Counter[str] = Counter(invented=len(invented))
    for wanted, field in pairs:
        facts = judge(wanted, field)
        groups = ["", f" way.{wanted.way}", *([f" kind.{wanted.kind}"] if wanted.kind else [])]
        counted.update(f"{fact}{group}" for fact in facts for group in groups)
        if field is not None and wanted.kind:
            counted[f"told kind.{field.kind}"] += 1
    counted.update(f"told kind.{field.kind}" for field in invented)
    return counted


def judge(wanted: Wanted, field: FieldSpec | None) -> list[str]:
    """What can be said of one field; `wrong` where a person has to correct something."""
    if field is None:
        return ["all"]
    right: Mapping[str, Any] = {
        "titled": ratio(field.title, wanted.title) >= ALIKE or not wanted.title,
        "kind": field.kind == wanted.kind or not wanted.kind,
        "cells": field.cells == wanted.cells,
        "options": sorted(field.options) == sorted(wanted.options),
        "required": field.required == wanted.required or wanted.way == "hundesteuer",
    }
    said = [fact for fact, holds in right.items() if holds]
    return ["all", "found", *said, *([] if len(said) == len(right) else ["wrong"])]
