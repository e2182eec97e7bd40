"""Tesseract in this process: words of a page, text of lines. One API object per language is kept.

Where `tesserocr` is missing, `pytesseract` (a system Tesseract, a process each) answers instead.
"""

from __future__ import annotations

import os

os.environ["OMP_THREAD_LIMIT"] = "1"  # read once when the library is loaded; more threads only cost time

import shlex
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ocr.errors import EngineProblem
from ocr.page import Box, EngineReading, Gray, Word

try:
    import tesserocr
except ImportError:  # pragma: no cover  (the locked environment always brings it)
    tesserocr = None
else:
    tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)  # else it writes to stderr by itself

NAME = "tesseract"
SPARSE_TEXT, ONE_BLOCK, ONE_LINE, RAW_LINE = 11, 6, 7, 13  # Source: tesseract --help-psm
LETTERS = 0.6
"""Share of the height that the letters of a line take: the lower, the narrower the line is and the faster it is read.
Source: 414 typed and 340 hand-like lines of `demo.samples` at 0.5, 0.55, 0.6, 0.66, 0.72 and 0.8: as many right up to
0.66, then fewer.
"""
SIDE_PX = 2
"""White that stays beside the line; more takes time."""
INK = 200
"""Grey below which there is ink in a line image, whose paper is white. At 235 as many lines are read right."""
LOWEST = 0.25
"""Of the image's height: what is lower is a hyphen or a point, and is not made larger. Source: set by us."""


def model_folder() -> Path:
    """Where the models are: TESSDATA_PREFIX, else `share/tessdata` of this environment."""
    named = os.environ.get("TESSDATA_PREFIX")
    return Path(named) if named else Path(sys.prefix) / "share" / "tessdata"


@lru_cache(maxsize=4)
def _api(languages: tuple[str, ...]) -> Any:
    """Raises EngineProblem E001 when a model is missing or cannot be loaded."""
    folder = model_folder()
    missing = [name for name in languages if not (folder / f"{name}.traineddata").exists()]
    if missing:
        raise EngineProblem(
            "E001", f"Sprachmodell {', '.join(missing)} fehlt in {folder}. Bitte „make setup“ ausführen."
        )
    try:
        api = tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(languages), psm=ONE_LINE)
    except RuntimeError as error:
        raise EngineProblem(
            "E001", "Tesseract lädt seine Modelle nicht. Bitte „laufzettel doctor“ ausführen."
        ) from error
    api.SetVariable("debug_file", os.devnull)
    api.SetVariable("textord_all_prop", "1")  # no search for letters of fixed pitch
    return api


def _give(api: Any, gray: Gray) -> None:
    height, width = gray.shape
    api.SetImageBytes(np.ascontiguousarray(gray).tobytes(), width, height, 1, width)


def read_words(gray: Gray, dpi: float, languages: Sequence[str], *, psm: int = SPARSE_TEXT) -> tuple[Word, ...]:
    """All words of a page with their boxes (pixels of `gray`)."""
    if tesserocr is None:
        return _words_by_process(gray, dpi, languages, psm)
    api = _api(tuple(languages))
    api.SetVariable("tessedit_char_whitelist", "")
    api.SetPageSegMode(psm)
    _give(api, gray)
    api.SetSourceResolution(round(dpi))
    api.Recognize()
    found = []
    iterator = api.GetIterator()
    if iterator is not None:
        for item in tesserocr.iterate_level(iterator, tesserocr.RIL.WORD):
            place = item.BoundingBox(tesserocr.RIL.WORD)
            text = (item.GetUTF8Text(tesserocr.RIL.WORD) or "").strip() if place else ""
            if text and place[2] > place[0] and place[3] > place[1]:
                found.append(Word(text, Box(*place), item.Confidence(tesserocr.RIL.WORD) / 100))
    api.Clear()
    return tuple(found)


def read_line(gray: Gray, languages: Sequence[str], chars: str = "", *, search: bool = False) -> EngineReading:
    """The text of one line (about 48 px high, dark on white). `chars` limits what may be read.

    The line is given to the network as it is. With `search` Tesseract looks for the line and its words in the image
    first: slower, and another look with other mistakes.
    """
    mode, image = (ONE_LINE, gray) if search else (RAW_LINE, framed(gray))
    if tesserocr is None:
        return _line_by_process(image, languages, chars, mode)
    api = _api(tuple(languages))
    api.SetVariable("tessedit_char_whitelist", chars)
    api.SetPageSegMode(mode)
    _give(api, image)
    api.SetSourceResolution(300)
    text = (api.GetUTF8Text() or "").strip().replace("\n", " ")
    confidence = max(0, api.MeanTextConf()) / 100
    api.Clear()
    return EngineReading(text, confidence if text else 0.0)


def framed(gray: Gray) -> Gray:
    """The line cut to its ink, with as much white above and below that it takes LETTERS of the height."""
    ink = gray < INK
    inked, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(inked):
        return gray
    top, low = int(inked[0]), int(inked[-1]) + 1
    left, right = max(0, int(columns[0]) - SIDE_PX), int(columns[-1]) + 1 + SIDE_PX
    height = round(max(low - top, LOWEST * gray.shape[0]) / LETTERS)
    missing = height - (low - top)
    above = missing // 2
    return np.pad(gray[top:low, left:right], ((above, missing - above), (0, 0)), constant_values=255)


def _words_by_process(gray: Gray, dpi: float, languages: Sequence[str], psm: int) -> tuple[Word, ...]:
    data = _by_process(gray, languages, ["--psm", str(psm), "--dpi", str(round(dpi))])
    rows = zip(data["text"], data["left"], data["top"], data["width"], data["height"], data["conf"], strict=True)
    return tuple(
        Word(text.strip(), Box(x, y, x + w, y + h), max(0.0, float(conf)) / 100)
        for text, x, y, w, h, conf in rows
        if text.strip() and w > 0 and h > 0
    )


def _line_by_process(gray: Gray, languages: Sequence[str], chars: str, mode: int) -> EngineReading:
    limit = ["-c", f"tessedit_char_whitelist={chars}"] if chars else []
    data = _by_process(gray, languages, ["--psm", str(mode), "--dpi", "300", *limit])
    pairs = [(t, float(c)) for t, c in zip(data["text"], data["conf"], strict=True) if t.strip()]
    confidence = sum(c for _, c in pairs) / len(pairs) / 100 if pairs else 0.0
    return EngineReading(" ".join(t for t, _ in pairs), max(0.0, confidence))


def _by_process(gray: Gray, languages: Sequence[str], options: Sequence[str]) -> dict[str, list[Any]]:
    """One run of the system's Tesseract with our models. Raises EngineProblem E002 where there is none."""
    import pytesseract

    config = shlex.join(["--tessdata-dir", str(model_folder()), *options])
    try:
        found: dict[str, list[Any]] = pytesseract.image_to_data(
            Image.fromarray(np.ascontiguousarray(gray)), lang="+".join(languages), config=config, output_type="dict"
        )
    except pytesseract.TesseractNotFoundError as error:
        raise EngineProblem(
            "E002", "Weder tesserocr noch das Programm tesseract ist da. Bitte „make setup“ ausführen."
        ) from error
    return found
