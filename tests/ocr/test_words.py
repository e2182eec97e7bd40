"""Word by word from two readings, and the word list of the model."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ocr.engines import wordlist
from ocr.engines.paddle import _spelled
from ocr.engines.wordlist import is_word
from ocr.judge import SURE, judge
from ocr.kinds import kind
from ocr.page import EngineReading
from ocr.words import repaired, together

KNOWN = {"energy", "technology", "houston", "singapore", "economic", "board", "harbour", "japan", "queen"}


def knows(word: str) -> bool:
    return word.lower() in KNOWN


def readings(paddle: str, tesseract: str) -> dict[str, EngineReading]:
    return {"paddle": EngineReading(paddle, 0.98), "tesseract": EngineReading(tesseract, 0.9)}


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("Enerqy and Technology", "Energy and Technoloqy", "Energy and Technology"),
        ("Singapore Économic Board", "Sirigapore Economic Board", "Singapore Economic Board"),
        ("Singapóre Board", "Sirigapore Board", "Singapore Board"),
        ("Harbour $.A.", "Harbonr S.A.", "Harbour S.A."),
        ("HA:BOUR-Houston", "HAR BOUR-Houston", "HARBOUR-Houston"),
    ],
)
def test_each_word_is_taken_from_the_reading_that_knows_it(text: str, other: str, expected: str) -> None:
    assert together(text, other, "", knows) == expected


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Corvis Board", "Qorvis Board"),  # neither is a word: nothing says which
        ("Economic Board", "Japan Board"),  # another word, not another reading of the same
        ("The. Queen", "The.Queen"),  # a lost blank makes no word
        ("Energy\nBoard", "Enerqy Board"),  # lines that do not match are not compared
        ("Économic 4$", "Enerqies 45"),
    ],
)
def test_a_reading_stays_where_the_other_has_no_better_word(text: str, other: str) -> None:
    assert together(text, other, "", knows) == text


def test_umlauts_are_letters_of_a_german_form() -> None:
    assert together("Hündin", "Hundin", "äöüß", lambda word: False) == "Hündin"


def test_one_letter_for_its_look_alike_makes_a_word() -> None:
    assert repaired("Enerqy and Tcchnology", knows) == "Energy and Technology"
    assert repaired("Govemment", lambda word: word == "Government") == "Government"
    assert repaired("Qorvis and Cnergy", knows) == "Qorvis and Cnergy"


def test_what_was_put_together_asks_and_says_so() -> None:
    verdict = judge(kind("text"), readings("Office of Enerqy", "Offlce of Energy"), "eng")
    assert verdict.value == "Office of Energy"
    assert verdict.confidence < SURE
    assert "L015" in [note.code for note in verdict.notes]


def test_a_misprint_that_both_engines_read_alike_does_not_pass() -> None:
    verdict = judge(kind("text"), readings("Office of Enerqy", "Office of Enerqy"), "eng")
    assert verdict.value == "Office of Energy"
    assert verdict.confidence < SURE


def test_a_name_is_not_turned_into_another_name() -> None:
    verdict = judge(kind("name"), readings("Anna Iimes", "Anna Iimes"), "eng")
    assert verdict.value == "Anna Iimes"


def test_the_word_list_of_the_model_knows_words_and_no_misprints() -> None:
    assert all(is_word(word, ["eng"]) for word in ("energy", "Energy", "ENERGY", "registration"))
    assert not any(is_word(word, ["eng"]) for word in ("enerqy", "registratlon", "energ", "energyy", "", "ень"))
    assert is_word("Straße", ["deu"])


def test_without_a_list_nothing_is_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    (tmp_path / "none.traineddata").write_bytes(struct.pack("<i24q", 24, *[-1] * 24).ljust(2048))
    (tmp_path / "short.traineddata").write_bytes(b"\x18")
    wordlist.word_list.cache_clear()
    assert not is_word("energy", ["none"])
    assert not is_word("energy", ["short"])
    assert not is_word("energy", ["missing"])
    wordlist.word_list.cache_clear()


@pytest.mark.parametrize(("name", "plain"), [("Ayşe", "Ayse"), ("Wójcik", "Wöjcik"), ("Zoë", "Zo")])
def test_names_may_have_letters_of_any_language(name, plain):
    assert together(name, plain, None, lambda word: False) == name


def test_a_name_on_a_german_form_keeps_its_foreign_letter():
    readings = {"tesseract": EngineReading("Ayse", 0.9), "paddle": EngineReading("Ayşe", 0.95)}
    assert judge(kind("name"), readings, "deu").value == "Ayşe"


@pytest.mark.parametrize(
    ("seen", "word"),
    [("UIm", "Ulm"), ("Große UIrichstraße", "Große Ulrichstraße"), ("lnternational", "International"),
     ("McIntosh", "McIntosh"), ("MacInnes", "MacInnes"), ("GmbH II", "GmbH II"), ("DE12 Iris", "DE12 Iris")],
)  # fmt: skip
def test_capital_i_and_small_l_stand_where_words_have_them(seen, word):
    assert _spelled(seen) == word


def test_a_long_word_that_a_blot_may_have_changed_does_not_pass_although_both_engines_read_it_alike() -> None:
    blotted, named = (
        judge(kind("text"), readings(*[text] * 2), "eng") for text in ("Demacratic Party", "Qorvis Party")
    )
    assert blotted.value == "Demacratic Party"
    assert blotted.confidence < SURE <= named.confidence


def test_a_mark_that_makes_no_word_is_none() -> None:
    assert judge(kind("text"), readings("Alcaide & Sons", "Alcalde & Sons"), "eng").value == "Alcalde & Sons"


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        ("Harbour Trade, Ine.", "Harbour Trade, Inc."),
        ("Harbour Itd., lnc.", "Harbour Ltd., Inc."),
        ("Harbour §.A.", "Harbour S.A."),
        ("Harbour Inc., Ind. 5", "Harbour Inc., Ind. 5"),
        ("Ine Harbour", "Ine Harbour"),
    ],
)
def test_shortened_legal_forms_are_spelled_as_they_are_meant(seen: str, meant: str) -> None:
    assert repaired(seen, knows) == meant


def test_letters_that_ran_together_are_two_again_where_that_makes_a_word() -> None:
    assert repaired("Jananese Nigena", lambda word: word.lower() == "nigeria") == "Jananese Nigeria"
