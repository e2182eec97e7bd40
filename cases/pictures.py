"""Pictures made from a page, kept as files beside it: for the screen, as a thumbnail, the crop of a zone, the original.

Each is made once (when the page is kept, or when it is first asked for) and goes with the page when a case is erased.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from cases import store
from ocr.load import open_pages
from ocr.page import Box, Gray

SCREEN_WIDTH_PX = 1400
THUMBNAIL_WIDTH_PX = 160
JPEG_QUALITY = 80
MARGIN_SHARE = 0.06  # of the zone's height, on every side
MARGIN_LEAST_PX = 4

one_at_a_time = threading.Lock()  # ten crops asked for at once decode their page once


def screen(page: Path) -> Path:
    """The page as wide as a screen shows it, JPEG. Raises FileNotFoundError without the page."""
    return _once(_beside(page, "screen.jpg"), page, lambda gray: _narrow(gray, SCREEN_WIDTH_PX))


def thumbnail(page: Path) -> Path:
    """Raises FileNotFoundError without the page."""
    return _once(_beside(page, "thumbnail.jpg"), page, lambda gray: _narrow(gray, THUMBNAIL_WIDTH_PX))


def crop(page: Path, box: Box) -> Path:
    """A zone of the page with a little margin, PNG.

    Raises:
        FileNotFoundError: there is no page image. ValueError: the box lies outside the page.
    """
    return _once(_crop_path(page, box), page, lambda gray: _cut(gray, box))


def original(page: Path, source: Path, sheet: int) -> Path:
    """Page `sheet` (from 1) of the file `source` as it came in, as wide as a screen shows it, JPEG.

    It is read in the throw-away process that reads every file.

    Raises:
        ScanProblem: S.. the file cannot be read. LookupError: it has no such page.
    """
    path = page.with_name(f"original-{sheet}.jpg")
    if path.is_file():
        return path
    with open_pages(source) as pages:
        for raw in pages:
            if raw.number == sheet:
                return _keep(path, _narrow(raw.gray, SCREEN_WIDTH_PX))
    raise LookupError(sheet)


def prepare(page: Path, gray: Gray, boxes: Iterable[Box]) -> None:
    """Make all pictures of a page that was just kept, so that nobody waits for them. Raises OSError."""
    _keep(_beside(page, "screen.jpg"), _narrow(gray, SCREEN_WIDTH_PX))
    _keep(_beside(page, "thumbnail.jpg"), _narrow(gray, THUMBNAIL_WIDTH_PX))
    for box in set(boxes):
        if (cut := _inside(gray, box)) is not None:
            _keep(_crop_path(page, box), cut)


def pixels(page: Path) -> Gray:
    """The page itself; the last few are kept, because one screen asks for many crops of a page.

    Raises:
        FileNotFoundError: there is no page image.
    """
    with one_at_a_time:
        return _decoded(page, page.stat().st_mtime_ns)


@lru_cache(maxsize=3)
def _decoded(page: Path, _changed_ns: int) -> Gray:
    gray = cv2.imread(str(page), cv2.IMREAD_GRAYSCALE)
    if gray is None:
        raise FileNotFoundError(page.name)
    gray.flags.writeable = False
    return np.asarray(gray, dtype=np.uint8)


def _once(path: Path, page: Path, make: Callable[[Gray], Gray]) -> Path:
    return path if path.is_file() else _keep(path, make(pixels(page)))


def _keep(path: Path, gray: Gray) -> Path:
    """Under its final name only when it is whole."""
    how = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.suffix == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 3]
    done, data = cv2.imencode(path.suffix, gray, how)
    if not done:
        raise RuntimeError("picture was not encoded")
    store.write_fresh(path.parent, lambda target: target.write(data.tobytes())).replace(path)
    return path


def _beside(page: Path, kind: str) -> Path:
    return page.with_name(f"{page.stem}.{kind}")


def _crop_path(page: Path, box: Box) -> Path:
    return _beside(page, f"{'-'.join(map(str, box.as_list()))}.png")


def _narrow(gray: Gray, width_px: int) -> Gray:
    height, width = gray.shape
    if width <= width_px:
        return gray
    size = (width_px, max(1, round(height * width_px / width)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _cut(gray: Gray, box: Box) -> Gray:
    found = _inside(gray, box)
    if found is None:
        raise ValueError("the box lies outside the page")
    return found


def _inside(gray: Gray, box: Box) -> Gray | None:
    margin = max(MARGIN_LEAST_PX, round(box.height * MARGIN_SHARE))
    part = Box(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin).crop(gray)
    return np.ascontiguousarray(part) if part.size else None
