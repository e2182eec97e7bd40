"""Photos of a sheet: where the paper lies, and the paper as an upright rectangle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

Floats = NDArray[np.float64]
_Line = tuple[float, float, float]
"""nx, ny, offset: the points with nx * x + ny * y = offset; it is brighter where (nx, ny) points."""

WORK_PX = 800
"""Longer side of the image to search on: a page of A4 then has about 2 pixels a millimetre."""
LEAST_PX = 64
INK_PX = 13
"""Dark things thinner than this (5 to 6 mm on a page that fills the picture) are ink, no end of the paper."""
LOG_OFFSET, LOG_SCALE = 32.0, 1000.0
"""Contrast is measured as a ratio, so that it is the same in the shade; the offset keeps noise in the dark down."""
EDGE_WEAK, EDGE_STRONG = 40.0, 80.0
"""Of the Sobel gradient; a step from 221 to 230 blurred by 1.5 pixels makes about 75."""
LINES = 26, 36
"""So many after the first and the second round. All fours of 36 are 59,000: 60 ms."""
VOTE_DEG, VOTE_PX = 5, 2
"""Directions of single pixels are right within about 5 degrees; offsets are counted in steps of 2 pixels."""
ALONG_PX = 3
NEAR_PX, NEAR_DEG = 3.0, 20.0
"""Edge pixels this close to a line, and directed like it, are part of it (paper is never quite even)."""
LEAST_LINE = 0.12
"""Lines with fewer edge pixels than this share of the longer side are no side of a paper."""
ANGLES_DEG = (55.0, 125.0)
LEAST_AREA = 0.2
LONGEST_RATIO = 3.2
"""Sides in the photo: a slip of 1 : 2.1 (DIN lang), foreshortened by a third."""
OUTSIDE_SHARE = 0.03
"""Corners may lie this far outside the photo (share of its longer side)."""
LEAST_SIDE, LEAST_MEAN = 0.5, 0.7
"""Visible share of one side, and of all four: a hand covers a third of a side, rounded corners a tenth."""
AREA_WEIGHT, BEYOND_WEIGHT, BEYOND_PX = 0.3, 0.25, 18.0
"""Sides end at corners: lines that run on behind them are shadows, planks or printed panels."""
FRAME_SHARE, FRAME_LIGHT = 0.015, 0.97
PROFILES, PROFILE_STEP = 384, 0.5
TRIALS = 150
"""Two of 384 points, both good where half of them are: missed in 150 trials once in 10^18."""

A4, LETTER = 297.0 / 210.0, 11.0 / 8.5
SNAP = 0.06
LONGER_INCH = {A4: 297.0 / 25.4, LETTER: 11.0}
MOST_DPI = 300.0
PHONE_FOCAL = 0.75
"""Focal length over the longer side of the photo: main cameras of phones have 24 to 28 mm on 43.3 mm diagonal."""
FOCAL_RANGE = (0.4, 4.0)
UNSTABLE = 0.015
"""Proportions that move more than this by corners that move by a thousandth of the photo are not relied on."""


@dataclass(frozen=True, slots=True)
class Rectified:
    """A sheet taken out of a photo.

    `gray`: the upright sheet. `matrix`: float64 (3, 3), maps its pixels to pixels of the photo (centres of
    pixels are whole numbers; the paper ends half a pixel outside the outermost centres). `dpi`: on A4 or letter
    paper where the proportions fit, else as if the longer side were 297 mm.
    """

    gray: Gray
    matrix: Floats
    dpi: float


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines n.x = offset, sorted by angle; the brighter side is where n points.

    `normals` (n, 2), `offsets` (n,), `angles_deg` (n,) 0..360; `visible` (n, cells + 1): running count of cells
    along the line in which an edge is seen, from -`reach` to +`reach` pixels in steps of `ALONG_PX`.
    """

    normals: Floats
    offsets: Floats
    angles_deg: Floats
    visible: Floats
    reach: float


