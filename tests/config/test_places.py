"""The register of places that comes along."""

from __future__ import annotations

from config.places import SHIPPED
from demo.people import TOWNS
from ocr.towns import doubts, load_towns


def test_the_shipped_register_knows_the_towns_of_the_generated_people() -> None:
    towns = load_towns(SHIPPED)
    assert len(towns) > 8000
    assert [pair for pair in TOWNS if any(doubts(*pair, towns))] == []
