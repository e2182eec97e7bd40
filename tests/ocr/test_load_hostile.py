"""Loading what was made to do harm: a problem with a sentence, quickly, and the next document is read."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.loading import warm
from ocr.loading.limits import DEFAULT
from ocr.page import Bits, RawPage
from ocr.steps.clean import clean_page
from tests.ocr import made_files
from tests.ocr.made_files import form_page, picture_pdf, save, save_pages, shared_data, text_pdf

PAGE = form_page(620, 877)
FEW = settings(
    max_examples=int(os.environ.get("LAUFZETTEL_FUZZ_EXAMPLES", "60")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""The same few examples each time; LAUFZETTEL_FUZZ_EXAMPLES=5000 for a long look."""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return save(PAGE, tmp_path / "good.tif", "1", 75, compression="group4")


def read(path: Path, at_most: int = 10_000) -> tuple[list[RawPage], ScanProblem | None]:
    """The pages and the problem, if any; whatever else is raised fails the test."""
    pages: list[RawPage] = []
    try:
        with open_pages(path) as all_pages:
            pages.extend(itertools.islice(all_pages, at_most))
    except ScanProblem as problem:
        return pages, problem
    return pages, None


class Peak:
    """The most memory that the children of the reader had at one time, and by how much this process grew; and the time.

    What the tests before left in this process is no cost of loading; a service of its own has 100 MB.
    """

    def __enter__(self) -> Self:
        self._before_kb = self._rss_kb(os.getpid()) - 100_000
        self.kb, self._start_s, self._done = 0, time.monotonic(), threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._start_s

    def _watch(self) -> None:
        while not self._done.wait(0.01):
            pids = [os.getpid(), *self._children()]
            self.kb = max(self.kb, sum(self._rss_kb(pid) for pid in pids) - self._before_kb)

    def _children(self) -> list[int]:
        if warm._process is None:
            return []
        pid = warm._process.pid
        with contextlib.suppress(OSError):
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def _rss_kb(self, pid: int) -> int:
        with contextlib.suppress(OSError):
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() // 1024
        return 0


BOMBS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "900 megapixels": (made_files.huge_tiff, {"S004"}),
    "JPEG of 4 gigapixels": (made_files.huge_jpeg, {"S004"}),
    "PNG of 4 gigapixels": (made_files.huge_png, {"S004"}),
    "JP2 of 4 gigapixels": (made_files.huge_jpeg_2000, {"S004"}),
    "JP2 of 36 million tiles": (lambda path: made_files.huge_jpeg_2000(path, 6000, 1), {"S006"}),
    "flate bomb": (made_files.flate_bomb_pdf, {"S004", "S008"}),
    "nested": (made_files.nested_pdf, {"S007", "S008"}),
    "endless tree": (made_files.endless_pdf, {"S004", "S006"}),
    "a million pages": (made_files.million_pages_pdf, {"S004"}),
    "2001 pages": (lambda path: made_files.many_pages_tiff(path, 2001), {"S004"}),
    "icon": (lambda path: save(PAGE, path, dpi=75, format="ICO"), {"S003"}),
    "zero bytes": (lambda path: path.write_bytes(b""), {"S002"}),
    "zeros only": (lambda path: path.write_bytes(bytes(100_000)), {"S003"}),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_the_next_document_is_read(tmp_path: Path, good: Path, name: str) -> None:
    make, codes = BOMBS[name]
    make(tmp_path / "bomb")
    read(good)
    with Peak() as peak:
        pages, problem = read(tmp_path / "bomb")
    assert not pages
    assert problem is not None
    assert problem.code in codes
    assert "Bitte" in problem.message
    assert peak.seconds < 30
    assert peak.kb < 1_000_000
    assert len(read(good)[0]) == 1


def test_two_thousand_pages_are_read(tmp_path: Path) -> None:
    pages, problem = read(made_files.many_pages_tiff(tmp_path / "a.tif", 2000))
    assert (len(pages), problem) == (2000, None)


