"""What a decoder yields beside pages."""

from __future__ import annotations

from dataclasses import dataclass

from ocr.page import RawPage


@dataclass(frozen=True, slots=True)
class Lost:
    """Page `number` is there but cannot be read; 0 = the file breaks off and later pages are unknown."""

    number: int


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Only a part of page `number` could be decoded; the page itself was yielded."""

    number: int


@dataclass(frozen=True, slots=True)
class Active:
    """The file holds scripts or attachments. They are never run or opened."""


@dataclass(frozen=True, slots=True)
class Total:
    """So many pages the file announces; comes before the first page."""

    pages: int


Item = RawPage | Lost | Incomplete | Active | Total
