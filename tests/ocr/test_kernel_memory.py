"""The kernel reads and writes nothing but what it was given: guard pages, guard bytes, and a sanitizer build."""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ocr.kernel import build
from ocr.kernel.plan import BAND_ROWS, RIM_PX
from ocr.page import Bits, Gray
from tests.ocr.kernel_pages import compiled, dirty_glass, noise, plan_for, scan, sparse_bits, twin

DRIVE = Path(__file__).with_name("kernel_drive.py")
SANITIZERS = ("-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
NOTHING, READ = 0, 1

pytestmark = pytest.mark.skipif(not hasattr(mmap, "MAP_ANONYMOUS"), reason="no mprotect here")


def protect(address: int, size: int, how: int) -> None:
    assert _libc.mprotect(address, size, how) == 0, os.strerror(ctypes.get_errno())


class Fenced:
    """An array that ends (or begins) exactly where memory may not be touched: one byte further is a crash."""

    def __init__(self, shape: tuple[int, ...], dtype: type[np.generic] = np.uint8, at_start: bool = False) -> None:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        inner = max(1, -(-size // mmap.PAGESIZE)) * mmap.PAGESIZE
        self._map = mmap.mmap(-1, inner + 2 * mmap.PAGESIZE)
        self._view = (ctypes.c_uint8 * len(self._map)).from_buffer(self._map)
        self._start, self._inner = ctypes.addressof(self._view) + mmap.PAGESIZE, inner
        offset = mmap.PAGESIZE + (0 if at_start else inner - size)
        whole = np.frombuffer(self._view, np.uint8)
        self.array = whole[offset : offset + size].view(dtype).reshape(shape)
        self._set(NOTHING, NOTHING)

    def _set(self, before: int, after: int) -> None:
        protect(self._start - mmap.PAGESIZE, mmap.PAGESIZE, before)
        protect(self._start + self._inner, mmap.PAGESIZE, after)

    def only_read(self) -> np.ndarray:
        protect(self._start, self._inner, READ)
        return self.array


def fenced(array: np.ndarray, at_start: bool = False) -> np.ndarray:
    """A copy in memory that may only be read, with nothing readable after (or before) it."""
    fence = Fenced(array.shape, array.dtype.type, at_start)
    fence.array[...] = array
    FENCES.append(fence)
    return fence.only_read()


FENCES: list[Fenced] = []
"""Kept until the process ends: arrays point into them."""

SHAPES = [(50, 50), (64, 64), (67, 131), (129, 257)]


def every(page: Gray | Bits) -> list[np.ndarray]:
    """What all functions make of a page."""
    survey = compiled.survey(page)
    made: list[np.ndarray] = [survey.quarter, survey.lightest, survey.strips, survey.darkest]
    for slope in (0.0, 0.011, -0.17):
        made.append(compiled.shear(page, slope))
        for mask in (True, False):
            plan = plan_for(page, slope, busy=True, border=True, streaks=dirty_glass(page.shape[1]), mask=mask)
            gray, bits = compiled.level(page, plan)
            made += [gray, bits.packed]
    for step in (1, 2, 4):
        found = compiled.find_blobs(page if isinstance(page, Bits) else Bits.of(page), step)
        made += [found.boxes, found.areas, found.cells]
    return made


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_beyond_the_page_is_read_and_nothing_on_it_written(
    shape: tuple[int, int], upside_down: bool, at_start: bool
) -> None:
    turn: Callable[[np.ndarray], np.ndarray] = (lambda page: page[::-1]) if upside_down else (lambda page: page)
    gray, bits = noise(*shape), sparse_bits(*shape, 0.2)
    ours = every(turn(fenced(gray, at_start))) + every(Bits(turn(fenced(bits.packed, at_start)), bits.width))
    plain = every(turn(gray).copy()) + every(Bits(turn(bits.packed).copy(), bits.width))
    assert all(np.array_equal(one, other) for one, other in zip(ours, plain, strict=True))


def test_maps_streaks_and_sums_are_only_read_too() -> None:
    page = scan(131, 203)
    plan = plan_for(page, 0.02, busy=True, streaks=dirty_glass(203))
    assert plan.busy is not None
    kept = [*(streak.gains.copy() for streak in plan.streaks), plan.levels.copy(), plan.gains.copy(), plan.busy.copy()]
    for array in (plan.levels, plan.gains, plan.busy, *(streak.gains for streak in plan.streaks)):
        array.setflags(write=False)
    compiled.level(page, plan)
    now = [*(streak.gains for streak in plan.streaks), plan.levels, plan.gains, plan.busy]
    assert all(np.array_equal(one, other) for one, other in zip(kept, now, strict=True))


# outputs: the functions themselves, on buffers that end where memory may not be touched


def at(array: np.ndarray) -> int:
    return int(array.ctypes.data)


def out(shape: tuple[int, ...], dtype: type[np.generic] = np.uint8, at_start: bool = False) -> np.ndarray:
    fence = Fenced(shape, dtype, at_start)
    FENCES.append(fence)
    fence.array.view(np.uint8)[...] = 0xA5
    return fence.array


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("shape", [*SHAPES, (3, 5), (9, 7), (8, 64), (200, 63)])
def test_a_survey_writes_only_into_its_four_arrays(shape: tuple[int, int], at_start: bool) -> None:
    height, width = shape
    page = noise(height, width)
    picture, _ = compiled._picture(page)
    quarter, darkest = (
        out((height // 4, width // 4), at_start=at_start),
        out((height // 8, width // 8), at_start=at_start),
    )
    lightest = out((-(-height // BAND_ROWS), width), at_start=at_start)
    strips = out((height // 4 * 2, width // 64), np.uint16, at_start)
    assert compiled._c.lz_survey(picture, at(quarter), at(lightest), BAND_ROWS, at(strips), at(darkest)) == 0
    wanted = twin.survey(page)
    for made, name in ((quarter, "quarter"), (lightest, "lightest"), (strips, "strips"), (darkest, "darkest")):
        assert np.array_equal(made, getattr(wanted, name)), name


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("slope", [0.0, 0.004, -0.17])
@pytest.mark.parametrize("shape", [*SHAPES, (3, 5), (8, 64), (200, 63)])
def test_a_shear_writes_every_pixel_and_no_more(shape: tuple[int, int], slope: float, at_start: bool) -> None:
    page = noise(*shape)
    picture, _ = compiled._picture(page)
    made = out(shape, at_start=at_start)
    assert compiled._c.lz_shear(picture, slope, 255, at(made)) == 0
    assert np.array_equal(made, compiled.shear(page, slope))


@pytest.fixture
def into_fences(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes compiled.level write into memory that ends where nothing may be touched, filled with something else."""

    def use(at_start: bool) -> None:
        monkeypatch.setattr(compiled, "recycled", lambda shape: out(shape, at_start=at_start))

    return use


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize("shape", [*SHAPES, (8, 9), (8, 64), (200, 63), (1, 64), (2, 130)])
def test_levelling_writes_every_byte_and_no_more(
    shape: tuple[int, int], mask: bool, at_start: bool, into_fences: Callable[[bool], None]
) -> None:
    page = noise(*shape)
    plans = [plan_for(page, slope, busy=min(shape) > 8, mask=mask) for slope in (0.0, 0.004, -0.17)]
    plain = [compiled.level(page, plan) for plan in plans]
    into_fences(at_start)
    for plan, (gray, bits) in zip(plans, plain, strict=True):
        fenced_gray, fenced_bits = compiled.level(page, plan)
        assert np.array_equal(fenced_gray, gray)
        assert np.array_equal(fenced_bits.packed, bits.packed)


@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("step", [1, 2, 4])
def test_no_more_blobs_are_written_than_there_is_room_for(step: int, at_start: bool) -> None:
    bits = sparse_bits(130, 203, 0.05)
    whole = compiled.find_blobs(bits, step)
    rows, columns = whole.cells.shape
    for room in (0, 1, len(whole.areas) - 1, len(whole.areas)):
        found, cells = out((room, 5), np.int32, at_start), out((rows, columns), np.uint16, at_start)
        count = compiled._c.lz_blobs(
            at(bits.packed), bits.packed.strides[0], 203, 130, step, at(found), room, at(cells)
        )
        assert count == len(whole.areas)
        assert np.array_equal(found[:, :4], whole.boxes[:room])
        assert np.array_equal(cells, whole.cells)


@pytest.mark.parametrize("at_start", [False, True])
def test_erasing_stays_on_the_page(at_start: bool) -> None:
    gray, packed = out((67, 131), at_start=at_start), out((67, 24), at_start=at_start)
    boxes = np.array([[0, 0, 131, 1], [0, 66, 131, 67], [129, 0, 131, 67], [0, 0, 1, 67], [50, 20, 60, 30]], np.int32)
    compiled._c.lz_erase(at(gray), at(packed), 24, 131, 67, at(boxes), len(boxes), RIM_PX)
    ink = np.unpackbits(packed, axis=1)
    pattern = np.unpackbits(np.full((67, 24), 0xA5, np.uint8), axis=1)
    assert np.array_equal(ink[:, 131:], pattern[:, 131:])
    assert not ink[:, [0, 129, 130]].any()
    assert not ink[[0, 66], :131].any()


def test_profiles_scores_and_neighbours_stay_in_their_arrays() -> None:
    strips = fenced(np.random.default_rng(0).integers(0, 32_000, (90, 7)).astype(np.uint16))
    weights = fenced(np.array([0.25, 0.5, 0.25], np.float32))
    usable = fenced(noise(20, 60))
    lines, scores = out((7, 88 + 12), np.float32), out((3,), np.float64)
    slopes = fenced(np.array([-0.2, 0.0, 0.01]))
    given = (at(usable), 20, 60, 4, at(weights), 1, 6, at(lines))
    assert compiled._c.lz_profiles(at(strips), 90, 7, 128, 2, 2.0, 30.0, *given) == 0
    assert compiled._c.lz_slope_scores(at(lines), 7, 100, 6, 32.0, at(slopes), 3, at(scores)) == 0
    assert np.all(np.isfinite(scores))
    letters = fenced(np.sort(noise(50, 5).astype(np.int32), axis=0))
    right = out((50,), np.int32)
    compiled._c.lz_neighbours(at(letters), 50, 20, at(right))
    assert int(right.min()) >= -1
    assert int(right.max()) < 50


# a sanitizer build


def runtime_of(compiler: str, name: str) -> Path | None:
    said = subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=False)
    found = Path(said.stdout.strip())
    return found if found.is_absolute() and found.exists() else None


@pytest.fixture(scope="module")
def runtime() -> Path:
    """The library that finds wrong accesses to memory."""
    command = build.compiler()
    found = runtime_of(command[0], "libasan.so") if command else None
    if found is None:
        pytest.skip("this compiler has no address sanitizer of its own")
    return found


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = build.compile_kernel(tmp_path_factory.mktemp("kernel") / "sanitized.so", SANITIZERS)
    assert library is not None, "the sanitizer build failed"
    code = library.read_bytes()
    assert b"__asan_report" in code
    assert b"__ubsan_handle" in code
    return library


def drive(library: Path, runtime: Path, *how: str) -> subprocess.CompletedProcess[str]:
    some = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    some |= {"PYTHONMALLOC": "malloc", "ASAN_OPTIONS": "detect_leaks=0", "LD_PRELOAD": str(runtime)}
    command = [sys.executable, "-B", str(DRIVE), str(library), *how]
    return subprocess.run(command, env=some, capture_output=True, text=True, check=False)


def test_sanitizers_find_nothing_in_any_function(sanitized: Path, runtime: Path) -> None:
    done = drive(sanitized, runtime)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "drove" in done.stdout


def test_sanitizers_would_tell(sanitized: Path, runtime: Path) -> None:
    done = drive(sanitized, runtime, "lie")
    assert done.returncode != 0
    assert "ERROR: AddressSanitizer" in done.stderr
    assert "lz_shear" in done.stderr