def find_sheet(gray: Gray) -> Floats | None:
    """The corners of the paper in a photo: float64 (4, 2), x and y in pixels, clockwise from the top left.

    Straight lines brighter on their inner side are gathered (a Hough transform over direction and offset) and
    the four that best enclose a sheet are taken: seen along their whole length, ending at the corners, large.
    Then the sides are fitted anew on the full photo. Covered, rounded or cut corners are completed.
    None: the paper fills the picture, a side is outside of it, or nothing like a sheet is found.

    Limits: the paper must be brighter than what is around it (by about 5 %) and flat; one sheet.
    """
    height, width = gray.shape
    scale = min(1.0, WORK_PX / max(height, width, 1))
    size = round(width * scale), round(height * scale)
    if min(size) < LEAST_PX:
        return None
    small = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    found = _coarse(small)
    if found is None:
        return None
    zoom = np.array([width / size[0], height / size[1]])
    corners = (found + 0.5) * zoom - 0.5
    for search_px in (6.0 * float(zoom.max()), 2.5 * float(zoom.max())):
        corners = _refined(gray, corners, max(4.0, search_px))
    return _from_top_left(corners)


def rectify(gray: Gray, corners: NDArray[np.floating]) -> Rectified:
    """The sheet with these corners (4, 2), clockwise from the top left, as an upright rectangle.

    Its proportions come from the perspective and are drawn to A4 or letter paper within 6 %. It is as large as
    the longer of opposite sides in the photo, but of 300 dpi at most; never enlarged, so a poor photo stays
    below 150 dpi. What lies outside the photo becomes white.

    Raises:
        ValueError: when the corners are no convex quadrilateral in clockwise order.
    """
    points = np.asarray(corners, np.float64)
    _check(points)
    ratio = _snapped(_ratio(points, gray.shape))
    width, height, dpi, shrink = _size(points, ratio)
    right, bottom = width - 0.5, height - 0.5
    frame = np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]], np.float32)
    origin = points.mean(axis=0)  # Near zero, so that float32 is fine enough.
    matrix = np.asarray(cv2.getPerspectiveTransform(frame, (points - origin).astype(np.float32)), np.float64)
    matrix = np.array([[1, 0, origin[0]], [0, 1, origin[1]], [0, 0, 1]]) @ matrix
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    source = _softened(gray, shrink)
    flat = cv2.warpPerspective(
        source, matrix, (width, height), flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
    )
    return Rectified(np.asarray(flat, np.uint8), matrix / matrix[2, 2], dpi)


# Searching on the reduced image


def _coarse(small: Gray) -> Floats | None:
    """Corners on the reduced image, (4, 2), clockwise."""
    paper = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((INK_PX, INK_PX), np.uint8)), np.uint8)
    lines = _find_lines(paper)
    if lines is None:
        return None
    corners = _best_four(lines, paper.shape)
    return None if corners is None or _is_page_with_panel(paper, corners) else corners


def _find_lines(paper: Gray) -> _Lines | None:
    points, angles_deg = _edges(paper)
    longer = max(paper.shape)
    if len(points) < 4 * LEAST_LINE * longer:
        return None
    reach = math.hypot(*paper.shape)
    fitted = _gather(points, angles_deg, reach, LEAST_LINE * longer)
    fitted.sort(key=lambda line: math.atan2(line[1], line[0]) % (2 * math.pi))
    if len(fitted) < 4:
        return None
    table = np.array(fitted, np.float64)
    normals, offsets = table[:, :2], table[:, 2]
    angles = np.degrees(np.arctan2(normals[:, 1], normals[:, 0])) % 360
    visible = np.stack([_visible(points, angles_deg, line, reach) for line in fitted])
    return _Lines(normals, offsets, angles, visible, reach)


def _edges(paper: Gray) -> tuple[Floats, Floats]:
    """Edge pixels (n, 2) as x, y, and the direction (n,) in degrees in which it becomes brighter."""
    light = LOG_SCALE * np.log(paper.astype(np.float32) + LOG_OFFSET)
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
    dx, dy = (cv2.Sobel(light, cv2.CV_32F, *way, ksize=3).astype(np.int16) for way in ((1, 0), (0, 1)))
    seen = cv2.Canny(dx, dy, EDGE_WEAK, EDGE_STRONG, L2gradient=True)
    y, x = np.nonzero(seen)
    angles_deg = np.degrees(np.arctan2(dy[y, x].astype(np.float64), dx[y, x].astype(np.float64))) % 360
    return np.stack([x, y], axis=1).astype(np.float64), angles_deg


def _gather(points: Floats, angles_deg: Floats, reach: float, least: float) -> list[_Line]:
    """The strongest lines: each edge pixel votes for the lines through it near its direction.

    In rounds: the pixels of lines already found do not vote again, so that weaker lines close to strong ones
    come out too (the edge of the table beside the paper, a second sheet below it).
    """
    bins = 2 * math.ceil(reach / VOTE_PX) + 1
    cells = _cells(points, angles_deg, reach, bins)
    free = np.ones(len(points), np.bool_)
    lines: list[_Line] = []
    for most in LINES:
        peaks = _peaks(_count(cells[free], bins), reach, least)[: most - len(lines)]
        fitted = [_fit(points[free], angles_deg[free], peak) for peak in peaks]
        lines += fitted
        for line in fitted:
            free &= ~_on_line(points, angles_deg, line, NEAR_PX)
    return lines


