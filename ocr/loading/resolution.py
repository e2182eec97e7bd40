"""How many dots per inch a page has: from its tags where they make sense, else from its shape."""

from __future__ import annotations

PAPERS_IN = ((11.69, 8.27), (11.0, 8.5), (14.0, 8.5), (16.54, 11.69), (8.27, 5.83))
"""A4, US letter, US legal, A3, A5: longer and shorter side in inches, the commonest first."""

SCANNED_AT = (100.0, 150.0, 200.0, 240.0, 300.0, 400.0, 600.0)
ALIKE_SHARE = 0.01
"""Page sizes in PDF are rounded to points; so small a difference is not worth touching the pixels."""
FINEST_DPI = 400.0
WORK_DPI = 300.0
"""Pages finer than 400 dpi are reduced to 300 dpi: engines are trained for it and gain nothing from more,
while every later step costs with the square. 400 dpi itself is kept (a common setting for small print)."""


def plausible(width_px: int, height_px: int, x_dpi: float, y_dpi: float) -> bool:
    """Whether a sheet of that size exists in an office: 3 to 25 inches on its longer side."""
    if not (50.0 <= x_dpi <= 4800.0 and 50.0 <= y_dpi <= 4800.0 and 0.2 < x_dpi / y_dpi < 5.0):
        return False
    return 3.0 <= max(width_px / x_dpi, height_px / y_dpi) <= 25.0


def estimate(width_px: int, height_px: int) -> float:
    """The resolution if this were a sheet of the paper whose proportions fit best (else: fits on A4)."""
    longer, shorter = max(width_px, height_px), max(1, min(width_px, height_px))
    paper = min(PAPERS_IN[:3], key=lambda sides: abs(sides[0] / sides[1] - longer / shorter))
    if abs(paper[0] / paper[1] - longer / shorter) > 0.05:
        dpi = max(longer / PAPERS_IN[0][0], shorter / PAPERS_IN[0][1])
    else:
        dpi = longer / paper[0]
    near = min(SCANNED_AT, key=lambda common: abs(common - dpi))
    return near if abs(near - dpi) < 0.03 * near else max(50.0, dpi)


def settle(
    width_px: int, height_px: int, tagged: tuple[float, float] | None, fallback_dpi: float | None = None
) -> tuple[float, float]:
    """Horizontal and vertical dpi to work with: the tags if plausible, else the scanner's, else estimated."""
    if tagged is not None and plausible(width_px, height_px, *tagged):
        return tagged
    if fallback_dpi is not None and plausible(width_px, height_px, fallback_dpi, fallback_dpi):
        return fallback_dpi, fallback_dpi
    guess = estimate(width_px, height_px)
    return guess, guess


def working_size(width_px: int, height_px: int, x_dpi: float, y_dpi: float) -> tuple[int, int, float]:
    """Size and dpi for the raw page: both directions alike (the finer one), never finer than 400 dpi."""
    alike = abs(x_dpi - y_dpi) <= ALIKE_SHARE * max(x_dpi, y_dpi)
    dpi = round((x_dpi + y_dpi) / 2 if alike else max(x_dpi, y_dpi), 1)
    if dpi <= FINEST_DPI and alike:
        return width_px, height_px, dpi
    dpi = min(dpi, WORK_DPI) if dpi > FINEST_DPI else dpi
    return max(1, round(width_px * dpi / x_dpi)), max(1, round(height_px * dpi / y_dpi)), dpi
