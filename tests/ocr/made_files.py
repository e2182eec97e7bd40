"""Files that tests make themselves: good ones with known pixels, and hostile ones."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
TEXT = (
    "Antrag auf Ausstellung einer Bescheinigung",
    "Hiermit beantrage ich die oben genannte Leistung.",
    "Die Angaben sind vollständig und richtig gegeben.",
    "Jeder Hund ist binnen eines Monats anzumelden.",
    "Zuständig ist das Steueramt der Gemeinde Musterdorf.",
)


def font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def form_page(width: int = 1240, height: int = 1754, seed: int = 0) -> Picture:
    """A4 at 150 dpi (by default) with lines of print, rules and a box; black on white, no grey."""
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    rng = np.random.default_rng(seed)
    line_px = width // 40
    for row in range(5, 48, 2):
        words = TEXT[int(rng.integers(len(TEXT)))]
        draw.text((width // 10, row * line_px), words, fill=0, font=font(width // 52))
    draw.rectangle((width // 10, height * 85 // 100, width * 9 // 10, height * 92 // 100), outline=0, width=3)
    draw.line((width // 10, height * 83 // 100, width * 9 // 10, height * 83 // 100), fill=0, width=3)
    return np.where(np.asarray(image) < 128, np.uint8(0), np.uint8(255)).astype(np.uint8)


def save(picture: Picture, path: Path, mode: str = "L", dpi: float = 150.0, **options: object) -> Path:
    image = Image.fromarray(picture)
    image = image.convert("1", dither=Image.Dither.NONE) if mode == "1" else image.convert(mode)
    image.save(path, dpi=(dpi, dpi), **options)
    return path


def save_pages(pictures: list[Picture], path: Path, dpi: float = 150.0) -> Path:
    """A multi-page TIFF as a production scanner delivers it: black and white, CCITT G4."""
    images = [Image.fromarray(picture).convert("1", dither=Image.Dither.NONE) for picture in pictures]
    images[0].save(path, save_all=True, append_images=images[1:], compression="group4", dpi=(dpi, dpi))
    return path


def pdf(objects: list[bytes], path: Path) -> Path:
    """A PDF of these objects (1 is the catalogue), with a right cross-reference table."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def picture_pdf(
    picture: Picture,
    path: Path,
    *,
    matrix: str = "595 0 0 842 0 0",
    page: str = "",
    image: str = "",
    extra: str = "",
    size_pt: tuple[int, int] = (595, 842),
) -> Path:
    """One page with one grey picture on it. `page`, `image`: more entries; `extra`: more page content."""
    height, width = picture.shape
    data = zlib.compress(picture.tobytes())
    entries = (
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
        f"/BitsPerComponent 8/Filter/FlateDecode{image}"
    )
    content = f"q {matrix} cm /Im Do Q {extra}".encode()
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R" % size_pt
            + b"/Resources<</XObject<</Im 5 0 R>>/Font<</F 6 0 R>>>>"
            + page.encode()
            + b">>",
            stream(content),
            stream(data, entries.encode()),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        ],
        path,
    )


