"""Two readings, one verdict."""

from ocr.judge import SURE, judge
from ocr.kinds import kind
from ocr.page import EngineReading


def readings(tesseract, paddle):
    return {"tesseract": EngineReading(*tesseract), "paddle": EngineReading(*paddle)}


def test_agreement_of_both_engines_is_sure():
    verdict = judge(kind("text"), readings(("Muster GmbH", 0.95), ("Muster GmbH", 0.98)), "deu")
    assert verdict.value == "Muster GmbH"
    assert verdict.confidence >= SURE
    assert verdict.notes == ()


def test_disagreement_asks_a_person_and_says_so():
    verdict = judge(kind("number"), readings(("2634", 0.95), ("3634", 0.95)), "eng")
    assert verdict.confidence < SURE
    assert [note.code for note in verdict.notes] == ["L002"]


def test_of_two_readings_the_one_that_is_a_date_wins():
    verdict = judge(kind("date"), readings(("2z/B/ll", 0.9), ("2/3/11", 0.7)), "eng")
    assert (verdict.value, verdict.raw) == ("2011-02-03", "2/3/11")
    assert verdict.confidence < SURE
    assert [note.code for note in verdict.notes] == ["L003"]


def test_different_spellings_of_the_same_date_agree():
    verdict = judge(kind("date"), readings(("3. April 2026", 0.9), ("3.April2026", 0.9)), "deu")
    assert (verdict.value, verdict.notes) == ("2026-04-03", ())


def test_ink_that_nobody_could_read_is_illegible_not_empty():
    verdict = judge(kind("date"), readings(("xx", 0.3), ("yy", 0.4)), "deu")
    assert (verdict.value, verdict.confidence) == (None, 0.0)
    assert [note.code for note in verdict.notes] == ["L001"]


def test_a_doubtful_value_without_agreement_is_not_invented():
    verdict = judge(kind("title"), readings(("Anna Muster\nqz rant", 0.5), ("Anna Muster\n11 pp ww", 0.5)), "eng")
    assert verdict.value is None
