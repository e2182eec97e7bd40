"""Cleaned pages as files: PNG (grey), TIFF (black and white, CCITT G4) and PDF/A-2b. Nothing here reads a file."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, get_args

import cv2
import pikepdf
from PIL import Image, ImageCms

from ocr.page import Bits, Gray, Page
from ocr.steps.binarise import binarise

Format = Literal["png", "tiff", "multitiff", "pdf"]
FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIX: dict[Format, str] = {"png": ".png", "tiff": ".tif", "multitiff": ".tif", "pdf": ".pdf"}
TOGETHER: frozenset[Format] = frozenset({"multitiff", "pdf"})
"""One file holds the whole document."""

JPEG_QUALITY = 85
"""Grey pages in a PDF; at 300 dpi no difference to see beside print, a sixth of the bytes of a lossless page."""

SMALLEST_PT, LARGEST_PT = 3.0, 14_400.0
"""Least and greatest side of a PDF page in points. Source: ISO 32000-1, annex C.2."""


class Output(Protocol):
    """Where the pages of one document go, one after the other."""

    def add(self, page: Page) -> Path:
        """Take one page; the file it stands in. Raises OSError."""

    def close(self) -> None:
        """Complete the files. Raises OSError."""


def open_output(form: Format, folder: Path, stem: str, gray_pdf: bool = False) -> Output:
    """The files `<stem>-001.png` and so on, or `<stem>.tif` and `<stem>.pdf`, in `folder`."""
    if form in TOGETHER:
        path = folder / f"{stem}{SUFFIX[form]}"
        return PdfDocument(path, gray_pdf) if form == "pdf" else TiffDocument(path)
    write = write_png if form == "png" else write_tiff
    return PageFiles(folder, stem, SUFFIX[form], write)


class PageFiles:
    """A file for each page."""

    def __init__(self, folder: Path, stem: str, suffix: str, write: Callable[[Page, Path], None]) -> None:
        self._folder, self._stem, self._suffix, self._write = folder, stem, suffix, write

    def add(self, page: Page) -> Path:
        path = self._folder / f"{self._stem}-{page.number:03d}{self._suffix}"
        self._write(page, path)
        return path

    def close(self) -> None:
        """Nothing is left to do."""


def write_png(page: Page, path: Path) -> None:
    Image.fromarray(page.gray).save(path, dpi=(page.dpi, page.dpi), compress_level=3)


def write_tiff(page: Page, path: Path) -> None:
    document = TiffDocument(path)
    document.add(page)
    document.close()


def bits_of(page: Page) -> Bits:
    """The page in black and white; thresholded here where cleaning made no bits (born-digital pages)."""
    return page.bits if page.bits is not None else Bits.of(binarise(page.gray, page.dpi))


def g4(bits: Bits) -> bytes:
    """CCITT Group 4 data of a page in one piece: 0 = white, most significant bit first."""
    whole_page = {278: bits.height}  # rows in a strip
    out = io.BytesIO()
    image = Image.frombytes("1", (bits.width, bits.height), bits.packed.tobytes())
    image.save(out, "TIFF", compression="group4", tiffinfo=whole_page)
    with Image.open(out) as made:
        tags = made.tag_v2  # type: ignore[attr-defined]
        (start,), (size,) = tags[273], tags[279]
    return out.getvalue()[start : start + size]


class TiffDocument:
    """A TIFF of black-and-white pages (CCITT G4, white is zero), written page by page.

    Source: TIFF 6.0, sections 2, 8 and 11; the directory of a page follows its pixels.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._link_at = 4
        self._count = 0

    def add(self, page: Page) -> Path:
        if self._file is None:
            self._file = self._path.open("wb")
            self._file.write(struct.pack("<2sHI", b"II", 42, 0))
        bits = bits_of(page)
        data = g4(bits)
        at = self._file.seek(0, io.SEEK_END)
        directory_at = at + len(data) + len(data) % 2 + 16
        resolution_at = directory_at - 16
        resolution = struct.pack("<II", round(page.dpi * 100), 100)
        self._file.write(data + b"\0" * (len(data) % 2) + resolution * 2)
        entries = [
            (254, 4, 1, 2),  # one page of several
            (256, 4, 1, bits.width),
            (257, 4, 1, bits.height),
            (258, 3, 1, 1),  # bits a pixel
            (259, 3, 1, 4),  # CCITT G4
            (262, 3, 1, 0),  # white is zero
            (273, 4, 1, at),
            (277, 3, 1, 1),
            (278, 4, 1, bits.height),
            (279, 4, 1, len(data)),
            (282, 5, 1, resolution_at),
            (283, 5, 1, resolution_at + 8),
            (296, 3, 1, 2),  # per inch
            (297, 3, 2, self._count),
        ]
        body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
        self._file.write(struct.pack("<H", len(entries)) + body + struct.pack("<I", 0))
        self._file.seek(self._link_at)
        self._file.write(struct.pack("<I", directory_at))
        self._link_at = directory_at + 2 + len(body)
        self._count += 1
        return self._path

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class PdfDocument:
    """A PDF/A-2b: each page one picture, black and white (CCITT G4) or grey (JPEG).

    The same pages give the same bytes: no dates, no random identifier.
    Source: ISO 19005-2 (6.1.2 header, 6.2.3 output intent, 6.6 metadata); PDF/A TechNote 0008 for the XMP names.
    """

    def __init__(self, path: Path, gray: bool) -> None:
        self._path, self._gray = path, gray
        self._pdf = pikepdf.new()

    def add(self, page: Page) -> Path:
        picture = self._grey_picture(page.gray) if self._gray else self._bit_picture(bits_of(page))
        width_pt, height_pt = (_points(side, page.dpi) for side in (page.width, page.height))
        content = f"q {width_pt:.4f} 0 0 {height_pt:.4f} 0 0 cm /Im Do Q".encode()
        made = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, width_pt, height_pt],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture)),
            Contents=pikepdf.Stream(self._pdf, content),
        )
        self._pdf.pages.append(pikepdf.Page(self._pdf.make_indirect(made)))
        return self._path

    def close(self) -> None:
        save_archival(self._pdf, self._path)
        self._pdf.close()

    def _bit_picture(self, bits: Bits) -> pikepdf.Object:
        how = pikepdf.Dictionary(K=-1, Columns=bits.width, Rows=bits.height)
        return self._picture(g4(bits), bits.width, bits.height, 1, pikepdf.Name.CCITTFaxDecode, how)

    def _grey_picture(self, gray: Gray) -> pikepdf.Object:
        _, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return self._picture(data.tobytes(), gray.shape[1], gray.shape[0], 8, pikepdf.Name.DCTDecode, None)

    def _picture(
        self, data: bytes, width: int, height: int, depth: int, packing: pikepdf.Name, how: pikepdf.Dictionary | None
    ) -> pikepdf.Object:
        picture = pikepdf.Stream(
            self._pdf,
            data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=depth,
            Filter=packing,
        )
        if how is not None:
            picture.DecodeParms = how
        return self._pdf.make_indirect(picture)


def _points(side_px: int, dpi: float) -> float:
    return round(min(LARGEST_PT, max(SMALLEST_PT, side_px * 72 / dpi)), 4)


def save_archival(pdf: pikepdf.Pdf, to: Path | BinaryIO) -> None:
    """Write a document as PDF/A-2b. Its pages must be fit for that: all fonts embedded, nothing encrypted or active."""
    profile = pikepdf.Stream(pdf, srgb_profile(), N=3)
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = pikepdf.Array([intent])
    pdf.Root.Metadata = pdf.make_indirect(
        pikepdf.Stream(pdf, XMP, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    )
    pdf.save(
        to,
        min_version="1.7",
        deterministic_id=True,
        fix_metadata_version=False,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )


def srgb_profile() -> bytes:
    """The ICC profile of sRGB; the time of making is a fixed one (bytes 24 to 35 of the header)."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + made[36:]


XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/">\n'
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    "<xmp:CreatorTool>Laufzettel</xmp:CreatorTool>\n"
    "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
    '<?xpacket end="r"?>'
).encode()
