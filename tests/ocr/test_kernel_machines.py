"""The kernel makes the same on processors of other kinds, where a compiler and an emulator for them are installed.

Debian: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ocr.kernel import build
from tests.ocr import kernel_pages  # skips all of this where no compiler is

DRIVER = Path(kernel_pages.__file__).with_name("kernel_driver.c")
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", build.PLAIN)
OTHERS = {"aarch64": ("aarch64-linux-gnu-gcc", "qemu-aarch64")}
"""Not in every run, but tried: "armhf": ("arm-linux-gnueabihf-gcc", "qemu-arm"), "s390x": ("s390x-linux-gnu-gcc",
"qemu-s390x")."""


def results(target: Path, command: list[str], *flags: str, emulator: tuple[str, ...] = ()) -> list[str]:
    made = subprocess.run(
        [*command, *FLAGS, *flags, str(DRIVER), "-o", str(target), "-lm"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    done = subprocess.run([*emulator, str(target)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What this machine makes of some pages: a checksum for each of them and of all functions."""
    return results(tmp_path_factory.mktemp("driver") / "here", build.compiler() or [])


def test_every_function_has_a_checksum(here: list[str]) -> None:
    names = {line.split()[0] for line in here}
    assert names >= {
        "quarter",
        "largest",
        "darkest",
        "strips",
        "about",
        "shear",
        "level",
        "cells",
        "blobs",
        "erased",
        "right",
    }


@pytest.mark.parametrize("machine", OTHERS)
def test_another_machine_makes_the_same(machine: str, here: list[str], tmp_path: Path) -> None:
    compiler, emulator = OTHERS[machine]
    if not shutil.which(compiler) or not shutil.which(emulator):
        pytest.skip(f"{compiler} or {emulator} is not installed")
    assert results(tmp_path / machine, [compiler], "-static", emulator=(emulator,)) == here
