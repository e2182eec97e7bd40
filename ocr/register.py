"""Laying a page over its form: from form coordinates (mm) to pixels of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Box, Gray, Page
from ocr.phrases import TextLine, find_phrase
from ocr.spec import AnchorSpec, BoxMm, FormSpec

MM_PER_INCH = 25.4
TOLERANCE_MM = 1.5
"""Ends of anchors further off than this from the common fit are misread phrases, or stand elsewhere."""
PRINT_MM = 0.25
"""How well the ends of a read phrase are known: half of it is the error of a box of words at 200 dpi."""
STRETCH, SHEAR = 0.05, 0.01
"""How differently width and height may have been scaled (fax, feed of a copier), and how skew a page can become (a
sheet that slips in the feed). What few anchors cannot tell is held by these."""
SCALES = (0.6, 1.6)
"""How large a page may be, compared with the form."""
TRIALS = 300
"""Proposals of a fit: where only half of the phrases are in place, three by lot are so 37 times."""
LEAST_TRIANGLE_MM2 = 500.0
"""Twice the area of the triangle that three sights must make; smaller ones tell little of the rest of the page."""
LEAST_PX_PER_MM = 1.0
"""Nobody reads print at 25 dpi."""
STEEPEST = 0.15
"""The tangent of the steepest page; the cleaning leaves a fraction of a degree."""
HUBER_MM = 0.5
"""Ends further off than this from the fit count less. Source: Huber 1964."""

Points = NDArray[np.float64]
"""Shape (n, 2): x, y."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where one page of the form lies: `matrix` (2x3) maps mm of the form to pixels of page `number`.

    `anchors` = how many printed phrases hold it; 0 means that the page was taken as it is. `error_mm`: how far their
    ends lie off the fit (root of the mean square).
    """

    number: int
    matrix: NDArray[np.float64]
    anchors: int
    error_mm: float

    def to_px(self, box_mm: BoxMm) -> Box:
        """The pixels around a box of the form."""
        x0, y0, x1, y1 = box_mm
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ self.matrix[:, :2].T + self.matrix[:, 2]
        low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
        return Box(max(0, int(low[0])), max(0, int(low[1])), max(1, int(high[0])), max(1, int(high[1])))


@dataclass(frozen=True, slots=True)
class Sight:
    """A phrase that may be an anchor: the number of the anchor, its place in the form, its place on the page."""

    anchor: int
    box_mm: BoxMm
    box: Box


def register(pages: Sequence[Page], lines: Sequence[Sequence[TextLine]], spec: FormSpec, form_page: int) -> Fit | None:
    """The page of the document that is page `form_page` of the form, and how it lies there.

    Without anchors the page of the same number is taken at its own resolution; None where there is no such page.
    """
    fits = [fit_page(page, text, spec, form_page) for page, text in zip(pages, lines, strict=True)]
    found = [fit for fit in fits if fit]
    if found:
        return max(found, key=lambda fit: (fit.anchors, -fit.error_mm))
    return next((as_it_is(page) for page in pages if page.number == form_page), None)


def as_it_is(page: Page) -> Fit:
    """A page without anchors, taken at its own resolution."""
    scale = page.dpi / MM_PER_INCH
    return Fit(page.number, np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]]), 0, 0.0)


def fit_page(page: Page, lines: Sequence[TextLine], spec: FormSpec, form_page: int) -> Fit | None:
    """How a page lies if it is page `form_page` of the form; None where two anchors do not agree on it."""
    anchors = [anchor for anchor in spec.anchor if anchor.page == form_page]
    sights = [sight for number, anchor in enumerate(anchors) for sight in _sights(number, anchor, lines)]
    laid = lay_over(sights, page.dpi / MM_PER_INCH)
    if laid is None or len(laid.held) < 2:
        return None
    return Fit(page.number, laid.matrix, len(laid.held), laid.error_mm)


def _sights(number: int, anchor: AnchorSpec, lines: Sequence[TextLine]) -> list[Sight]:
    """All places where the phrase of an anchor may stand."""
    return [Sight(number, anchor.box_mm, hit.box) for hit in find_phrase(lines, anchor.text)]


@dataclass(frozen=True, slots=True)
class Laid:
    """A fit of sights: matrix (2x3, mm to pixels), the numbers of the anchors that hold it, how far they lie off."""

    matrix: NDArray[np.float64]
    held: tuple[int, ...]
    error_mm: float

    def y_of(self, box_mm: BoxMm) -> float:
        """How far down the page (in pixels) the middle of a box of the form lies."""
        middle = (box_mm[0] + box_mm[2]) / 2, (box_mm[1] + box_mm[3]) / 2
        return float(self.matrix[1, :2] @ middle + self.matrix[1, 2])


def lay_over(sights: Sequence[Sight], px_per_mm: float | None = None) -> Laid | None:
    """The matrix on which most anchors agree; of an anchor that was seen several times, one place counts.

    Two sights (as a turn with one scale) or three make a proposal; the one that most anchors hold is then mended by all
    of them. `sights` come in the order of their anchors. `px_per_mm`: what a millimetre measures, where that is known.
    """
    if len({sight.anchor for sight in sights}) < 2:
        return None
    nominal = np.array([_ends(s.box_mm) for s in sights], np.float64)
    seen = np.array([_ends((s.box.x0, s.box.y0, s.box.x1, s.box.y1)) for s in sights], np.float64)
    owner = np.array([s.anchor for s in sights], np.int64)
    trials = _plausible(_proposals(nominal, seen, owner), px_per_mm)
    if not len(trials):
        return None
    best = trials[int(_worth(trials, nominal, seen, owner).argmax())]
    return _mended(best, nominal, seen, owner)


def _ends(box: BoxMm) -> list[tuple[float, float]]:
    """The middle of the left and of the right end."""
    middle = (box[1] + box[3]) / 2
    return [(box[0], middle), (box[2], middle)]


def _proposals(nominal: Points, seen: Points, owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Matrices (n, 2, 3) of two and of three sights of different anchors, drawn by lot (always the same)."""
    drawn = np.random.default_rng(1).integers(0, len(owner), (TRIALS, 3))
    a, b, c = owner[drawn].T
    two, three = drawn[a != b], drawn[(a != b) & (b != c) & (a != c)]
    from_mm, to_px = nominal.mean(axis=1), seen.mean(axis=1)
    return np.concatenate([_turns(from_mm, to_px, two), _affines(from_mm, to_px, three)])


