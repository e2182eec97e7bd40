"""Loading TIFF, JPEG, PNG and WebP: the pixels that went in come out, whatever the file is called."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, TiffImagePlugin
from reportlab.pdfgen import canvas

from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.page import Bits, RawPage
from tests.ocr.made_files import Picture, form_page, raw_tiff, save, save_pages

PAGE = form_page()


def only_page(path: Path) -> RawPage:
    (page,) = open_pages(path)
    return page


def difference(one: Picture, other: Picture) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        *(("L", name) for name in ("raw", "tiff_lzw", "tiff_deflate", "packbits")),
        *(("1", name) for name in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "group3", "group4")),
    ],
)
def test_it_reads_a_tiff_of_any_lossless_compression(tmp_path: Path, compression: str, mode: str) -> None:
    page = only_page(save(PAGE, tmp_path / "a.tif", mode, compression=compression))
    assert np.array_equal(page.gray, PAGE)
    assert (page.number, page.dpi, page.words, page.gray.dtype) == (1, 150.0, None, np.uint8)


def test_it_reads_a_jpeg_in_a_tiff(tmp_path: Path) -> None:
    page = only_page(save(PAGE, tmp_path / "a.tif", "RGB", compression="jpeg", quality=95))
    assert difference(page.gray, PAGE) < 3


def test_it_reads_all_pages_of_a_tiff_in_their_order(tmp_path: Path) -> None:
    pictures = [form_page(620, 877, seed) for seed in range(4)]
    pages = list(open_pages(save_pages(pictures, tmp_path / "stack.tif")))
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert all(np.array_equal(page.gray, picture) for page, picture in zip(pages, pictures, strict=True))


def test_it_says_with_the_first_page_how_many_come(tmp_path: Path) -> None:
    with open_pages(save_pages([PAGE] * 3, tmp_path / "stack.tif")) as pages:
        next(pages)
        assert pages.total == 3


def test_it_reads_a_big_tiff(tmp_path: Path) -> None:
    assert np.array_equal(only_page(save(PAGE, tmp_path / "a.tif", big_tiff=True)).gray, PAGE)


@pytest.mark.parametrize("name", ["a.tif", "a.png"])
def test_it_reads_sixteen_bits(tmp_path: Path, name: str) -> None:
    ramp = np.linspace(0, 65535, 256 * 256).reshape(256, 256).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / name)
    assert np.abs(only_page(tmp_path / name).gray.astype(int) - ramp // 257).max() <= 1


UPRIGHT = np.tile(np.linspace(0, 255, 96, dtype=np.uint8), (64, 1))
UPRIGHT[:10] = 0
AS_STORED = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.T,
    6: np.rot90(UPRIGHT),
    7: np.rot90(UPRIGHT, 2).T,
    8: np.rot90(UPRIGHT, -1),
}


@pytest.mark.parametrize("orientation", sorted(AS_STORED))
def test_it_turns_a_tiff_as_its_orientation_tag_says(tmp_path: Path, orientation: int) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[274] = orientation
    stored = Image.fromarray(np.ascontiguousarray(AS_STORED[orientation]))
    stored.save(tmp_path / "a.tif", tiffinfo=tags, dpi=(100, 100))
    assert np.array_equal(only_page(tmp_path / "a.tif").gray, UPRIGHT)


@pytest.mark.parametrize("orientation", sorted(AS_STORED))
def test_it_turns_a_jpeg_as_its_exif_says(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.fromarray(np.ascontiguousarray(AS_STORED[orientation]))
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    assert difference(only_page(tmp_path / "a.jpg").gray, UPRIGHT) < 3


def test_it_makes_the_resolution_of_a_fax_equal_in_both_directions(tmp_path: Path) -> None:
    image = Image.fromarray(np.ascontiguousarray(PAGE[::2])).convert("1")
    image.save(tmp_path / "fax.tif", compression="group3", dpi=(150, 75))
    page = only_page(tmp_path / "fax.tif")
    assert (page.gray.shape, page.dpi) == (PAGE.shape, 150.0)
    assert difference(page.gray, PAGE) < 15


@pytest.mark.parametrize(("rows", "y_dpi"), [(1, 196), (2, 98)])
def test_it_reads_both_resolutions_of_fax_machines(tmp_path: Path, rows: int, y_dpi: int) -> None:
    page = form_page(1728, 2290)
    image = Image.fromarray(np.ascontiguousarray(page[::rows])).convert("1")
    image.save(tmp_path / "fax.tif", compression="group4", dpi=(204, y_dpi))
    read = only_page(tmp_path / "fax.tif")
    assert read.dpi == 204.0
    assert read.width == 1728
    assert read.height == pytest.approx(2290 * 204 / 196, abs=2)


@pytest.mark.parametrize("options", [0, 1, 4, 5], ids=["1d", "2d", "1d fill", "2d fill"])
def test_it_reads_every_kind_of_group_3(tmp_path: Path, options: int) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[292] = options
    path = save(PAGE, tmp_path / "a.tif", "1", compression="group3", tiffinfo=tags)
    assert Image.open(path).tag_v2[292] == options  # type: ignore[attr-defined]
    assert np.array_equal(only_page(path).gray, PAGE)


SMALL = form_page(310, 438)
DEEP = SMALL.astype(np.uint16) * 257
MAP = tuple(range(65535, -1, -257)) * 3
"""A palette that turns grey around."""


@pytest.mark.parametrize(
    ("name", "photometric", "bits", "samples", "data", "more"),
    [
        ("1 bit, 0 white", 0, 1, 1, np.packbits(SMALL < 128, axis=1), {}),
        ("1 bit, 0 black", 1, 1, 1, np.packbits(SMALL > 127, axis=1), {}),
        ("1 bit, filled from the right", 1, 1, 1, np.packbits(SMALL > 127, axis=1, bitorder="little"), {266: 2}),
        ("8 bits, 0 white", 0, 8, 1, 255 - SMALL, {}),
        ("8 bits, 0 black", 1, 8, 1, SMALL, {}),
        ("16 bits, 0 white", 0, 16, 1, 65535 - DEEP, {}),
        ("16 bits, 0 black", 1, 16, 1, DEEP, {}),
        ("palette", 3, 8, 1, 255 - SMALL, {320: MAP}),
        ("RGB", 2, 8, 3, np.dstack([SMALL] * 3), {}),
        ("RGB and alpha", 2, 8, 4, np.dstack([SMALL] * 3 + [np.full_like(SMALL, 255)]), {338: 2}),
        ("CMYK", 5, 8, 4, np.dstack([SMALL * 0] * 3 + [255 - SMALL]), {}),
    ],
)
def test_it_reads_every_photometric_kind(
    tmp_path: Path,
    name: str,
    photometric: int,
    bits: int,
    samples: int,
    data: Picture,
    more: dict[int, int | tuple[int, ...]],
) -> None:
    depth = (bits,) * samples if samples > 1 else bits
    height, width = SMALL.shape
    entries: dict[int, int | tuple[int, ...]] = {256: width, 257: height, 258: depth, 259: 1, 262: photometric}
    path = raw_tiff(tmp_path / "a.tif", data.tobytes(), entries | {277: samples, 278: height} | more)
    page = only_page(path)
    assert difference(page.gray, SMALL) < 1, name
    assert isinstance(page.pixels, Bits) == (bits == 1)


@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA"])
def test_it_reads_jpeg_2000_in_a_file_and_bare(tmp_path: Path, name: str, mode: str) -> None:
    path = tmp_path / name
    Image.fromarray(PAGE).convert(mode).save(path)
    page = only_page(path)
    assert difference(page.gray, PAGE) < 1
    assert page.dpi == 150.0


def test_it_reads_deep_and_lossy_jpeg_2000(tmp_path: Path) -> None:
    Image.fromarray(DEEP).save(tmp_path / "deep.jp2")
    assert difference(only_page(tmp_path / "deep.jp2").gray, SMALL) < 1
    Image.fromarray(PAGE).save(tmp_path / "lossy.jp2", quality_layers=[20], irreversible=True)
    assert difference(only_page(tmp_path / "lossy.jp2").gray, PAGE) < 5


def test_it_reads_cmyk_of_adobe_and_of_others(tmp_path: Path) -> None:
    path = save(PAGE, tmp_path / "a.jpg", "CMYK", quality=95)
    assert difference(only_page(path).gray, PAGE) < 3
    ImageChops.invert(Image.fromarray(PAGE).convert("CMYK")).save(path, quality=95)
    adobe = path.read_bytes()
    at = adobe.index(b"\xff\xee")
    size = 2 + int.from_bytes(adobe[at + 2 : at + 4], "big")
    path.write_bytes(adobe[:at] + adobe[at + size :])
    assert difference(only_page(path).gray, PAGE) < 3


@pytest.mark.parametrize("transparency", [0, bytes([0, 255])])
def test_it_reads_png_with_a_palette_that_is_partly_transparent(tmp_path: Path, transparency: int | bytes) -> None:
    image = Image.fromarray(SMALL).convert("P")
    image.save(tmp_path / "a.png", transparency=transparency)
    assert int(only_page(tmp_path / "a.png").gray.min()) == 255


def test_the_profile_says_the_resolution_where_the_file_does_not(tmp_path: Path) -> None:
    Image.fromarray(PAGE).save(tmp_path / "silent.png")
    save(PAGE, tmp_path / "tagged.png", dpi=150.0)
    assert [page.dpi for page in open_pages(tmp_path / "silent.png", dpi=200.0)] == [200.0]
    assert [page.dpi for page in open_pages(tmp_path / "tagged.png", dpi=200.0)] == [pytest.approx(150.0, abs=0.1)]
    assert [page.dpi for page in open_pages(tmp_path / "silent.png", dpi=4000.0)] == [150.0]


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.jp2", "a.pdf", "strips.pdf"])
def test_the_colour_of_the_form_becomes_white_and_ink_stays(tmp_path: Path, name: str) -> None:
    sheet = np.full((877, 620, 3), 255, np.uint8)
    sheet[300:320, 50:570] = (255, 60, 60)
    sheet[500:520, 50:570] = (20, 20, 20)
    options: dict[str, object] = {"quality": 95, "subsampling": 0} if name == "a.jpg" else {}
    if name == "strips.pdf":
        born = canvas.Canvas(str(tmp_path / name), pagesize=(620, 877))
        for top in (0, 400):
            born.drawInlineImage(Image.fromarray(sheet[top : top + 477]), 0, 877 - top - 477, 620, 477)
        born.drawString(72, 800, "Antrag")
        born.save()
    else:
        Image.fromarray(sheet).save(tmp_path / name, **options)
    (plain,), (dropped,) = open_pages(tmp_path / name), open_pages(tmp_path / name, dropout="red")
    rule, ink = (slice(round(at * dropped.height / 877), round((at + 12) * dropped.height / 877)) for at in (304, 504))
    middle = slice(dropped.width // 4, dropped.width // 2)
    assert float(plain.gray[rule, middle].mean()) < 160
    assert float(dropped.gray[rule, middle].mean()) > 225
    assert float(dropped.gray[ink, middle].mean()) < 60


def test_black_and_white_comes_as_bits(tmp_path: Path) -> None:
    for name in ("a.tif", "a.png"):
        pixels = only_page(save(PAGE[:, :1237], tmp_path / name, "1")).pixels
        assert isinstance(pixels, Bits)
        assert pixels.width == 1237
        assert int(np.bitwise_or.reduce(pixels.packed[:, -1]) & 0b111) == 0


def test_it_reduces_what_is_finer_than_engines_can_use(tmp_path: Path) -> None:
    page = only_page(save(np.kron(PAGE, np.ones((2, 2), np.uint8)), tmp_path / "fine.tif", "1", 600.0))
    assert (page.gray.shape, page.dpi) == (PAGE.shape, 300.0)


@pytest.mark.parametrize("tagged", [1.0, 72.0, 20_000.0])
def test_it_estimates_the_resolution_where_the_tag_makes_no_sense(tmp_path: Path, tagged: float) -> None:
    white = np.full((3508, 2480), 255, np.uint8)
    assert only_page(save(white, tmp_path / "a.png", dpi=tagged)).dpi == 300.0


def test_it_skips_the_thumbnail_beside_the_page(tmp_path: Path) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    small = Image.fromarray(PAGE[::10, ::10])
    small.encoderinfo = {"tiffinfo": tags}
    Image.fromarray(PAGE).save(tmp_path / "a.tif", save_all=True, append_images=[small], dpi=(150, 150))
    assert only_page(tmp_path / "a.tif").gray.shape == PAGE.shape


def test_it_reads_cmyk_and_progressive_jpeg(tmp_path: Path) -> None:
    for mode, options in (("CMYK", {}), ("RGB", {"progressive": True}), ("L", {})):
        page = only_page(save(PAGE, tmp_path / "a.jpg", mode, quality=95, **options))
        assert difference(page.gray, PAGE) < 3, mode


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "LA", "RGBA"])
def test_it_reads_a_png_of_any_mode(tmp_path: Path, mode: str) -> None:
    assert difference(only_page(save(PAGE, tmp_path / "a.png", mode)).gray, PAGE) < 1


def test_it_shows_transparent_as_white(tmp_path: Path) -> None:
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert int(only_page(tmp_path / "a.png").gray.min()) == 255


def test_it_reads_webp(tmp_path: Path) -> None:
    Image.fromarray(PAGE).save(tmp_path / "a.webp", lossless=True)
    assert difference(only_page(tmp_path / "a.webp").gray, PAGE) < 1


def test_it_goes_by_the_content_and_never_by_the_name(tmp_path: Path) -> None:
    path = save(PAGE, tmp_path / "a.tif", "1")
    odd = path.rename(tmp_path / "Führungszeugnis; rm -rf $(HOME) ä.pdf")
    assert np.array_equal(only_page(odd).gray, PAGE)


def test_black_and_white_stays_black_and_white(tmp_path: Path) -> None:
    page = only_page(save(PAGE, tmp_path / "a.tif", "1", compression="group4"))
    assert set(np.unique(page.gray).tolist()) == {0, 255}


def test_nobody_can_change_a_raw_page(tmp_path: Path) -> None:
    gray = only_page(save(PAGE, tmp_path / "a.tif", "L")).pixels
    bits = only_page(save(PAGE, tmp_path / "a.tif", "1")).pixels
    assert not isinstance(gray, Bits)
    assert isinstance(bits, Bits)
    for pixels in (gray, bits.packed):
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0] = 1


def test_a_truncated_stack_gives_its_readable_pages_and_then_a_problem(tmp_path: Path) -> None:
    pictures = [form_page(620, 877, seed) for seed in range(4)]
    path = save_pages(pictures, tmp_path / "stack.tif")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    pages, good = open_pages(path), []
    with pytest.raises(ScanProblem) as problem:
        for page in pages:
            good.append(page)
    assert problem.value.code == "S009"
    assert 1 <= len(good) < 4
    assert np.array_equal(good[0].gray, pictures[0])


def test_half_a_picture_is_shown_and_said_to_be_half(tmp_path: Path) -> None:
    path = save(PAGE, tmp_path / "a.png")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    pages = open_pages(path)
    page = next(pages)
    assert np.array_equal(page.gray[:200], PAGE[:200])
    with pytest.raises(ScanProblem, match=r"S009.*zum Teil lesbar: Seite 1"):
        next(pages)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "S002"),
        (b"Sehr geehrte Damen und Herren", "S003"),
        (b"II*\0\x08\0\0\0", "S006"),
        (b"\xff\xd8\xff", "S006"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(ScanProblem) as problem:
        list(open_pages(tmp_path / "a.tif"))
    assert problem.value.code == code
    assert "Bitte" in problem.value.message


def test_it_says_that_a_file_is_not_there(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tif")
    for path in (tmp_path / "nowhere.tif", tmp_path, tmp_path / "pipe.tif", Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(ScanProblem, match="S001"):
            open_pages(path)
