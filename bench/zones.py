"""The zones of one document as ours gives them to the engines, kept to read them again in other ways."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.stages import AnyFunction, instead
from ocr.engines import paddle, tesseract
from ocr.page import EngineReading, Gray

Call = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(slots=True)
class Zones:
    """The calls of both engines during one reading. The first argument of each is the image of a line."""

    tesseract: list[Call] = field(default_factory=list)
    paddle: list[Call] = field(default_factory=list)

    @property
    def images(self) -> list[Gray]:
        """Every line once, however often it was looked at."""
        return [args[0] for args, named in self.tesseract if not named.get("search")]

    def read_by_tesseract(self) -> list[str]:
        return [tesseract.read_line(*args, **named).text for args, named in self.tesseract]

    def read_by_paddle(self) -> list[str]:
        return [paddle.read_line(*args, **named).text for args, named in self.paddle]


def zones_of(read: Callable[[], object]) -> Zones:
    """Every line that is read during one reading."""
    found = Zones()
    with ExitStack() as stack:
        for name, calls in (("tesseract", found.tesseract), ("paddle", found.paddle)):
            stack.enter_context(instead(f"ocr.engines.{name}.read_line", functools.partial(_kept, calls)))
        read()
    return found


def _kept(calls: list[Call], function: AnyFunction) -> AnyFunction:
    def run(*args: Any, **named: Any) -> Any:
        calls.append((args, named))
        return function(*args, **named)

    return run


@contextmanager
def without_paddle() -> Iterator[None]:
    """PP-OCRv6 reads nothing: what is left is ours with Tesseract only. Lines in zones are still found by PP-OCRv6."""
    with (
        instead("ocr.engines.paddle.read_line", lambda _: lambda *args, **named: EngineReading("", 0.0)),
        instead("ocr.engines.paddle.read_as", lambda _: lambda *args, **named: None),
    ):
        yield
