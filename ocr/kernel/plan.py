"""What goes into the kernel and comes out of it; the same for both kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

BAND_ROWS = 128
"""Height of a band in which the lightest pixel of each column is looked for (streaks)."""
STRIP_PX = 64
"""Width of a strip whose rows are summed (skew)."""
CELL_PX = 8
"""Maps have cells of so many pixels; ink is counted in cells of so many reduced pixels."""
RIM_PX = 2
"""Grey is kept so far from ink: the soft edge that engines read by."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at every pixel of a page.

    `quarter`: uint8 (height // 4, width // 4), means of 4x4 pixels. `lightest`: uint8 (bands, width), the lightest
    pixel of each column in bands of 128 rows. `strips`: uint16 (height // 4 * 4, width // 64), sums of 64 pixels of a
    row. Rows that do not fill a block of four are left out everywhere.
    """

    quarter: Gray
    lightest: Gray
    strips: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Streak:
    """Columns darkened by dirt on the glass, from `x0` on.

    `gains`: uint16, one for each column: 256 times the factor that makes it as light as its neighbours; 0 where
    nothing is left to lighten, then the pixels beside the streak are continued.
    """

    x0: int
    gains: NDArray[np.uint16]

    @property
    def x1(self) -> int:
        return self.x0 + len(self.gains)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a page is to be levelled, made white and binarised, in one pass.

    `slope`: of the page's lines, tangent, > 0 where they run down to the right. `levels` and `gains`: uint8 maps with
    a value for each cell of 8x8 pixels of the levelled page: the threshold (darker is ink; 0 = not on the page) and
    64 times the factor that makes paper white. `mask`: grey is kept only beside ink.
    """

    slope: float
    levels: Gray
    gains: Gray
    streaks: tuple[Streak, ...] = ()
    mask: bool = True


@dataclass(frozen=True, slots=True)
class Blobs:
    """Connected ink (also over corners) of a page reduced `step` times: a pixel is ink where one of step x step is.

    `boxes`: int32 (count, 4), half-open x0, y0, x1, y1 in reduced pixels; `areas`: int32 (count,). `cells`: uint16,
    ink pixels in cells of 8x8 reduced pixels.
    """

    step: int
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    cells: NDArray[np.uint16]

    def without(self, rows: NDArray[np.int32]) -> Blobs:
        """The same without some of them; `cells` still count their ink."""
        kept = np.ones(len(self.areas), np.bool_)
        kept[rows] = False
        return Blobs(self.step, self.boxes[kept], self.areas[kept], self.cells)


def level_matrix(slope: float, width: int, height: int) -> NDArray[np.float64]:
    """The 3x3 matrix from pixels of the levelled page to those of the page whose lines run along `slope`."""
    x, y = width / 2, height / 2
    return np.array(
        [
            [1 - slope * slope, -slope, slope * slope * x + slope * y],
            [slope, 1.0, -slope * x],
            [0.0, 0.0, 1.0],
        ]
    )
