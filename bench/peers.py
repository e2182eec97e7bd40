"""The peers: what other programs and libraries make of the same page, as they are used.

Programs are timed whole, from their start to their end, with an uncompressed page as input (OCRmyPDF: its own file);
libraries in process.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from bench import leptonica
from bench.candidates import Candidate, Failed, Job, Result
from bench.inputs import BenchPage
from ocr.page import Gray

LIMIT_S = 240
"""A program that takes longer for one page counts as failed."""
SCANTAILOR_PYTHON = Path(os.environ.get("BENCH_PYTHON", ".venv-bench/bin/python"))

# Leptonica


def ready_leptonica(threshold: leptonica.Threshold) -> Callable[[BenchPage, Path], Job]:
    def ready(page: BenchPage, _: Path) -> Job:
        pix = leptonica.Pix.of(page.gray)
        last: list[tuple[leptonica.Pix, leptonica.Pix, float]] = []

        def run() -> None:
            last[:] = [leptonica.clean(pix, threshold)]

        def result() -> Result:
            level, bits, skew_deg = last[0]
            if threshold == "sauvola":  # its grey page and skew are those of the other
                return Result({"1 bit": bits.to_gray()})
            return Result({"grey": level.to_gray(), "1 bit": bits.to_gray()}, skew_deg)

        return Job(run, result)

    return ready


def leptonica_skew(page: BenchPage, _: Path) -> float:
    return leptonica.deskew(leptonica.Pix.of(page.gray))[1]


# Programs


def call(*command: object) -> str:
    """Run a program to its end; what it says on stdout and stderr.

    Raises:
        Failed: when it ends with an error or takes longer than `LIMIT_S`.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S,
            check=False,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError) as error:
        raise Failed(str(error)) from error
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Failed(f"{command[0]}: {done.returncode}: {said[-300:]}")
    return said


def ready_unpaper(page: BenchPage, folder: Path) -> Job:
    source, target, said = _pgm(page, folder), folder / "unpaper.pgm", [""]

    def run() -> None:
        said[0] = call("unpaper", "-v", "--overwrite", "--dpi", round(page.dpi), source, target)

    return Job(run, lambda: Result({"grey": _read(target)}, _unpaper_angle(said[0])))


def _unpaper_angle(said: str) -> float | None:
    """unpaper logs the skew that it turns back, in radians. Seen: a page turned by 2 degrees clockwise gives +0.04."""
    found = re.findall(r"^rotate \(.*?\): (-?[0-9.]+)", said, re.MULTILINE)
    return math.degrees(float(found[-1])) if found else None


def unpaper_skew(page: BenchPage, folder: Path) -> float | None:
    job = ready_unpaper(page, folder)
    job.run()
    return job.result().skew_deg


@lru_cache(maxsize=1)
def magick() -> str | None:
    """ImageMagick's converter; its old name is asked for by its full name, since others take `convert`."""
    places = ("magick", "convert-im6.q16", "convert-im6")
    return next((found for place in places if (found := shutil.which(place))), None)


def ready_magick(page: BenchPage, folder: Path) -> Job:
    source, target = _pgm(page, folder), folder / "magick.pbm"
    recipe = ("-deskew", "40%", "+repage", "-negate", "-lat", "25x25+10%", "-negate")

    def run() -> None:
        call(magick(), source, *recipe, target)

    return Job(run, lambda: Result({"1 bit": _read(target)}))


def magick_skew(page: BenchPage, folder: Path) -> float:
    said = call(magick(), _pgm(page, folder), "-deskew", "40%", "-format", "%[deskew:angle]", "info:")
    return -float(said)


def ready_ocrmypdf(page: BenchPage, folder: Path) -> Job:
    """Its deskew and clean path without recognition; the PDF holds one cleaned page picture."""
    source, target = folder / ("own.jpg" if page.jpeg else "own.png"), folder / "ocrmypdf.pdf"
    source.write_bytes(page.jpeg or cv2.imencode(".png", page.gray)[1].tobytes())
    switches = ("--deskew", "--clean", "--clean-final", "--tesseract-timeout", 0, "--optimize", 0, "--jobs", 1)
    form = ("--output-type", "pdf", "--image-dpi", round(page.dpi), "--quiet")

    def run() -> None:
        call("ocrmypdf", *switches, *form, source, target)

    return Job(run, lambda: Result({"grey": _rendered(target, page.dpi)}))


