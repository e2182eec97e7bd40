"""How right the candidates are where the truth is known: skew, Tesseract's word recall, orientation, blank pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.candidates import OURS, Candidate, Result
from bench.inputs import BenchPage
from ocr.engines.tesseract import model_folder  # imported first: it limits Tesseract to one thread
from ocr.page import Gray, Page
from ocr.steps.clean import clean_page

LANGUAGE = "deu"
STREAK_NEAR_MM = 0.5
"""A streak counts as found when one is reported so near."""


@lru_cache(maxsize=1)
def _tesseract() -> Any:
    import tesserocr

    return tesserocr.PyTessBaseAPI(path=str(model_folder()), lang=LANGUAGE, psm=tesserocr.PSM.AUTO)


def read_words(gray: Gray, dpi: float) -> list[str]:
    """The words that Tesseract finds on a whole page."""
    api = _tesseract()
    api.SetImage(Image.fromarray(np.ascontiguousarray(gray)))
    api.SetSourceResolution(round(dpi))
    words = str(api.GetUTF8Text() or "").split()
    api.Clear()
    return words


def found_words(truth: Iterable[str], read: Iterable[str]) -> int:
    """How many words of the truth were read, each as often as it stands there; order is free, case is not."""
    return (Counter(truth) & Counter(read)).total()


@dataclass(slots=True)
class Recall:
    """Words found and expected for each page, by candidate and kind of image."""

    expected: dict[str, int] = field(default_factory=dict)
    found: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, name: str, page: BenchPage, gray: Gray) -> None:
        assert page.truth is not None
        self.expected[page.name] = len(page.truth.words)
        count = found_words(page.truth.words, read_words(gray, page.dpi))
        self.found.setdefault(name, {})[page.name] = count

    def judge(self, page: BenchPage, results: Mapping[str, Result]) -> None:
        """Read one page as it is, as it was before the scan, and as each candidate left it."""
        assert page.truth is not None
        self.add("none", page, page.gray)
        if page.truth.clean is not None and page.truth.clean.exists():
            self.add("clean (ceiling)", page, np.asarray(Image.open(page.truth.clean).convert("L"), np.uint8))
        for name, result in results.items():
            for kind, gray in result.images.items():
                self.add(f"{name} {kind}", page, gray)

    def as_json(self) -> dict[str, object]:
        table = {name: self._line(pages) for name, pages in self.found.items()}
        return {"candidates": table, "worse_than_none": self._worse(), "words": sum(self.expected.values())}

    def _line(self, pages: Mapping[str, int]) -> dict[str, object]:
        expected = sum(self.expected[page] for page in pages)
        shares = {page: round(count / self.expected[page], 4) for page, count in pages.items()}
        return {"recall": round(sum(pages.values()) / expected, 4), "pages": shares}

    def _worse(self) -> dict[str, list[str]]:
        """Pages that hold fewer readable words after a candidate than before, beyond 1 % of them."""
        before = self.found.get("none", {})
        return {
            name: [page for page, count in pages.items() if count < before[page] - 0.01 * self.expected[page]]
            for name, pages in self.found.items()
            if name.startswith(OURS)
        }


def judge_skew(
    pages: Sequence[BenchPage], candidates: Sequence[Candidate], folder: Path
) -> dict[str, dict[str, object]]:
    """Error of the skew in degrees on upright pages with text; every candidate on the same pages."""
    known = [page for page in pages if page.has_text and page.is_upright]
    judged = {}
    for candidate in candidates:
        errors: dict[str, float] = {}
        for page in known:
            angle = _angle(candidate, page, folder)
            if angle is not None and page.truth is not None:
                errors[page.name] = abs(angle - page.truth.skew_deg)
        if errors:
            judged[candidate.name] = _spread(errors, len(known))
    return judged


def _angle(candidate: Candidate, page: BenchPage, folder: Path) -> float | None:
    try:
        if candidate.skew is not None:
            return candidate.skew(page, folder)
        job = candidate.ready(page, folder)
        job.run()
        return job.result().skew_deg
    except Exception:  # a peer that breaks has no angle
        return None


def _spread(errors: Mapping[str, float], asked: int) -> dict[str, object]:
    values = np.array(list(errors.values()))
    worst = sorted(errors, key=lambda page: -errors[page])[:3]
    return {
        "median_deg": round(float(np.median(values)), 4),
        "p95_deg": round(float(np.percentile(values, 95)), 4),
        "max_deg": round(float(values.max()), 4),
        "pages": len(values),
        "no_answer": asked - len(values),
        "worst": {page: round(errors[page], 4) for page in worst},
    }


@dataclass(slots=True)
class Orientation:
    """Each page in four ways. `wrong`: turned to a wrong side; `left`: not turned though it should have been."""

    right: int = 0
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    little_tried: int = 0
    little_wrong: list[str] = field(default_factory=list)

    def judge(self, page: BenchPage) -> None:
        """Turn a page that is not blank four ways; pages with little text only must not be turned wrongly."""
        assert page.truth is not None
        for quarter in range(4):
            turned = replace(page, gray=np.ascontiguousarray(np.rot90(page.gray, -quarter)))
            off = (page.truth.turn_deg + quarter * 90 + (made := clean_page(turned.raw()).rotated_deg)) % 360
            name = f"{page.name} +{quarter * 90}"
            if page.has_text:
                self._count(name, off, made)
            else:
                self.little_tried += 1
                self.little_wrong += [name] * (made != 0 and off != 0)

    def _count(self, name: str, off: int, made: int) -> None:
        self.tried += 1
        self.right += off == 0
        if off:
            (self.wrong if made else self.left).append(name)

    def as_json(self) -> dict[str, object]:
        share = round(self.right / self.tried, 4) if self.tried else None
        little = {"tried": self.little_tried, "turned_wrong": self.little_wrong}
        return {
            "tried": self.tried, "right": share, "wrong_above_gate": self.wrong, "not_turned": self.left,
            "little_text": little,
        }  # fmt: skip


@dataclass(slots=True)
class BlankPages:
    """Content called blank is lost, so it must not happen; a blank page that is kept costs time only."""

    content: int = 0
    blank: int = 0
    lost: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def judge(self, page: BenchPage, made: Page) -> None:
        assert page.truth is not None
        if page.truth.blank:
            self.blank += 1
            self.missed += [page.name] * (not made.blank)
        else:
            self.content += 1
            self.lost += [page.name] * made.blank

    def as_json(self) -> dict[str, object]:
        return {
            "content_pages": self.content, "content_called_blank": self.lost,
            "blank_pages": self.blank, "blank_found": self.blank - len(self.missed), "blank_missed": self.missed,
        }  # fmt: skip


@dataclass(slots=True)
class Streaks:
    """Streaks of the truth near which one was reported, and reported ones with none near (rules taken for streaks)."""

    true: int = 0
    found: int = 0
    invented: dict[str, list[float]] = field(default_factory=dict)

    def judge(self, page: BenchPage, made: Page) -> None:
        if page.truth is None or made.quality is None:
            return
        told = np.array(made.quality.streaks_mm)
        real = np.array(page.truth.streak_columns) * 25.4 / page.dpi
        self.true += len(real)
        self.found += sum(bool(np.any(abs(told - x) <= STREAK_NEAR_MM)) for x in real)
        extra = [round(float(x), 1) for x in told if not np.any(abs(real - x) <= STREAK_NEAR_MM)]
        if extra:
            self.invented[page.name] = extra

    def as_json(self) -> dict[str, object]:
        return {"true": self.true, "found": self.found, "invented": self.invented}
