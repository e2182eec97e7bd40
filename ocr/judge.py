"""Two engines and a kind: which value is it, how sure are we?

Agreement of engines that err differently is the strongest evidence, then what the kind knows (a date is a date of
the calendar), then what each engine says of itself. A value that proves itself (an IBAN by its check digits) needs no
second engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocr.engines.wordlist import is_word
from ocr.kinds import Kind, Parsed
from ocr.marks import with_marks
from ocr.page import EngineReading, Note
from ocr.words import OWN_LETTERS, is_doubtful, repaired, together

SURE = 0.90
"""From this confidence on a field passes without a person."""
DOUBTFUL = 0.3
"""A value that its kind trusts no more than this counts only where the engines agree."""
UNLIKE_SIGNS = 0.88
"""Readings that differ in a capital, a point or an underscore only, or that became alike by another look: nearly sure,
but one of them is wrong, or was."""
PREFERRED = {"paddle": 1.0, "tesseract": 0.9}
"""PP-OCRv6 is the better reader of bad print and of handwriting (docs/measured.md)."""

ILLEGIBLE = Note("L001", "Hier steht etwas, das sich nicht lesen ließ. Bitte vom Bild abschreiben.")
DISAGREE = Note("L002", "Die beiden Leseverfahren lesen Verschiedenes. Bitte mit dem Bild vergleichen.")
ONLY_ONE = Note("L003", "Nur eines der beiden Leseverfahren hat hier etwas Passendes gelesen. Bitte vergleichen.")
PUT_TOGETHER = Note(
    "L015", "Der Wert wurde Wort für Wort aus beiden Lesungen gebildet. Bitte mit dem Bild vergleichen."
)
OF_WORDS = frozenset({"text", "title", "name", "person"})
"""Kinds whose values are words: there the word list of the language says something."""
OF_NAMES = frozenset({"name", "person"})
"""Of one letter taken for another a name becomes another name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is taken for the value, the text behind it, and how sure it is (0..1)."""

    value: str | None
    raw: str | None
    confidence: float
    notes: tuple[Note, ...] = ()


def folded(text: str) -> str:
    """Letters and digits, case folded: what counts when readings are compared."""
    return "".join(c for c in text.casefold() if c.isalnum())


def is_proven(parsed: Parsed | None, readings: Mapping[str, EngineReading]) -> bool:
    """Does a value that Tesseract alone read prove itself? What a file says of itself is seen by nobody."""
    return parsed is not None and parsed.proven and set(readings) == {"tesseract"}


def judge(kind: Kind, readings: Mapping[str, EngineReading], language: str) -> Verdict:
    """The value on which the readings agree, or the likelier one."""
    assert kind.parse is not None
    understood = {
        engine: parsed for engine, r in readings.items() if (parsed := kind.parse(r.text, language)) is not None
    }
    if not understood:
        seen = [r.text for r in readings.values() if folded(r.text)]
        return Verdict(None, seen[0] if seen else None, 0.0, (ILLEGIBLE,) if seen else ())
    weight = {
        e: p.quality * (0.3 + 0.7 * readings[e].confidence) * PREFERRED.get(e, 1.0) for e, p in understood.items()
    }
    best = _with_blanks(understood, max(weight, key=lambda engine: weight[engine]))
    parsed = understood[best]
    agreement = _agreement(understood, best)
    if parsed.quality <= DOUBTFUL and (agreement or 0.0) < 0.8:
        return Verdict(None, readings[best].text, 0.0, (ILLEGIBLE,))
    proven = is_proven(parsed, readings)
    confidence = _confidence(parsed, readings, understood, 1.0 if proven else agreement)
    if any(reading.second_look for reading in readings.values()):
        confidence = min(confidence, UNLIKE_SIGNS)
    if agreement == 1.0 and len({_joined(p.value) for p in understood.values()}) > 1:
        agreement, confidence = 0.99, min(confidence, UNLIKE_SIGNS)
    notes = parsed.notes
    if agreement is None:
        notes += () if proven else (ONLY_ONE,)
    elif agreement < 1.0:
        notes += (DISAGREE,)
    value = parsed.value
    for other in understood.values():
        value = with_marks(value, other.value)
    mended = _word_by_word(kind, understood, best, value, language)
    if _joined(mended) != _joined(value):
        confidence, notes = min(confidence, UNLIKE_SIGNS), (*notes, PUT_TOGETHER)
    elif kind.name in OF_WORDS - OF_NAMES and is_doubtful(mended, lambda word: is_word(word, (language,))):
        confidence = min(confidence, UNLIKE_SIGNS)
    return Verdict(mended, readings[best].text, confidence, notes)


def _word_by_word(kind: Kind, understood: Mapping[str, Parsed], best: str, value: str, language: str) -> str:
    """The value with those words of the other engine that are words of the language where its own are none."""
    if kind.name not in OF_WORDS:
        return value

    def knows(word: str) -> bool:
        return is_word(word, (language,))

    own = None if kind.name in OF_NAMES and language in OWN_LETTERS else OWN_LETTERS.get(language, "")
    for engine in sorted(understood, key=lambda engine: engine == best):  # last its own: a mark may be none
        value = together(value, understood[engine].value, own, knows)
    return value if kind.name in OF_NAMES else repaired(value, knows)


def _with_blanks(understood: Mapping[str, Parsed], best: str) -> str:
    """The engine whose value has the same characters as the best one's and the most blanks.

    PP-OCRv6 loses blanks ("Kempten(Allgäu)", "+49 2214710323") far more often than Tesseract invents one.
    """
    mine = understood[best].value
    same = [e for e, p in understood.items() if e == best or (_joined(p.value) == _joined(mine) and _of_words(p.value))]
    return max(same, key=lambda engine: (understood[engine].value.count(" "), engine == best))


def _of_words(text: str) -> bool:
    """Does it fall into words, not into letters that stand apart ("Ch ih uah ua")?"""
    return len(_joined(text)) >= 3 * len(text.split())


def _joined(text: str) -> str:
    return "".join(text.split())


def _agreement(understood: Mapping[str, Parsed], best: str) -> float | None:
    """Likeness of the other engine's value to the best one; None when only one engine read a value."""
    others = [p.value for engine, p in understood.items() if engine != best]
    if not others:
        return None
    mine = understood[best].value
    return max(fuzz.ratio(folded(mine), folded(other)) / 100 for other in others)


def _confidence(
    parsed: Parsed, readings: Mapping[str, EngineReading], understood: Mapping[str, Parsed], agreement: float | None
) -> float:
    own = max(readings[e].confidence for e in understood)
    if agreement is None:
        return round(0.5 * parsed.quality * own, 4)
    if agreement == 1.0:
        low = min(readings[e].confidence for e in understood)
        return round(parsed.quality * (0.80 + 0.12 * own + 0.08 * low), 4)
    return round(0.75 * parsed.quality * agreement**2 * own, 4)
