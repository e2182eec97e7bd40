"""Words of born-digital pages, through pdfplumber; only those that can be seen on the rendered page."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from types import FrameType
from typing import Any, BinaryIO, cast

import pdfplumber

from ocr.page import Box, Gray, Word

SEEN_SHARE = 0.8
"""At least so many words must be visible, or the text layer is not what is printed: then none is taken."""
LEAST_CONTRAST = 40
FOREIGN = ("(cid:", "�")
FOREIGN_SHARE = 0.1


class _TimeUp(Exception):
    """What was to be read took too long."""


class _Sideways(Exception):
    """Letters on their side come as single letters in a wrong order: such a page is read from its pixels."""


class TextLayer:
    """The text layer of one document, opened when the first born-digital page asks for it."""

    def __init__(self, source: Callable[[], BinaryIO], words_s: float) -> None:
        self._source = source
        self._words_s = words_s
        self._document: Any = None

    def words(self, index: int, gray: Gray, scale: float) -> tuple[Word, ...] | None:
        """The words of page `index` in pixels of `gray`; None where the layer cannot be had or trusted.

        pdfplumber may need very long or very much memory for a hostile page; the pixels are there anyway,
        so after `words_s` of CPU time the page goes without words.
        """
        try:
            with at_most(self._words_s):
                if self._document is None:
                    self._document = pdfplumber.open(cast(BufferedReader, self._source()))
                page = self._document.pages[index]
                found = _words(page, scale)
                page.close()
        except Exception:  # pdfplumber raises whatever it likes; MemoryError is one of them
            return None
        return _trusted(found, gray)


def _words(page: Any, scale: float) -> list[Word]:
    left, top = _cut_off(page)
    found = []
    for word in page.extract_words(extra_attrs=["upright"]):
        if not word["upright"]:
            raise _Sideways
        x0, x1 = (round((word[key] - page.bbox[0] - left) * scale) for key in ("x0", "x1"))
        y0, y1 = (round((word[key] - page.bbox[1] - top) * scale) for key in ("top", "bottom"))
        if x1 > x0 and y1 > y0:
            found.append(Word(word["text"], Box(x0, y0, x1, y1), 1.0))
    return found


def _cut_off(page: Any) -> tuple[float, float]:
    """What the crop box cuts off on the left and at the top of the page as it is shown, in points.

    pdfplumber turns the words with the page, but not its crop box.
    """
    x0, y0, x1, y1 = page.page_obj.mediabox
    crop_x0, crop_y0, crop_x1, crop_y1 = page.page_obj.cropbox
    left, bottom, right, top = crop_x0 - x0, crop_y0 - y0, x1 - crop_x1, y1 - crop_y1
    shown = {0: (left, top), 90: (bottom, left), 180: (right, bottom), 270: (top, right)}
    across, down = shown[page.rotation]
    return max(0.0, across), max(0.0, down)


def _trusted(words: list[Word], gray: Gray) -> tuple[Word, ...] | None:
    if not words or sum(any(sign in word.text for sign in FOREIGN) for word in words) > FOREIGN_SHARE * len(words):
        return None
    height, width = gray.shape
    seen = []
    for word in words:
        box = _inside(word.box, width, height)
        if box is not None and _is_seen(gray, box):
            seen.append(Word(word.text, box, word.confidence))
    return tuple(seen) if len(seen) >= SEEN_SHARE * len(words) else None


def _inside(box: Box, width: int, height: int) -> Box | None:
    x0, y0, x1, y1 = max(0, box.x0), max(0, box.y0), min(width, box.x1), min(height, box.y1)
    return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _is_seen(gray: Gray, box: Box) -> bool:
    crop = box.crop(gray)
    return crop.size > 0 and int(crop.max()) - int(crop.min()) >= LEAST_CONTRAST


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what runs in it after so many seconds of CPU time, by an exception between two steps of Python."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
