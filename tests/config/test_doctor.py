"""`laufzettel doctor`: which kernel cleans the pages."""

from __future__ import annotations

import pytest

from config.commands import doctor
from ocr import kernel
from ocr.kernel import build


def test_it_says_that_the_fast_kernel_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "NAME", "c")
    found = doctor.kernel_finding()
    assert found.ok and "C" in found.detail and found.fix == ""


def test_it_names_the_command_that_brings_the_fast_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "NAME", "opencv")
    monkeypatch.setattr(kernel, "WHY", "der schnelle Kern ist nicht übersetzt")
    monkeypatch.delenv("LAUFZETTEL_KERNEL", raising=False)
    monkeypatch.setattr(build, "compiler", lambda: None)
    found = doctor.kernel_finding()
    assert found.ok, "the pages are the same, only slower"
    assert "nicht übersetzt" in found.detail
    assert found.fix.startswith("apt-get install -y gcc") and found.fix.endswith("-m ocr.kernel.build")
    monkeypatch.setattr(build, "compiler", lambda: ["cc"])
    assert "apt-get" not in doctor.kernel_finding().fix
    monkeypatch.setenv("LAUFZETTEL_KERNEL", "opencv")
    assert doctor.kernel_finding().fix == "unset LAUFZETTEL_KERNEL"