@pytest.mark.parametrize("kind", ["tiff", "pdf"])
def test_a_file_of_500_pages_is_never_in_memory_as_a_whole(tmp_path: Path, kind: str) -> None:
    page = form_page()
    if kind == "tiff":
        image = Image.fromarray(page).convert("1")
        path = tmp_path / "long.tif"
        image.save(path, save_all=True, append_images=[image] * 499, compression="group4", dpi=(150, 150))
    else:
        path = made_files.long_pdf(page, tmp_path / "long.pdf", 500)
    with Peak() as before, open_pages(path) as pages:
        next(pages)
        time.sleep(0.1)
    with Peak() as peak:
        assert sum(isinstance(page.pixels, Bits) for page in open_pages(path)) == 500
    assert peak.kb < before.kb + 60_000


ODD_TIFFS: dict[str, dict[int, int | tuple[int, ...]]] = {
    "palette too short": {258: 8, 262: 3, 320: (0, 65535)},
    "palette missing": {258: 8, 262: 3},
    "palette of one bit": {258: 1, 262: 3, 320: (65535, 0) * 3},
    "16 bits, too little data": {258: 16, 262: 1},
    "32 bits": {258: 32, 262: 1},
    "no such depth": {258: 13, 262: 1},
    "no such photometry": {258: 8, 262: 99},
    "no such compression": {258: 8, 262: 1, 259: 4711},
    "G4 that is none": {258: 1, 262: 0, 259: 4},
    "JPEG that is none": {258: 8, 262: 1, 259: 7},
    "old JPEG": {258: 8, 262: 6, 259: 6, 277: 3},
    "no width": {256: 0, 258: 8, 262: 1},
    "strip of no rows": {258: 8, 262: 1, 278: 0},
    "orientation that is none": {258: 8, 262: 1, 274: 99},
    "five channels": {258: (8,) * 5, 262: 2, 277: 5},
}


@pytest.mark.parametrize("name", ODD_TIFFS)
def test_an_odd_tiff_ends_in_a_page_or_a_problem(tmp_path: Path, good: Path, name: str) -> None:
    usual: dict[int, int | tuple[int, ...]] = {256: 100, 257: 90, 259: 1, 277: 1, 278: 90}
    data = np.random.default_rng(0).integers(0, 256, 9000, np.uint8).tobytes()
    pages, problem = read(made_files.raw_tiff(tmp_path / "odd.tif", data, usual | ODD_TIFFS[name]))
    assert pages or problem
    assert problem is None or "Bitte" in problem.message
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


WIDGET = b"/Type/Annot/Subtype/Widget/F 4/Rect[72 600 200 620]"
ODD_FIELDS: dict[str, tuple[list[bytes], list[int]]] = {
    "its own parent": ([b"<<" + WIDGET + b"/T(a)/Parent 7 0 R>>", b"<</T(b)/Parent 6 0 R/Kids[6 0 R]>>"], [6]),
    "its own kid": ([b"<</T(a)/Kids[6 0 R 6 0 R 6 0 R]>>"], [6]),
    "lists that hold themselves": ([b"<<" + WIDGET + b"/FT/Ch/T(a)/V 7 0 R>>", b"[7 0 R 7 0 R]"], [6]),
    "no rectangle": ([b"<</Type/Annot/Subtype/Widget/F 4/FT/Tx/T(a)/V(x)/Rect[/a(b)]>>"], [6]),
    "a rectangle beyond all numbers": (
        [b"<</Type/Annot/Subtype/Widget/F 4/FT/Tx/T(a)/V(x)/Rect[1e300 -1e300 nan 5]>>"],
        [6],
    ),
    "entries of wrong types": ([b"<<" + WIDGET + b"/F(x)/FT(Tx)/T 5/Ff/x/V<</A 1>>/AP[1]/AS[1]>>"], [6]),
    "a value of 20 kB": ([b"<<" + WIDGET + b"/FT/Tx/T(a)/V(" + b"x" * 20_000 + b")>>"], [6]),
    "a value that unpacks": (
        [
            b"<<" + WIDGET + b"/FT/Tx/T(a)/V 7 0 R>>",
            made_files.stream(zlib.compress(bytes(20_000)), b"/Filter/FlateDecode"),
        ],
        [6],
    ),
    "a tree of depth 5000": (
        [b"<</T(a)/FT/Tx/V(x)/Kids[7 0 R]>>"]
        + [b"<</T(a)/Parent %d 0 R/Kids[%d 0 R]>>" % (6 + n, 8 + n) for n in range(5000)]
        + [b"<<" + WIDGET + b"/Parent 5006 0 R>>"],
        [5007],
    ),
}


