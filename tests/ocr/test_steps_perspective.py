"""Photos of sheets: simulated as from a phone held by hand, with known corners."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from ocr.steps.perspective import find_sheet, rectify

SIZE = (2000, 1500)
PAGE_DPI = 110


@dataclass(frozen=True)
class Photo:
    gray: np.ndarray
    corners: np.ndarray
    to_photo: np.ndarray
    page: np.ndarray


def draw_page(rng, ratio=297 / 210, frame=True):
    """A letter: lines of words, a box with a rule, a black bar."""
    width = round(210 / 25.4 * PAGE_DPI)
    height = round(width * ratio)
    page = np.full((height, width), 240, np.uint8)
    for y in range(height // 9, height - height // 9, 22):
        x = width // 9
        while rng.random() > 0.06 and x < width - width // 8:
            long = int(rng.integers(10, 70))
            cv2.putText(page, "Antragstellung"[: long // 6 + 1], (x, y), 0, 0.4, (40,), 1, cv2.LINE_AA)
            x += long + 14
    if frame:
        cv2.rectangle(page, (width // 12, height // 2), (width - width // 12, height - height // 12), (20,), 3)
        cv2.rectangle(page, (width // 9, height // 20), (width // 2, height // 20 + 26), (60,), -1)
    return page


def table(rng, width, height, level, rough):
    """Wood: grain along one direction, and fine noise."""
    size, width, height = (width, height), width // 2, height // 2
    grain = cv2.resize(rng.standard_normal((height // 2, width // 30), np.float32), (width, height))
    fine = cv2.GaussianBlur(noise(rng, height, width), (0, 0), 1) * 2
    planks = np.zeros((height, width), np.float32)
    for y in range(int(rng.integers(50, 200)), height, 210):
        planks[y : y + 3] = -2
    wood = level + rough * (grain + 0.5 * fine + planks)
    return cv2.resize(wood if rng.random() < 0.5 else np.rot90(wood), size)


def noise(rng, height, width):
    """Normal noise (height, width), float32, drawn once for 512 x 512 and laid out like tiles."""
    tile = rng.standard_normal((512, 512), np.float32)
    return np.tile(tile, (height // 512 + 1, width // 512 + 1))[:height, :width]


def camera(rng, page_shape, size, tilt_deg=25.0, roll_deg=14.0, focal=0.75):
    """A homography from page pixels to photo pixels as from a hand-held pinhole camera."""
    height, width = page_shape
    pixels_w, pixels_h = size
    flen = focal * max(size)
    while True:
        tilts = np.radians(rng.uniform(-tilt_deg, tilt_deg, 2))
        roll = math.radians(rng.uniform(-roll_deg, roll_deg)) + (math.pi / 2 if pixels_w > pixels_h else 0)
        turn = cv2.Rodrigues(np.array([0, 0, roll]))[0]
        turn = cv2.Rodrigues(np.array([tilts[0], 0, 0]))[0] @ cv2.Rodrigues(np.array([0, tilts[1], 0]))[0] @ turn
        far = flen * height / (rng.uniform(0.7, 0.92) * max(size))
        move = np.array([rng.uniform(-0.05, 0.05) * far, rng.uniform(-0.05, 0.05) * far, far])
        centred = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1]])
        lens = np.array([[flen, 0, (pixels_w - 1) / 2], [0, flen, (pixels_h - 1) / 2], [0, 0, 1]])
        matrix = lens @ np.column_stack([turn[:, 0], turn[:, 1], move]) @ centred
        corners = cv2.perspectiveTransform(outline((height, width))[None], matrix)[0]
        if (corners > 25).all() and (corners < np.array(size) - 25).all():
            return matrix, corners


def outline(shape):
    height, width = shape
    return np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]])


def take_photo(seed, size=SIZE, level=None, rough=None, finger=False, cut=False, shade=None, **how):
    rng = np.random.default_rng(seed)
    page = draw_page(rng)
    to_photo, corners = camera(rng, page.shape, size, **how)
    width, height = size
    level = rng.uniform(50, 170) if level is None else level
    picture = table(rng, width, height, level, rng.uniform(3, 12) if rough is None else rough).astype(np.float32)
    sheet = cv2.warpPerspective(page, to_photo, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(np.full_like(page, 255), to_photo, size, flags=cv2.INTER_LINEAR)
    if cut:
        inward = corners.mean(axis=0) - corners[1]
        cv2.circle(mask, np.rint(corners[1]).astype(int).tolist(), int(0.06 * np.hypot(*inward)), (0,), -1)
    share = (cv2.GaussianBlur(mask, (0, 0), 0.8) / 255).astype(np.float32)
    picture = picture * (1 - share) + sheet * share
    picture *= light(rng, width, height, rng.uniform(0.5, 0.9) if shade is None else shade)
    if finger:
        middle = corners[[2, 3]].mean(axis=0)
        cv2.ellipse(picture, (np.rint(middle).astype(int).tolist(), (110, 330), 10), (150,), -1)
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.6, 1.4))
    picture += np.float32(rng.uniform(1, 5)) * noise(rng, height, width)
    return Photo(np.clip(picture, 0, 255).astype(np.uint8), corners, to_photo, page)


def light(rng, width, height, shade):
    """A fall-off over the picture and the shadow of an arm with a soft rim."""
    size, height, width = (width, height), height // 8, width // 8
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = rng.uniform(0, 2 * math.pi)
    along = (x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn)
    dark = 0.5 + 0.5 * np.tanh((along - rng.uniform(0, 0.2)) * rng.uniform(15, 75))
    return cv2.resize((1 - 0.25 * (along + 0.5)) * (1 - (1 - shade) * dark), size)


def corner_error(found, photo):
    """The largest distance of a corner, whatever corner is named first."""
    return min(np.hypot(*(np.roll(found, i, axis=0) - photo.corners).T).max() for i in range(4))


def level_error_deg(flat, photo):
    """How far lines of text are from level (or upright, for a page that lies on its side)."""
    height, width = photo.page.shape
    worst = 0.0
    for y in np.linspace(0.1, 0.9, 5) * height:
        ends = np.array([[[width * 0.1, y], [width * 0.9, y]]])
        there = cv2.perspectiveTransform(ends, np.linalg.inv(flat.matrix) @ photo.to_photo)[0]
        angle = math.degrees(math.atan2(*(there[1] - there[0])[::-1]))
        worst = max(worst, abs((angle + 45) % 90 - 45))
    return worst


@pytest.mark.parametrize("seed", range(30))
def test_sheet_is_found_and_made_upright(seed):
    photo = take_photo(seed, size=SIZE[::-1] if seed % 5 else SIZE)
    before = photo.gray.copy()
    found = find_sheet(photo.gray)
    assert found is not None and found.shape == (4, 2) and found.dtype == np.float64
    assert corner_error(found, photo) < 3.0
    flat = rectify(photo.gray, found)
    assert (photo.gray == before).all()
    assert level_error_deg(flat, photo) < 0.2
    ratio = max(flat.gray.shape) / min(flat.gray.shape)
    assert abs(ratio / (297 / 210) - 1) < 0.02
    assert 120 < flat.dpi <= 300
    assert max(flat.gray.shape) == pytest.approx(297 / 25.4 * flat.dpi, abs=2)


@pytest.mark.parametrize(
    "how",
    [
        {"finger": True, "cut": True},
        {"level": 215, "rough": 3, "shade": 0.7},
        {"level": 90, "rough": 25},
        {"shade": 0.3},
        {"tilt_deg": 1.0, "roll_deg": 2.0},
    ],
)
def test_hand_cut_corner_light_table_rough_table_and_shadow(how):
    photo = take_photo(141, size=SIZE[::-1], **how)
    found = find_sheet(photo.gray)
    assert found is not None and corner_error(found, photo) < 3.0


def test_edge_of_the_table_close_to_the_paper():
    photo = take_photo(250, size=SIZE[::-1])
    inside = cv2.warpPerspective(np.full_like(photo.page, 255), photo.to_photo, SIZE[::-1])
    gray = photo.gray.copy()
    gray[: int(photo.corners[:, 1].min()) - 8] = 20
    gray = np.where(inside > 0, photo.gray, gray)
    assert corner_error(find_sheet(gray), photo) < 3.0


def test_scan_without_background_is_no_photo():
    rng = np.random.default_rng(1)
    page = cv2.resize(draw_page(rng), None, fx=1.7, fy=1.7)
    shaded = (page * np.linspace(1, 0.6, page.shape[1])[None]).astype(np.uint8)
    panel = page.copy()
    panel[300:1400, 200:1300] -= np.minimum(page[300:1400, 200:1300], 60)
    bare = np.clip(table(rng, 1500, 2000, 120, 10), 0, 255).astype(np.uint8)
    for gray in (page, shaded, panel, bare):
        assert find_sheet(gray) is None


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (3, 900), (900, 3), (64, 64), (65, 4000)])
@pytest.mark.parametrize("fill", [0, 128, 255])
def test_odd_shapes_hold_no_sheet(shape, fill):
    assert find_sheet(np.full(shape, fill, np.uint8)) is None


def test_noise_is_no_sheet():
    assert find_sheet(np.random.default_rng(0).integers(0, 256, (700, 500), dtype=np.uint8)) is None


def test_matrix_leads_back_to_the_corners():
    gray = np.full((1000, 800), 128, np.uint8)
    corners = np.array([[102.0, 90.0], [650.0, 130.0], [700.0, 905.0], [60.0, 850.0]])
    flat = rectify(gray, corners)
    there = cv2.perspectiveTransform(outline(flat.gray.shape)[None], flat.matrix)[0]
    assert flat.matrix.shape == (3, 3) and flat.matrix.dtype == np.float64
    assert np.abs(there - corners).max() < 0.01


def test_what_is_outside_the_photo_is_white():
    corners = np.array([[-60.0, -60.0], [560.0, -60.0], [560.0, 800.0], [-60.0, 800.0]])
    flat = rectify(np.zeros((700, 500), np.uint8), corners)
    assert flat.gray[5, 5] == 255 and flat.gray[-5, -5] == 255 and flat.gray[400, 300] == 0


def test_large_photos_become_300_dpi_at_most():
    corners = np.array([[10.0, 10.0], [4000.0, 10.0], [4000.0, 10 + 3990 * 11 / 8.5], [10.0, 10 + 3990 * 11 / 8.5]])
    flat = rectify(np.full((5300, 4100), 200, np.uint8), corners)
    assert flat.dpi == pytest.approx(300)
    assert flat.gray.shape == pytest.approx((3300, 2550), abs=1)


def test_other_proportions_are_kept():
    flat = rectify(np.full((1000, 800), 200, np.uint8), np.array([[50, 50], [450, 50], [450, 850], [50, 850]]))
    assert flat.gray.shape == (800, 400)


@pytest.mark.parametrize(
    "corners",
    [
        np.zeros((4, 2)),
        np.zeros((3, 2)),
        np.array([[0, 0], [0, 9], [9, 9], [9, 0]]),
        np.array([[0, 0], [90, 90], [90, 0], [0, 90]]),
        np.array([[0, 0], [90, 0], [np.nan, 90], [0, 90]]),
    ],
)
def test_no_quadrilateral(corners):
    with pytest.raises(ValueError):
        rectify(np.full((100, 100), 200, np.uint8), corners)
