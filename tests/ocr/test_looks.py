"""How often a line is looked at, and what another look is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ocr.engines import paddle, tesseract
from ocr.extract import PROOF, read_images
from ocr.judge import SURE, judge
from ocr.kinds import kind
from ocr.page import EngineReading
from ocr.zone import comb_line

LINE = np.full((56, 300), 255, np.uint8)
IBAN = "DE89370400440532013000"
Look = Callable[..., EngineReading]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Look, Look], list[str]]:
    """Puts two functions in the place of the engines; the list names each look."""

    def install(by_tesseract: Look, by_paddle: Look) -> list[str]:
        made: list[str] = []

        def first(*args, search=False, **named):
            made.append("tesseract, searching" if search else "tesseract")
            return by_tesseract(search)

        def second(*args, stretch=None, **named):
            made.append("paddle again" if stretch else "paddle")
            return by_paddle()

        monkeypatch.setattr(tesseract, "read_line", first)
        monkeypatch.setattr(paddle, "read_line", second)
        return made

    return install


def always(text: str, confidence: float = 0.95) -> Look:
    return lambda *_: EngineReading(text, confidence)


def test_engines_that_agree_look_once(looks) -> None:
    made = looks(always("Musterweg"), always("Musterweg"))
    readings = read_images([LINE], kind("text"), ("deu",))
    assert made == ["tesseract", "paddle"]
    assert judge(kind("text"), readings, "deu").confidence >= SURE


def test_an_agreement_after_another_look_of_tesseract_is_not_sure(looks) -> None:
    made = looks(
        lambda search: EngineReading("Musterweg" if search else "Musterwog", 0.95),
        always("Musterweg"),
    )
    readings = read_images([LINE], kind("text"), ("deu",))
    assert "tesseract, searching" in made
    assert {reading.text for reading in readings.values()} == {"Musterweg"}
    assert readings["tesseract"].second_look
    once = {name: replace(reading, second_look=False) for name, reading in readings.items()}
    assert judge(kind("text"), readings, "deu").confidence < SURE <= judge(kind("text"), once, "deu").confidence


def test_the_first_look_stays_where_the_other_is_no_nearer(looks) -> None:
    looks(lambda search: EngineReading("Hxxx" if search else "Huster", 0.9), always("Muster"))
    first = read_images([LINE], kind("text"), ("deu",))["tesseract"]
    assert (first.text, first.second_look) == ("Huster", False)


@pytest.mark.parametrize("nothing", ["", "-", "."])
def test_no_look_takes_away_what_was_read(looks, nothing: str) -> None:
    """PP-OCRv6 sees a stroke and Tesseract, searching, sees nothing: that is not an empty field."""
    looks(lambda search: EngineReading(nothing if search else "1", 0.9), always("-"))
    readings = read_images([LINE], kind("quantity"), ("deu",))
    assert readings["tesseract"].text == "1"
    assert judge(kind("quantity"), readings, "deu").notes


def test_an_agreement_after_another_look_of_paddle_is_not_sure(looks, monkeypatch: pytest.MonkeyPatch) -> None:
    made = looks(always("Muster"), always(""))
    monkeypatch.setattr(
        paddle, "read_line",
        lambda *args, stretch=None, **named: EngineReading("Muster" if stretch else "Mustar", 0.95),
    )  # fmt: skip
    readings = read_images([LINE], kind("text"), ("deu",))
    assert made == ["tesseract", "tesseract, searching"]
    assert readings["paddle"] == EngineReading("Muster", 0.95, second_look=True)
    assert judge(kind("text"), readings, "deu").confidence < SURE


def test_a_second_look_at_one_of_several_lines_counts_for_all(looks) -> None:
    texts = iter([EngineReading("Anna", 0.9), EngineReading("Huster", 0.9)])
    looks(lambda search: EngineReading("Muster", 0.9) if search else next(texts), lambda: next(other))
    other = iter([EngineReading("Anna", 0.9), *[EngineReading("Muster", 0.9)] * 9])
    readings = read_images([LINE, LINE], kind("text"), ("deu",))
    assert readings["tesseract"] == EngineReading("Anna\nMuster", 0.9, second_look=True)


def test_an_iban_with_its_check_digits_needs_no_second_engine(looks) -> None:
    made = looks(always(IBAN, PROOF), always("never"))
    verdict = judge(kind("iban"), read_images([LINE], kind("iban"), ("deu",)), "deu")
    assert made == ["tesseract"]
    assert (verdict.value, verdict.notes) == (IBAN, ())
    assert verdict.confidence >= SURE


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        pytest.param(IBAN, PROOF - 0.01, id="hardly legible"),
        pytest.param(IBAN[:-1] + "1", 0.99, id="wrong check digits"),
        pytest.param("O" + IBAN[1:], 0.99, id="valid only after a repair"),
        pytest.param("DE36100000010532013000", 0.99, id="of no bank that is known"),
        pytest.param("FR1420041010050500013M02606", 0.99, id="of another country"),
    ],
)
def test_every_other_iban_is_read_by_both(looks, text: str, confidence: float) -> None:
    made = looks(always(text, confidence), always(IBAN))
    read_images([LINE], kind("iban"), ("deu",))
    assert "paddle" in made


def test_an_iban_with_something_else_beside_it_is_read_by_both(looks) -> None:
    made = looks(always(IBAN), always(IBAN))
    read_images([LINE, LINE], kind("iban"), ("deu",))
    assert made.count("paddle") == 2


def test_what_only_the_file_says_is_no_proof() -> None:
    verdict = judge(kind("iban"), {"acroform": EngineReading(IBAN, 1.0)}, "deu")
    assert [note.code for note in verdict.notes] == ["L003"]


def test_a_proof_is_none_where_two_engines_were_asked_and_one_read_nothing() -> None:
    readings = {"tesseract": EngineReading(IBAN, 0.5), "paddle": EngineReading("", 0.0)}
    verdict = judge(kind("iban"), readings, "deu")
    assert [note.code for note in verdict.notes] == ["L003"]
    assert verdict.confidence < SURE


def inked(height: int, top: int, low: int, left: int, right: int) -> np.ndarray:
    line = np.full((height, 200), 255, np.uint8)
    line[top:low, left:right] = 0
    return line


def test_a_line_is_framed_so_that_its_letters_take_their_share_of_the_height() -> None:
    for line in (inked(56, 4, 52, 20, 180), inked(56, 16, 40, 20, 180)):
        framed = tesseract.framed(line)
        rows = np.flatnonzero((framed < 128).any(axis=1))
        assert len(rows) / framed.shape[0] == pytest.approx(tesseract.LETTERS, abs=0.02)
        assert framed.shape[1] == 160 + 2 * tesseract.SIDE_PX
        assert abs(rows[0] - (framed.shape[0] - 1 - rows[-1])) <= 1


def test_a_hyphen_is_not_blown_up_to_a_bar() -> None:
    framed = tesseract.framed(inked(56, 26, 30, 90, 110))
    assert (framed < 128).any(axis=1).mean() < 0.2


def test_white_stays_white() -> None:
    assert tesseract.framed(LINE) is LINE


def test_narrow_and_wide_characters_of_a_comb_stand_at_a_pitch() -> None:
    """Ones at least six tenths of their height apart, wide ones with a gap between them, at any resolution."""
    for dpi in (200, 300, 400):
        px = dpi / 25.4
        cell, tall = round(5 * px), round(2.6 * px)
        comb = np.full((round(7 * px), 8 * cell), 255, np.uint8)
        widths = [0.6, 0.6, 0.6, 2.2, 2.2, 2.2, 0.6, 2.2]
        for index, wide in enumerate(widths):
            left = index * cell + round((5 - wide) / 2 * px)
            comb[round(2 * px) : round(2 * px) + tall, left : left + round(wide * px)] = 0
        line = comb_line(comb, 8, dpi)
        assert line is not None
        edges = np.diff((line < 128).any(axis=0).astype(int), prepend=0, append=0)
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        assert len(starts) == 8
        assert (starts[1:] - ends[:-1]).min() >= 0.3 * px
        assert np.diff(starts[:3]).min() >= 0.55 * tall
        assert line.shape[1] < 0.62 * comb.shape[1]
