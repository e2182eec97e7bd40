"""Drives every function of a sanitizer build of the kernel: `python kernel_drive.py library.so`.

All buffers are arrays of exactly the size that is needed, so that the sanitizer sees each byte beyond them.
"""

from __future__ import annotations

import itertools
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["LAUFZETTEL_KERNEL"] = "opencv"  # so that the package does not load the other library
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from ocr.kernel import build, recycle

build.library = lambda: Path(sys.argv[1])
recycle.recycled = lambda shape: np.empty(shape, np.uint8)  # its own blocks are larger than the page

from ocr.kernel import compiled  # noqa: E402
from ocr.kernel.plan import Edges, Plan, Streak  # noqa: E402
from ocr.page import Bits, Gray  # noqa: E402

SIZES = [1, 2, 3, 5, 7, 8, 9, 31, 33, 50, 63, 64, 65, 71, 97, 127, 128, 130, 203, 300]
SLOPES = [0.0, 1e-9, -1e-18, 1e-6, -2e-6, 0.0039, -0.0041, 0.17, -0.17, 0.31, -0.9, 1.0]
VIEWS: list[Callable[[np.ndarray], np.ndarray]] = [
    lambda page: page.copy(),
    lambda page: page[::-1],
    lambda page: page[:, ::-1],
    lambda page: page[::2],
    lambda page: np.pad(page, ((0, 0), (3, 9)))[:, 3:-9],
]
DENSITIES = [0.0, 0.002, 0.4, 1.0]
rng = np.random.default_rng(1)


def exactly(view: np.ndarray) -> np.ndarray:
    """The view itself; a copy of its own where it has no strides of its own, so that no memory lies behind it."""
    return view.copy() if view.flags.c_contiguous else view


def pages(height: int, width: int, turn: int) -> Iterator[Gray | Bits]:
    ink = rng.random((height, width)) < DENSITIES[turn % len(DENSITIES)]
    gray = np.where(ink, rng.integers(0, 256, ink.shape), 255).astype(np.uint8)
    view = VIEWS[turn % len(VIEWS)]
    yield exactly(view(gray))
    packed = exactly(view(np.packbits(ink, axis=1)))
    if width % 8:
        packed = packed if packed.flags.c_contiguous else packed.copy()
        packed[:, -1] &= np.uint8(255 << (8 - width % 8) & 255)
    yield Bits(packed, width)


def streaks(width: int, turn: int) -> tuple[Streak, ...]:
    if turn % 3 == 0:
        return ()
    if turn % 3 == 1:
        return (Streak(0, np.zeros(width, np.uint16)),)
    at = width // 2
    some = (Streak(0, np.array([65535], np.uint16)), Streak(at, rng.integers(0, 600, width - at).astype(np.uint16)))
    return some if at else some[1:]


def maps(height: int, width: int, turn: int) -> Iterator[tuple[Gray, Gray, Gray | None]]:
    """Maps as they should be, too small and too large."""
    right = max(1, height // 8), max(1, width // 8)
    for rows, columns in {right, (-(-height // 8), -(-width // 8)), (1, 1), (right[0] + 5, right[1] + 21)}:
        levels = rng.integers(0, 256, (rows, columns)).astype(np.uint8)
        if turn % 2:
            levels[0], levels[:, -1] = 0, 0
        gains = rng.integers(0, 256, (rows, columns)).astype(np.uint8)
        yield levels, gains, [None, (rng.random((rows, columns)) < 0.3).astype(np.uint8), levels * 0][turn % 3]


def drive_page(page: Gray | Bits, turn: int) -> None:
    height, width = page.shape
    survey = compiled.survey(page)
    drive_skew(survey.strips, height, width)
    for slope in (SLOPES[turn % len(SLOPES)], SLOPES[(turn * 5 + 1) % len(SLOPES)]):
        compiled.shear(page, slope, turn % 256)
        for levels, gains, busy in maps(height, width, turn):
            plan = Plan(slope, levels, gains, busy, streaks(width, turn), mask=turn % 4 > 0)
            gray, bits = compiled.level(page, plan)
    for step in (1, 2, 4):
        blobs = compiled.find_blobs(bits, step)
        compiled.find_blobs(Bits(bits.packed.copy(), width), step)
        ordered = blobs.boxes[np.argsort(blobs.boxes[:, 0], kind="stable")]
        compiled.neighbours(ordered, turn % 40)
    if bits.packed.base is not None and turn % 2:
        bits = Bits(bits.packed.copy(), width)
    compiled.erase(gray, bits, blobs.boxes * 4)
    compiled.erase(gray, bits, rng.integers(-9, 2 * max(height, width), (9, 4)).astype(np.int32))


def drive_skew(strips: np.ndarray, height: int, width: int) -> None:
    usable = (rng.random((height // 8, width // 8)) < 0.8).astype(np.uint8)
    for reach, taps, pad, where in itertools.product((1, 3), (0, 2), (1, 9), (None, usable)):
        if len(strips) < reach:
            continue
        weights = np.full(2 * taps + 1, 0.2, np.float32)
        profiles = compiled.profiles(strips, Edges(128, reach, 2.0, 40.0, weights, 4, where, pad))
        compiled.slope_scores(profiles, pad, 32.0, [-1.0, -0.1, 0.0, 0.0123, 0.5])


def drive_far_apart() -> None:
    """Rows 80 MB apart, so that no product of a row and its distance fits into 32 bits."""
    room = mmap.mmap(-1, 33 * 80_000_000)
    page = np.frombuffer(room, np.uint8).reshape(33, 80_000_000)[:, :40]
    compiled.survey(page)
    compiled.shear(page[::-1], 0.01)
    for step in (1, 2, 4):
        compiled.find_blobs(Bits(page, 320), step)
    cells = np.full((4, 40), 128, np.uint8)
    compiled.level(Bits(page, 320), Plan(0.01, cells, cells))


def lie() -> None:
    """Name a page higher than it is: what the sanitizer must see."""
    picture, kept = compiled._picture(np.zeros((50, 50), np.uint8))
    picture.height = 51
    compiled._c.lz_shear(picture, 0.0, 255, np.empty((51, 50), np.uint8).ctypes.data)
    del kept


def main() -> None:
    shapes = [*zip(SIZES, SIZES[5:] + SIZES[:5], strict=True), *zip(SIZES[3:] + SIZES[:3], SIZES, strict=True)]
    shapes += [(4, 3000), (3000, 4), (5, 999), (50, 2001), (2001, 50)]
    for turn, (height, width) in enumerate(shapes):
        for extra in range(2):
            for page in pages(height, width, turn + extra * 7):
                drive_page(page, turn + extra * 7)
    drive_far_apart()
    print(f"drove {len(shapes)} sizes")


if __name__ == "__main__":
    lie() if "lie" in sys.argv else main()
