"""Pictures of a page are made once, whole, and go with the page."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from cases import pictures
from ocr.errors import ScanProblem
from ocr.page import Box


@pytest.fixture
def page(tmp_path: Path) -> Path:
    gray = np.full((3508, 2480), 255, np.uint8)
    gray[1000:1040, 500:900] = 0
    path = tmp_path / "1.png"
    cv2.imwrite(str(path), gray)
    return path


def size(path: Path) -> tuple[int, ...]:
    return tuple(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE).shape)


def test_the_screen_size_is_made_once_and_not_at_every_request(page: Path) -> None:
    made = pictures.screen(page)
    assert size(made) == (1980, 1400)
    first = made.stat().st_mtime_ns
    page.unlink()
    assert pictures.screen(page).stat().st_mtime_ns == first


def test_what_was_prepared_is_what_a_request_finds(page: Path) -> None:
    box = Box(500, 1000, 900, 1040)
    pictures.prepare(page, cv2.imread(str(page), cv2.IMREAD_GRAYSCALE), [box, Box(9000, 0, 9100, 50)])
    page.unlink()
    assert pictures.screen(page).is_file() and size(pictures.thumbnail(page))[1] == 160
    assert size(pictures.crop(page, box)) == (48, 408)


def test_a_crop_is_the_zone_with_a_margin_clipped_to_the_page(page: Path) -> None:
    assert size(pictures.crop(page, Box(-20, 0, 100, 50))) == (54, 104)
    with pytest.raises(ValueError, match="outside"):
        pictures.crop(page, Box(9000, 0, 9100, 50))


def test_nothing_half_written_is_left(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        pictures.screen(page)
    assert not page.with_name("1.screen.jpg").exists()


def test_the_original_page_is_read_like_any_file(page: Path, tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(page.read_bytes())
    assert size(pictures.original(page, source, 1)) == (1980, 1400)
    with pytest.raises(LookupError):
        pictures.original(page, source, 2)
    source.write_bytes(b"no picture")
    with pytest.raises(ScanProblem):
        pictures.original(page, source, 3)
