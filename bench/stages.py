"""Where the time of a reading goes: functions of `ocr` are timed while they do their work, each second counted once.

A function is replaced in every module of `ocr` that knows it, so nothing of the reading is written here a second time.
"""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ocr.kinds import Kind

AnyFunction = Callable[..., Any]

STAGES: Mapping[str, tuple[str, ...]] = {
    "load and clean": ("ocr.reading.load",),
    "words of the page (Tesseract)": ("ocr.engines.tesseract.read_words",),
    "ruled lines of the page": ("ocr.rulings.find_rulings",),
    "form found, phrases found": ("ocr.find_form.find_form", "ocr.find_form.is_there_twice", "ocr.sheet.with_printed"),
    "register": ("ocr.register.register",),
    "zones cut": (
        "ocr.register.zone_image", "ocr.rows.rows_in", "ocr.rows.rows_of", "ocr.zone.clean_zone", "ocr.zone.comb_line",
        "ocr.zone.line_image",
    ),
    "lines found in zones (PP-OCRv6)": ("ocr.engines.paddle.find_lines",),
    "tesseract on zones": ("ocr.engines.tesseract.read_line",),
    "paddle on zones": ("ocr.engines.paddle.read_line", "ocr.engines.paddle.read_as"),
    "judge": ("ocr.judge.judge",),
}  # fmt: skip
MARKS, REST = "marks (no engine)", "everything else"


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds and calls by stage. While a stage works within another, only the inner one's time runs."""

    ms: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _running: list[str] = field(default_factory=list)
    _since: float = 0.0

    def timed(self, stage: str, function: AnyFunction) -> AnyFunction:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            self.calls[stage] += 1
            with self.during(stage):
                return function(*args, **kwargs)

        return run

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        self._turn()
        self._running.append(stage)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.ms[self._running[-1]] += (now - self._since) * 1000
        self._since = now


@contextmanager
def instead(name: str, change: Callable[[AnyFunction], AnyFunction]) -> Iterator[None]:
    """While it lasts, `ocr` uses `change(function)` for the function of this full name.

    Raises:
        AttributeError: when there is no such function (any more).
    """
    module_name, _, function_name = name.rpartition(".")
    old = getattr(importlib.import_module(module_name), function_name)
    new = change(old)
    modules = [module for known, module in list(sys.modules.items()) if known == "ocr" or known.startswith("ocr.")]
    places = [(module, key) for module in modules for key, value in list(vars(module).items()) if value is old]
    for module, key in places:
        setattr(module, key, new)
    try:
        yield
    finally:
        for module, key in places:
            setattr(module, key, old)


def measure(read: Callable[[], object]) -> Stopwatch:
    """One reading, timed stage by stage; what belongs to no stage is `REST`."""
    watch = Stopwatch()
    with ExitStack() as stack:
        for stage, names in STAGES.items():
            for name in names:
                stack.enter_context(instead(name, functools.partial(watch.timed, stage)))
        stack.enter_context(instead("ocr.kinds.kind", functools.partial(_with_marks_timed, watch)))
        with watch.during(REST):
            read()
    return watch


def _with_marks_timed(watch: Stopwatch, kind: Callable[[str], Kind]) -> Callable[[str], Kind]:
    def timed_kind(name: str) -> Kind:
        known = kind(name)
        return known if known.look is None else replace(known, look=watch.timed(MARKS, known.look))

    return timed_kind
