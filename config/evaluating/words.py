"""How results are called, on the terminal and in the report."""

from __future__ import annotations

OUTCOMES = {
    "right": "richtig",
    "wrong": "falsch",
    "missed": "fehlt",
    "invented": "erfunden",
    "empty": "zu Recht leer",
}
GROUPS = {"all": "alle", "printed": "gedruckt", "handwritten": "Hand"}
ENGINES = {"tesseract": "Tesseract", "paddle": "PP-OCRv6"}


def percent(share: float, digits: int = 1) -> str:
    """0.5833 -> 58,3 %"""
    return f"{share * 100:.{digits}f}".replace(".", ",") + "\u00a0%"


def decimal(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def certainty(sure: bool) -> str:
    return "sicher" if sure else "zur Prüfung"
