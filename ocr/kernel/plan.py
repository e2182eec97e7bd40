"""What goes into the kernel and comes out of it; the same for both kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

BAND_ROWS = 128
"""Height of a band in which the lightest pixel of each column is looked for (streaks)."""
STRIP_PX, STRIP_ROWS = 64, 2
"""Width of a strip (skew), and how many rows are summed."""
CELL_PX = 8
"""Maps have cells of so many pixels; ink is counted in cells of so many reduced pixels."""
RIM_PX = 2
"""Grey is kept so far from ink: the soft edge that engines read by."""


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at every pixel of a page.

    `quarter`: uint8 (height // 4, width // 4), means of 4x4 pixels. `lightest`: uint8 (bands, width), the lightest
    pixel of each column in bands of 128 rows. `strips`: uint16 (height // 4 * 2, width // 64), sums of 64 pixels of
    two rows. `darkest`: uint8 (height // 8, width // 8), the darkest of 8x8 pixels, what does not fill a
    cell belongs to the last one. From the other three, rows that do not fill a block of four are left out.
    """

    quarter: Gray
    lightest: Gray
    strips: NDArray[np.uint16]
    darkest: Gray


@dataclass(frozen=True, slots=True)
class Edges:
    """How the lower edges of a page are taken from sums of strips.

    An edge counts by how many grey levels a row is lighter than the one `reach` rows before, less `least`, up to
    `most`; it is smoothed along the strip with `weights` (float32, an odd number of them). Rows are those of the sums,
    each over `pixels` pixels; `cell_rows` of them are a cell of `usable`: uint8, 0 where a cell of 8x8 pixels is not on
    the page, None where all are. `pad`: unused values at both ends of each profile.
    """

    pixels: int
    reach: int
    least: float
    most: float
    weights: NDArray[np.float32]
    cell_rows: int
    usable: Gray | None
    pad: int


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
    64 times the factor that makes paper white. `floor`: between cells on and off the page the threshold falls; where
    it is below this, nothing is ink. `busy`: 0 where a cell and those around it surely hold no ink; None:
    every cell is looked at. `mask`: grey is kept only beside ink.
    """

    slope: float
    levels: Gray
    gains: Gray
    busy: Gray | None = None
    streaks: tuple[Streak, ...] = ()
    mask: bool = True
    floor: int = 1


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