def _turns(from_mm: Points, to_px: Points, drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shift, turn and one scale from the middles of two sights."""
    first, second = drawn[:, 0], drawn[:, 1]
    ways, on_page = from_mm[second] - from_mm[first], to_px[second] - to_px[first]
    length = np.maximum((ways**2).sum(axis=1), 1e-9)
    cos = (ways * on_page).sum(axis=1) / length
    sin = (ways[:, 0] * on_page[:, 1] - ways[:, 1] * on_page[:, 0]) / length
    linear = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1)
    shift = to_px[first] - (linear @ from_mm[first][:, :, None])[:, :, 0]
    return np.concatenate([linear, shift[:, :, None]], axis=2)


def _affines(from_mm: Points, to_px: Points, drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shift, turn, two scales and shear from the middles of three sights that do not stand in one line."""
    corners = np.concatenate([from_mm, np.ones((len(from_mm), 1))], axis=1)[drawn]
    wide = np.abs(np.linalg.det(corners)) > LEAST_TRIANGLE_MM2
    solved = np.linalg.solve(corners[wide], to_px[drawn[wide]])
    return np.asarray(solved.transpose(0, 2, 1), np.float64)


def _plausible(trials: NDArray[np.float64], px_per_mm: float | None) -> NDArray[np.float64]:
    """Those that a scanner can have made."""
    (a, b), (c, d) = trials[:, 0, :2].T, trials[:, 1, :2].T
    level, plumb = np.hypot(a, c), np.hypot(b, d)
    good = (a > LEAST_PX_PER_MM) & (d > LEAST_PX_PER_MM) & (np.abs(level - plumb) < 4 * STRETCH * plumb)
    good &= (np.abs(b + c) < 8 * SHEAR * level) & (np.abs(c) < STEEPEST * level)
    if px_per_mm:
        good &= (level > SCALES[0] * px_per_mm) & (level < SCALES[1] * px_per_mm)
    return np.asarray(trials[good], np.float64)


def _off_mm(matrix: NDArray[np.float64], nominal: Points, seen: Points) -> NDArray[np.float64]:
    """How far the ends lie off, in mm: shape (..., sights, 2). `matrix` may be many: (n, 2, 3).

    The box of a phrase that runs up or down says how high its middle stands, not how high its ends do.
    """
    scale = np.asarray(np.sqrt(np.abs(np.linalg.det(matrix[..., :2])))[..., None, None], np.float64)
    flat = nominal.reshape(-1, 2) @ np.swapaxes(matrix[..., :2], -1, -2) + matrix[..., None, :, 2]
    laid = flat.reshape(*flat.shape[:-2], *nominal.shape)
    across = laid[..., 0] - seen[..., 0]
    down = laid[..., 1].mean(axis=-1, keepdims=True) - seen[..., 1]
    return np.asarray(np.hypot(across, down) / scale, np.float64)


def _worth(trials: NDArray[np.float64], nominal: Points, seen: Points, owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """How well anchors hold each proposal: each anchor counts by its best sight, near ones count more."""
    off = _off_mm(trials, nominal, seen)
    near = np.where(off < TOLERANCE_MM, 1.0 - 0.5 * (off / TOLERANCE_MM) ** 2, 0.0).mean(axis=2)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return np.asarray(np.maximum.reduceat(near, starts, axis=1).sum(axis=1), np.float64)


def _mended(matrix: NDArray[np.float64], nominal: Points, seen: Points, owner: NDArray[np.int64]) -> Laid | None:
    """The fit of all ends that lie near the proposal; None where these are fewer than four."""
    for _ in range(3):
        off = _off_mm(matrix, nominal, seen)
        near = off < TOLERANCE_MM
        if near.sum() < 4:
            return None
        middles = np.broadcast_to(nominal[:, :, :1].mean(axis=1, keepdims=True), nominal[:, :, :1].shape)
        matrix = _least_squares(matrix, nominal[near], middles[near][:, 0], seen[near], off[near])
    off = _off_mm(matrix, nominal, seen)
    near = off < TOLERANCE_MM
    if near.sum() < 4:
        return None
    error = float(np.sqrt((off[near] ** 2).mean()))
    return Laid(matrix, tuple(sorted(set(owner[near.any(axis=1)].tolist()))), error)


def _least_squares(
    before: NDArray[np.float64],
    nominal: Points,
    middle: NDArray[np.float64],
    seen: Points,
    off_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Affine, each end as far as it can be believed; scales and axes are held together by `STRETCH` and `SHEAR`.

    `middle`: for each end the x of the middle of its phrase, to which its height belongs.
    """
    scale = float(np.sqrt(abs(np.linalg.det(before[:, :2]))))
    weight = np.sqrt(1 / np.maximum(1.0, off_mm / HUBER_MM)) / (PRINT_MM * scale)
    x, y, none, one = nominal[:, 0], nominal[:, 1], np.zeros(len(nominal)), np.ones(len(nominal))
    across = np.stack([x, y, one, none, none, none], axis=1) * weight[:, None]
    down = np.stack([none, none, none, middle, y, one], axis=1) * weight[:, None]
    square = np.array([[1.0, 0, 0, 0, -1, 0]]) / (STRETCH * scale)
    upright = np.array([[0.0, 1, 0, 1, 0, 0]]) / (SHEAR * scale)
    right = np.concatenate([seen[:, 0] * weight, seen[:, 1] * weight, [0.0, 0.0]])
    solved, *_ = np.linalg.lstsq(np.concatenate([across, down, square, upright]), right, rcond=None)
    return np.asarray(solved.reshape(2, 3), dtype=np.float64)


def zone_image(page: Page, fit: Fit, box_mm: BoxMm, margin_mm: float = 0.0) -> Gray:
    """A box of the form taken out of the page in form coordinates: a millimetre is `page.dpi / 25.4` pixels."""
    scale = page.dpi / MM_PER_INCH
    x0, y0 = box_mm[0] - margin_mm, box_mm[1] - margin_mm
    width = max(1, round((box_mm[2] - box_mm[0] + 2 * margin_mm) * scale))
    height = max(1, round((box_mm[3] - box_mm[1] + 2 * margin_mm) * scale))
    out = np.array([[1 / scale, 0.0, x0], [0.0, 1 / scale, y0], [0.0, 0.0, 1.0]])
    whole = np.vstack([fit.matrix, [0.0, 0.0, 1.0]]) @ out
    zone = cv2.warpAffine(
        page.gray,
        whole[:2],
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )
    return np.asarray(zone, dtype=np.uint8)
