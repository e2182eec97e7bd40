"""Where tesserocr is missing, the system's own Tesseract reads, with the same limits."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
import pytest

from ocr.engines import tesseract
from ocr.errors import EngineProblem

QUOTES = "AB'\"` \\"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Calls of the program, which answers with two words."""
    calls: list[dict[str, Any]] = []

    def answer(_image: object, **options: Any) -> dict[str, list[Any]]:
        calls.append(options)
        return {
            "text": ["", "Musterlingen", "am"], "left": [0, 5, 90], "top": [0, 6, 6],
            "width": [0, 80, 20], "height": [0, 12, 12], "conf": [-1, 90, "80.0"],
        }  # fmt: skip

    monkeypatch.setattr(tesseract, "tesserocr", None)
    monkeypatch.setattr(pytesseract, "image_to_data", answer)
    return calls


def test_a_line_is_read_with_its_confidence(asked: list[dict[str, Any]]) -> None:
    reading = tesseract.read_line(np.full((48, 200), 255, np.uint8), ("deu", "eng"), chars=QUOTES)
    assert (reading.text, round(reading.confidence, 2)) == ("Musterlingen am", 0.85)
    assert asked[0]["lang"] == "deu+eng"


@pytest.mark.parametrize(("search", "mode"), [(False, "13"), (True, "7")])
def test_a_line_is_given_as_it_is_or_searched_for(asked: list[dict[str, Any]], search: bool, mode: str) -> None:
    tesseract.read_line(np.full((48, 200), 255, np.uint8), ("deu",), search=search)
    assert shlex.split(asked[0]["config"])[2:4] == ["--psm", mode]


def test_characters_that_a_shell_would_eat_arrive_whole(asked: list[dict[str, Any]]) -> None:
    tesseract.read_line(np.full((48, 200), 255, np.uint8), ("deu",), chars=QUOTES)
    assert f"tessedit_char_whitelist={QUOTES}" in shlex.split(asked[0]["config"])


def test_it_uses_the_models_of_this_installation(asked: list[dict[str, Any]]) -> None:
    tesseract.read_words(np.full((48, 200), 255, np.uint8), 300.0, ("deu",))
    arguments = shlex.split(asked[0]["config"])
    assert Path(arguments[arguments.index("--tessdata-dir") + 1], "deu.traineddata").exists()


def test_words_have_boxes_and_empty_ones_are_left_out(asked: list[dict[str, Any]]) -> None:
    words = tesseract.read_words(np.full((48, 200), 255, np.uint8), 300.0, ("deu",))
    assert [(word.text, word.box.as_list()) for word in words] == [
        ("Musterlingen", [5, 6, 85, 18]),
        ("am", [90, 6, 110, 18]),
    ]


def test_no_tesseract_at_all_is_a_problem_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "tesserocr", None)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "/nonexistent/tesseract")
    with pytest.raises(EngineProblem) as caught:
        tesseract.read_line(np.full((48, 200), 255, np.uint8), ("deu",))
    assert caught.value.code == "E002"
