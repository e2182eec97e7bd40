"""Loading what was made to do harm: a problem with a sentence, quickly, and the next document is read."""

from __future__ import annotations

import resource
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.loading.limits import DEFAULT
from ocr.page import RawPage
from ocr.steps.clean import clean_page
from tests.ocr import made_files
from tests.ocr.made_files import form_page, picture_pdf, save, save_pages, shared_data, text_pdf

PAGE = form_page(620, 877)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return save(PAGE, tmp_path / "good.tif", "1", 75, compression="group4")


def read(path: Path) -> tuple[list[RawPage], ScanProblem | None]:
    """All pages and the problem, if any; whatever else is raised fails the test."""
    pages: list[RawPage] = []
    try:
        for page in open_pages(path):
            pages.append(page)
    except ScanProblem as problem:
        return pages, problem
    return pages, None


@pytest.fixture(scope="module")
def flate_bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_files.flate_bomb_pdf(tmp_path_factory.mktemp("bomb") / "bomb.pdf")


def test_a_flate_bomb_is_refused_and_the_calling_process_does_not_grow(flate_bomb: Path, good: Path) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages, problem = read(flate_bomb)
    assert not pages
    assert problem is not None
    assert problem.code in {"S004", "S008"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 50_000
    assert len(read(good)[0]) == 1


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (made_files.huge_tiff, {"S004"}),
        (made_files.huge_jpeg, {"S004"}),
        (made_files.nested_pdf, {"S007", "S008"}),
        (made_files.endless_pdf, {"S004", "S006"}),
        (lambda path: made_files.many_pages_tiff(path, 2001), {"S004"}),
        (lambda path: save(PAGE, path, dpi=75, format="ICO"), {"S003"}),
    ],
    ids=["900 megapixels", "4 gigapixels", "nested", "endless tree", "2001 pages", "icon"],
)
def test_a_bomb_is_refused_and_the_next_document_is_read(
    tmp_path: Path, good: Path, make: Callable[[Path], Path], codes: set[str]
) -> None:
    pages, problem = read(make(tmp_path / "bomb"))
    assert not pages
    assert problem is not None
    assert problem.code in codes
    assert "Bitte" in problem.message
    assert len(read(good)[0]) == 1


def test_the_largest_allowed_picture_fits_into_the_memory_limit(tmp_path: Path) -> None:
    pages, problem = read(made_files.huge_tiff(tmp_path / "large.tif", 14_000))
    assert problem is None
    assert int(pages[0].gray.min()) == 255


def test_a_picture_in_a_pdf_that_announces_too_much_is_no_danger(tmp_path: Path, good: Path) -> None:
    path = picture_pdf(PAGE, tmp_path / "a.pdf", image="/Width 60000/Height 60000")
    read(path)
    assert len(read(good)[0]) == 1


def test_a_page_that_takes_too_long_is_broken_off(tmp_path: Path) -> None:
    slow = made_files.nested_pdf(tmp_path / "slow.pdf", depth=6, times=6)
    with pytest.raises(ScanProblem, match="S007"):
        list(open_pages(slow, replace(DEFAULT, page_s=0.3)))


def test_a_document_that_takes_too_long_in_all_is_broken_off(tmp_path: Path) -> None:
    path = save_pages([PAGE] * 30, tmp_path / "a.tif")
    pages = open_pages(path, replace(DEFAULT, document_s=0.002, earned_s=0.0))
    with pytest.raises(ScanProblem, match="S007"):
        list(pages)


def test_words_that_take_too_long_are_done_without(tmp_path: Path) -> None:
    text = "BT /F 8 Tf 1 0 0 1 50 50 Tm " + "(Zeile) Tj 0 9 Td " * 8000 + "ET"
    (page,) = open_pages(text_pdf(text, tmp_path / "a.pdf"), replace(DEFAULT, words_s=0.05))
    assert page.words is None
    assert int(page.gray.min()) < 100


def test_every_file_cut_at_every_tenth_ends_in_pages_or_a_problem(tmp_path: Path) -> None:
    whole = [
        save_pages([PAGE, form_page(620, 877, 1)], tmp_path / "a.tif"),
        picture_pdf(PAGE, tmp_path / "b.pdf"),
        text_pdf("BT /F 14 Tf 72 700 Td (Antrag) Tj ET", tmp_path / "c.pdf"),
        save(PAGE, tmp_path / "d.jpg", dpi=75),
        save(PAGE, tmp_path / "e.png", dpi=75),
        save(PAGE, tmp_path / "f.webp", dpi=75, lossless=True),
    ]
    for path in whole:
        data = path.read_bytes()
        for tenth in range(1, 10):
            cut = tmp_path / "cut"
            cut.write_bytes(data[: len(data) * tenth // 10])
            pages, problem = read(cut)
            assert pages or problem, path.name


MAGIC = [b"", b"%PDF-1.7\n", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"\xff\xd8\xff\xe0"]
MAGIC += [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\xff\xff\0\0WEBPVP8 ", b"RIFF\xff\xff\0\0WEBPVP8X"]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=600))
def test_random_bytes_end_in_pages_or_a_problem(tmp_path: Path, magic: bytes, rest: bytes) -> None:
    path = tmp_path / "random"
    path.write_bytes(magic + rest)
    pages, problem = read(path)
    assert pages or problem


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), which=st.integers(0, 4))
def test_good_files_with_changed_bytes_end_in_pages_or_a_problem(tmp_path: Path, seed: int, which: int) -> None:
    path = tmp_path / "changed"
    [
        lambda: save(PAGE, path, "1", 75, compression="group4", format="TIFF"),
        lambda: save(PAGE, path, "L", 75, format="JPEG"),
        lambda: save(PAGE, path, "L", 75, format="PNG"),
        lambda: picture_pdf(PAGE, path),
        lambda: save(PAGE, path, "L", 75, compression="tiff_lzw", format="TIFF"),
    ][which]()
    data = np.frombuffer(path.read_bytes(), np.uint8).copy()
    rng = np.random.default_rng(seed)
    data[rng.integers(0, len(data), 8)] = rng.integers(0, 256, 8)
    path.write_bytes(data.tobytes())
    pages, problem = read(path)
    assert pages or problem
    for page in pages:
        clean_page(page)


def test_a_compressed_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(zlib.compress(b"II*\0"))
    assert read(tmp_path / "a.tif")[1].code == "S003"  # type: ignore[union-attr]


def test_all_hostile_files_of_the_collection_are_accepted_or_refused_as_expected() -> None:
    folder = shared_data() / "hostile"
    wrong = []
    for line in (folder / "INDEX.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, expected = line.split("\t")[0], line.split("\t")[5]
        pages, problem = read(folder / name)
        for page in pages:
            clean_page(page)
        if (expected == "accept" and not pages) or (expected == "reject" and pages) or not (pages or problem):
            wrong.append((name, expected, problem and problem.code))
    assert not wrong


def test_all_scans_of_the_collection_are_read_and_cleaned() -> None:
    folder = shared_data() / "scans"
    unread = []
    for path in sorted(folder.iterdir()):
        pages, problem = read(path)
        for page in pages[:2]:
            clean_page(page)
        if (not pages or problem) and path.suffix not in (".txt", ".tsv"):
            unread.append(path.name)
    assert not unread
