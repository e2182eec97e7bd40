"""TIFF, JPEG, PNG and WebP, decoded by Pillow inside the throw-away child."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps
from PIL import JpegImagePlugin as _jpeg
from PIL import PngImagePlugin as _png
from PIL import TiffImagePlugin as _tiff
from PIL import WebPImagePlugin as _webp

from ocr.loading import gate, resolution
from ocr.loading.gate import Format
from ocr.loading.limits import Limits
from ocr.loading.outcome import Incomplete, Item, Lost, Total
from ocr.page import Gray, RawPage

PLUGINS = (_jpeg, _png, _tiff, _webp)  # imported in the warm parent, so that no child imports them again
NAMES = {Format.TIFF: "TIFF", Format.JPEG: "JPEG", Format.PNG: "PNG", Format.WEBP: "WEBP"}
SUBFILE_TYPE, SIDE_PICTURE = 254, 0b101  # a thumbnail or a mask, not a page. Source: TIFF 6.0, §8
ORIENTATION, QUARTER_TURNED = 274, range(5, 9)

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None  # the gate has been before, with our own limits


def pages(file: BinaryIO, kind: Format, limits: Limits) -> Iterator[Item]:
    """The pages of a picture file. Only a TIFF has more than one.

    Raises:
        ScanProblem: S004 too large, S006 when no page at all can be read.
    """
    header = gate.check_header(file, kind, limits)
    count = len(header.pages) if kind is Format.TIFF else 1
    yield Total(count)
    frames = _Frames(file, kind)
    good = 0
    number = 1
    for index in range(count):
        found, whole = frames.whole_or_part(index, number)
        if found is None:
            continue
        yield found
        if isinstance(found, RawPage):
            good += 1
            if not whole:
                yield Incomplete(number)
        number += 1
    if good == 0:
        raise gate.refuse(gate.DAMAGED)
    if header.broken_off:
        yield Lost(0)


class _Frames:
    """The frames of one file, opened once: finding frame n from the start each time would cost n squared."""

    def __init__(self, file: BinaryIO, kind: Format) -> None:
        self._file = file
        self._kind = kind
        self._image: Image.Image | None = None

    def whole_or_part(self, index: int, number: int) -> tuple[RawPage | Lost | None, bool]:
        """The page and True; what could be decoded of it and False; Lost; None where it is no page."""
        for lenient in (False, True):
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient
            try:
                return self._page(index, number), not lenient
            except MemoryError:
                raise
            except Exception:  # decoders raise whatever they like; the second try is the lenient one
                self._image = None
        return Lost(number), False

    def _page(self, index: int, number: int) -> RawPage | None:
        if self._image is None:
            self._file.seek(0)
            self._image = Image.open(self._file, formats=[NAMES[self._kind]])
        image = self._image
        image.seek(index)
        if isinstance(image, _tiff.TiffImageFile) and index and image.tag_v2.get(SUBFILE_TYPE, 0) & SIDE_PICTURE:
            return None
        return raw_page(image, number)


def raw_page(image: Image.Image, number: int) -> RawPage:
    """A picture as Pillow opened it becomes a grey page: turned as its tags say, alike dpi both ways."""
    tagged = _tagged_dpi(image)
    if image.getexif().get(ORIENTATION) in QUARTER_TURNED and tagged is not None:
        tagged = tagged[1], tagged[0]
    if image.format == "JPEG" and image.mode == "RGB":
        image.draft("L", None)
    image.load()
    upright = ImageOps.exif_transpose(image)
    return fit(to_gray(upright), number, tagged)


def fit(gray: Gray, number: int, tagged: tuple[float, float] | None) -> RawPage:
    """A page of equal resolution in both directions, and not finer than is of use."""
    height, width = gray.shape
    new_width, new_height, dpi = resolution.working_size(width, height, *resolution.settle(width, height, tagged))
    if (new_width, new_height) != (width, height):
        shrinks = new_width * new_height < width * height
        how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
        gray = np.asarray(Image.fromarray(gray).resize((new_width, new_height), how))
    return RawPage(number, gray, dpi)


def to_gray(image: Image.Image) -> Gray:
    """Any mode of Pillow as uint8 grey; what is transparent becomes white."""
    mode = image.mode
    if "transparency" in image.info or mode in ("LA", "La", "RGBA", "RGBa", "PA"):
        rgba = image.convert("RGBA")
        return np.array(Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("L"))
    if mode.startswith("I") or mode == "F":
        return _deep_to_gray(np.asarray(image))
    if mode in ("LAB", "YCbCr"):
        return np.array(image.getchannel(0))
    if mode == "CMYK":
        image = image.convert("RGB")
    return np.array(image.convert("L"))


def _deep_to_gray(deep: NDArray[Any]) -> Gray:
    """12, 16 or 32 bits, or floats: the full range of the smallest depth that holds the values."""
    if deep.dtype.kind == "f":
        low, high = float(np.nanmin(deep)), float(np.nanmax(deep))
        scaled = (np.nan_to_num(deep, nan=low) - low) / max(high - low, 1e-9)
        return np.asarray(np.clip(scaled, 0.0, 1.0) * 255, dtype=np.uint8)
    peak = int(deep.max(initial=0))
    full = next(full for full in (255, 4095, 65535, 2**32) if peak <= full)
    gray: Gray = (np.clip(deep, 0, full).astype(np.float32) * (255.0 / full)).astype(np.uint8)
    return gray


def _tagged_dpi(image: Image.Image) -> tuple[float, float] | None:
    try:
        x, y = image.info["dpi"]
        return float(x), float(y)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