def _peaks(votes: NDArray[np.float32], reach: float, least: float) -> list[_Line]:
    """Local maxima of the votes, the strongest first."""
    bins = votes.shape[1]
    around = np.concatenate([votes[-8:], votes, votes[:8]])
    around = cv2.blur(around, (1, 3)) * 3  # Three neighbouring directions.
    top = cv2.dilate(around, np.ones((11, 7), np.uint8))
    peaks = np.where((around >= top) & (around >= least), around, 0)[8:-8]
    order = np.argsort(peaks, axis=None)[::-1][: LINES[-1]]
    chosen = [divmod(int(cell), bins) for cell in order if peaks.flat[cell] > 0]
    turned = [(math.radians(degree), place * VOTE_PX - reach) for degree, place in chosen]
    return [(math.cos(turn), math.sin(turn), offset) for turn, offset in turned]


def _cells(points: Floats, angles_deg: Floats, reach: float, bins: int) -> NDArray[np.int64]:
    """For which cells of the votes each edge pixel votes (n, 11)."""
    degrees = (np.rint(angles_deg).astype(np.int64)[:, None] + np.arange(-VOTE_DEG, VOTE_DEG + 1)) % 360
    turn = np.radians(degrees)
    offsets = points[:, :1] * np.cos(turn) + points[:, 1:] * np.sin(turn)
    return np.asarray(degrees * bins + np.rint((offsets + reach) / VOTE_PX).astype(np.int64))


def _count(cells: NDArray[np.int64], bins: int) -> NDArray[np.float32]:
    """Votes (360, bins), float32: direction in degrees, offset."""
    return np.bincount(cells.ravel(), minlength=360 * bins).reshape(360, bins).astype(np.float32)


def _on_line(
    points: Floats, angles_deg: Floats, line: _Line, near: float, near_deg: float = NEAR_DEG
) -> NDArray[np.bool_]:
    """Which edge pixels belong to a line (n,)."""
    turn = math.degrees(math.atan2(line[1], line[0]))
    apart = np.abs((angles_deg - turn + 180) % 360 - 180)
    return (np.abs(points[:, 0] * line[0] + points[:, 1] * line[1] - line[2]) < near) & (apart < near_deg)


def _fit(points: Floats, angles_deg: Floats, line: _Line) -> _Line:
    """The line laid through its edge pixels (Welsch), the brighter side kept."""
    for near, near_deg in ((2 * NEAR_PX, NEAR_DEG / 2), (NEAR_PX, NEAR_DEG)):
        mine = points[_on_line(points, angles_deg, line, near, near_deg)].astype(np.float32)
        if len(mine) < 8:
            break
        dx, dy, x, y = (float(v) for v in cv2.fitLine(mine, cv2.DIST_WELSCH, 0, 0.01, 0.01).ravel())
        nx, ny = (dy, -dx) if dy * line[0] - dx * line[1] > 0 else (-dy, dx)
        line = nx, ny, nx * x + ny * y
    return line


def _visible(points: Floats, angles_deg: Floats, line: _Line, reach: float) -> Floats:
    """Running count of the cells along the line with an edge in them (cells + 1,)."""
    mine = points[_on_line(points, angles_deg, line, NEAR_PX)]
    along = mine[:, 0] * line[1] - mine[:, 1] * line[0]
    count = math.ceil(2 * reach / ALONG_PX) + 1
    seen = np.zeros(count)
    seen[((along + reach) / ALONG_PX).astype(np.int64)] = 1
    return np.concatenate([[0.0], np.cumsum(seen)])


def _best_four(lines: _Lines, shape: tuple[int, ...]) -> Floats | None:
    """The four lines that enclose a sheet best: corners (4, 2), clockwise; None where no four will do."""
    fours = _fours(len(lines.offsets))
    gaps = (np.roll(lines.angles_deg[fours], -1, axis=1) - lines.angles_deg[fours]) % 360
    fours = fours[((gaps >= 180 - ANGLES_DEG[1]) & (gaps <= 180 - ANGLES_DEG[0])).all(axis=1)]
    if not len(fours):
        return None
    corners = _crossings(lines, fours)
    area, fits = _measure(lines, fours, corners, shape)
    score = _score(lines, fours, corners) + AREA_WEIGHT * area
    score[~fits] = -1
    best = int(np.argmax(score))
    return corners[best] if score[best] > 0 else None


