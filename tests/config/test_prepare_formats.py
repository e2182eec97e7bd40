"""What `laufzettel prepare` writes: TIFF as scanners write it, PDF/A-2b."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageCms

from config.cli import main
from ocr.load import open_pages
from ocr.page import Bits, Page
from ocr.save import PdfDocument, bits_of, g4, open_output
from tests.ocr.made_files import form_page, save_pages, text_pdf

PAGES = [form_page(827, 1169, seed=1), form_page(827, 1169, seed=2)]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return save_pages(PAGES, tmp_path / "stapel.tif", 100.0)


def test_a_document_becomes_one_tiff_that_others_read(stack: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["prepare", str(stack), str(out), "--format", "multitiff"]) == 0
    made = out / "stapel.tif"
    with Image.open(made) as image:
        assert image.n_frames == 2
        for at, page in enumerate(PAGES):
            image.seek(at)
            assert (image.mode, image.info["compression"], image.info["dpi"]) == ("1", "group4", (100.0, 100.0))
            assert image.tag_v2[262] == 0, "white is zero, as fax readers want it"
            assert np.array_equal(np.asarray(image.convert("L")), page)
    read, frames = cv2.imreadmulti(str(made), flags=cv2.IMREAD_GRAYSCALE)
    assert read and all(np.array_equal(frame, page) for frame, page in zip(frames, PAGES, strict=True))
    assert [page.dpi for page in open_pages(made)] == [100.0, 100.0]
    report = json.loads((out / "stapel.json").read_text(encoding="utf-8"))
    assert [page["file"] for page in report["pages"]] == ["stapel.tif", "stapel.tif"]


@pytest.mark.parametrize("size_px", [(1, 1), (7, 5), (8, 3), (1241, 64)])
def test_g4_keeps_every_pixel_of_any_width(size_px: tuple[int, int], tmp_path: Path) -> None:
    width, height = size_px
    gray = np.random.default_rng(0).choice(np.array([0, 255], np.uint8), (height, width))
    bits = Bits.of(gray)
    output = open_output("tiff", tmp_path, "x")
    page = Page(1, gray, 300.0, 0.0, 0, False, np.eye(2, 3), bits=bits)
    with Image.open(output.add(page)) as image:
        assert np.array_equal(np.asarray(image.convert("L")), gray)
    assert g4(bits)


def test_a_pdf_says_that_it_is_pdf_a_and_holds_all_it_needs(stack: Path, tmp_path: Path) -> None:
    assert main(["prepare", str(stack), str(tmp_path / "out"), "--format", "pdf"]) == 0
    made = tmp_path / "out" / "stapel.pdf"
    data = made.read_bytes()
    assert data.startswith(b"%PDF-1.7\n%") and min(data[10:14]) > 127
    with pikepdf.open(made) as pdf:
        assert not pdf.check_pdf_syntax()
        assert not pdf.is_encrypted and "/ID" in pdf.trailer and "/Info" not in pdf.trailer
        with pdf.open_metadata(set_pikepdf_as_editor=False) as told:
            assert told.pdfa_status == "2B"
        assert "/Filter" not in pdf.Root.Metadata
        (intent,) = pdf.Root.OutputIntents
        assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        profile = ImageCms.ImageCmsProfile(io.BytesIO(intent.DestOutputProfile.read_bytes()))
        assert profile.profile.xcolor_space.strip() == "RGB"
        for page, drawn in zip(pdf.pages, PAGES, strict=True):
            picture = page.Resources.XObject.Im
            assert (picture.Filter, picture.BitsPerComponent) == ("/CCITTFaxDecode", 1)
            assert [float(side) for side in page.MediaBox] == pytest.approx([0, 0, 595.44, 841.68])
            assert np.array_equal(np.asarray(pikepdf.PdfImage(picture).as_pil_image().convert("L")), drawn)
    shown = pypdfium2.PdfDocument(made)[0].render(scale=100 / 72, grayscale=True).to_numpy()
    assert np.mean(shown < 128) == pytest.approx(np.mean(PAGES[0] < 128), abs=0.003)
    assert [(page.width, page.height, page.dpi) for page in open_pages(made)] == [(827, 1169, 100.0)] * 2


def test_the_same_pages_give_the_same_pdf(stack: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert main(["prepare", str(stack), str(tmp_path / name), "--format", "pdf"]) == 0
    assert (tmp_path / "a" / "stapel.pdf").read_bytes() == (tmp_path / "b" / "stapel.pdf").read_bytes()


def test_a_profile_may_ask_for_grey_in_the_pdf(tmp_path: Path) -> None:
    gray = cv2.GaussianBlur(PAGES[0], (0, 0), 1.0)
    document = PdfDocument(tmp_path / "x.pdf", gray=True)
    document.add(Page(1, gray, 100.0, 0.0, 0, False, np.eye(2, 3)))
    document.close()
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        picture = pdf.pages[0].Resources.XObject.Im
        assert (picture.Filter, picture.BitsPerComponent, picture.ColorSpace) == ("/DCTDecode", 8, "/DeviceGray")
        kept = np.asarray(pikepdf.PdfImage(picture).as_pil_image())
    assert np.abs(kept.astype(int) - gray).mean() < 3


def test_a_born_digital_page_gets_its_bits_here(tmp_path: Path) -> None:
    words = " ".join(["Antrag", "auf", "Ausstellung", "einer", "Bescheinigung"] * 3)
    source = text_pdf(f"BT /F 12 Tf 72 700 Td ({words}) Tj ET", tmp_path / "a.pdf")
    assert main(["prepare", str(source), str(tmp_path / "out"), "--format", "tiff"]) == 0
    with Image.open(tmp_path / "out" / "a-001.tif") as image:
        assert 0 < np.mean(np.asarray(image) == 0) < 0.1
    page = Page(1, PAGES[0], 100.0, 0.0, 0, False, np.eye(2, 3))
    assert np.array_equal(bits_of(page).to_gray(), PAGES[0])
