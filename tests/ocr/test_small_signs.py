"""Small things that make a value exact: lost blanks, apostrophes between letters."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from demo.fonts import font
from ocr.judge import judge
from ocr.kinds import kind
from ocr.marks import with_marks
from ocr.page import EngineReading
from ocr.zone import clean_zone


@pytest.mark.parametrize("sure", ["tesseract", "paddle"])
def test_of_two_readings_that_differ_in_blanks_the_one_with_blanks_counts(sure):
    readings = {
        "tesseract": EngineReading("Kempten (Allgäu)", 0.99 if sure == "tesseract" else 0.7),
        "paddle": EngineReading("Kempten(Allgäu)", 0.99 if sure == "paddle" else 0.7),
    }
    assert judge(kind("text"), readings, "deu").value == "Kempten (Allgäu)"


def test_blanks_between_letters_that_stand_apart_are_not_taken():
    readings = {"tesseract": EngineReading("Ch ih uah ua", 0.7), "paddle": EngineReading("Chihuahua", 0.9)}
    assert judge(kind("name"), readings, "deu").value == "Chihuahua"


def written(text):
    image = Image.new("L", (500, 110), 255)
    ImageDraw.Draw(image).text((30, 80), text, fill=0, font=font("IBM Plex Mono", 46), anchor="ls")
    return np.asarray(image)


def test_an_apostrophe_between_letters_stays():
    with_sign, without = (clean_zone(written(text), 300) for text in ("Käpt'n", "Käpt n"))
    assert (with_sign < 128).sum() > (without < 128).sum()


def test_dust_away_from_the_writing_goes():
    clean = written("Bello")
    dusty = clean.copy()
    dusty[20:24, 400:404] = 0
    assert (clean_zone(dusty, 300) == clean_zone(clean, 300)).all()


@pytest.mark.parametrize(
    ("best", "other", "value"),
    [
        ("StrauB", "Strauß", "Strauß"),
        ("NuBbaum", "Nufbaum", "Nußbaum"),
        ("Im Äußzeren Grund 188", "Im Äußeren Grund 188", "Im Äußeren Grund 188"),
        ("Ulrichstrafße 1", "Ulrichstraße 1", "Ulrichstraße 1"),
        ("Bello", "Pello", "Bello"),
        ("Osterreicher", "Österreicher", "Österreicher"),
        ("Blelefeld", "Bielefeld", "Bielefeld"),
        ("0le", "Ole", "Ole"),
        ("Große Ulrichstrafe 185", "Große Ulrichstraße 185", "Große Ulrichstraße 185"),
        ("Bello", "Be11o", "Bello"),
        ("Weg 10", "Weg lO", "Weg 10"),
        ("Müller", "Muller", "Müller"),
        ("a.hoelzl@example.org", "a.hoelzi@example.org", "a.hoelzl@example.org"),
    ],
)
def test_the_letter_with_the_small_mark_counts(best, other, value):
    assert with_marks(best, other) == value


def test_a_mark_from_the_other_reading_does_not_make_the_field_sure():
    readings = {"tesseract": EngineReading("Strauß", 0.75), "paddle": EngineReading("StrauB", 0.99)}
    seen = judge(kind("name"), readings, "deu")
    assert seen.value == "Strauß"
    assert seen.confidence < 0.9


@pytest.mark.parametrize(
    ("read", "day"),
    [("23067955", "1955-06-23"), ("26721967", "1967-12-26"), ("78112027", "2021-11-18"), ("24777992", "1992-11-24")],
)
def test_a_german_one_read_as_seven_gives_a_date_that_asks(read, day):
    seen = kind("date").parse(read, "deu")
    assert (seen.value, seen.quality) == (day, 0.5)
    assert [note.code for note in seen.notes] == ["K005"]


def test_digits_that_no_exchange_makes_a_date_stay_illegible():
    assert kind("date").parse("45672099", "deu") is None


def test_a_black_rule_beside_it_does_not_thin_out_a_light_pen():
    alone = np.asarray(Image.fromarray(written("Kollwitz")).point(lambda level: 135 + level * 115 // 255))
    ruled = alone.copy()
    ruled[100:103, :] = 0
    assert (clean_zone(ruled, 300) < 200).sum() == pytest.approx((clean_zone(alone, 300) < 200).sum(), rel=0.02)


@pytest.mark.parametrize("other", ["Schloßstraße 71 ,", "schloßstraße 71", "Schloßstraße-71"])
def test_a_sign_that_only_one_engine_read_makes_the_field_ask(other):
    readings = {"tesseract": EngineReading("Schloßstraße 71", 0.99), "paddle": EngineReading(other, 0.99)}
    assert judge(kind("text"), readings, "deu").confidence < 0.9