@cache
def _fours(count: int) -> NDArray[np.int64]:
    """All fours of so many lines (n, 4), ascending."""
    return np.array(list(combinations(range(count), 4)), np.int64)


def _crossings(lines: _Lines, fours: NDArray[np.int64]) -> Floats:
    """Corners (n, 4, 2): corner i is where side i meets side i + 1."""
    one, two = lines.normals[fours], lines.normals[np.roll(fours, -1, axis=1)]
    a, b = lines.offsets[fours], lines.offsets[np.roll(fours, -1, axis=1)]
    cross = one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]
    x = (a * two[..., 1] - b * one[..., 1]) / cross
    y = (b * one[..., 0] - a * two[..., 0]) / cross
    return np.stack([x, y], axis=-1)


def _sides(lines: _Lines, fours: NDArray[np.int64], corners: Floats) -> tuple[Floats, Floats]:
    """Where sides begin and end along their lines, each (n, 4), in pixels, clockwise."""
    normals = lines.normals[fours]
    ways = np.stack([normals[..., 1], -normals[..., 0]], axis=-1)
    begin, end = (np.roll(corners, 1, axis=1) * ways).sum(-1), (corners * ways).sum(-1)
    return begin, end


def _measure(
    lines: _Lines, fours: NDArray[np.int64], corners: Floats, shape: tuple[int, ...]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Area as a share of the picture, and whether size, proportions and place are those of a sheet (n,)."""
    height, width = shape[:2]
    begin, end = _sides(lines, fours, corners)
    length = end - begin
    following = np.roll(corners, -1, axis=1)
    cross = corners[..., 0] * following[..., 1] - corners[..., 1] * following[..., 0]
    area = cross.sum(-1) / 2 / (height * width)
    pairs = np.stack([length[:, 0] + length[:, 2], length[:, 1] + length[:, 3]])
    ratio = pairs.max(0) / np.maximum(pairs.min(0), 1e-6)
    margin = OUTSIDE_SHARE * max(shape)
    inside = (corners > -margin).all((1, 2)) & (corners < np.array([width, height]) + margin).all((1, 2))
    return area, (length > 0).all(1) & inside & (area >= LEAST_AREA) & (ratio <= LONGEST_RATIO)


def _share(lines: _Lines, fours: NDArray[np.int64], begin: Floats, end: Floats) -> Floats:
    """How much of each stretch is seen as an edge: 0..1, (n, 4)."""
    last = lines.visible.shape[1] - 1
    ends = [np.clip(np.rint((at + lines.reach) / ALONG_PX), 0, last).astype(np.int64) for at in (begin, end)]
    seen = lines.visible[fours, ends[1]] - lines.visible[fours, ends[0]]
    return np.asarray(seen / np.maximum((end - begin) / ALONG_PX, 1.0))


def _score(lines: _Lines, fours: NDArray[np.int64], corners: Floats) -> Floats:
    """Visible share of the sides, less what is visible behind the corners (n,); -9 where too little is visible."""
    begin, end = _sides(lines, fours, corners)
    side = np.minimum(_share(lines, fours, begin, end), 1.0)
    gap = 2.0 * ALONG_PX
    before = _share(lines, fours, begin - gap - BEYOND_PX, begin - gap)
    after = _share(lines, fours, end + gap, end + gap + BEYOND_PX)
    score = side.mean(1) - BEYOND_WEIGHT * (before.mean(1) + after.mean(1)) / 2
    return np.where((side.min(1) >= LEAST_SIDE) & (side.mean(1) >= LEAST_MEAN), score, -9.0)


def _is_page_with_panel(paper: Gray, corners: Floats) -> bool:
    """Whether the picture's rim is as light as what was found: a white panel of a page, no sheet on a table."""
    band = max(2, round(FRAME_SHARE * max(paper.shape)))
    rim = np.concatenate(
        [paper[:band].ravel(), paper[-band:].ravel(), paper[:, :band].ravel(), paper[:, -band:].ravel()]
    )
    inside = np.zeros_like(paper)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), (1,))
    return bool(np.median(rim) >= FRAME_LIGHT * np.percentile(paper[inside > 0], 90))


# Fitting on the full photo


