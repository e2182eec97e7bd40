"""The scan on a PDF page taken out as it is: one picture, or the strips and tiles that a scanner cut it into."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from pypdfium2 import raw as pdfium

from ocr.loading import memory
from ocr.page import Gray

Pixels = NDArray[np.uint8]
"""uint8 (height, width) grey, or (height, width, 3) red, green, blue."""

LEAST_SHARE = 0.5
"""A picture that covers less of the page is a part of a born-digital page."""
LARGEST_PIECES = 2000
FILLED_SHARE = 0.995
SCALES_ALIKE = 0.01
COMPARED_AT_PX = 400
LARGEST_DIFFERENCE = 8.0


@dataclass(frozen=True, slots=True)
class Scan:
    """What the scanner saw, turned as the page shows it; dpi follows from the size on the page.

    `black_and_white`: the file holds one bit a pixel.
    """

    pixels: Pixels
    dpi: tuple[float, float]
    black_and_white: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture stands on the shown page, in points with the origin top left, and how it is turned."""

    image: pypdfium2.PdfObject
    box_pt: tuple[float, float, float, float]
    across: tuple[float, float]
    along: tuple[float, float]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height as shown."""
        width, height = self.image.get_px_size()
        return (width, height) if self.across[0] else (height, width)

    @property
    def per_pt(self) -> tuple[float, float]:
        """Pixels a point, across and along."""
        x0, y0, x1, y1 = self.box_pt
        return self.size_px[0] / (x1 - x0), self.size_px[1] / (y1 - y0)


def take_out(
    page: pypdfium2.PdfPage, images: tuple[pypdfium2.PdfObject, ...], largest_px: int, colour: bool
) -> Scan | None:
    """The scan that these pictures are; None when that is not what the page shows (then it is rendered).

    `colour`: red, green and blue are wanted where the scan is in colour.
    """
    if not 1 <= len(images) <= LARGEST_PIECES or sum(_area_px(image) for image in images) > largest_px:
        return None
    places = [_place(page, image) for image in images]
    if any(place is None for place in places):
        return None
    found = [place for place in places if place is not None]
    pixels = _joined(found, colour)
    if pixels is None or not _looks_like(page, pixels):
        return None
    across, along = found[0].per_pt
    depths = {image.get_metadata().bits_per_pixel for image in images}
    return Scan(pixels, (across * 72, along * 72), depths == {1})


def _area_px(image: pypdfium2.PdfObject) -> int:
    width, height = image.get_px_size()
    return int(width) * int(height)


def matrix_of(image: pypdfium2.PdfObject) -> tuple[float, float, float, float, float, float]:
    """From the unit square of the picture to the page, through all forms that it is nested in."""
    matrix, around = image.get_matrix(), image.container
    while around is not None:
        matrix, around = matrix.multiply(around.get_matrix()), around.container
    a, b, c, d, e, f = matrix.get()
    return a, b, c, d, e, f


def bounds_pt(image: pypdfium2.PdfObject) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in points of the page before it is turned."""
    a, b, c, d, e, f = matrix_of(image)
    return e + min(0, a, c, a + c), f + min(0, b, d, b + d), e + max(0, a, c, a + c), f + max(0, b, d, b + d)


def share(page: pypdfium2.PdfPage, images: tuple[pypdfium2.PdfObject, ...]) -> float:
    """The share of the page that the box around these pictures covers."""
    if not images:
        return 0.0
    boxes = [bounds_pt(image) for image in images]
    crop_left, crop_bottom, crop_right, crop_top = page.get_cropbox()
    width = min(max(box[2] for box in boxes), crop_right) - max(min(box[0] for box in boxes), crop_left)
    height = min(max(box[3] for box in boxes), crop_top) - max(min(box[1] for box in boxes), crop_bottom)
    whole = (crop_right - crop_left) * (crop_top - crop_bottom)
    return max(0.0, width) * max(0.0, height) / whole if whole > 0 else 0.0


