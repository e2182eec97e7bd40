"""Writes scanned pages as the files that scanners and mail programs deliver."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import pikepdf
from numpy.random import Generator
from PIL import Image

from ocr.page import Gray

Format = Literal["tiff_g4", "tiff_jpeg", "tiff_lzw", "pdf", "pdf_g4", "pdf_text", "jpeg", "png"]
SUFFIX: dict[Format, str] = {
    "tiff_g4": ".tif", "tiff_jpeg": ".tif", "tiff_lzw": ".tif", "pdf": ".pdf", "pdf_g4": ".pdf", "pdf_text": ".pdf",
    "jpeg": ".jpg", "png": ".png",
}  # fmt: skip
SINGLE_PAGE: tuple[Format, ...] = ("jpeg", "png")


def encode(
    pages: Sequence[Gray], dpi: float, file_format: Format, *, quality: int = 80, layer: Sequence[str] = ()
) -> bytes:
    """The bytes of one file. `layer`: per page, the faulty text that a `pdf_text` file hides behind its image."""
    images = [Image.fromarray(page) for page in pages]
    if file_format in ("pdf", "pdf_g4", "pdf_text"):
        lines = layer if file_format == "pdf_text" else ()
        return _pdf(images, dpi, quality, lines, bilevel=file_format == "pdf_g4")
    out = io.BytesIO()
    resolution = (dpi, dpi)
    first, rest = images[0], images[1:]
    if file_format == "jpeg":
        first.save(out, "JPEG", quality=quality, dpi=resolution)
    elif file_format == "png":
        first.save(out, "PNG", dpi=resolution, compress_level=1)
    elif file_format == "tiff_g4":
        first, rest = (
            first.convert("1", dither=Image.Dither.NONE),
            [i.convert("1", dither=Image.Dither.NONE) for i in rest],
        )
        first.save(out, "TIFF", compression="group4", dpi=resolution, save_all=True, append_images=rest)
    elif file_format == "tiff_jpeg":
        first.save(out, "TIFF", compression="jpeg", quality=quality, dpi=resolution, save_all=True, append_images=rest)
    else:
        first.save(out, "TIFF", compression="tiff_lzw", dpi=resolution, save_all=True, append_images=rest)
    return out.getvalue()


def _pdf(images: Sequence[Image.Image], dpi: float, quality: int, layer: Sequence[str], *, bilevel: bool) -> bytes:
    """Images only, or images in front of an invisible text layer as scanner software makes it."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    for n, image in enumerate(images):
        width, height = image.width * 72 / dpi, image.height * 72 / dpi
        page = document.add_blank_page(page_size=(width, height))
        picture = _ccitt(document, image) if bilevel else _jpeg(document, image, quality)
        page.obj.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=picture), Font=pikepdf.Dictionary(F1=font)
        )
        paint = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im0 Do Q\n".encode()
        hidden = _invisible(layer[n], height) if n < len(layer) else b""
        page.obj.Contents = document.make_stream(hidden + paint)
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def _picture(document: pikepdf.Pdf, data: bytes, image: Image.Image, bits: int) -> pikepdf.Stream:
    stream = pikepdf.Stream(document, data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = image.width, image.height, bits
    stream.ColorSpace = pikepdf.Name.DeviceGray
    return stream


def _jpeg(document: pikepdf.Pdf, image: Image.Image, quality: int) -> pikepdf.Stream:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    stream = _picture(document, packed.getvalue(), image, 8)
    stream.Filter = pikepdf.Name.DCTDecode
    return stream


def _ccitt(document: pikepdf.Pdf, image: Image.Image) -> pikepdf.Stream:
    """The one strip of a G4 TIFF is what a PDF wants as CCITT data."""
    packed = io.BytesIO()
    one_strip = {278: image.height}
    image.convert("1", dither=Image.Dither.NONE).save(packed, "TIFF", compression="group4", tiffinfo=one_strip)
    tags = Image.open(packed).tag_v2  # type: ignore[attr-defined]
    start, size = tags[273][0], tags[279][0]
    stream = _picture(document, packed.getvalue()[start : start + size], image, 1)
    stream.Filter = pikepdf.Name.CCITTFaxDecode
    black_is_1 = tags[262] == 1
    stream.DecodeParms = pikepdf.Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=black_is_1)
    return stream


def _invisible(text: str, height: float) -> bytes:
    lines = [line.translate(str.maketrans("()\\", "   ")) for line in text.split("\n")]
    shown = " ".join(f"({line}) Tj T*" for line in lines).encode("cp1252", "replace")
    return b"BT 3 Tr /F1 9 Tf 11 TL 40 " + f"{height - 60:.1f} Td ".encode() + shown + b" ET\n"


def faulty(lines: Sequence[str], rng: Generator) -> str:
    """The text of a page as bad scanner software once read it: letters swapped, dropped and doubled."""
    swaps = {"ü": "ii", "ö": "6", "ä": "a", "ß": "B", "0": "O", "1": "l", "5": "S", "8": "B", "m": "rn", "e": "c"}
    read: list[str] = []
    for line in lines:
        chance = rng.random(len(line))
        read.append("".join(swaps.get(c, "") if p < 0.25 else c for c, p in zip(line, chance, strict=True)))
    return "\n".join(read)