def ocrmypdf_skew(page: BenchPage, folder: Path) -> float:
    """OCRmyPDF asks Tesseract for the angle with exactly this call. Source: ocrmypdf/_exec/tesseract.py."""
    said = call("tesseract", _pgm(page, folder), "stdout", "--psm", 2)
    found = re.search(r"Deskew angle: (-?[0-9.]+)", said)
    return math.degrees(float(found.group(1))) if found else 0.0


def _rendered(pdf: Path, dpi: float) -> Gray:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = np.asarray(document[0].render(scale=dpi / 72, grayscale=True).to_numpy(), np.uint8)
        return picture.reshape(picture.shape[:2]).copy()
    finally:
        document.close()


def _pgm(page: BenchPage, folder: Path) -> Path:
    """The page uncompressed, so that a program's reading of it costs next to nothing."""
    target = folder / "page.pgm"
    cv2.imwrite(str(target), page.gray)
    return target


def _read(file: Path) -> Gray:
    picture = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise Failed(f"{file.name} was not written")
    return np.asarray(picture, np.uint8)


# ScanTailor


@lru_cache(maxsize=1)
def _scantailor() -> subprocess.Popen[str]:
    worker = Path(__file__).with_name("scantailor.py")
    return subprocess.Popen(
        [SCANTAILOR_PYTHON, worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def ask_scantailor(job: str, file: Path, dpi: float) -> Mapping[str, float]:
    """Raises Failed when ScanTailor could not do it or ended."""
    worker = _scantailor()
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps({"job": job, "file": str(file), "dpi": round(dpi)}) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
    except OSError as error:
        raise Failed(str(error)) from error
    if not line:
        _scantailor.cache_clear()
        raise Failed("ScanTailor ended")
    said = json.loads(line)
    if "error" in said:
        raise Failed(said["error"])
    return {"ms": float(said["ms"]), "skew_deg": float(said["skew_deg"])}


def end_scantailor() -> None:
    """End the worker, if there is one."""
    if _scantailor.cache_info().currsize:
        _scantailor().communicate(timeout=30)
        _scantailor.cache_clear()


def ready_scantailor(page: BenchPage, folder: Path) -> Job:
    source, said = _pgm(page, folder), [0.0]

    def run() -> float:
        answer = ask_scantailor("clean", source, page.dpi)
        said[0] = answer["skew_deg"]
        return answer["ms"]

    return Job(run, lambda: Result({"1 bit": _read(source.with_suffix(".scantailor.pgm"))}, said[0]))


def scantailor_skew(page: BenchPage, folder: Path) -> float:
    return ask_scantailor("skew", _pgm(page, folder), page.dpi)["skew_deg"]


PEERS = (
    Candidate("leptonica", "leptonica full, Otsu (in process)", ready_leptonica("otsu"), skew=leptonica_skew),
    Candidate("leptonica_sauvola", "leptonica full, Sauvola (in process)", ready_leptonica("sauvola")),
    Candidate(
        "scantailor", "ScanTailor Advanced (its work alone, in process)", ready_scantailor, True,
        scantailor_skew,
    ),
    Candidate("imagemagick", "ImageMagick deskew+lat (whole process)", ready_magick, True, magick_skew),
    Candidate("unpaper", "unpaper (whole process)", ready_unpaper, True, unpaper_skew),
    Candidate("ocrmypdf", "OCRmyPDF deskew+clean (whole process)", ready_ocrmypdf, True, ocrmypdf_skew),
)  # fmt: skip


def missing() -> dict[str, str]:
    """Peers that this machine lacks, each with what would bring it."""
    there = {
        "leptonica": leptonica.library() is not None,
        "leptonica_sauvola": leptonica.library() is not None,
        "scantailor": SCANTAILOR_PYTHON.exists(),
        "imagemagick": magick() is not None,
        "unpaper": shutil.which("unpaper") is not None,
        "ocrmypdf": all(shutil.which(program) for program in ("ocrmypdf", "tesseract", "unpaper")),
    }
    return {name: "make bench-peers" for name, found in there.items() if not found}


def versions() -> dict[str, str]:
    """Versions of the peers that are there."""
    programs = {"unpaper": "unpaper", "imagemagick": magick(), "ocrmypdf": "ocrmypdf"}
    said = {
        name: call(program, "--version").splitlines()[0].strip()
        for name, program in programs.items()
        if program and name not in missing()
    }
    if "leptonica" not in missing():
        said["leptonica"] = leptonica.version()
    if "scantailor" not in missing():
        ask = "from importlib.metadata import version; print('scantailor-advanced', version('scantailor-advanced'))"
        said["scantailor"] = call(SCANTAILOR_PYTHON, "-c", ask).strip()
    return said
