"""Page images and the crops of fields, as PNG bytes."""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from pathlib import Path

from PIL import Image

from cases import store
from cases.models import Case, Field, Page

# No decompression of absurd pages here, whatever lies in the store.
Image.MAX_IMAGE_PIXELS = 120_000_000

THUMBNAIL_WIDTH_PX = 160
MARGIN_SHARE = 0.06  # of the zone's height, on every side
MARGIN_LEAST_PX = 4

one_at_a_time = threading.Lock()  # ten crops asked for at once decode their page once


def page_path(case: Case, number: int) -> Path:
    return Path(store.page_path(case.pk, number))


@lru_cache(maxsize=4)
def _decoded(path: Path, changed_ns: int) -> Image.Image:
    image = Image.open(path)
    image.load()
    return image


def decoded(path: Path) -> Image.Image:
    """The page as a decoded image; the last few are kept, because one screen asks for many crops of a page."""
    with one_at_a_time:
        return _decoded(path, path.stat().st_mtime_ns)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG", compress_level=1)
    return out.getvalue()


def thumbnail(path: Path) -> bytes:
    page = decoded(path)
    height = max(1, round(page.height * THUMBNAIL_WIDTH_PX / page.width))
    return png(page.convert("L").resize((THUMBNAIL_WIDTH_PX, height), reducing_gap=2.0))


def crop_box(box: list[int], page: Page) -> tuple[int, int, int, int]:
    """The zone with a margin, inside the page."""
    x0, y0, x1, y1 = box
    margin = max(MARGIN_LEAST_PX, round((y1 - y0) * MARGIN_SHARE))
    return max(0, x0 - margin), max(0, y0 - margin), min(page.width, x1 + margin), min(page.height, y1 + margin)


def crop(path: Path, field: Field, page: Page) -> bytes:
    """The place of one field cut out of its page.

    Raises:
        ValueError: when the field has no place on the page.
    """
    if not field.box:
        raise ValueError("the field has no box")
    left, top, right, bottom = crop_box(field.box, page)
    if right <= left or bottom <= top:
        raise ValueError("the box lies outside the page")
    return png(decoded(path).crop((left, top, right, bottom)))
