"""Sample scans: reproducible, readable by the decoders, and with the defects that were asked for."""

import io
import json

import numpy as np
import pikepdf
import pytest
from PIL import Image

from demo import samples
from demo.files import encode
from demo.fill import fill
from demo.people import application
from demo.samples import Plan, batch, make
from demo.scanner import Defects, scan


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    paths = samples.write_demo_batch(folder, seed=1)
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return paths, [json.loads(line) for line in lines]


def frames(data):
    with Image.open(io.BytesIO(data)) as image:
        return getattr(image, "n_frames", 1)


def test_the_demo_batch_has_twelve_documents_with_their_truth(demo):
    paths, lines = demo
    assert [path.name for path in paths] == [line["filename"] for line in lines]
    assert len(paths) == 12


def test_two_files_of_the_demo_batch_are_the_same_bytes(demo):
    paths, _ = demo
    assert len({path.read_bytes() for path in paths}) == 11


def test_the_demo_batch_has_an_unknown_form_an_unreadable_page_and_an_invalid_iban(demo):
    _, lines = demo
    assert sum(line["template"] == "unknown" for line in lines) == 1
    assert sum("unreadable" in line["note"] for line in lines) == 1
    assert sum("invalid IBAN" in line["note"] for line in lines) == 1


def test_the_demo_batch_is_the_same_for_the_same_seed(demo, tmp_path):
    paths, _ = demo
    again = samples.write_demo_batch(tmp_path, seed=1)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


def test_another_seed_gives_other_documents(demo):
    paths, _ = demo
    assert next(iter(samples.demo_batch(seed=2))).data != paths[0].read_bytes()


def test_a_document_is_the_same_in_a_longer_batch():
    short, long = list(batch(1, 7)), list(batch(2, 7))
    assert short[0] == long[0]


def test_a_duplex_scan_has_blank_backs():
    sample = make(Plan("tiff_g4", dpi=200, duplex=True, hard=0.3), np.random.default_rng(3), "a")
    with Image.open(io.BytesIO(sample.data)) as image:
        assert image.n_frames == 4 == sample.truth["pages"]
        ink = []
        for n in range(4):
            image.seek(n)
            middle = np.asarray(image.convert("L"))[200:-200, 200:-200]
            ink.append(float((middle < 128).mean()))
    assert max(ink[1], ink[3]) < 0.002 < min(ink[0], ink[2])


def test_a_g4_scan_has_one_bit_and_its_resolution():
    sample = make(Plan("tiff_g4", dpi=200, hard=0.3), np.random.default_rng(3), "a")
    with Image.open(io.BytesIO(sample.data)) as image:
        assert image.mode == "1"
        assert image.info["compression"] == "group4"
        assert tuple(round(float(v)) for v in image.info["dpi"]) == (200, 200)


@pytest.mark.parametrize(("file_format", "how"), [("pdf", "/DCTDecode"), ("pdf_g4", "/CCITTFaxDecode")])
def test_a_pdf_scan_holds_the_scanners_own_bytes(file_format, how):
    sample = make(Plan(file_format, dpi=200, hard=0.3), np.random.default_rng(3), "a")
    with pikepdf.open(io.BytesIO(sample.data)) as document:
        filters = [str(page.Resources.XObject.Im0.Filter) for page in document.pages]
    assert filters == [how, how]


def test_a_bilevel_pdf_shows_the_page_and_not_its_negative():
    from demo.fill import render

    page = np.full((1170, 827), 255, np.uint8)
    page[300:320, 100:700] = 0
    shown = render(encode([page], 100, "pdf_g4"), 100)[0]
    assert shown[500, 400] > 200 > 100 > shown[310, 400]


def test_a_hidden_text_layer_is_in_the_file_but_wrong():
    sample = make(Plan("pdf_text", dpi=200, hard=0.3), np.random.default_rng(3), "a")
    import pypdfium2

    document = pypdfium2.PdfDocument(sample.data)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert len(text) > 40
    assert sample.truth["fields"]["iban"] == [] or sample.truth["fields"]["iban"][0] not in text


def test_a_single_image_holds_the_first_page_only():
    sample = make(Plan("jpeg", dpi=200, only_page=1), np.random.default_rng(3), "a")
    assert frames(sample.data) == 1 == sample.truth["pages"]
    assert sample.truth["fields"]["iban"] == []
    assert sample.truth["fields"]["applicant_last_name"]


def test_hand_like_samples_say_that_every_field_is_handwritten():
    filled = fill(application(np.random.default_rng(1)), np.random.default_rng(1), hand=True, dpi=100)
    assert set(filled.handwritten) == set(filled.fields)


def test_filling_adds_ink_and_leaves_the_print():
    rng = np.random.default_rng(1)
    from demo.fill import blank_form, render

    filled = fill(application(rng), rng, dpi=100)
    for page, blank in zip(filled.pages, render(blank_form(), 100), strict=True):
        assert (page <= blank).all()
        assert (page < blank).any()


def test_upside_down_turns_the_page():
    page = np.full((200, 100), 255, np.uint8)
    page[10:20, 10:40] = 0
    turned = scan(page, Defects(dpi=100, upside_down=True), np.random.default_rng(1))
    assert turned[185, 75] < 60 < 200 < turned[15, 20]


def test_skew_turns_by_the_angle_that_was_asked_for():
    page = np.full((400, 400), 255, np.uint8)
    page[199:202, :] = 0
    turned = scan(page, Defects(dpi=100, skew_deg=2.0), np.random.default_rng(1))
    left, right = (int(np.argmin(turned[:, x])) for x in (50, 350))
    assert left - right == pytest.approx(300 * np.tan(np.deg2rad(2.0)), abs=2)


def test_punch_holes_black_edges_and_streaks_are_dark():
    page = np.full((1169, 827), 255, np.uint8)
    defects = Defects(dpi=100, holes=2, edge_mm=(4.0, 0.0, 0.0, 0.0), streaks=((100.0, 0.3, 120),))
    dirty = scan(page, defects, np.random.default_rng(1))
    assert dirty[round((148.5 - 40) / 25.4 * 100), round(12 / 25.4 * 100)] < 60
    assert dirty[:, :10].max() < 60
    assert dirty[700, round(100 / 25.4 * 100)] <= 120


def test_a_page_without_defects_stays_as_it_is():
    page = np.tile(np.arange(256, dtype=np.uint8), (300, 1))
    assert np.abs(scan(page, Defects(dpi=100, paper=255), np.random.default_rng(1)).astype(int) - page).max() <= 1


def test_the_command_writes_files_and_truth(tmp_path):
    assert samples.main(["--out", str(tmp_path), "--count", "2", "--seed", "4", "--dpi", "200"]) == 0
    assert len(list(tmp_path.iterdir())) == 3