def _refined(gray: Gray, corners: Floats, search_px: float) -> Floats:
    """Corners where the sides, each fitted anew within `search_px`, meet; those given where that fails."""
    fitted = [_fit_side(gray, corners[i], corners[(i + 1) % 4], search_px) for i in range(4)]
    meets = [_meet(fitted[i - 1], fitted[i]) for i in range(4)]
    result = np.stack(meets)
    far = np.abs(result - corners).max() > 2.5 * search_px
    return corners if far or not np.isfinite(result).all() else result


def _fit_side(gray: Gray, start: Floats, end: Floats, search_px: float) -> tuple[Floats, Floats]:
    """Two points on the side from `start` to `end`, from the strongest steps across it, outliers left out."""
    along = end - start
    length = float(np.hypot(*along))
    inward = np.array([-along[1], along[0]]) / length
    shares = np.linspace(0.05, 0.95, PROFILES)
    steps = np.arange(-search_px, search_px + PROFILE_STEP / 2, PROFILE_STEP)
    at, clear = _steps_across(gray, start + shares[:, None] * along, inward, steps)
    if clear.sum() < PROFILES // 8:
        return start, end
    begin_off, end_off = _robust(shares[clear], at[clear], max(1.0, search_px / 6))
    return start + begin_off * inward, end + end_off * inward


