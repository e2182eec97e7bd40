"""What is measured side by side: the yardsticks and ours; `bench.peers` has the rest.

One candidate is a name, what is said in the table, and a function that readies one page for it and returns the `Job`.
Only `Job.run` is timed; readying (writing the input file, copying into a library's own memory) and `Job.result` are
not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.inputs import BenchPage
from ocr.page import Gray
from ocr.steps.clean import clean_page

OURS, WARP, JPEG = "ours", "warpAffine", "jpeg_decode"


class Failed(RuntimeError):
    """A candidate did not come to an end on a page."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a candidate made of a page: images by what they are (`grey`, `1 bit`), the skew that it found."""

    images: Mapping[str, Gray]
    skew_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One page readied for one candidate.

    `run` is timed by the caller unless it returns milliseconds that it measured itself. `stages`: milliseconds of the
    parts of the last run.
    """

    run: Callable[[], float | None]
    result: Callable[[], Result] = lambda: Result({})
    stages: Callable[[], Mapping[str, float]] = dict


@dataclass(frozen=True, slots=True)
class Candidate:
    """`slow`: seconds a page, therefore measured on fewer pages. `skew`: the angle alone, where that is faster."""

    name: str
    label: str
    ready: Callable[[BenchPage, Path], Job]
    slow: bool = False
    skew: Callable[[BenchPage, Path], float | None] | None = None


# Yardsticks


def ready_memcpy(page: BenchPage, _: Path) -> Job:
    target = np.empty_like(page.gray)
    return Job(lambda: np.copyto(target, page.gray))


def ready_threshold(page: BenchPage, _: Path) -> Job:
    target = np.empty_like(page.gray)
    return Job(lambda: _nothing(cv2.threshold(page.gray, 128, 255, cv2.THRESH_BINARY, dst=target)))


def ready_warp(page: BenchPage, _: Path) -> Job:
    """One linear pass over the page into memory that is there already."""
    height, width = page.gray.shape
    target = np.empty_like(page.gray)
    move = cv2.getRotationMatrix2D((width / 2, height / 2), 0.7, 1.0)
    return Job(
        lambda: _nothing(
            cv2.warpAffine(page.gray, move, (width, height), dst=target, flags=cv2.INTER_LINEAR, borderValue=255.0)
        )
    )


def ready_decode(page: BenchPage, _: Path) -> Job:
    if page.jpeg is None:
        raise NotOnThisPage
    data = np.frombuffer(page.jpeg, np.uint8)
    return Job(lambda: _nothing(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)))


class NotOnThisPage(Exception):
    """This page is no case for the candidate; that is no failure."""


def _nothing(_: object) -> None:
    return None


# Ours


def ready_ours(page: BenchPage, _: Path) -> Job:
    raw = page.raw()
    last = [clean_page(raw)]  # also the warm-up

    def run() -> None:
        last[0] = clean_page(raw)

    def result() -> Result:
        bits = last[0].bits
        images = {"grey": last[0].gray, **({} if bits is None else {"1 bit": bits.to_gray()})}
        return Result(images, last[0].skew_deg)

    return Job(run, result, lambda: last[0].ms)


YARDSTICKS = (
    Candidate("memcpy", "memcpy", ready_memcpy),
    Candidate("threshold", "cv2.threshold", ready_threshold),
    Candidate(WARP, "cv2.warpAffine linear", ready_warp),
    Candidate(JPEG, "decode the page's own JPEG, cv2 grey", ready_decode),
)
OUR_OWN = Candidate(OURS, "ours, total", ready_ours)
