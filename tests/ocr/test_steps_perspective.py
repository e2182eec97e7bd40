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
    grain = cv2.resize(rng.normal(0, 1, (height // 4, width // 60)).astype(np.float32), (width, height))
    fine = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 2) * 4
    planks = np.zeros((height, width), np.float32)
    for y in range(int(rng.integers(100, 400)), height, 420):
        planks[y : y + 5] = -2
    wood = level + rough * (grain + 0.5 * fine + planks)
    return wood if rng.random() < 0.5 else cv2.resize(np.rot90(wood), (width, height))


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
    mask = np.zeros((height, width), np.uint8)
    fixed = np.rint((corners + 0.0) * 256).astype(np.int32)
    cv2.fillConvexPoly(mask, fixed, (255,), cv2.LINE_AA, 8)
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
    picture += cv2.resize(rng.normal(0, rng.uniform(1, 5), (height, width)).astype(np.float32), size)
    return Photo(np.clip(picture, 0, 255).astype(np.uint8), corners, to_photo, page)


def light(rng, width, height, shade):
    """A fall-off over the picture and the shadow of an arm with a soft rim."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = rng.uniform(0, 2 * math.pi)
    along = (x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn)
    dark = 1 / (1 + np.exp(-(along - rng.uniform(0, 0.2)) * rng.uniform(30, 150)))
    return (1 - 0.25 * (along + 0.5)) * (1 - (1 - shade) * dark)


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