def _place(page: pypdfium2.PdfPage, image: pypdfium2.PdfObject) -> _Place | None:
    """None for a picture that stands askew or has no extent."""
    a, b, c, d, _, _ = matrix_of(image)
    across, along = (a, -b), (-c, d)
    left, bottom, right, top = bounds_pt(image)
    box = (left, -top, right, -bottom)
    for _ in range(page.get_rotation() // 90):
        across, along = (-across[1], across[0]), (-along[1], along[0])
        box = (-box[3], box[0], -box[1], box[2])
    size = max(abs(value) for value in (*across, *along))
    across, along = _straight(across, size), _straight(along, size)
    is_straight = 0.0 in across and 0.0 in along and (across[0] != 0) == (along[1] != 0)
    if not is_straight or box[2] - box[0] <= 0 or box[3] - box[1] <= 0 or 0 in image.get_px_size():
        return None
    return _Place(image, box, across, along)


def _straight(vector: tuple[float, float], size: float) -> tuple[float, float]:
    """Drop a component that is nothing but rounding (0.02 degrees)."""
    x, y = (0.0 if abs(value) < 0.0004 * size else value for value in vector)
    return x, y


def _joined(places: list[_Place], colour: bool) -> Pixels | None:
    """The pieces put together at their own resolution; None where they leave gaps, overlap or differ in scale."""
    if len(places) == 1:
        return _upright(places[0], colour)
    across, along = places[0].per_pt
    left, top = (min(place.box_pt[side] for place in places) for side in (0, 1))
    right, bottom = (max(place.box_pt[side] for place in places) for side in (2, 3))
    width, height = round((right - left) * across), round((bottom - top) * along)
    if not _may_fit(places, across, along, width * height):
        return None
    canvas: Pixels | None = None
    filled = np.zeros((height, width), dtype=np.bool_)
    for place in places:
        piece = _upright(place, colour)
        if piece is None:
            return None
        if canvas is None:
            canvas = np.full((height, width, *piece.shape[2:]), 255, dtype=np.uint8)
        if piece.ndim != canvas.ndim:
            return None
        x, y = max(0, round((place.box_pt[0] - left) * across)), max(0, round((place.box_pt[1] - top) * along))
        part = canvas[y : y + piece.shape[0], x : x + piece.shape[1]]
        part[:] = piece[: part.shape[0], : part.shape[1]]
        filled[y : y + piece.shape[0], x : x + piece.shape[1]] = True
    return canvas if float(filled.mean()) >= FILLED_SHARE else None


def _may_fit(places: list[_Place], across: float, along: float, area_px: int) -> bool:
    for place in places:
        width, height = place.size_px
        x_off, y_off = abs(place.per_pt[0] / across - 1), abs(place.per_pt[1] / along - 1)
        if (x_off > SCALES_ALIKE and x_off * width > 1) or (y_off > SCALES_ALIKE and y_off * height > 1):
            return False
    pieces_px = sum(_area_px(place.image) for place in places)
    return FILLED_SHARE * area_px <= pieces_px <= (2 - FILLED_SHARE) * area_px


def _upright(place: _Place, colour: bool) -> Pixels | None:
    pixels = _pixels(place.image, colour)
    if pixels is None:
        return None
    across, along = place.across, place.along
    if across[0] == 0:
        pixels, across, along = pixels.swapaxes(0, 1), along, across
    return np.ascontiguousarray(pixels[:: 1 if along[1] > 0 else -1, :: 1 if across[0] > 0 else -1])


def _pixels(image: pypdfium2.PdfObject, colour: bool) -> Pixels | None:
    if not colour:
        gray = _gray_of_colour_jpeg(image)
        if gray is not None:
            return gray
    bitmap = image.get_bitmap(render=False)
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.asarray(pixels.reshape(pixels.shape[:2]), dtype=np.uint8)
    if pixels.shape[2] == 3 or bitmap.format == pdfium.FPDFBitmap_BGRx:
        wanted = cv2.COLOR_BGR2RGB if colour else cv2.COLOR_BGR2GRAY
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels[:, :, :3]), wanted), dtype=np.uint8)
    return None


def _gray_of_colour_jpeg(image: pypdfium2.PdfObject) -> Gray | None:
    """The brightness stands in a JPEG by itself: half the time of decoding its colours. None: no such picture."""
    if image.get_filters() != ["DCTDecode"] or image.get_metadata().bits_per_pixel != 24:
        return None
    try:
        picture = Image.open(io.BytesIO(bytes(image.get_data(decode_simple=False))), formats=["JPEG"])
        if picture.size != tuple(image.get_px_size()) or picture.mode != "RGB":
            return None
        picture.draft("L", None)
        return memory.view(picture)
    except (OSError, ValueError, SyntaxError):
        return None


def _looks_like(page: pypdfium2.PdfPage, pixels: Pixels) -> bool:
    """Compare with a coarse rendering: catches masks, inverted colours, clipping and whatever else.

    Both are thin samples without smoothing (a tenth of the time), compared after a wide blur.
    """
    scale = COMPARED_AT_PX / max(page.get_size())
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=True, no_smoothimage=True)
    shown = bitmap.to_numpy().reshape(bitmap.height, bitmap.width)
    height, width = shown.shape
    rows = (np.arange(height) * 2 + 1) * pixels.shape[0] // (2 * height)
    columns = (np.arange(width) * 2 + 1) * pixels.shape[1] // (2 * width)
    taken = pixels[rows[:, None], columns[None, :]]
    if taken.ndim == 3:
        taken = np.asarray(cv2.cvtColor(taken, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    soft_shown, soft_taken = (cv2.blur(picture, (21, 21)).astype(np.float32) for picture in (shown, taken))
    return float(np.abs(soft_shown - soft_taken).mean()) < LARGEST_DIFFERENCE
