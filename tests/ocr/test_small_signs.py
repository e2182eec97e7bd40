"""Small things that make a value exact: lost blanks, apostrophes between letters."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from demo.fonts import font
from ocr.judge import judge
from ocr.kinds import kind
from ocr.page import EngineReading
from ocr.zone import clean_zone


@pytest.mark.parametrize("sure", ["tesseract", "paddle"])
def test_of_two_readings_that_differ_in_blanks_the_one_with_blanks_counts(sure):
    readings = {
        "tesseract": EngineReading("Kempten (Allgäu)", 0.99 if sure == "tesseract" else 0.7),
        "paddle": EngineReading("Kempten(Allgäu)", 0.99 if sure == "paddle" else 0.7),
    }
    assert judge(kind("text"), readings, "deu").value == "Kempten (Allgäu)"


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