def text_pdf(content: str, path: Path, page: str = "", catalogue: str = "") -> Path:
    """One A4 page with this page content and Helvetica as /F."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R" + catalogue.encode() + b">>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>"
            + page.encode()
            + b">>",
            stream(content.encode("latin-1")),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        ],
        path,
    )


def form_pdf(path: Path, fields: list[bytes], on_page: Iterable[int], form: bytes = b"/Fields[6 0 R]") -> Path:
    """One page with a word and these form fields (objects from 6 on); `on_page`: the objects that are its widgets."""
    widgets = b" ".join(b"%d 0 R" % number for number in on_page)
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/AcroForm<</DA(/F 9 Tf 0 g)/DR<</Font<</F 5 0 R>>>>" + form + b">>>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>"
            b"/Annots[" + widgets + b"]>>",
            stream(b"BT /F 14 Tf 72 700 Td (Antrag) Tj ET"),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            *fields,
        ],
        path,
    )


def raw_tiff(path: Path, data: bytes, entries: dict[int, int | tuple[int, ...]]) -> Path:
    """A little-endian TIFF of one strip with exactly these SHORT or LONG entries (and where the strip is)."""
    entries = entries | {273: 8, 279: len(data)}
    body = bytearray(struct.pack("<2sHI", b"II", 42, 8 + len(data) + len(data) % 2) + data + b"\0" * (len(data) % 2))
    directory = len(body) + 2 + 12 * len(entries) + 4
    ifd, far = struct.pack("<H", len(entries)), bytearray()
    for tag, value in sorted(entries.items()):
        values = value if isinstance(value, tuple) else (value,)
        kind = "I" if tag in (256, 257, 273, 278, 279) else "H"
        packed = struct.pack(f"<{len(values)}{kind}", *values)
        if len(packed) > 4:
            far_at = directory + len(far)
            far += packed
            packed = struct.pack("<I", far_at)
        ifd += struct.pack("<HHI", tag, 4 if kind == "I" else 3, len(values)) + packed.ljust(4, b"\0")
    path.write_bytes(bytes(body) + ifd + struct.pack("<I", 0) + bytes(far))
    return path


def pieces_pdf(pieces: list[tuple[Picture, str]], path: Path, *, page: str = "") -> Path:
    """One A4 page with several grey pictures, each at its matrix."""
    names = " ".join(f"/Im{at} {5 + at} 0 R" for at in range(len(pieces)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        + f"/Resources<</XObject<<{names}>>>>{page}>>".encode(),
        stream(" ".join(f"q {matrix} cm /Im{at} Do Q" for at, (_, matrix) in enumerate(pieces)).encode()),
    ]
    for picture, _ in pieces:
        height, width = picture.shape
        entries = f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
        objects.append(
            stream(zlib.compress(picture.tobytes()), f"{entries}/BitsPerComponent 8/Filter/FlateDecode".encode())
        )
    return pdf(objects, path)


def long_pdf(picture: Picture, path: Path, pages: int) -> Path:
    """Many pages, each with a picture object of its own (CCITT is not needed to see what is kept)."""
    height, width = picture.shape
    bits = np.packbits(picture > 127, axis=1).tobytes()
    entries = f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
    image = stream(zlib.compress(bits), f"{entries}/BitsPerComponent 1/Filter/FlateDecode".encode())
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(pages)).encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
        stream(b"q 595 0 0 842 0 0 cm /Im Do Q"),
    ]
    for at in range(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</XObject<</Im %d 0 R>>>>>>"
            % (5 + 2 * at)
        )
        objects.append(image)
    return pdf(objects, path)


def huge_tiff(path: Path, side_px: int = 30_000) -> Path:
    """A few kB that announce 900 megapixels of CCITT G4 (one all-white strip)."""
    entries = [
        (256, 4, 1, side_px),
        (257, 4, 1, side_px),
        (258, 3, 1, 1),
        (259, 3, 1, 4),
        (262, 3, 1, 0),
        (273, 4, 1, 200),
        (277, 3, 1, 1),
        (278, 4, 1, side_px),
        (279, 4, 1, side_px // 8 + 4),
    ]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHI", b"II", 42, 8) + ifd + struct.pack("<I", 0)
    path.write_bytes(head.ljust(200, b"\0") + b"\xff" * (side_px // 8) + b"\x00\x10\x01\x00")
    return path


def huge_jpeg(path: Path) -> Path:
    """A small JPEG whose frame header is changed to 65,500 x 65,500 pixels (4.3 gigapixels)."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(out, "JPEG")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 65_500, 65_500)
    path.write_bytes(data)
    return path


def huge_png(path: Path, side_px: int = 60_000) -> Path:
    """A PNG that is right up to its checksums and announces 3.6 gigapixels; its data would unpack into them."""
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10_000_000, 9)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def huge_jpeg_2000(path: Path, side_px: int = 60_000, tile_px: int | None = None) -> Path:
    """A small JP2 whose SIZ segment is changed to a huge size (and to tiny tiles)."""
    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "JPEG2000")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\x4f\xff\x51") + 8
    struct.pack_into(">II", data, at, side_px, side_px)
    struct.pack_into(">II", data, at + 16, *[tile_px or side_px] * 2)
    box = data.index(b"ihdr") + 4
    struct.pack_into(">II", data, box, side_px, side_px)
    path.write_bytes(data)
    return path


def _packed_blanks(size_bytes: int) -> bytes:
    """`size_bytes` (a multiple of 1 MB) of blanks in the zlib format, without packing all of them."""
    chunk = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(size_bytes >> 20):
        check = zlib.adler32(chunk, check)
    return b"\x78\xda" + block * (size_bytes >> 20) + b"\x03\x00" + struct.pack(">I", check)


def flate_bomb_pdf(path: Path, size_bytes: int = 1 << 30) -> Path:
    """A page content of 1 GB of blanks, packed twice into some kB."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
            stream(zlib.compress(_packed_blanks(size_bytes), 9), b"/Filter[/FlateDecode/FlateDecode]"),
        ],
        path,
    )


def nested_pdf(path: Path, depth: int = 12, times: int = 10) -> Path:
    """Forms that call each other: every level draws the next one ten times (10^12 drawings)."""
    resources = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        stream(b"/X Do " * times),
    ]
    for level in range(depth):
        objects.append(stream(b"/X Do " * times, resources % (6 + level)))
    objects.append(stream(b"0 0 10 10 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"))
    return pdf(objects, path)


def endless_pdf(path: Path) -> Path:
    """A page tree that contains itself and says it has a million pages."""
    return pdf(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"],
        path,
    )


def million_pages_pdf(path: Path) -> Path:
    """One page, and a tree that says there are a million."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1000000>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        ],
        path,
    )


def many_pages_tiff(path: Path, pages: int) -> Path:
    """One strip of pixels that thousands of directories share."""
    out = bytearray(struct.pack("<2sHI", b"II", 42, 16) + b"\xaa" * 8)
    for page in range(pages):
        entries = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 0)]
        entries += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 8), (279, 4, 1, 8)]
        out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        out += struct.pack("<I", len(out) + 4 if page < pages - 1 else 0)
    path.write_bytes(out)
    return path


def shared_data() -> Path:
    """The folder of real scans that is not part of the project; skips the test where it is absent."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("LAUFZETTEL_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"real scans are not here: {folder} (LAUFZETTEL_SHARED_DATA names another folder)")
    return folder
