"""How results are called, on the terminal and in the report."""

from __future__ import annotations

from ocr.evaluate import Count, Score

OUTCOMES = {
    "right": "richtig",
    "wrong": "falsch",
    "missed": "fehlt",
    "invented": "erfunden",
    "empty": "zu Recht leer",
}
FIGURES = (
    "Felder", "leer", "richtig", "falsch", "fehlt", "erfunden", "F1", "streng richtig", "streng falsch", "streng F1"
)  # fmt: skip
"""Columns of `figures`. Leer: nothing on the paper and nothing read; counts for no F1."""
GROUPS = {"all": "alle", "printed": "gedruckt", "handwritten": "Hand"}
ENGINES = {
    "tesseract": "Tesseract",
    "paddle": "PP-OCRv6",
    "acroform": "Formularfeld der Datei",
    "text": "Text der Datei",
}


def percent(share: float, digits: int = 1) -> str:
    """0.5833 -> 58,3 %"""
    return f"{share * 100:.{digits}f}".replace(".", ",") + "\u00a0%"


def decimal(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def certainty(sure: bool) -> str:
    return "sicher" if sure else "zur Prüfung"


def groups_of(score: Score) -> list[str]:
    """All, and each hand apart where both occur; where only one does, that one."""
    there = [group for group in ("printed", "handwritten") if score.groups[group].documents]
    return ["all", *there] if len(there) > 1 else there


def figures(lenient: Count, strict: Count) -> list[str]:
    """One row of the table of fields. Missed and invented are the same by both measures."""
    counts = (lenient.documents, lenient.empty, lenient.right, lenient.wrong, lenient.missed, lenient.invented)
    return [*(str(count) for count in counts), _f1(lenient), str(strict.right), str(strict.wrong), _f1(strict)]


def _f1(count: Count) -> str:
    """None where nothing could be right or wrong."""
    return decimal(count.f1, 3) if count.documents > count.empty else "–"
