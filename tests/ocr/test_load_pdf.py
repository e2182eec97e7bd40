"""Loading PDF: the scanner's picture as it is, and text only where it is printed on the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen import canvas

from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.page import Bits, Question, RawPage
from tests.ocr import made_files
from tests.ocr.made_files import Picture, form_page, picture_pdf, pieces_pdf, text_pdf
from tests.ocr.made_forms import HEIGHT_MM, PT, Field, with_fields

PAGE = form_page()


def only_page(path: Path) -> RawPage:
    (page,) = open_pages(path)
    return page


def difference(one: Picture, other: Picture) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_it_takes_out_the_scanners_picture_as_it_is(tmp_path: Path) -> None:
    page = only_page(picture_pdf(PAGE, tmp_path / "a.pdf"))
    assert np.array_equal(page.gray, PAGE)
    assert page.words is None
    assert page.dpi == pytest.approx(150, abs=0.2)


def test_it_takes_out_a_fax_picture_as_it_is(tmp_path: Path) -> None:
    images = [Image.fromarray(form_page(seed=seed)).convert("1") for seed in (1, 2)]
    images[0].save(tmp_path / "a.pdf", save_all=True, append_images=images[1:], resolution=150)
    first, second = open_pages(tmp_path / "a.pdf")
    assert np.array_equal(first.gray, form_page(seed=1))
    assert np.array_equal(second.gray, form_page(seed=2))


@pytest.mark.parametrize(
    ("matrix", "rotate", "as_shown"),
    [
        ("595 0 0 842 0 0", 0, PAGE),
        ("595 0 0 842 0 0", 90, np.rot90(PAGE, -1)),
        ("595 0 0 842 0 0", 180, np.rot90(PAGE, 2)),
        ("595 0 0 842 0 0", 270, np.rot90(PAGE)),
        ("595 0 0 -842 0 842", 0, PAGE[::-1]),
        ("-595 0 0 842 595 0", 0, PAGE[:, ::-1]),
        ("0 595 -842 0 842 0", 0, np.rot90(PAGE)),
        ("0 -595 842 0 0 595", 90, np.rot90(PAGE, 2)),
    ],
)
def test_it_turns_the_picture_as_the_page_shows_it(tmp_path: Path, matrix: str, rotate: int, as_shown: Picture) -> None:
    size = (842, 595) if matrix.startswith("0 ") else (595, 842)
    path = picture_pdf(PAGE, tmp_path / "a.pdf", matrix=matrix, page=f"/Rotate {rotate}", size_pt=size)
    page = only_page(path)
    assert page.gray.shape == as_shown.shape
    assert np.array_equal(page.gray, as_shown)


@pytest.mark.parametrize("image", ["/Decode[1 0]"])
def test_it_sees_an_inverted_picture_as_the_page_shows_it(tmp_path: Path, image: str) -> None:
    page = only_page(picture_pdf(255 - PAGE, tmp_path / "a.pdf", image=image))
    assert abs(float(page.gray.mean()) - float(PAGE.mean())) < 5


def strips(count: int, turned: bool = False) -> list[tuple[Picture, str]]:
    """`PAGE` in strips (or columns) as scanners and faxes cut it."""
    pieces = np.array_split(PAGE, count, axis=1 if turned else 0)
    done, found = 0, []
    for piece in pieces:
        height, width = piece.shape
        if turned:
            found.append((piece, f"{width * 595 / 1240:.4f} 0 0 842 {done * 595 / 1240:.4f} 0"))
            done += width
        else:
            done += height
            found.append((piece, f"595 0 0 {height * 842 / 1754:.4f} 0 {842 - done * 842 / 1754:.4f}"))
    return found


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("count", [2, 9])
def test_it_puts_the_strips_of_one_scan_together(tmp_path: Path, count: int, turned: bool) -> None:
    page = only_page(pieces_pdf(strips(count, turned), tmp_path / "a.pdf"))
    assert np.array_equal(page.gray, PAGE)
    assert page.dpi == pytest.approx(150, abs=0.2)


@pytest.mark.parametrize(("rotate", "turns"), [(90, -1), (180, 2), (270, 1)])
def test_it_puts_strips_together_on_a_turned_page(tmp_path: Path, rotate: int, turns: int) -> None:
    page = only_page(pieces_pdf(strips(5), tmp_path / "a.pdf", page=f"/Rotate {rotate}"))
    assert np.array_equal(page.gray, np.rot90(PAGE, turns))


def test_pieces_with_a_gap_or_one_over_the_other_are_rendered(tmp_path: Path) -> None:
    cut = strips(4)
    for pieces in (cut[:2] + cut[3:], [*cut, cut[1]]):
        page = only_page(pieces_pdf(pieces, tmp_path / "a.pdf"))
        assert abs(float(page.gray.mean()) - float(PAGE.mean())) < 8
        assert page.height == pytest.approx(1754, abs=2)


def test_a_black_and_white_scan_comes_as_bits(tmp_path: Path) -> None:
    Image.fromarray(PAGE).convert("1").save(tmp_path / "a.pdf", resolution=150)
    assert isinstance(only_page(tmp_path / "a.pdf").pixels, Bits)
    assert np.array_equal(only_page(tmp_path / "a.pdf").gray, PAGE)


def test_it_takes_the_brightness_of_a_colour_scan(tmp_path: Path) -> None:
    colour = np.dstack([PAGE, PAGE, np.maximum(PAGE, 90)])
    Image.fromarray(colour).save(tmp_path / "a.pdf", resolution=150, quality=95)
    expected = np.asarray(Image.fromarray(colour).convert("L"))
    assert difference(only_page(tmp_path / "a.pdf").gray, expected) < 3


def test_it_ignores_a_hidden_text_layer_over_a_scan(tmp_path: Path) -> None:
    hidden = "BT /F 12 Tf 3 Tr 60 700 Td (Ganz etwas anderes) Tj ET"
    page = only_page(picture_pdf(PAGE, tmp_path / "a.pdf", extra=hidden))
    assert page.words is None
    assert np.array_equal(page.gray, PAGE)


def test_visible_text_on_a_scan_is_in_the_pixels_but_not_taken_as_words(tmp_path: Path) -> None:
    page = only_page(picture_pdf(PAGE, tmp_path / "a.pdf", extra="BT /F 40 Tf 60 60 Td (Eingang 7) Tj ET"))
    assert page.words is None
    bottom = page.gray[page.gray.shape[0] * 90 // 100 :]
    assert int(bottom.min()) < 60


def test_it_takes_the_words_of_a_born_digital_page_from_the_file(tmp_path: Path) -> None:
    page = only_page(text_pdf("BT /F 14 Tf 72 700 Td (Name: M\xfcller-L\xfcdenscheidt) Tj ET", tmp_path / "a.pdf"))
    assert page.dpi == pytest.approx(300, abs=0.1)
    assert page.words is not None
    name, value = page.words
    assert (name.text, name.box.x0) == ("Name:", 300)
    ink = np.argwhere(value.box.crop(page.gray) < 128)
    assert len(ink) > 100
    outside = page.gray.copy()
    for word in page.words:
        word.box.crop(outside)[:] = 255
    assert int(outside.min()) > 200


@pytest.mark.parametrize(
    ("rotate", "upright"), [(0, "1 0 0 1"), (90, "0 1 -1 0"), (180, "-1 0 0 -1"), (270, "0 -1 1 0")]
)
def test_words_stand_where_their_ink_is_on_a_turned_and_cropped_page(tmp_path: Path, rotate: int, upright: str) -> None:
    content = f"BT /F 14 Tf {upright} 300 600 Tm (Hundesteuer) Tj ET"
    path = text_pdf(content, tmp_path / "a.pdf", f"/Rotate {rotate}/CropBox[100 300 500 800]")
    page = only_page(path)
    ink = np.argwhere(page.gray < 128)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    assert page.words is not None
    boxes = [word.box for word in page.words]
    assert min(box.x0 for box in boxes) <= left + 2
    assert max(box.x1 for box in boxes) >= right - 2
    assert min(box.y0 for box in boxes) <= top + 2
    assert max(box.y1 for box in boxes) >= bottom - 2


def test_a_page_with_letters_on_their_side_is_read_from_its_pixels(tmp_path: Path) -> None:
    path = text_pdf("BT /F 14 Tf 0 1 -1 0 300 300 Tm (Hundesteuer) Tj ET", tmp_path / "a.pdf")
    assert only_page(path).words is None


@pytest.mark.parametrize(
    "content",
    [
        "1 1 1 rg BT /F 14 Tf 72 700 Td (Unsichtbar weil weiss auf weiss) Tj ET",
        "BT /F 14 Tf 3 Tr 72 700 Td (Unsichtbar geschrieben) Tj ET",
        "BT /F 14 Tf 72 700 Td (Zugedeckt von einem Kasten) Tj ET 1 1 1 rg 0 600 595 200 re f",
    ],
)
def test_it_does_not_trust_words_that_nobody_can_see(tmp_path: Path, content: str) -> None:
    page = only_page(text_pdf(content, tmp_path / "a.pdf"))
    assert page.words is None
    assert int(page.gray.min()) > 200


def test_what_is_filled_into_form_fields_is_seen_and_read(tmp_path: Path) -> None:
    sheet = canvas.Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842))
    sheet.drawString(72, 760, "Anmeldung")
    sheet.acroForm.textfield(name="rasse", x=72, y=700, width=200, height=24, value="Zwergpudel", borderWidth=0)
    sheet.save()
    page = only_page(tmp_path / "a.pdf")
    assert page.words is not None
    value = next(word for word in page.words if "Zwergpudel" in word.text)
    scale = 300 / 72
    assert abs(value.box.x0 - 72 * scale) < 40
    assert int(value.box.crop(page.gray).min()) < 100


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", ["", "/CropBox[100 300 500 800]"])
def test_a_form_field_lies_where_it_is_drawn(tmp_path: Path, rotate: int, crop: str) -> None:
    path = text_pdf("0 0 0 rg 200 500 120 60 re f", tmp_path / "a.pdf", f"/Rotate {rotate}{crop}")
    x0, y0, x1, y1 = 200 / PT, HEIGHT_MM - 560 / PT, 320 / PT, HEIGHT_MM - 500 / PT
    shift = HEIGHT_MM - 842 / PT
    page = only_page(with_fields(path, tmp_path / "b.pdf", [Field((x0, y0, x1, y1), "Wert", None)]))
    ink = np.argwhere(page.gray < 128)
    (top, left), (bottom, right) = ink.min(axis=0), ink.max(axis=0)
    (one,) = page.inputs
    assert abs(shift) < 0.1
    assert one.text == "Wert"
    assert np.abs(np.array(one.box.as_list()) - [left, top, right + 1, bottom + 1]).max() <= 2


def test_what_a_form_field_holds_comes_from_the_fields_it_belongs_to(tmp_path: Path) -> None:
    widget = b"/Type/Annot/Subtype/Widget/Parent 6 0 R/Rect[72 600 200 620]"
    texts = [b"<</T(a)/FT/Tx/V<FEFF00C4>/Kids[7 0 R 8 0 R]>>", b"<<" + widget + b"/F 4>>", b"<<" + widget + b"/F 2>>"]
    page = only_page(made_files.form_pdf(tmp_path / "a.pdf", texts, [7, 8]))
    assert [(one.text, one.on, one.shown) for one in page.inputs] == [("Ä", None, True), ("Ä", None, False)]
    looks = b"/AP<</N<</%s 9 0 R/Off 9 0 R>>>>/AS/Off"
    radio = [
        b"<</T(a)/FT/Btn/Ff 32768/V/2/Kids[7 0 R 8 0 R]>>",
        b"<<" + widget + looks % b"1" + b">>",
        b"<<" + widget + looks % b"2" + b">>",
        made_files.stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 128 20]"),
    ]
    page = only_page(made_files.form_pdf(tmp_path / "b.pdf", radio, [7, 8]))
    assert [one.on for one in page.inputs] == [False, True]


def test_a_choice_is_told_as_it_is_shown_and_buttons_to_push_are_left_out(tmp_path: Path) -> None:
    widget = b"<</Type/Annot/Subtype/Widget/F 4/Rect[72 600 200 620]"
    fields = [
        widget + b"/FT/Ch/T(a)/V[(1)(2)]/Opt[[(1)(Hund)][(2)(Katze)]]>>",
        widget + b"/FT/Btn/Ff 65536/T(b)>>",
        widget + b"/FT/Sig/T(c)>>",
    ]
    page = only_page(made_files.form_pdf(tmp_path / "a.pdf", fields, [6, 7, 8], b"/Fields[6 0 R 7 0 R 8 0 R]"))
    assert [one.text for one in page.inputs] == ["Hund\nKatze", ""]
    assert [one.question and one.question.signature for one in page.inputs] == [False, True]


def test_a_form_field_tells_what_it_asks_for(tmp_path: Path) -> None:
    widget = b"<</Type/Annot/Subtype/Widget/F 4/Rect[72 600 200 620]/Parent 6 0 R"
    fields = [
        b"<</T(hund)/FT/Tx/Kids[7 0 R 8 0 R]>>",
        widget + b"/T(name)/TU(Name des Hundes)/Ff 4098>>",
        widget + b"/T(chip)/Ff 16777216/MaxLen 15>>",
        widget + b"/T(art)/FT/Btn/AP<</N<</gross 7 0 R/Off 7 0 R>>>>>>",
    ]
    page = only_page(made_files.form_pdf(tmp_path / "a.pdf", fields, [7, 8, 9]))
    assert [one.question for one in page.inputs] == [
        Question("hund.name", "Name des Hundes", several_lines=True, required=True),
        Question("hund.chip", cells=15),
        Question("hund.art", answer="gross"),
    ]


def test_a_form_that_only_adobe_draws_is_refused(tmp_path: Path) -> None:
    catalogue = "/AcroForm<</Fields[]/XFA(x)>>/NeedsRendering true"
    with pytest.raises(ScanProblem, match=r"S018.*XFA"):
        list(open_pages(text_pdf("BT /F 14 Tf 72 700 Td (Please wait...) Tj ET", tmp_path / "a.pdf", "", catalogue)))


def test_a_form_that_adobe_may_draw_otherwise_is_read_and_told(tmp_path: Path) -> None:
    pages = open_pages(text_pdf("", tmp_path / "a.pdf", "", "/AcroForm<</Fields[]/XFA(x)>>"))
    assert len(list(pages)) == 1
    assert [note.code for note in pages.notes] == ["S019"]


def test_form_fields_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    broken = b"<</Type/Annot/Subtype/Widget/F 4/FT/Tx/T(a)/V(x)/Rect[(a)]>>"
    pages = open_pages(made_files.form_pdf(tmp_path / "a.pdf", [broken], [6]))
    assert [page.inputs for page in pages] == [()]
    assert [note.code for note in pages.notes] == ["S020"]


def test_of_a_mixed_document_only_the_born_digital_pages_have_words(tmp_path: Path) -> None:
    hidden = "BT /F 12 Tf 3 Tr 60 700 Td (Ganz etwas anderes) Tj ET"
    with (
        pikepdf.open(text_pdf("BT /F 14 Tf 72 700 Td (Antrag) Tj ET", tmp_path / "a.pdf")) as document,
        pikepdf.open(picture_pdf(PAGE, tmp_path / "b.pdf", extra=hidden)) as scan,
    ):
        document.pages.extend(scan.pages)
        document.save(tmp_path / "c.pdf")
    first, second = open_pages(tmp_path / "c.pdf")
    assert [word.text for word in first.words or ()] == ["Antrag"]
    assert second.words is None
    assert np.array_equal(second.gray, PAGE)


def test_a_scan_with_form_fields_over_it_is_read_from_its_pixels_and_tells_its_fields(tmp_path: Path) -> None:
    scan = picture_pdf(PAGE, tmp_path / "a.pdf")
    page = only_page(with_fields(scan, tmp_path / "b.pdf", [Field((20, 255, 90, 265), "Hagen")]))
    assert page.words is None
    assert [one.text for one in page.inputs] == ["Hagen"]
    assert int(page.inputs[0].box.crop(page.gray).min()) < 100


def test_it_refuses_a_pdf_with_a_password(tmp_path: Path) -> None:
    with pikepdf.open(text_pdf("", tmp_path / "a.pdf")) as document:
        document.save(tmp_path / "locked.pdf", encryption=pikepdf.Encryption(user="geheim", owner="x"))
        document.save(tmp_path / "open.pdf", encryption=pikepdf.Encryption(user="", owner="x"))
    with pytest.raises(ScanProblem, match=r"S005.*Kennwort"):
        list(open_pages(tmp_path / "locked.pdf"))
    assert len(list(open_pages(tmp_path / "open.pdf"))) == 1


def test_it_mentions_scripts_and_attachments_and_reads_the_pages(tmp_path: Path) -> None:
    with pikepdf.open(text_pdf("BT /F 14 Tf 72 700 Td (Antrag) Tj ET", tmp_path / "a.pdf")) as document:
        document.attachments["bild.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="bild.exe")
        document.save(tmp_path / "b.pdf")
    pages = open_pages(tmp_path / "b.pdf")
    assert len(list(pages)) == 1
    assert [note.code for note in pages.notes] == ["S010"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("catalogue", "codes"),
    [
        ("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", ["S010"]),
        ("/OpenAction<</S/Launch/F(cmd.exe)>>", ["S010"]),
        ("/OpenAction[3 0 R/Fit]", []),
    ],
)
def test_it_mentions_what_wants_to_run_when_the_file_is_opened(
    tmp_path: Path, catalogue: str, codes: list[str], packed: bool
) -> None:
    path = text_pdf("BT /F 14 Tf 72 700 Td (Antrag) Tj ET", tmp_path / "a.pdf", catalogue=catalogue)
    if packed:
        with pikepdf.open(path) as document:
            document.save(tmp_path / "b.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)
        path = tmp_path / "b.pdf"
    pages = open_pages(path)
    assert len(list(pages)) == 1
    assert [note.code for note in pages.notes] == codes


def test_it_repairs_a_pdf_without_its_table(tmp_path: Path) -> None:
    path = picture_pdf(PAGE, tmp_path / "a.pdf")
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"xref\n0")])
    assert np.array_equal(only_page(path).gray, PAGE)
