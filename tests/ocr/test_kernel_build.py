"""Compiling the kernel at installation: with any compiler, and what happens without one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ocr.kernel import build
from tests.ocr.kernel_pages import compiled

ROOT = Path(__file__).resolve().parents[2]
WHICH = "import ocr.kernel as k; print(k.NAME, k.level.__module__, k.WHY, sep='|')"
DRAWN = """
import hashlib, numpy as np
from ocr import kernel
from ocr.kernel.plan import Plan, Streak
from ocr.page import Bits
assert kernel.NAME == "c", kernel.WHY
told = hashlib.sha256()
for page in (np.random.default_rng(1).integers(0, 256, (317, 459)).astype(np.uint8),):
    for one in (page, Bits.of(page)):
        survey = kernel.survey(one)
        levels = np.random.default_rng(2).integers(90, 190, (39, 57)).astype(np.uint8)
        streak = Streak(77, np.array([300, 0, 420], np.uint16))
        parts = survey.quarter, survey.lightest, survey.strips, survey.darkest
        told.update(b"".join(part.tobytes() for part in parts))
        for slope in (0.0, 0.004, -0.03, 0.17):
            told.update(kernel.shear(one, slope).tobytes())
            for mask in (True, False):
                gray, bits = kernel.level(one, Plan(slope, levels, levels, None, (streak,), mask))
                told.update(gray.tobytes() + bits.packed.tobytes())
            for step in (1, 2, 4):
                blobs = kernel.find_blobs(bits, step)
                told.update(blobs.boxes.tobytes() + blobs.areas.tobytes() + blobs.cells.tobytes())
            kernel.erase(gray, bits, blobs.boxes)
            told.update(gray.tobytes() + bits.packed.tobytes())
            order = np.argsort(blobs.boxes[:, 0], kind="stable")
            told.update(kernel.neighbours(blobs.boxes[order], 30).tobytes())
print(told.hexdigest())
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a copy of the package `ocr`, its kernel not compiled."""
    shutil.copytree(ROOT / "ocr", tmp_path / "ocr", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    return tmp_path


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    some = {"HOME": str(folder), "PATH": os.environ["PATH"], **environment}
    return subprocess.run([sys.executable, *command], cwd=folder, env=some, capture_output=True, text=True, check=False)


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiles without optimising, where it does not matter what comes of it."""
    command = build.compiler()
    assert command is not None
    monkeypatch.setenv("CC", quoted(wrapper(tmp_path, f'exec {command[0]} "$@" -O0\n')))
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-O0"))


def compiled_in(package: Path) -> Path:
    done = run(package, "-m", "ocr.kernel.build", **({"CC": os.environ["CC"]} if "CC" in os.environ else {}))
    assert done.returncode == 0
    (library,) = (package / "ocr" / "kernel").glob("*.so")
    return library


def made_with(package: Path) -> str:
    done = run(package, "-c", DRAWN)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def wrapper(folder: Path, script: str) -> Path:
    path = folder / "some cc"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


def quoted(path: Path) -> str:
    return f"'{path}'"


def test_without_a_compiler_nothing_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    assert build.compiler() is None
    assert build.compile_kernel(tmp_path / "kernel.so") is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_compiler_the_twin_runs_and_says_why(package: Path) -> None:
    done = run(package, "-m", "ocr.kernel.build", PATH="")
    assert done.returncode == 0
    assert "kein C-Compiler" in done.stderr
    name, module, why = run(package, "-c", WHICH).stdout.strip().split("|")
    assert (name, module) == ("opencv", "ocr.kernel.twin")
    assert "C-Compiler" in why


@pytest.mark.usefixtures("quick")
def test_once_compiled_the_kernel_in_c_runs_unless_the_other_is_asked_for(package: Path) -> None:
    compiled_in(package)
    assert run(package, "-c", WHICH).stdout.startswith("c|ocr.kernel.compiled|")
    assert run(package, "-c", WHICH, LAUFZETTEL_KERNEL="opencv").stdout.startswith("opencv|ocr.kernel.twin|")


@pytest.mark.usefixtures("quick")
def test_a_library_of_another_source_is_not_loaded_and_tidied_away(package: Path) -> None:
    first = compiled_in(package)
    with first.with_name("page.c").open("a") as source:
        source.write("/* another */\n")
    assert run(package, "-c", WHICH).stdout.startswith("opencv|")
    assert compiled_in(package) != first
    assert run(package, "-c", WHICH).stdout.startswith("c|")


def test_a_compiler_that_knows_no_clones_is_asked_again_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = build.compiler()
    assert command is not None
    log = tmp_path / "log"
    script = f'echo "$@" >> {quoted(log)}\ncase "$*" in *NO_CLONES*) exec {command[0]} "$@" -O0;; esac\nexit 1\n'
    monkeypatch.setenv("CC", quoted(wrapper(tmp_path, script)))
    target = tmp_path / "made" / "kernel.so"
    target.parent.mkdir()
    assert build.compile_kernel(target) == target
    first, second = log.read_text().splitlines()
    assert "NO_CLONES" not in first
    assert "NO_CLONES" in second
    assert list(target.parent.iterdir()) == [target]


def test_a_compiler_that_refuses_everything_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", quoted(wrapper(tmp_path, "exit 1\n")))
    target = tmp_path / "made" / "kernel.so"
    target.parent.mkdir()
    assert build.compile_kernel(target) is None
    assert list(target.parent.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_a_compiler_that_is_named_but_not_there_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O9")
    assert build.compile_kernel(tmp_path / "kernel.so") == tmp_path / "kernel.so"


def test_any_build_makes_bit_for_bit_the_same_and_no_warning(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With versions and instructions of newer processors, without them; and by clang where it is installed."""
    library = compiled_in(package)
    fast = made_with(package)
    for without in (build.WITHOUT_CLONES, build.PLAIN):
        assert build.compile_kernel(library, ("-Werror", without)) == library
        assert made_with(package) == fast
    if shutil.which("clang"):
        monkeypatch.setenv("CC", "clang")
        assert build.compile_kernel(library, ("-Werror",)) == library
        assert made_with(package) == fast


def test_memory_that_is_not_there_is_an_error_and_no_crash() -> None:
    strips = np.zeros((9, 7), np.uint16)
    picture, _ = compiled._picture(np.zeros((8, 8), np.uint8))
    with pytest.raises(MemoryError):
        compiled._check(compiled._c.lz_shear(picture, 2.0, 255, strips.ctypes.data))
