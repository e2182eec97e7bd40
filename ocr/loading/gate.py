"""The gate before any decoder: which format is it, and does its header announce something sane?

Written in plain Python on purpose: nothing here decodes pixels, follows a length without checking it, or
allocates by a number from the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import BinaryIO

from ocr.errors import ScanProblem
from ocr.loading.limits import Limits

JP2_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
CODESTREAM_START = b"\xff\x4f\xff\x51"
PDF_HEADER_WITHIN = 1024  # Source: ISO 32000-1, Annex H.3, implementation note 13


class Format(StrEnum):
    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    JPEG_2000 = "jp2"


DAMAGED = ScanProblem(
    "S006", "Die Datei ist beschädigt, keine Seite ist lesbar. Bitte das Dokument neu scannen oder anfordern."
)
TOO_LARGE = ScanProblem(
    "S004",
    "Die Datei ist größer, als ein Scan sein kann (Bildgröße, Seitenzahl oder Speicherbedarf). "
    "Bitte mit höchstens 600 dpi neu scannen oder in mehrere Dateien teilen.",
)
UNKNOWN = ScanProblem(
    "S003", "Das Dateiformat wird nicht gelesen. Bitte als TIFF, PDF, JPEG, JPEG 2000, PNG oder WebP liefern."
)


def refuse(problem: ScanProblem) -> ScanProblem:
    """A fresh copy of a problem to raise; a shared one would collect tracebacks."""
    return ScanProblem(problem.code, problem.message)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a header says about one picture."""

    width: int
    height: int
    channels: int = 1


