"""The report with a picture of every error, and the curve."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from config.evaluating import plot, report
from config.evaluating.cuts import Cut, cut_of
from config.evaluating.reading import Found
from ocr.curve import Point
from ocr.evaluate import Answer, Answers, Report, Truth, evaluate
from ocr.page import Box, EngineReading, FieldReading, Note, Page

SHOWN = report.Shown("truth.jsonl", "heute", {"name": "Name <der Person>"})
NOTE = Note("L002", "Die beiden Leseverfahren lesen Verschiedenes.")


def page_of(width: int = 800, height: int = 1100, dpi: float = 100.0, number: int = 1) -> Page:
    gray = np.full((height, width), 255, np.uint8)
    return Page(number, gray, dpi, 0.0, 0, False, np.eye(2, 3))


def reading_of(name: str = "name", value: str | None = "<Muster>", box: Box | None = None) -> FieldReading:
    engines = {"tesseract": EngineReading("Mu<ster", 0.5), "paddle": EngineReading("Muster", 0.75)}
    return FieldReading(name, value, "roh & echt", 0.6, False, 1, box, engines, (NOTE,))


def made(*fields: FieldReading, cut: Cut | None = None, file: str = "a.tif") -> tuple[Report, dict[str, Found]]:
    truth = Truth(file, {field.name: ("Wahr & gut",) for field in fields}, frozenset({"name"}))
    answers = Answers({f.name: Answer(f.value, f.raw, f.sure, f.confidence) for f in fields})
    cuts = {f.name: cut for f in fields} if cut else {}
    return evaluate([(truth, answers)]), {file: Found(truth, answers, {f.name: f for f in fields}, cuts, "zeichen")}


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_cut_is_the_place_of_the_field_with_a_margin_and_a_frame() -> None:
    page = page_of()
    page.gray[500:520, 300:400] = 0
    cut = cut_of(reading_of(box=Box(300, 500, 400, 520)), [page_of(number=2), page], 1)
    assert cut is not None and not cut.whole and cut.page == 1
    seen = np.asarray(picture(cut.data).convert("L"))
    assert seen.shape == (cut.height, cut.width)
    assert 100 < cut.width < 250 and 20 < cut.height < 80
    assert seen[cut.height // 2, cut.width // 2] < 60
    assert seen[2, 2] > 230


def test_a_cut_at_the_edge_of_the_page_ends_there() -> None:
    cut = cut_of(reading_of(box=Box(0, 0, 800, 30)), [page_of()], 1)
    assert cut is not None and cut.width == 800


def test_a_field_without_a_place_is_shown_with_the_page_where_it_should_stand() -> None:
    cut = cut_of(None, [page_of(), page_of(number=2, dpi=300.0)], 2)
    assert cut is not None and cut.whole and cut.page == 2
    assert cut.width < 300


def test_without_pages_there_is_no_cut() -> None:
    assert cut_of(None, [], 1) is None


def html_of(*fields: FieldReading, cut: Cut | None = None) -> str:
    counted, found = made(*fields, cut=cut)
    return report.page(counted, found, b"png", SHOWN)


def test_the_report_shows_everything_about_an_error_and_no_markup_of_the_paper() -> None:
    cut = cut_of(reading_of(box=Box(300, 500, 400, 520)), [page_of()], 1)
    shown = html_of(reading_of(), cut=cut)
    for told in (
        "Wahr &amp; gut", "(Handschrift)", "&lt;Muster&gt;", "roh &amp; echt", "Mu&lt;ster", "(0,50)", "(0,75)",
        "<td>0,60</td>", "geht zur Prüfung", "L002: Die beiden", "Name &lt;der Person&gt;", "falsch, zur Prüfung",
    ):  # fmt: skip
        assert told in shown
    assert "<Muster>" not in shown and "Mu<ster" not in shown
    (data,) = re.findall(r"data:image/webp;base64,([^\"]+)", shown)
    assert picture(base64.b64decode(data)).format == "WEBP"


def test_the_report_says_on_top_that_it_is_to_be_kept_like_the_applications() -> None:
    shown = html_of(reading_of())
    assert "Enthält personenbezogene Daten" in shown.split("Überblick")[0]
    assert "default-src 'none'" in shown


class Checker(HTMLParser):
    """What a screen reader needs, and that every element is closed."""

    void = {"meta", "img", "br", "link", "!doctype"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.images_without_text = self.heads_without_scope = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.void:
            self.open.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.wanted += [(given.get("href") or "#")[1:]] if tag == "a" else []
        self.wanted += [given["aria-labelledby"] or ""] if "aria-labelledby" in given else []
        self.images_without_text += tag == "img" and not given.get("alt")
        self.heads_without_scope += tag == "th" and not given.get("scope")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_is_whole_and_can_be_read_without_seeing_it() -> None:
    cut = cut_of(None, [page_of()], 1)
    other = reading_of("other", None)
    checker = Checker()
    shown = html_of(reading_of(), other, cut=cut)
    checker.feed(shown)
    assert checker.open == []
    assert checker.images_without_text == checker.heads_without_scope == 0
    assert len(checker.ids) == len(set(checker.ids))
    assert set(checker.wanted) <= set(checker.ids)
    assert shown.count("data:image/webp") == 1, "one page without known places is shown once"


def test_a_file_that_was_refused_is_named_with_its_reason() -> None:
    truth = Truth("kaputt.tif", {"name": ("A",)})
    found = Found(truth, Answers({}, held=True), refused=Note("S006", "Die Datei ist beschädigt."))
    shown = report.page(evaluate([(truth, found.answers)]), {"kaputt.tif": found}, b"png", SHOWN)
    assert "S006: Die Datei ist beschädigt." in shown
    assert "Datei nicht lesbar (S006)" in shown


def test_without_errors_the_report_says_so() -> None:
    truth, answers = Truth("a.tif", {"name": ("A",)}), Answers({"name": Answer("A", sure=True)}, ready=True)
    assert "<p>Keine.</p>" in report.page(evaluate([(truth, answers)]), {}, b"png", SHOWN)


def ink_of(data: bytes, colour: tuple[int, int, int]) -> int:
    pixels = np.asarray(picture(data).convert("RGB"), np.int16)
    return int((np.abs(pixels - colour).max(axis=2) < 40).sum())


def test_the_curve_is_a_small_picture_with_both_lines() -> None:
    points = [Point(t / 500, 1 - t / 500, 1 - t / 600, 0.1 * (1 - t / 500), 0.3 * (1 - t / 500)) for t in range(500)]
    data = plot.draw(points, Point(0.0, 0.6, 0.4, 0.02, 0.1))
    assert picture(data).size == (plot.WIDTH, plot.HEIGHT)
    assert len(data) < 200_000
    assert ink_of(data, (0x15, 0x41, 0x94)) > 2000
    assert ink_of(data, (0x9A, 0x4A, 0x00)) > 2000


@pytest.mark.parametrize("points", [[], [Point(0.5, 1.0, 1.0, 0.0, 0.0)], [Point(0.5, 0.0, 0.0, 0.0, 0.0)] * 2])
def test_a_curve_without_much_to_draw_is_drawn_all_the_same(points: list[Point]) -> None:
    assert picture(plot.draw(points, Point(0.0, 0.0, 0.0, 0.0, 0.0))).size == (plot.WIDTH, plot.HEIGHT)
