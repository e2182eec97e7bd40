"""Finding printed phrases among the words of a page, although the engine misread letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rapidfuzz import fuzz

from ocr.page import Box, Word

MIN_SCORE = 0.80
SWALLOWED = 1.9
"""A word so many times as high as the lower ones of its line has something else in it."""
SHORT_WORD, TELLING = 4, 20
"""Of a phrase of so many letters a last word of fewer than four may be half misread ("me aw" for "me at")."""
LONG_PHRASE, HALF_SCORE = 40, 0.85
"""From so many letters on half a phrase tells it, and how well that must match."""
_ALIKE = str.maketrans({"l": "i", "1": "i", "0": "o"})


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words side by side. `letters` = their letters and digits in one string, `owner` = whose each one is."""

    words: tuple[Word, ...]
    letters: str
    owner: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase on a page: where, and how well it matched (0..1)."""

    phrase: str
    box: Box
    score: float
    words: tuple[Word, ...]


def letters_of(text: str) -> str:
    """Letters and digits only, case folded; signs that engines mix up count as one ("l" "I" "1", "O" "0")."""
    return "".join(c for c in text.casefold() if c.isalnum()).translate(_ALIKE)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of `boxes`."""
    every = list(boxes)
    return Box(min(b.x0 for b in every), min(b.y0 for b in every), max(b.x1 for b in every), max(b.y1 for b in every))


def lines_of(words: Iterable[Word]) -> tuple[TextLine, ...]:
    """Words grouped into lines across the whole page, from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box.x0):
        beside = [line for line in lines if _overlap(line[-1].box, word.box) > 0.5]
        best = max(beside, key=lambda line: _likeness(line[-1].box, word.box), default=None)
        if best is not None:
            best.append(word)
        else:
            lines.append([word])
    lines.sort(key=lambda line: line[0].box.y0)
    return tuple(_line(line) for line in lines)


def _overlap(a: Box, b: Box) -> float:
    """Share of the lower of two boxes that stands beside the other."""
    return (min(a.y1, b.y1) - max(a.y0, b.y0)) / min(a.height, b.height)


def _likeness(a: Box, b: Box) -> float:
    """Share of what both boxes cover in height that both cover: a stroke beside a word is not its line."""
    return (min(a.y1, b.y1) - max(a.y0, b.y0)) / (max(a.y1, b.y1) - min(a.y0, b.y0))


def _line(words: Sequence[Word]) -> TextLine:
    letters, owner = "", []
    for index, word in enumerate(words):
        part = letters_of(word.text)
        letters += part
        owner += [index] * len(part)
    return TextLine(tuple(words), letters, tuple(owner))


def find_phrase(lines: Sequence[TextLine], phrase: str, *, min_score: float = MIN_SCORE) -> list[Found]:
    """Where `phrase` stands on the page, best first."""
    wanted = letters_of(phrase)
    found = [hit for line in lines for hit in _all_in_line(line, phrase, wanted, min_score)]
    return sorted(found, key=lambda hit: (-round(hit.score, 2), hit.box.y0))


def find_half(lines: Sequence[TextLine], phrase: str) -> list[Found]:
    """Where one half of a long phrase stands, as if it were all there: a stamp or a slanted line tore it apart."""
    words = phrase.split()
    halves = (" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :]))
    if len(letters_of(phrase)) < LONG_PHRASE:
        return []
    return [
        Found(phrase, _stretched(hit.box, len(phrase) / len(half), to_right=half == halves[0]), hit.score, hit.words)
        for half in halves
        for hit in find_phrase(lines, half, min_score=HALF_SCORE)
    ]


def _stretched(box: Box, by: float, *, to_right: bool) -> Box:
    more = round(box.width * (by - 1))
    return Box(box.x0 if to_right else max(0, box.x0 - more), box.y0, box.x1 + more if to_right else box.x1, box.y1)


def _all_in_line(line: TextLine, phrase: str, wanted: str, min_score: float) -> list[Found]:
    """A line may hold a phrase more than once ("Date of signature", "Signature")."""
    hit = _in_line(line, phrase, wanted, min_score)
    if hit is None:
        return []
    first = line.words.index(hit.words[0])
    rest = (line.words[:first], line.words[first + len(hit.words) :])
    return [hit, *(other for words in rest for other in _all_in_line(_line(words), phrase, wanted, min_score))]


def _in_line(line: TextLine, phrase: str, wanted: str, min_score: float) -> Found | None:
    if len(line.letters) < 0.8 * len(wanted) or not wanted:
        return None
    place = fuzz.partial_ratio_alignment(wanted, line.letters, score_cutoff=100 * (min_score - 0.1))
    if place is None or place.dest_end <= place.dest_start:
        return None
    start, end = place.dest_start, place.dest_end
    score = fuzz.ratio(wanted, line.letters[start:end]) / 100
    first, last = _first_word(line, start), line.owner[end - 1]
    words = line.words[first : last + 1]
    if score < min_score or not _ends_like(phrase, line, end) or not _stands_alone(wanted, words):
        return None
    return Found(phrase, _level_box(words), score, words)


def _first_word(line: TextLine, start: int) -> int:
    """The word in which the phrase begins; not the one before it, of which only the last letters were matched."""
    index = line.owner[start]
    lacking = sum(1 for owner in line.owner[:start] if owner == index)
    matched = line.owner.count(index) - lacking
    return index + 1 if lacking > matched and index + 1 < len(line.words) else index


def _level_box(words: Sequence[Word]) -> Box:
    """The box around words of one line; a word that swallowed a stroke of the next line does not stretch it."""
    box = around(w.box for w in words)
    heights = sorted(w.box.height for w in words if len(letters_of(w.text)) > 1)
    usual = heights[len(heights) // 4] if heights else box.height
    own = [w.box for w in words if w.box.height <= SWALLOWED * usual] or [w.box for w in words]
    top, low = median(b.y0 for b in own), median(b.y1 for b in own)
    slack = 0.4 * (low - top)
    return Box(box.x0, max(box.y0, round(top - slack)), box.x1, min(box.y1, round(low + slack)))


def _ends_like(phrase: str, line: TextLine, end: int) -> bool:
    """The last word fits: "Registration No." is not the beginning of "Registration Unit"."""
    wanted = letters_of(phrase.split()[-1]) or letters_of(phrase)
    least = 50 if len(wanted) < SHORT_WORD and len(letters_of(phrase)) >= TELLING else 60
    index = line.owner[end - 1]
    seen = letters_of(line.words[index].text)
    rest = sum(1 for i in line.owner[end:] if i == index)
    if rest > 2:
        return False
    return fuzz.ratio(wanted, seen) >= least or fuzz.ratio(wanted, line.letters[max(0, end - len(wanted)) : end]) >= 70


def _stands_alone(wanted: str, words: Sequence[Word]) -> bool:
    """A short phrase is not a part of a longer word."""
    seen = sum(len(letters_of(word.text)) for word in words)
    return len(wanted) >= 8 or abs(seen - len(wanted)) <= 1
