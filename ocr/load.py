"""A file in, raw pages out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageOps, ImageSequence

from ocr.errors import ScanProblem
from ocr.page import Gray, RawPage

RENDER_DPI = 300.0


def open_pages(path: Path | str) -> Iterator[RawPage]:
    """The pages of a TIFF, PDF, JPEG, PNG or WebP file in order, one by one.

    The format is found from the content, never from the name. Each page is `gray` uint8 (height, width),
    0 = black, 255 = white, with its `dpi`; `words` only where a PDF page is born digital (raw page pixels).

    Raises:
        ScanProblem: S.. before the first page when nothing can be read. When only some pages can be
            read, those are yielded first and the problem is raised after the last of them: the pages
            received until then are good, and the problem says which ones are missing.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise ScanProblem("S001", "Die Datei ist nicht lesbar. Bitte Ablage und Rechte prüfen.") from error
    if not start:
        raise ScanProblem("S002", "Die Datei ist leer (0 Byte). Bitte das Dokument neu scannen.")
    yield from _pdf(path) if b"%PDF-" in start else _picture(path)


def _pdf(path: Path) -> Iterator[RawPage]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ScanProblem("S006", "Die PDF-Datei ist beschädigt oder verschlüsselt.") from error
    for index in range(len(document)):
        image = document[index].render(scale=RENDER_DPI / 72, grayscale=True).to_numpy()
        yield RawPage(index + 1, np.ascontiguousarray(image.reshape(image.shape[:2])), RENDER_DPI)


def _picture(path: Path) -> Iterator[RawPage]:
    try:
        with Image.open(path) as image:
            for index, frame in enumerate(ImageSequence.Iterator(image)):
                dpi = float(frame.info.get("dpi", (300.0, 300.0))[0])
                upright = ImageOps.exif_transpose(frame)
                gray: Gray = np.array(upright.convert("L"))
                yield RawPage(index + 1, gray, dpi if dpi > 50 else 300.0)
    except Exception as error:
        raise ScanProblem("S006", "Die Bilddatei ist beschädigt oder kein bekanntes Format.") from error