def find_format(start: bytes) -> Format:
    """The format by its first bytes (at least 1024 of them, if the file has so many).

    Raises:
        ScanProblem: S003 when it is none that is read here.
    """
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return Format.TIFF
    if start[:3] == b"\xff\xd8\xff":
        return Format.JPEG
    if start[:8] == b"\x89PNG\r\n\x1a\n":
        return Format.PNG
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return Format.WEBP
    if start[:12] == JP2_SIGNATURE or start[:4] == CODESTREAM_START:
        return Format.JPEG_2000
    if b"%PDF-" in start[:PDF_HEADER_WITHIN]:
        return Format.PDF
    raise refuse(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Header:
    """The announced pictures; `broken_off` when the file ends before the list of its pages does."""

    pages: tuple[Announced, ...]
    broken_off: bool = False


def check_header(file: BinaryIO, kind: Format, limits: Limits) -> Header:
    """Refuse a picture whose header announces too much, or nothing that makes sense. Not for PDF.

    Raises:
        ScanProblem: S004 too large, S006 when the header makes no sense.
    """
    file.seek(0)
    read = {
        Format.TIFF: _tiff,
        Format.JPEG: _jpeg,
        Format.PNG: _png,
        Format.WEBP: _webp,
        Format.JPEG_2000: _jpeg_2000,
    }[kind]
    try:
        header = read(file, limits)
    except (struct.error, IndexError, OverflowError) as error:
        raise refuse(DAMAGED) from error
    finally:
        file.seek(0)
    for page in header.pages:
        check_size(page, limits)
    if not header.pages:
        raise refuse(DAMAGED)
    return header


def check_size(page: Announced, limits: Limits) -> None:
    if page.width < 1 or page.height < 1 or page.channels < 1:
        raise refuse(DAMAGED)
    allowed = limits.pixels if page.channels == 1 else limits.colour_pixels
    if page.width * page.height > allowed or page.channels > 8 or max(page.width, page.height) > 65_500:
        raise refuse(TOO_LARGE)


def _png(file: BinaryIO, limits: Limits) -> Header:
    width, height, _, colour = struct.unpack(">IIBB", file.read(26)[16:])
    return Header((Announced(width, height, {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 0)),))


def _webp(file: BinaryIO, limits: Limits) -> Header:
    head = file.read(40)
    chunk, body = head[12:16], head[20:]
    if chunk == b"VP8X":
        width, height = (1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
        return Header((Announced(width, height, 4),))
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return Header((Announced(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), 4),))
    width, height = struct.unpack("<HH", body[6:10])
    return Header((Announced(width & 0x3FFF, height & 0x3FFF, 3),))


def _jpeg(file: BinaryIO, limits: Limits) -> Header:
    """Walk the markers to the frame header. Source: ITU-T T.81, B.1.1 and B.2.2."""
    file.seek(2)
    for _ in range(10_000):
        byte = file.read(1)
        while byte not in (b"\xff", b""):
            byte = file.read(1)
        while byte == b"\xff":
            byte = file.read(1)
        if not byte:
            return Header(())
        marker = byte[0]
        if marker == 0 or marker == 1 or 0xD0 <= marker <= 0xD8:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _, height, width, channels = struct.unpack(">BHHB", file.read(6))
            return Header((Announced(width, height, channels),))
        file.seek(max(0, length - 2), 1)
    return Header(())


WAVELET_COST = 2.5
"""OpenJPEG keeps four bytes for each sample, twice (measured: 20 bytes a colour pixel). A4 at 600 dpi passes."""


def _jpeg_2000(file: BinaryIO, limits: Limits) -> Header:
    """Walk the boxes to the codestream; its SIZ segment says the size. Source: ITU-T T.800, A.5.1 and I.4."""
    end = file.seek(0, 2)
    at = 0
    file.seek(0)
    if file.read(4) != CODESTREAM_START:
        at = _codestream(file, end)
    file.seek(at)
    start = file.read(42)
    if start[:4] != CODESTREAM_START:
        return Header(())
    x1, y1, x0, y0, tile_width, tile_height, _, _ = struct.unpack_from(">8I", start, 8)
    (channels,) = struct.unpack_from(">H", start, 40)
    page = Announced(x1 - x0, y1 - y0, channels)
    colour, plain = int(limits.colour_pixels / WAVELET_COST), int(limits.pixels / WAVELET_COST)
    check_size(page, replace(limits, pixels=plain, colour_pixels=colour))
    tiles = -(-x1 // max(1, tile_width)) * -(-y1 // max(1, tile_height))
    if tile_width == 0 or tile_height == 0 or tiles > 65_535:
        raise refuse(DAMAGED)
    return Header((page,))


def _codestream(file: BinaryIO, end: int) -> int:
    """Where the contiguous codestream of a JP2 file begins; its end where there is none."""
    at = 0
    for _ in range(1000):
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            head = 16
        if name == b"jp2c":
            return at + head
        if length < head or at + length >= end:
            break
        at += length
    return end


TIFF_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q"}
WIDTH, HEIGHT, CHANNELS = 256, 257, 277


def _tiff(file: BinaryIO, limits: Limits) -> Header:
    """Walk the chain of directories; it may not loop and not be longer than allowed. Source: TIFF 6.0, §2.

    A directory that lies outside the file ends the walk: what is before it may still be read.
    """
    head = file.read(16)
    order = "<" if head[:1] == b"I" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    (offset,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
    end = file.seek(0, 2)
    found: list[Announced] = []
    seen: set[int] = set()
    while offset and offset not in seen and offset < end:
        seen.add(offset)
        if len(seen) > limits.pages:
            raise refuse(TOO_LARGE)
        try:
            announced, offset = _directory(file, offset, order, big)
        except struct.error:
            return Header(tuple(found), broken_off=True)
        found.append(announced)
    return Header(tuple(found), broken_off=offset >= end)


def _directory(file: BinaryIO, offset: int, order: str, big: bool) -> tuple[Announced, int]:
    file.seek(offset)
    count_code, entry_bytes, next_code = ("Q", 20, "Q") if big else ("H", 12, "I")
    (count,) = struct.unpack(order + count_code, file.read(struct.calcsize(order + count_code)))
    if count > 4096:
        raise refuse(DAMAGED)
    entries = file.read(count * entry_bytes)
    values = {WIDTH: 0, HEIGHT: 0, CHANNELS: 1}
    for at in range(0, len(entries) - entry_bytes + 1, entry_bytes):
        tag, kind = struct.unpack_from(order + "HH", entries, at)
        if tag in values and kind in TIFF_CODES:
            (values[tag],) = struct.unpack_from(order + TIFF_CODES[kind], entries, at + (12 if big else 8))
    following = file.read(struct.calcsize(order + next_code))
    next_offset = struct.unpack(order + next_code, following)[0] if len(following) else 0
    return Announced(values[WIDTH], values[HEIGHT], values[CHANNELS]), next_offset