def _steps_across(gray: Gray, points: Floats, inward: Floats, steps: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Where along each profile it becomes brighter most (n,), in pixels inward, and whether it clearly does (n,)."""
    x, y = ((points[:, axis, None] + steps * inward[axis]).astype(np.float32) for axis in (0, 1))
    profiles = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    smooth = cv2.GaussianBlur(profiles, (0, 0), sigmaX=1.2 / PROFILE_STEP, sigmaY=1.5, borderType=cv2.BORDER_REPLICATE)
    # Relative to the row, not to the pixel: a logarithm would draw the steepest place to the darker side.
    rise = np.asarray(np.gradient(smooth, PROFILE_STEP, axis=1), np.float64)
    rise *= LOG_SCALE / (smooth.mean(axis=1, keepdims=True) + LOG_OFFSET)
    rise *= 1 - 0.3 * np.abs(steps) / np.abs(steps).max()  # The nearer of two equal steps.
    best = np.clip(rise.argmax(axis=1), 1, len(steps) - 2)
    rows = np.arange(len(points))
    left, mid, right = rise[rows, best - 1], rise[rows, best], rise[rows, best + 1]
    curve = np.minimum(left - 2 * mid + right, -1e-6)
    shift = np.clip((left - right) / (2 * curve), -1, 1)
    return steps[best] + shift * PROFILE_STEP, mid > EDGE_WEAK / 8


def _robust(shares: Floats, at: Floats, near: float) -> tuple[float, float]:
    """Offsets at share 0 and 1 of the line that most points agree with (RANSAC, then least squares).

    Source: Fischler & Bolles 1981.
    """
    picks = np.random.default_rng(0).integers(0, len(at), (TRIALS, 2))
    picks = picks[np.abs(shares[picks[:, 0]] - shares[picks[:, 1]]) > 0.2]
    one, two = picks[:, 0], picks[:, 1]
    slope = (at[two] - at[one]) / (shares[two] - shares[one])
    start = at[one] - slope * shares[one]
    apart = np.abs(start[:, None] + slope[:, None] * shares - at)
    cost = np.minimum(apart / near, 1).sum(axis=1)
    good = apart[int(np.argmin(cost))] < near if len(cost) else np.ones(len(at), np.bool_)
    for _ in range(3):
        if good.sum() < 2:
            break
        rise, base = (float(v) for v in np.polyfit(shares[good], at[good], 1))
        good = np.abs(base + rise * shares - at) < near
    return base, base + rise


def _meet(one: tuple[Floats, Floats], two: tuple[Floats, Floats]) -> Floats:
    """Where the lines through two pairs of points meet (2,)."""
    a, b = (np.cross(np.append(p, 1.0), np.append(q, 1.0)) for p, q in (one, two))
    x, y, w = np.cross(a, b)
    return np.array([x, y]) / (w if w else math.nan)


def _from_top_left(corners: Floats) -> Floats:
    """The same corners, begun so that the first side runs most to the right."""
    sides = np.roll(corners, -1, axis=0) - corners
    return np.roll(corners, -int(np.argmax(sides[:, 0] / np.hypot(sides[:, 0], sides[:, 1]))), axis=0)


# Proportions and size


def _check(points: Floats) -> None:
    if points.shape != (4, 2) or not np.isfinite(points).all():
        raise ValueError(f"four corners (4, 2) are needed, not {points.shape}")
    one = np.roll(points, -1, axis=0) - points
    two = np.roll(one, -1, axis=0)
    if not (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] > 1).all():
        raise ValueError(f"no convex quadrilateral, clockwise: {points.tolist()}")


def _ratio(points: Floats, shape: tuple[int, ...]) -> float:
    """Height over width of the sheet.

    With the focal length from the perspective itself where that is stable (both pairs of sides converge), else
    with that of a phone: side lengths alone are wrong by 15 % where a sheet is tilted by 30 degrees.

    Source: Zhang & He 2007, Whiteboard scanning and image enhancement, section 3.2 and equations (11)-(21).
    """
    longer = float(max(shape))
    middle = (np.array([shape[1], shape[0]]) - 1) / 2
    scaled = (points - middle) / longer
    focal = _focal(scaled)
    if focal is None or not FOCAL_RANGE[0] <= focal <= FOCAL_RANGE[1]:
        return _ratio_at(scaled, PHONE_FOCAL)
    ratio = _ratio_at(scaled, focal)
    return ratio if _is_stable(scaled, ratio) else _ratio_at(scaled, PHONE_FOCAL)


def _is_stable(scaled: Floats, ratio: float) -> bool:
    """Whether the ratio stays when single corners move a little."""
    for corner in range(4):
        for axis in (0, 1):
            moved = scaled.copy()
            moved[corner, axis] += 1e-3
            focal = _focal(moved)
            if focal is None or abs(_ratio_at(moved, focal) / ratio - 1) > UNSTABLE:
                return False
    return True


def _side_vectors(scaled: Floats) -> tuple[Floats, Floats]:
    """Zhang & He's n2 and n3: directions of the upper and the left side in homogeneous coordinates, (3,) each."""
    top_left, top_right, bottom_right, bottom_left = np.column_stack([scaled, np.ones(4)])
    diagonal = np.cross(top_left, bottom_right)
    k2 = diagonal @ bottom_left / (np.cross(top_right, bottom_right) @ bottom_left)
    k3 = diagonal @ top_right / (np.cross(bottom_left, bottom_right) @ top_right)
    return k2 * top_right - top_left, k3 * bottom_left - top_left


def _focal(scaled: Floats) -> float | None:
    """Focal length over the longer side of the photo; None where the perspective does not tell."""
    n2, n3 = _side_vectors(scaled)
    if abs(n2[2] * n3[2]) < 1e-9:
        return None
    squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    return math.sqrt(squared) if squared > 0 else None


def _ratio_at(scaled: Floats, focal: float) -> float:
    """Height over width for a known focal length."""
    n2, n3 = _side_vectors(scaled)
    wide, high = (math.sqrt((n[0] ** 2 + n[1] ** 2) / focal**2 + n[2] ** 2) for n in (n2, n3))
    return high / wide


def _snapped(ratio: float) -> float:
    """The ratio of A4 or letter paper, upright or lying, where it is within 6 %."""
    known = [value for paper in LONGER_INCH for value in (paper, 1 / paper)]
    nearest = min(known, key=lambda value: abs(math.log(ratio / value)))
    return nearest if abs(math.log(ratio / nearest)) <= math.log1p(SNAP) else ratio


def _size(points: Floats, ratio: float) -> tuple[int, int, float, float]:
    """Width and height in pixels, dpi, and how many pixels of the photo go into one."""
    lengths = np.hypot(*(np.roll(points, -1, axis=0) - points).T)
    wide = max(float(max(lengths[0], lengths[2])), float(max(lengths[1], lengths[3])) / ratio)
    slim = max(ratio, 1 / ratio)
    inch = LONGER_INCH[LETTER if math.isclose(slim, LETTER) else A4]
    dpi = wide * max(ratio, 1.0) / inch
    shrink = max(1.0, dpi / MOST_DPI)
    width, height = (max(1, round(side / shrink)) for side in (wide, wide * ratio))
    return width, height, dpi / shrink, shrink


def _softened(gray: Gray, shrink: float) -> Gray:
    """The photo without detail too fine for an image `shrink` times smaller (warping itself takes no means)."""
    if shrink < 1.15:
        return gray
    sigma = 0.5 * math.sqrt(shrink**2 - 1)  # Half a pixel of the result, less half a pixel the photo has itself.
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8)
