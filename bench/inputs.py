"""Page images of a folder, with their truth where `truth.json` says it (see `bench.pages`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageSequence

from ocr.page import Bits, Gray, RawPage

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
LEAST_WORDS = 20
"""A page with fewer printed words says little about skew, orientation and recall."""
DEFAULT_DPI = 300.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about a page. `turn_deg`: it lies turned clockwise by so much; `clean`: file without defects."""

    words: tuple[str, ...]
    skew_deg: float
    turn_deg: int
    blank: bool
    kind: str
    streak_columns: tuple[int, ...]
    clean: Path | None


@dataclass(frozen=True, slots=True)
class BenchPage:
    """One page image in memory. `jpeg`: the bytes of the file where it is a JPEG."""

    name: str
    gray: Gray
    dpi: float
    bilevel: bool
    jpeg: bytes | None
    truth: Truth | None

    def raw(self) -> RawPage:
        """The page as the product gets it: bits where the scanner delivered bits."""
        return RawPage(1, Bits.of(self.gray) if self.bilevel else self.gray, self.dpi)

    @property
    def has_text(self) -> bool:
        return self.truth is not None and len(self.truth.words) >= LEAST_WORDS

    @property
    def is_upright(self) -> bool:
        return self.truth is not None and self.truth.turn_deg == 0


def read_pages(folder: Path) -> Iterator[BenchPage]:
    """The pages of all images in `folder`, in order of their names; every page of a TIFF."""
    truth = read_truth(folder)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            yield from _pages_of(path, truth.get(path.name))


def read_truth(folder: Path) -> Mapping[str, Truth]:
    """Truth by file name; empty where there is no `truth.json`."""
    file = folder / "truth.json"
    if not file.exists():
        return {}
    lines = json.loads(file.read_text(encoding="utf-8"))["pages"]
    return {line["file"]: _truth(line, folder) for line in lines}


def _truth(line: Mapping[str, object], folder: Path) -> Truth:
    words, streaks, clean = line.get("words", []), line.get("streaks", []), line.get("clean")
    assert isinstance(words, list)
    assert isinstance(streaks, list)
    return Truth(
        words=tuple(words),
        skew_deg=float(str(line.get("skew_deg", 0))),
        turn_deg=int(str(line.get("turn_deg", 0))),
        blank=bool(line.get("blank", False)),
        kind=str(line.get("kind", "")),
        streak_columns=tuple(int(streak["x"]) for streak in streaks),
        clean=folder / str(clean) if clean else None,
    )


def _pages_of(path: Path, truth: Truth | None) -> Iterator[BenchPage]:
    if path.suffix.lower() in (".jpg", ".jpeg"):
        data = path.read_bytes()
        gray = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
        yield BenchPage(path.name, gray, _dpi(Image.open(path)), False, data, truth)
        return
    with Image.open(path) as picture:
        for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
            gray = np.asarray(frame.convert("L"), np.uint8)
            name = path.name if number == 1 else f"{path.name}#{number}"
            yield BenchPage(name, gray, _dpi(frame), frame.mode == "1", None, truth if number == 1 else None)


def _dpi(picture: Image.Image) -> float:
    named = float(picture.info.get("dpi", (DEFAULT_DPI,))[0])
    return named if 50 <= named <= 1200 else DEFAULT_DPI
