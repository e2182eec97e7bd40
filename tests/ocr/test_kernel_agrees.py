"""The kernel in C and its twin in OpenCV and numpy make the same of a page.

Exact: survey, profiles (to a float's rounding), find_blobs, erase, neighbours. Within a tolerance: shear and level, as
OpenCV interpolates in 32nds of a pixel and the kernel by two shears, and as the kernel makes a row of a map every four.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ocr.kernel.plan import Blobs, Edges, Plan, Streak
from ocr.page import Bits, Gray
from tests.ocr.kernel_pages import (
    PAGES,
    SLOPES,
    VIEWS,
    compiled,
    dirty_glass,
    gray_of,
    noise,
    plan_for,
    scan,
    seen_as,
    sparse_bits,
    text,
    twin,
    unequal_share,
    white,
)

KINDS = [(name, bits) for name in PAGES for bits in (False, True)]
IDS = [f"{name}-{'bits' if bits else 'grey'}" for name, bits in KINDS]
FEW = settings(max_examples=25, derandomize=True, deadline=None)


def page_of(name: str, bits: bool, height: int = 701, width: int = 523) -> Gray | Bits:
    gray = PAGES[name](height, width)
    return Bits.of(gray) if bits else gray


def assert_same_survey(page: Gray | Bits) -> None:
    ours, theirs = compiled.survey(page), twin.survey(page)
    for name in ("quarter", "lightest", "strips", "darkest"):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert one.dtype == other.dtype, name
        assert np.array_equal(one, other), name


def in_order(blobs: Blobs) -> np.ndarray:
    rows = np.column_stack([blobs.boxes, blobs.areas])
    return rows[np.lexsort(rows.T)]


def assert_same_blobs(bits: Bits, step: int) -> None:
    ours, theirs = compiled.find_blobs(bits, step), twin.find_blobs(bits, step)
    assert np.array_equal(in_order(ours), in_order(theirs))
    assert np.array_equal(ours.cells, theirs.cells)
    assert (ours.step, ours.boxes.dtype, ours.areas.dtype) == (step, np.int32, np.int32)


def differences(one: Gray, other: Gray, where: np.ndarray) -> np.ndarray:
    apart = cv2.absdiff(one, other)[where]
    return apart if apart.size else np.zeros(1, np.uint8)


def inside(height: int, width: int, slope: float) -> np.ndarray:
    """Where the levelled page shows the page, two pixels from its edges."""
    shown = twin.shear(np.zeros((height, width), np.uint8), slope) == 0
    return cv2.erode(shown.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0


def beyond(height: int, width: int, slope: float) -> np.ndarray:
    """Where it surely shows nothing of it."""
    shown = twin.shear(np.zeros((height, width), np.uint8), slope) < 255
    return cv2.dilate(shown.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0


def grey_limits(slope: float, rough: bool) -> tuple[float, float]:
    """Mean and 99.9 percentile of the difference that two ways to interpolate may make. `rough`: random noise."""
    steep = abs(slope)
    if steep < 1e-6:
        return 0.0, 0.0
    if steep <= 0.004:
        return (0.5 if rough else 0.3), 2.0
    return (1.5 if rough else 0.3, 8.0) if steep <= 0.03 else (6.0 if rough else 0.6, 32.0)


def bits_limit(slope: float, rough: bool) -> float:
    """The share of pixels that may be ink for one and paper for the other."""
    if abs(slope) <= 0.03:
        return 0.01 if rough else 0.0025
    return 0.035 if rough else 0.005


def assert_same_grey(one: Gray, other: Gray, where: np.ndarray, limits: tuple[float, float]) -> None:
    apart = differences(one, other, where)
    assert float(apart.mean()) <= limits[0]
    assert float(np.percentile(apart, 99.9)) <= limits[1]


def unsettled(one: Bits, other: Bits) -> np.ndarray:
    """Pixels so near to ink that only one of them sees that the mask of the grey may differ."""
    different = np.unpackbits(one.packed ^ other.packed, axis=1, count=one.width)
    return cv2.dilate(different, np.ones((5, 5), np.uint8)) > 0


def assert_same_level(page: Gray | Bits, plan: Plan, rough: bool) -> None:
    (gray, bits), (twin_gray, twin_bits) = compiled.level(page, plan), twin.level(page, plan)
    height, width = page.shape
    assert gray.shape == twin_gray.shape == bits.shape == (height, width)
    assert not np.any(np.unpackbits(bits.packed, axis=1)[:, width:])
    small = 2 if min(height, width) < 200 else 1  # more of them is edge
    assert unequal_share(bits, twin_bits) <= bits_limit(plan.slope, rough) * small
    mean, worst = grey_limits(plan.slope, rough)
    settled = inside(height, width, plan.slope) & ~unsettled(bits, twin_bits)
    assert_same_grey(gray, twin_gray, settled, (mean * 1.5 + 0.25, worst * 1.5 + 5))  # gains, and maps every four rows


# survey


@pytest.mark.parametrize(("name", "bits"), KINDS, ids=IDS)
def test_both_survey_alike(name: str, bits: bool) -> None:
    assert_same_survey(page_of(name, bits))


@pytest.mark.parametrize("shape", [(1, 1), (3, 9), (7, 70), (8, 8), (9, 64), (127, 129), (129, 191), (260, 1000)])
def test_both_survey_alike_whatever_the_size(shape: tuple[int, int]) -> None:
    assert_same_survey(noise(*shape))
    assert_same_survey(sparse_bits(*shape, 0.3))


# skew


def edges(reach: int = 2, least: float = 2.0, usable: Gray | None = None, pad: int = 40) -> Edges:
    weights = np.array([0.1, 0.2, 0.4, 0.2, 0.1], np.float32)
    return Edges(128, reach, least, 30.0, weights, 4, usable, pad)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("reach", [1, 2, 5])
@pytest.mark.parametrize("masked", [False, True])
def test_both_find_the_same_lower_edges(name: str, reach: int, masked: bool) -> None:
    page = PAGES[name](701, 523)
    usable = np.where(noise(701 // 8, 523 // 8) < 240, np.uint8(255), np.uint8(0)) if masked else None
    how = edges(reach, usable=usable)
    strips = compiled.survey(page).strips
    ours, theirs = compiled.profiles(strips, how), twin.profiles(strips, how)
    assert ours.shape == theirs.shape == (523 // 64, len(strips) - reach + 80)
    assert np.allclose(ours, theirs, rtol=1e-5, atol=1e-4)
    assert not ours[:, :40].any()
    assert not ours[:, -40:].any()


@pytest.mark.parametrize("cells", [(1, 1), (20, 30), (87, 64), (88, 66), (200, 200)])
def test_a_map_of_usable_cells_may_have_any_size(cells: tuple[int, int]) -> None:
    strips = compiled.survey(noise(701, 523)).strips
    how = edges(usable=np.full(cells, 255, np.uint8))
    assert np.allclose(compiled.profiles(strips, how), twin.profiles(strips, how), rtol=1e-5, atol=1e-4)


def test_both_score_slopes_alike() -> None:
    strips = compiled.survey(scan()).strips
    lines = compiled.profiles(strips, edges())
    slopes = np.linspace(-0.25, 0.25, 101)
    ours, theirs = compiled.slope_scores(lines, 40, 32.0, slopes), twin.slope_scores(lines, 40, 32.0, slopes)
    assert np.allclose(ours, theirs, rtol=1e-4)
    assert np.argmax(ours) == np.argmax(theirs)


def test_slopes_whose_shift_leaves_the_padding_are_no_trouble() -> None:
    lines = np.random.default_rng(0).random((9, 120)).astype(np.float32)
    slopes = [-1.0, -0.1, 0.0, 0.1, 1.0]
    ours, theirs = compiled.slope_scores(lines, 10, 64.0, slopes), twin.slope_scores(lines, 10, 64.0, slopes)
    assert np.allclose(ours, theirs, rtol=1e-4)


# shear


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize(("name", "bits"), KINDS, ids=IDS)
def test_both_shear_alike(name: str, bits: bool, slope: float) -> None:
    page = page_of(name, bits)
    for fill in (255, 77):
        ours, theirs = compiled.shear(page, slope, fill), twin.shear(page, slope, fill)
        assert_same_grey(ours, theirs, inside(701, 523, slope), grey_limits(slope, name == "noise"))
        assert np.all(ours[beyond(701, 523, slope)] == fill)


@pytest.mark.parametrize("slope", [1e-18, -1e-18, 1e-9, -9e-7])
def test_a_slope_of_nearly_nothing_changes_nothing(slope: float) -> None:
    page = noise(90, 130)
    assert np.array_equal(compiled.shear(page, slope), page)
    assert np.array_equal(compiled.shear(Bits.of(page), slope), Bits.of(page).to_gray())


# level


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize(("name", "bits"), KINDS, ids=IDS)
def test_both_level_alike(name: str, bits: bool, slope: float) -> None:
    page = page_of(name, bits)
    for mask in (True, False):
        assert_same_level(page, plan_for(page, slope, mask=mask), name == "noise")


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize(("name", "bits"), KINDS, ids=IDS)
def test_both_level_alike_with_streaks_border_and_only_busy_cells(name: str, bits: bool, slope: float) -> None:
    page = page_of(name, bits)
    for border, streaks in ((True, ()), (False, dirty_glass(523)), (True, dirty_glass(523))):
        plan = plan_for(page, slope, busy=True, border=border, streaks=streaks)
        assert_same_level(page, plan, name == "noise")


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("name", PAGES)
def test_looking_only_where_ink_may_be_finds_the_same(name: str, slope: float) -> None:
    page = PAGES[name](701, 523)
    plan = plan_for(page, slope, busy=True, border=True)
    (gray, bits), (whole_gray, whole_bits) = compiled.level(page, plan), compiled.level(page, replace(plan, busy=None))
    assert unequal_share(bits, whole_bits) <= 1e-4
    apart = differences(gray, whole_gray, ~unsettled(bits, whole_bits) & inside(701, 523, slope))
    assert int(apart.max()) <= 4


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("at", [(0, 0), (0, 800), (340, 410), (690, 0), (690, 800)])
def test_a_page_with_a_single_word_keeps_all_of_it(at: tuple[int, int], slope: float) -> None:
    page = white(701, 823)
    cv2.putText(page, "Ja", (at[1] + 2, at[0] + 10), cv2.FONT_HERSHEY_PLAIN, 0.8, 0, 1)
    plan = plan_for(page, slope, busy=True)
    (gray, bits), (whole_gray, whole_bits) = compiled.level(page, plan), compiled.level(page, replace(plan, busy=None))
    assert unequal_share(bits, whole_bits) <= 1e-5
    assert int(differences(gray, whole_gray, ~unsettled(bits, whole_bits) & inside(701, 823, slope)).max()) <= 2


def test_a_cell_beside_a_quiet_one_shows_nothing_of_an_earlier_row() -> None:
    page = white(160, 160)
    page[8:24, 64:96] = 0
    page[72:80, 100:104] = 0
    levels, gains, busy = (np.full((20, 20), value, np.uint8) for value in (128, 64, 0))
    busy[1:3, 8:12], busy[9, 12:13] = 255, 255
    gray, bits = compiled.level(page, Plan(0.0, levels, gains, busy))
    assert np.array_equal(bits.to_gray(), page)
    assert np.array_equal(gray, page)


@pytest.mark.parametrize("share", [0.0005, 0.02])
@pytest.mark.parametrize("slope", [0.0, 0.01])
def test_grey_is_kept_up_to_two_pixels_from_ink_and_nowhere_else(share: float, slope: float) -> None:
    page = np.where(sparse_bits(203, 331, share).to_gray() == 0, np.uint8(20), noise(203, 331) | np.uint8(192))
    plan = plan_for(page, slope)
    (masked, bits), (whole, _) = compiled.level(page, plan), compiled.level(page, replace(plan, mask=False))
    near = cv2.dilate(np.unpackbits(bits.packed, axis=1, count=331), np.ones((5, 5), np.uint8)) > 0
    assert 0.005 < near.mean() < 0.6
    assert np.array_equal(masked, np.where(near, whole, np.uint8(255)))


def test_what_is_not_on_the_page_is_white_and_no_ink() -> None:
    page = np.zeros((200, 300), np.uint8)
    levels, gains = np.zeros((25, 37), np.uint8), np.full((25, 37), 64, np.uint8)
    for mask in (True, False):
        gray, bits = compiled.level(page, Plan(0.01, levels, gains, mask=mask))
        assert int(gray.min()) == 255
        assert not bits.packed.any()


@pytest.mark.parametrize("cells", [(1, 1), (3, 90), (25, 37), (26, 38), (27, 60), (90, 200)])
@pytest.mark.parametrize("slope", [0.0, 0.02])
def test_maps_may_be_smaller_or_larger_than_the_page(cells: tuple[int, int], slope: float) -> None:
    page = scan(203, 297)
    levels, gains = np.full(cells, 140, np.uint8), np.full(cells, 70, np.uint8)
    for busy in (None, np.full(cells, 255, np.uint8)):
        assert_same_level(page, Plan(slope, levels, gains, busy), rough=False)


def test_maps_that_do_not_fit_each_other_are_refused() -> None:
    page, four = scan(64, 64), np.full((8, 8), 128, np.uint8)
    for plan in (Plan(0, four, four[1:]), Plan(0, four, four, four[1:]), Plan(0, four[:0], four[:0])):
        with pytest.raises(ValueError, match="maps of"):
            compiled.level(page, plan)


@pytest.mark.parametrize(("x0", "wide"), [(-1, 3), (62, 3), (64, 1), (5, 0)])
def test_a_streak_that_is_not_on_the_page_is_refused(x0: int, wide: int) -> None:
    four = np.full((8, 8), 128, np.uint8)
    with pytest.raises(ValueError, match="streak at"):
        compiled.level(white(64, 64), Plan(0, four, four, streaks=(Streak(x0, np.zeros(wide, np.uint16)),)))


# blobs


@pytest.mark.parametrize("step", [1, 2, 4])
@pytest.mark.parametrize("name", PAGES)
def test_both_find_the_same_blobs(name: str, step: int) -> None:
    assert_same_blobs(Bits.of(PAGES[name](701, 523)), step)


@pytest.mark.parametrize("step", [1, 2, 4])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.02, 0.3, 0.6, 0.97, 1.0])
def test_both_find_the_same_blobs_in_noise_of_any_density(share: float, step: int) -> None:
    for shape in ((1, 1), (2, 63), (5, 64), (9, 65), (130, 200), (201, 127), (64, 513)):
        assert_same_blobs(sparse_bits(*shape, share), step)


@pytest.mark.parametrize("step", [1, 2, 4])
def test_arms_that_meet_late_are_one_blob(step: int) -> None:
    page = white(240, 400)
    for k in range(0, 60, 4):
        cv2.rectangle(page, (20 + 3 * k, 10 + k), (380 - 2 * k, 230 - k), 0, 1)
    page[::8, 5:12] = 0
    page[:, 395] = 0
    cv2.line(page, (0, 239), (399, 0), 0, 1)
    assert_same_blobs(Bits.of(page), step)


def test_more_blobs_than_there_was_room_for_are_all_found() -> None:
    page = white(400, 400)
    page[::2, ::2] = 0
    assert len(compiled.find_blobs(Bits.of(page), 1).areas) == 40_000
    assert_same_blobs(Bits.of(page), 1)


# erase, neighbours


def made(name: str = "scan") -> tuple[Gray, Bits]:
    page = PAGES[name](203, 299)
    return compiled.level(page, plan_for(page, mask=False))


def test_both_erase_the_same() -> None:
    rng = np.random.default_rng(5)
    boxes = rng.integers(-20, 330, (60, 4)).astype(np.int32)
    boxes[:40] = np.column_stack([np.minimum(*boxes[:40, ::2].T), np.minimum(*boxes[:40, 1::2].T), *boxes[:40, 2:].T])
    boxes[-3:] = [[0, 0, 9, 9], [290, 195, 299, 203], [0, 0, 0, 0]]
    boxes = boxes[(boxes[:, 0] <= boxes[:, 2]) & (boxes[:, 1] <= boxes[:, 3])]
    for few in (boxes[:1], boxes[:7], boxes, boxes[:0]):
        (gray, bits), (twin_gray, twin_bits) = made(), made()
        compiled.erase(gray, bits, few)
        twin.erase(twin_gray, twin_bits, few)
        assert np.array_equal(gray, twin_gray)
        assert np.array_equal(bits.packed, twin_bits.packed)


def test_a_box_turned_inside_out_erases_no_ink() -> None:
    gray, bits = made()
    before = bits.packed.copy()
    compiled.erase(gray, bits, np.array([[90, 20, 30, 60], [20, 90, 60, 30], [5000, 1, 7, 9]], np.int32))
    assert np.array_equal(bits.packed, before)


def test_only_pages_that_may_be_written_are_erased_on() -> None:
    gray, bits = made()
    gray.setflags(write=False)
    with pytest.raises(ValueError, match="not a page made by level"):
        compiled.erase(gray, bits, np.array([[0, 0, 9, 9]], np.int32))


@pytest.mark.parametrize("gap_px", [0, 1, 12, 500])
def test_both_find_the_same_next_letters(gap_px: int) -> None:
    rng = np.random.default_rng(2)
    for count in (0, 1, 2, 50, 400):
        corners = rng.integers(0, 600, (count, 2))
        boxes = np.hstack([corners, corners + rng.integers(1, 40, (count, 2))]).astype(np.int32)
        boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
        assert np.array_equal(compiled.neighbours(boxes, gap_px), twin.neighbours(boxes, gap_px))


# how the page lies in memory


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("bits", [False, True])
def test_it_does_not_matter_how_the_page_lies_in_memory(bits: bool, view: object) -> None:
    plain = page_of("scan", bits, 203, 299)
    page = seen_as(plain, view)
    assert_same_survey(page)
    assert np.array_equal(compiled.survey(page).quarter, compiled.survey(plain).quarter)
    assert np.array_equal(compiled.shear(page, 0.02), compiled.shear(plain, 0.02))
    plan = plan_for(plain, 0.02, busy=True, streaks=dirty_glass(299))
    for one, other in zip(compiled.level(page, plan), compiled.level(plain, plan), strict=True):
        assert np.array_equal(gray_of(one), gray_of(other))
    if isinstance(page, Bits):
        assert_same_blobs(page, 2)


@pytest.mark.parametrize("view", VIEWS)
def test_it_does_not_matter_how_maps_and_sums_lie_in_memory(view: object) -> None:
    page = scan(203, 299)
    plan = plan_for(page, 0.02, busy=True)
    assert plan.busy is not None
    seen = replace(plan, levels=view(plan.levels), gains=view(plan.gains), busy=view(plan.busy))  # type: ignore[operator]
    assert np.array_equal(compiled.level(page, seen)[0], compiled.level(page, plan)[0])
    strips = compiled.survey(page).strips
    other = compiled.profiles(view(strips), edges(usable=view(plan.levels)))  # type: ignore[operator]
    assert np.array_equal(other, compiled.profiles(strips, edges(usable=plan.levels)))


def test_the_gains_of_a_streak_may_be_a_view() -> None:
    page = scan(64, 64)
    gains = np.array([300, 1, 0, 1, 500, 1], np.uint16)[::2]
    seen, plain = (plan_for(page, streaks=(Streak(9, one),)) for one in (gains, gains.copy()))
    assert np.array_equal(compiled.level(page, seen)[0], compiled.level(page, plain)[0])


@pytest.mark.parametrize("page", [np.zeros((64, 64), np.int16), np.zeros((64, 64, 3), np.uint8)])
def test_what_is_no_grey_page_is_refused(page: np.ndarray) -> None:
    with pytest.raises(ValueError):
        compiled.survey(page)


# whatever comes

sizes = some.integers(1, 150)
seeds = some.integers(0, 2**16)


@FEW
@given(sizes, sizes, seeds, some.sampled_from([0.0, 0.01, 0.3, 0.9]))
def test_any_page_is_surveyed_alike_and_has_the_same_blobs(height: int, width: int, seed: int, share: float) -> None:
    assert_same_survey(noise(height, width, seed))
    bits = sparse_bits(height, width, share, seed)
    assert_same_survey(bits)
    for step in (1, 2, 4):
        assert_same_blobs(bits, step)


@FEW
@given(some.integers(8, 150), some.integers(8, 150), seeds, some.floats(-0.17, 0.17), some.booleans(), some.booleans())
def test_any_page_is_levelled_alike(height: int, width: int, seed: int, slope: float, mask: bool, busy: bool) -> None:
    rng = np.random.default_rng(seed)
    page = scan(height, width, seed)
    at = int(rng.integers(width))
    gains = rng.choice([0, 280, 400], int(rng.integers(1, width - at + 1))).astype(np.uint16)
    plan = plan_for(page, slope, busy=busy, border=seed % 2 > 0, streaks=(Streak(at, gains),), mask=mask)
    (gray, bits), (twin_gray, twin_bits) = compiled.level(page, plan), twin.level(page, plan)
    assert gray.shape == bits.shape == (height, width)
    assert unequal_share(bits, twin_bits) <= 0.03
    settled = inside(height, width, slope) & ~unsettled(bits, twin_bits)
    assert float(differences(gray, twin_gray, settled).mean()) <= 3.0


@FEW
@given(sizes, sizes, seeds, some.floats(-1, 1), some.tuples(some.integers(1, 40), some.integers(1, 40)))
def test_any_maps_and_slopes_are_taken(
    height: int, width: int, seed: int, slope: float, cells: tuple[int, int]
) -> None:
    rng = np.random.default_rng(seed)
    levels, gains, busy = rng.integers(0, 256, (3, *cells)).astype(np.uint8)
    for page in (noise(height, width, seed), sparse_bits(height, width, 0.2, seed)):
        gray, bits = compiled.level(page, Plan(slope, levels, gains, busy, mask=seed % 2 > 0))
        assert gray.shape == bits.shape == page.shape
        assert not np.any(np.unpackbits(bits.packed, axis=1)[:, width:])
        assert compiled.shear(page, slope).shape == page.shape


@pytest.mark.parametrize("slope", [1.01, -3.0, float("inf"), float("nan")])
def test_a_slope_that_no_page_has_is_refused(slope: float) -> None:
    with pytest.raises(MemoryError):
        compiled.shear(text(64, 64), slope)
