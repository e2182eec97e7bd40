"""TIFF, JPEG, JPEG 2000, PNG and WebP, decoded by Pillow inside the throw-away child."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFile, ImageOps
from PIL import Jpeg2KImagePlugin as _jpeg_2000
from PIL import JpegImagePlugin as _jpeg
from PIL import PngImagePlugin as _png
from PIL import TiffImagePlugin as _tiff
from PIL import WebPImagePlugin as _webp

from ocr.loading import gate, memory, resolution
from ocr.loading.gate import Format
from ocr.loading.order import Dropout, Order
from ocr.loading.outcome import Incomplete, Item, Lost, Total
from ocr.page import Bits, Gray, RawPage

PLUGINS = (_jpeg, _jpeg_2000, _png, _tiff, _webp)  # imported in the warm parent, so that no child imports them again
NAMES = {Format.TIFF: "TIFF", Format.JPEG: "JPEG", Format.PNG: "PNG", Format.WEBP: "WEBP", Format.JPEG_2000: "JPEG2000"}
SUBFILE_TYPE, SIDE_PICTURE = 254, 0b101  # a thumbnail or a mask, not a page. Source: TIFF 6.0, §8
ORIENTATION, QUARTER_TURNED = 274, range(5, 9)

PHOTOMETRIC, WHITE_IS_ZERO = 262, 0

warnings.simplefilter("ignore")
Image.preinit()  # else every child imports what it needs for that: 5 ms
Image.MAX_IMAGE_PIXELS = None  # the gate has been before, with our own limits


def pages(file: BinaryIO, order: Order) -> Iterator[Item]:
    """The pages of a picture file. Only a TIFF has more than one.

    Raises:
        ScanProblem: S004 too large, S006 when no page at all can be read.
    """
    header = gate.check_header(file, order.format, order.limits)
    count = len(header.pages) if order.format is Format.TIFF else 1
    yield Total(count)
    frames = _Frames(file, order)
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

    def __init__(self, file: BinaryIO, order: Order) -> None:
        self._file = file
        self._order = order
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
            self._image = Image.open(self._file, formats=[NAMES[self._order.format]])
        image = self._image
        image.seek(index)
        if isinstance(image, _tiff.TiffImageFile) and index and image.tag_v2.get(SUBFILE_TYPE, 0) & SIDE_PICTURE:
            return None
        return raw_page(image, number, self._order)


def raw_page(image: Image.Image, number: int, order: Order) -> RawPage:
    """A picture as Pillow opened it becomes a page: turned as its tags say, alike dpi both ways."""
    tagged = _tagged_dpi(image)
    if image.getexif().get(ORIENTATION) in QUARTER_TURNED and tagged is not None:
        tagged = tagged[1], tagged[0]
    if image.format == "JPEG" and image.mode == "RGB" and order.dropout is None:
        image.draft("L", None)
    negative = _is_negative(image)
    image.load()
    ImageOps.exif_transpose(image, in_place=True)
    if image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes all CMYK for Adobe's, which is upside down
    gray = to_gray(image, order.dropout)
    return fit(255 - gray if negative else gray, number, tagged, order.dpi, black_and_white=image.mode == "1")


def fit(
    gray: Gray,
    number: int,
    tagged: tuple[float, float] | None,
    fallback_dpi: float | None = None,
    *,
    black_and_white: bool = False,
) -> RawPage:
    """A page of equal resolution in both directions, and not finer than is of use.

    `black_and_white`: there is nothing but 0 and 255; such a page becomes `Bits` where its size may stay.
    """
    height, width = gray.shape
    x_dpi, y_dpi = resolution.settle(width, height, tagged, fallback_dpi)
    new_width, new_height, dpi = resolution.working_size(width, height, x_dpi, y_dpi)
    if (new_width, new_height) == (width, height):
        return RawPage(number, to_bits(gray) if black_and_white else gray, dpi)
    if x_dpi == y_dpi and (x_dpi / dpi).is_integer():
        return RawPage(number, memory.view(Image.fromarray(gray).reduce(int(x_dpi / dpi))), dpi)
    shrinks = new_width * new_height < width * height
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return RawPage(number, memory.view(Image.fromarray(gray).resize((new_width, new_height), how)), dpi)


def to_gray(image: Image.Image, dropout: Dropout | None = None) -> Gray:
    """Any mode of Pillow as uint8 grey; what is transparent becomes white, as does the dropout colour."""
    mode = image.mode
    if "transparency" in image.info or mode in ("LA", "La", "RGBA", "RGBa", "PA"):
        image = _on_white(image.convert("RGBA"))
    elif mode in ("1", "L"):
        return memory.view(image)
    elif mode.startswith("I") or mode == "F":
        return _deep_to_gray(np.asarray(image))
    elif mode in ("LAB", "YCbCr") and dropout is None:
        return np.array(image.getchannel(0))
    elif mode == "P" and dropout is None:
        return np.array(image.convert("L"))
    elif mode != "RGB":
        image = image.convert("RGB")
    if dropout is None:
        return memory.view(image.convert("L"))
    return drop_out(np.ascontiguousarray(memory.view(image)[:, :, :3]), dropout)


def to_bits(gray: NDArray[np.uint8]) -> Bits:
    """A page that holds nothing but 0 and 255."""
    packed = np.packbits(gray, axis=1)
    np.invert(packed, out=packed)
    width = gray.shape[1]
    packed[:, -1] &= (0xFF00 >> ((width - 1) % 8 + 1)) & 0xFF
    return Bits(packed, width)


def _on_white(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def drop_out(rgb: NDArray[np.uint8], dropout: Dropout) -> Gray:
    """uint8 (height, width, 3) in the order red, green, blue as grey, the colour of the form made white."""
    from ocr.steps import colour  # brings OpenCV, 0.1 s: only where it is needed

    return colour.to_gray(rgb, dropout)


def _is_negative(image: Image.Image) -> bool:
    """Deep grey that is white at 0, which Pillow leaves as it is. Source: TIFF 6.0, §8 (PhotometricInterpretation)."""
    if isinstance(image, _tiff.TiffImageFile):
        return image.mode.startswith("I") and image.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO
    return False


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
