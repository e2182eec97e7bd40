"""Is it a word of the language? Asked of the word list that a Tesseract model carries with it; no list is shipped.

The file is only looked at where a word is asked for: a few hundred bytes of its 4 MB, mapped, never parsed as a whole.
Source: Tesseract 5, `ccutil/tessdatamanager.h` (parts of a model), `dict/dawg.h` (edges of a squished word graph),
`ccutil/unicharset.cpp` (the numbers of its letters).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ocr.engines.tesseract import model_folder

WORDS, LETTERS = 19, 21
"""Numbers of the parts that hold the word graph and the letters of the LSTM model."""
MAGIC = 42
LAST_OF_NODE, BACKWARD, END_OF_WORD = 1, 2, 4
FLAG_BITS = 3
SMALLEST = 1024
"""No model is smaller, in bytes."""


@dataclass(frozen=True, slots=True)
class WordList:
    """The word graph of one model. `edges`: where its first edge is in the file; `shift`: bits of a letter's number."""

    data: bytes | mmap.mmap
    edges: int
    count: int
    shift: int
    numbers: dict[str, int]

    def holds(self, word: str) -> bool:
        """Whether the word is in the list as it is written."""
        node, ends = 0, False
        for place, letter in enumerate(word, start=1):
            number = self.numbers.get(letter)
            edge = None if number is None else self._edge(node, number)
            if edge is None:
                return False
            node, ends = edge >> (self.shift + FLAG_BITS), bool(edge >> self.shift & END_OF_WORD)
            if node == 0:  # no word goes on from here
                return ends and place == len(word)
        return ends

    def _edge(self, node: int, number: int) -> int | None:
        """The edge from `node` for a letter; the edges of a node stand one after the other."""
        for index in range(node, self.count):
            (edge,) = struct.unpack_from("<Q", self.data, self.edges + 8 * index)
            flags = edge >> self.shift
            if not flags & BACKWARD and edge & ((1 << self.shift) - 1) == number:
                return int(edge)
            if flags & LAST_OF_NODE:
                return None
        return None


def is_word(word: str, languages: Sequence[str]) -> bool:
    """Whether a model of one of the languages knows the word, as it is, in small letters or with a capital."""
    spellings = dict.fromkeys((word, word.lower(), word.capitalize()))
    return any(known.holds(s) for name in languages if (known := word_list(name)) for s in spellings)


@lru_cache(maxsize=4)
def word_list(language: str) -> WordList | None:
    """The words of a language; None where its model is missing or has no list."""
    path = model_folder() / f"{language}.traineddata"
    return _opened(path) if path.is_file() else None


def _opened(path: Path) -> WordList | None:
    if path.stat().st_size < SMALLEST:
        return None
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (parts,) = struct.unpack_from("<i", data)
    if not LETTERS < parts < 100:
        return None
    starts = struct.unpack_from(f"<{parts}q", data, 4)
    words, letters = starts[WORDS], starts[LETTERS]
    if words < 0 or letters < 0:
        return None
    magic, highest, count = struct.unpack_from("<hii", data, words)
    if magic != MAGIC:
        return None
    end = min([start for start in starts if start > letters], default=len(data))
    return WordList(data, words + struct.calcsize("<hii"), count, highest.bit_length(), _numbers(data[letters:end]))


def _numbers(listed: bytes) -> dict[str, int]:
    """Letter -> its number: the line it stands on, after the line that says how many there are."""
    lines = listed.decode("utf-8", "replace").splitlines()[1:]
    return {line.split(" ", 1)[0]: number for number, line in enumerate(lines)}
