"""Laying a page over its form: from form coordinates (mm) to pixels of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Box, Gray, Page
from ocr.phrases import Found, TextLine, find_phrase
from ocr.spec import AnchorSpec, BoxMm, FormSpec

MM_PER_INCH = 25.4
TOLERANCE_MM = 1.5
"""Anchors further off than this from the common fit are misread phrases."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Where one page of the form lies: `matrix` (2x3) maps mm of the form to pixels of page `number`.

    `anchors` = how many printed phrases hold it; 0 means that the page was taken as it is.
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


def register(pages: Sequence[Page], lines: Sequence[Sequence[TextLine]], spec: FormSpec, form_page: int) -> Fit | None:
    """The page of the document that is page `form_page` of the form, and how it lies there.

    Without anchors the page of the same number is taken at its own resolution; None where there is no such page.
    """
    anchors = [anchor for anchor in spec.anchor if anchor.page == form_page]
    fits = [_fit(page, text, anchors) for page, text in zip(pages, lines, strict=True)]
    found = [fit for fit in fits if fit]
    if found:
        return max(found, key=lambda fit: (fit.anchors, -fit.error_mm))
    for page in pages:
        if page.number == form_page:
            scale = page.dpi / MM_PER_INCH
            return Fit(page.number, np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]]), 0, 0.0)
    return None


def _fit(page: Page, lines: Sequence[TextLine], anchors: Sequence[AnchorSpec]) -> Fit | None:
    nominal: list[tuple[float, float]] = []
    seen: list[tuple[float, float]] = []
    for anchor in anchors:
        hit = _matching(lines, anchor, page.dpi)
        if hit:
            nominal += _ends_mm(anchor.box_mm)
            seen += _ends_px(hit.box)
    if len(nominal) < 4:
        return None
    return _robust(page, np.array(nominal), np.array(seen))


def _matching(lines: Sequence[TextLine], anchor: AnchorSpec, dpi: float) -> Found | None:
    """The phrase that has about the printed width (a fax may shrink a page by a few percent)."""
    wanted = (anchor.box_mm[2] - anchor.box_mm[0]) * dpi / MM_PER_INCH
    hits = [h for h in find_phrase(lines, anchor.text) if 0.8 < h.box.width / wanted < 1.2]
    return hits[0] if hits else None


def _ends_mm(box: BoxMm) -> list[tuple[float, float]]:
    middle = (box[1] + box[3]) / 2
    return [(box[0], middle), (box[2], middle)]


def _ends_px(box: Box) -> list[tuple[float, float]]:
    middle = (box.y0 + box.y1) / 2
    return [(float(box.x0), middle), (float(box.x1), middle)]


def _robust(page: Page, nominal: NDArray[np.float64], seen: NDArray[np.float64]) -> Fit | None:
    px_per_mm = page.dpi / MM_PER_INCH
    limit = TOLERANCE_MM * px_per_mm
    cv2.setRNGSeed(1)
    matrix, inliers = cv2.estimateAffinePartial2D(nominal, seen, method=cv2.RANSAC, ransacReprojThreshold=limit)
    if matrix is None or inliers.sum() < 4:
        return None
    good = inliers.ravel().astype(bool)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0])) / px_per_mm
    if not 0.6 < scale < 1.6:
        return None
    if good.sum() >= 8:  # enough points all over the page: width and height may have shrunk differently
        matrix = _least_squares(nominal[good], seen[good])
    residual = nominal @ matrix[:, :2].T + matrix[:, 2] - seen
    error = float(np.sqrt((residual[good] ** 2).sum(axis=1).mean())) / px_per_mm
    return Fit(page.number, np.asarray(matrix, dtype=np.float64), int(good.sum()) // 2, error)


def _least_squares(nominal: NDArray[np.float64], seen: NDArray[np.float64]) -> NDArray[np.float64]:
    design = np.hstack([nominal, np.ones((len(nominal), 1))])
    solved, *_ = np.linalg.lstsq(design, seen, rcond=None)
    return np.asarray(solved.T, dtype=np.float64)


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
