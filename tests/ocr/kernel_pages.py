"""Pages, plans and odd views of arrays for the tests of the kernel; also the compiled kernel itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.kernel import build
from ocr.kernel.plan import Plan, Streak, Survey
from ocr.page import Bits, Gray
from tests.ocr.made_files import form_page

if not build.library().exists() and build.compile_kernel() is None:
    pytest.skip("no C compiler here", allow_module_level=True)

from ocr.kernel import compiled, twin

SLOPES = [0.0, 0.004, -0.004, 0.03, -0.03, 0.17, -0.17]


def white(height: int, width: int) -> Gray:
    return np.full((height, width), 255, np.uint8)


def noise(height: int, width: int, seed: int = 0) -> Gray:
    return np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)


def text(height: int = 701, width: int = 523) -> Gray:
    """Print, rules and a box, black on white."""
    page = form_page(max(width, 200), max(height, 200))
    return np.ascontiguousarray(page[:height, :width])


def scan(height: int = 701, width: int = 523, seed: int = 0) -> Gray:
    """The same in grey: uneven light, soft edges, noise."""
    light = np.linspace(238, 190, width)[None, :] * np.linspace(1, 0.93, height)[:, None]
    soft = cv2.GaussianBlur(text(height, width), (3, 3), 0.7) / 255
    grain = np.random.default_rng(seed).normal(0, 3, (height, width))
    return np.clip(soft * (light - 40) + 40 + grain, 0, 255).astype(np.uint8)


def boxes(height: int = 701, width: int = 523, seed: int = 0) -> Gray:
    """Grey boxes and slanted rules on a gradient."""
    page = np.tile(np.linspace(255, 120, width), (height, 1)).astype(np.uint8)
    rng = np.random.default_rng(seed)
    for _ in range(40):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        cv2.rectangle(page, (x, y), (x + int(rng.integers(2, 40)), y + int(rng.integers(2, 40))), int(rng.integers(90)))
        cv2.line(page, (x, y), (int(rng.integers(width)), int(rng.integers(height))), 30, int(rng.integers(1, 4)))
    return page


PAGES = {"text": text, "scan": scan, "boxes": boxes, "noise": noise}


def bits_of(gray: Gray) -> Bits:
    return Bits.of(gray)


def sparse_bits(height: int, width: int, share: float, seed: int = 0) -> Bits:
    return Bits(np.packbits(np.random.default_rng(seed).random((height, width)) < share, axis=1), width)


def wider(array: np.ndarray) -> np.ndarray:
    """A view whose rows lie further apart than they are long."""
    room = np.full((array.shape[0], array.shape[1] + 13), 99, array.dtype)
    room[:, 5 : 5 + array.shape[1]] = array
    return room[:, 5 : 5 + array.shape[1]]


def upside_down(array: np.ndarray) -> np.ndarray:
    """A view with a negative row stride."""
    return np.ascontiguousarray(array[::-1])[::-1]


def column_apart(array: np.ndarray) -> np.ndarray:
    """A view that takes every third byte of a row."""
    return np.repeat(array, 3, axis=1)[:, ::3]


def transposed(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.T).T


def read_only(array: np.ndarray) -> np.ndarray:
    result = array.copy()
    result.setflags(write=False)
    return result


VIEWS = [wider, upside_down, column_apart, transposed, read_only]


def seen_as(page: Gray | Bits, view: object) -> Gray | Bits:
    return Bits(view(page.packed), page.width) if isinstance(page, Bits) else view(page)  # type: ignore[operator]


def busy_of(survey: Survey, levels: Gray) -> Gray:
    """As ocr.steps.clean makes it: 255 where ink may be, and two cells around."""
    highest = cv2.dilate(levels, np.ones((3, 3), np.uint8))
    return cv2.dilate(cv2.compare(survey.darkest, highest, cv2.CMP_LT), np.ones((5, 5), np.uint8))


def smooth_maps(height: int, width: int, border: bool = False, seed: int = 0) -> tuple[Gray, Gray]:
    """Thresholds and gains that change as paper does; with `border` the outer cells are not on the page."""
    rows, columns = max(1, height // 8), max(1, width // 8)
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(-1, 1, (rows // 24 + 2, columns // 24 + 2)).astype(np.float32)
    swing = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    levels = np.clip(150 + 25 * swing, 1, 255).astype(np.uint8)
    gains = np.clip(74 - 8 * swing, 64, 255).astype(np.uint8)
    if border and min(rows, columns) > 4:
        levels[:2], levels[:, -1] = 0, 0
    return levels, gains


def plan_for(
    page: Gray | Bits,
    slope: float = 0.0,
    *,
    busy: bool = False,
    border: bool = False,
    streaks: tuple[Streak, ...] = (),
    mask: bool = True,
) -> Plan:
    """A plan as ocr.steps.clean makes it for a page."""
    levels, gains = smooth_maps(*page.shape, border)
    floor = int(levels[levels > 0].min()) if border else 1
    where = busy_of(twin.survey(page), levels) if busy else None
    if slope:
        levels, gains = twin.shear(levels, slope, 0), twin.shear(gains, slope, 64)
        where = None if where is None else twin.shear(where, slope, 0)
    return Plan(slope, levels, gains, where, streaks, mask, floor)


def gray_of(page: Gray | Bits) -> Gray:
    return page.to_gray() if isinstance(page, Bits) else page


def dirty_glass(width: int) -> tuple[Streak, ...]:
    """A grey streak, one that is black, one of both kinds, at the edges too."""
    wide = np.linspace(270, 420, 5).astype(np.uint16)
    return (
        Streak(0, np.array([300, 0], np.uint16)),
        Streak(width // 3, wide),
        Streak(width // 2, np.zeros(3, np.uint16)),
        Streak(width // 2 + 3, np.array([400, 0, 65535], np.uint16)),
        Streak(width - 2, np.array([0, 280], np.uint16)),
    )


def unequal_share(one: Bits, other: Bits) -> float:
    different = np.unpackbits(one.packed ^ other.packed, axis=1)
    return float(np.count_nonzero(different)) / max(1, one.height * one.width)


__all__ = ["compiled", "twin"]
