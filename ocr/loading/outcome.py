"""What a decoder yields beside pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ocr.page import RawPage


@dataclass(frozen=True, slots=True)
class Lost:
    """Page `number` is there but cannot be read; 0 = the file breaks off and later pages are unknown."""

    number: int


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Only a part of page `number` could be decoded; the page itself was yielded."""

    number: int


class Told(StrEnum):
    """What is worth knowing about a file, by the code of its problem page.

    `ACTIVE`: it holds scripts or attachments; they are never run or opened. `XFA`: beside its pages it holds a
    form of Adobe's own kind, which other programs show instead. `UNREAD`: what its form fields hold is not known.
    """

    ACTIVE = "S010"
    XFA = "S019"
    UNREAD = "S020"


@dataclass(frozen=True, slots=True)
class Total:
    """So many pages the file announces; comes before the first page."""

    pages: int


Item = RawPage | Lost | Incomplete | Told | Total