@pytest.mark.parametrize("name", ODD_FIELDS)
def test_form_fields_that_are_none_do_not_keep_the_page_from_being_read(tmp_path: Path, name: str) -> None:
    fields, on_page = ODD_FIELDS[name]
    pages, problem = read(made_files.form_pdf(tmp_path / "a.pdf", fields, on_page))
    assert problem is None
    (page,) = pages
    assert int(page.gray[500:700, 250:600].min()) < 100
    assert sum(len(one.text) for one in page.inputs) <= 2000


def test_more_form_fields_than_any_form_has_are_refused(tmp_path: Path, good: Path) -> None:
    fields = [b"<<" + WIDGET + b"/FT/Tx/T(f%d)/V(Wert)>>" % n for n in range(2001)]
    pages, problem = read(made_files.form_pdf(tmp_path / "a.pdf", fields, range(6, 2007)))
    assert (len(pages), problem and problem.code) == (0, "S004")
    assert len(read(good)[0]) == 1


def test_a_hundred_thousand_form_fields_end_with_the_time_of_a_page(tmp_path: Path, good: Path) -> None:
    fields = [b"<<" + WIDGET + b"/FT/Tx/T(f%d)/V(Wert)>>" % n for n in range(100_000)]
    names = b" ".join(b"%d 0 R" % (6 + n) for n in range(100_000))
    path = made_files.form_pdf(tmp_path / "a.pdf", fields, range(6, 100_006), b"/Fields[" + names + b"]")
    with Peak() as peak, pytest.raises(ScanProblem, match=r"S00[47]"):
        list(open_pages(path, replace(DEFAULT, page_s=1.0)))
    assert peak.kb < 1_000_000
    assert len(read(good)[0]) == 1


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
        save(PAGE, tmp_path / "g.jp2", dpi=75),
        save(PAGE, tmp_path / "h.tif", dpi=75, compression="tiff_lzw"),
    ]
    for path in whole:
        data = path.read_bytes()
        for tenth in range(1, 10):
            cut = tmp_path / "cut"
            cut.write_bytes(data[: len(data) * tenth // 10])
            pages, problem = read(cut)
            assert pages or problem, path.name


MAGIC = [b"", b"%PDF-1.7\n", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"II+\0\x08\0\0\0", b"\xff\xd8\xff\xe0"]
MAGIC += [b"\xff\x4f\xff\x51\x00\x29", b"\0\0\0\x0cjP  \r\n\x87\n"]
MAGIC += [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\xff\xff\0\0WEBPVP8 ", b"RIFF\xff\xff\0\0WEBPVP8X"]


@FEW
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=600))
def test_random_bytes_end_in_pages_or_a_problem(tmp_path: Path, magic: bytes, rest: bytes) -> None:
    path = tmp_path / "random"
    path.write_bytes(magic + rest)
    pages, problem = read(path)
    assert pages or problem


@FEW
@given(seed=st.integers(0, 10_000), which=st.integers(0, 7))
def test_good_files_with_changed_bytes_end_in_pages_or_a_problem(tmp_path: Path, seed: int, which: int) -> None:
    path = tmp_path / "changed"
    [
        lambda: save(PAGE, path, "1", 75, compression="group4", format="TIFF"),
        lambda: save(PAGE, path, "L", 75, format="JPEG"),
        lambda: save(PAGE, path, "L", 75, format="PNG"),
        lambda: picture_pdf(PAGE, path),
        lambda: save(PAGE, path, "L", 75, compression="tiff_lzw", format="TIFF"),
        lambda: save(PAGE, path, "L", 75, format="JPEG2000"),
        lambda: save(PAGE, path, "RGB", 75, compression="jpeg", format="TIFF"),
        lambda: made_files.pieces_pdf([(PAGE[:400], "595 0 0 384 0 458"), (PAGE[400:], "595 0 0 458 0 0")], path),
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
        pages, problem = read(path, at_most=2)
        for page in pages[:1]:
            clean_page(page)
        if (not pages or problem) and path.suffix not in (".txt", ".tsv"):
            unread.append(path.name)
    assert not unread
