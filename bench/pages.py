"""Simulated scans with their truth: `python -m bench.pages OUTDIR --count N --seed S [--dpi 300] [--clean]`.

The same seed makes the same files on the same machine (serif faces are used where Debian's fonts-urw-base35 is).
`truth.json`: `{"seed", "dpi", "pages": [{"file", "kind", "words", "skew_deg", "turn_deg", "streaks", "blank", "clean",
"colour", "defects"}]}`. `words` are the printed words in reading order (handwriting, stamps and comb digits are none).
`skew_deg` > 0: the lines run down to the right, on the page turned upright. `turn_deg`: by how much the page lies
turned clockwise. `streaks`: `[{"x", "width", "level", "gain"}]` in pixels of the file. `clean`: the page without
defects. Words that a hole, a torn edge, a black border or the end of the scan took away are not in `words`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.random import Generator
from PIL import Image

from bench.glass import OVERSAMPLING, Defects, Picture, Streak, is_seen, scan
from bench.layouts import CONTENT, LITTLE, Layout, empty, letter
from bench.sheet import Sheet, faces
from ocr.page import Gray

JPEG_QUALITY = 85
PAPERS = ((210.0, 297.0), (210.0, 297.0), (210.0, 297.0), (216.0, 279.0), (190.0, 270.0))
A4 = (210.0, 297.0)
BLANKS = ("blank_noise", "blank_holes", "blank_shadow", "blank_bleed", "blank_border")
ORDER = (
    "letter", "form", "blank_noise", "small_print", "table", "signature", "typewriter", "mixed", "letter",
    "blank_bleed", "form", "stamp", "letter", "table", "blank_border", "small_print", "one_line", "form", "mixed",
    "blank_shadow", "typewriter", "letter", "table", "blank_holes",
)  # fmt: skip
"""Every kind early, so that a few pages already hold most of them."""
INKS = ((0.1, 0.15, 0.6), (0.05, 0.05, 0.1), (0.65, 0.1, 0.15), (0.1, 0.4, 0.2))
Format = Literal["grey", "colour", "bilevel"]


@dataclass(frozen=True, slots=True)
class SimulatedPage:
    """One scan, the page that it was made from, and its line of `truth.json` apart from the file names."""

    picture: Picture
    clean: Gray
    file_format: Format
    truth: dict[str, object]


def simulate(kind: str, rng: Generator, dpi: float) -> SimulatedPage:
    """One page of `kind` with defects at random."""
    file_format = _draw_format(kind, rng)
    width, height = PAPERS[int(rng.integers(len(PAPERS)))]
    sheet = _blank_sheet((width, height), dpi, rng)
    layout_of(kind)(sheet, rng)
    defects = draw_defects(kind, file_format, (width, height), rng, dpi)
    back = None
    if defects.bleed:
        back_sheet = _blank_sheet((width, height), dpi / OVERSAMPLING, rng)
        letter(back_sheet, rng)
        back = back_sheet.gray
    return SimulatedPage(scan(sheet, defects, rng, back), _clean(sheet), file_format, _truth(kind, sheet, defects))


def layout_of(kind: str) -> Layout:
    """Raises KeyError when there is no such kind."""
    return empty if kind in BLANKS else {**CONTENT, **LITTLE}[kind]


def draw_defects(kind: str, file_format: Format, paper_mm: tuple[float, float], rng: Generator, dpi: float) -> Defects:
    """Everything that can be wrong with a scan of `kind`, at random."""
    turn_deg = int(rng.choice((0, 90, 180, 270), p=(0.88, 0.04, 0.04, 0.04)))
    area = _draw_area(paper_mm, rng)
    area = area if turn_deg % 180 == 0 else (area[1], area[0])
    paper = int(rng.integers(215, 254))
    ink = int(rng.integers(90, 131)) if rng.random() < 0.12 else int(rng.integers(0, 60))
    black_lid = rng.random() < 0.4
    defects = Defects(
        dpi=dpi,
        area_mm=area,
        skew_deg=_draw_skew(rng),
        turn_deg=turn_deg,
        shift_mm=(float(rng.normal(0, 1.2)), float(rng.normal(0, 1.2))),
        paper=paper,
        ink=ink,
        lid=int(rng.integers(0, 40)) if black_lid else int(rng.integers(paper - 10, 256)),
        wear=(
            float(rng.uniform(1, 6)) * (rng.random() < 0.25),
            float(rng.uniform(4, 14)) * (rng.random() < 0.15),
            float(rng.uniform(1, 4)),
        ),
        torn=int(rng.integers(4)) if rng.random() < 0.12 else -1,
        holes=int(rng.choice((2, 4))) if rng.random() < 0.3 else 0,
        staples=int(rng.random() < 0.2),
        bleed=float(rng.uniform(0.03, 0.12)) * (rng.random() < 0.35),
        blur_px=float(rng.uniform(0.3, 1.1)) * dpi / 300,
        light=float(rng.uniform(0.05, 0.3)) * (rng.random() < 0.4),
        light_deg=float(rng.uniform(0, 360)),
        shadow=float(rng.uniform(0.1, 0.5)) * (rng.random() < 0.15),
        noise=float(rng.uniform(1, 7)),
        specks=int(rng.integers(0, 80)) * (rng.random() < 0.6),
        streaks=_draw_streaks(rng, round(area[0] * dpi / 25.4)) if rng.random() < 0.35 else (),
        border_mm=_draw_border(rng) if rng.random() < 0.2 else (0.0, 0.0, 0.0, 0.0),
        tint=_draw_tint(rng) if file_format == "colour" else None,
        ink_rgb=INKS[int(rng.integers(len(INKS)))],
        jpeg_before=int(rng.integers(35, 65)) if rng.random() < 0.15 else 0,
    )
    if file_format == "bilevel":
        threshold = round(ink + (paper - ink) * float(rng.uniform(0.55, 0.7)))
        return replace(defects, threshold=threshold, light=0.0, shadow=0.0, bleed=0.0)
    return _only(kind, defects, rng)


def _only(kind: str, defects: Defects, rng: Generator) -> Defects:
    """Blank pages show one defect clearly and the others faintly."""
    if kind not in BLANKS:
        return defects
    faint = replace(defects, bleed=0.0, shadow=0.0, holes=0, specks=min(defects.specks, 15), border_mm=(0.0,) * 4)
    if kind == "blank_noise":
        return replace(faint, noise=float(rng.uniform(5, 10)), specks=int(rng.integers(20, 60)))
    if kind == "blank_holes":
        return replace(faint, holes=4, staples=1, lid=int(rng.integers(0, 40)))
    if kind == "blank_shadow":
        return replace(faint, shadow=float(rng.uniform(0.3, 0.6)), light=float(rng.uniform(0.1, 0.3)))
    if kind == "blank_bleed":
        return replace(faint, bleed=float(rng.uniform(0.04, 0.13)))
    return replace(faint, border_mm=_draw_border(rng), lid=int(rng.integers(0, 40)))


def _draw_format(kind: str, rng: Generator) -> Format:
    pick = rng.random()
    if pick < 0.25:
        return "colour"
    return "bilevel" if pick < 0.4 and kind in CONTENT else "grey"


def _draw_area(paper_mm: tuple[float, float], rng: Generator) -> tuple[float, float]:
    """The scan area: as large as the sheet, a little larger, or A4 whatever the sheet."""
    pick = rng.random()
    if pick < 0.5:
        return paper_mm
    if pick < 0.7:
        over = float(rng.uniform(2, 12))
        return paper_mm[0] + over, paper_mm[1] + over
    return max(A4[0], paper_mm[0]), max(A4[1], paper_mm[1])


def _draw_skew(rng: Generator) -> float:
    pick = rng.random()
    if pick < 0.12:
        return 0.0
    return float(rng.uniform(-4, 4)) if pick < 0.4 else float(rng.uniform(-1.5, 1.5))


def _draw_border(rng: Generator) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(edge) for edge in rng.uniform(1, 8, 4) * (rng.random(4) < 0.6))
    return left, top, right, bottom


def _draw_tint(rng: Generator) -> tuple[float, float, float]:
    """White, yellowed or recycled, and the green, blue and pink papers of offices."""
    tints = (
        (1.0, 1.0, 1.0),
        (1.0, 0.98, 0.9),
        (0.93, 0.92, 0.88),
        (0.85, 1.0, 0.85),
        (0.85, 0.92, 1.0),
        (1.0, 0.88, 0.9),
    )
    return tints[int(rng.integers(len(tints)))]


def _draw_streaks(rng: Generator, width_px: int) -> tuple[Streak, ...]:
    """One to three streaks of dirty glass; some of them double."""
    streaks: list[Streak] = []
    for _ in range(int(rng.integers(1, 4))):
        x, width = int(rng.integers(width_px // 50, width_px * 49 // 50)), int(rng.choice((1, 1, 2, 2, 3, 4, 8)))
        film = rng.random()
        level = int(rng.integers(20, 110)) if film < 0.35 else int(rng.integers(110, 200)) if film < 0.65 else None
        gain = 1.0 if level is not None else float(rng.uniform(1.05, 1.25) if film > 0.95 else rng.uniform(0.6, 0.92))
        streaks.append(Streak(x, width, level, gain))
        if rng.random() < 0.3:
            streaks.append(Streak(x + width + int(rng.integers(2, 13)), width, level, gain))
    return tuple(streak for streak in streaks if streak.x + streak.width < width_px)


def _blank_sheet(paper_mm: tuple[float, float], dpi: float, rng: Generator) -> Sheet:
    known = faces()
    return Sheet(*paper_mm, dpi * OVERSAMPLING, rng, known[int(rng.integers(len(known)))])


def _clean(sheet: Sheet) -> Gray:
    """The printed page, level and white, in the resolution of the scan."""
    gray = sheet.gray if sheet.marks is None else np.minimum(sheet.gray, sheet.marks.gray)
    small = Image.fromarray(gray).reduce(OVERSAMPLING)
    return np.asarray(small, np.uint8)


def _truth(kind: str, sheet: Sheet, defects: Defects) -> dict[str, object]:
    return {
        "kind": kind,
        "words": [word.text for word in sheet.words if is_seen(word, sheet, defects)],
        "skew_deg": defects.skew_deg,
        "turn_deg": defects.turn_deg,
        "streaks": [asdict(streak) for streak in defects.streaks],
        "blank": kind in BLANKS,
        "colour": defects.tint is not None,
        "face": sheet.face.name,
        "defects": asdict(defects),
    }


def write_page(page: SimulatedPage, path: Path, dpi: float) -> Path:
    """Write the scan beside `path` (without suffix) and return the file."""
    made = Image.fromarray(page.picture)
    if page.file_format == "bilevel":
        path = path.with_suffix(".tif")
        made.convert("1", dither=Image.Dither.NONE).save(path, compression="group4", dpi=(dpi, dpi))
    else:
        path = path.with_suffix(".jpg")
        made.save(path, quality=JPEG_QUALITY, dpi=(round(dpi), round(dpi)))
    return path


def write_pages(folder: Path, count: int, seed: int, dpi: float = 300, clean: bool = False) -> dict[str, object]:
    """Write `count` pages and `truth.json` into `folder`; returns the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    if clean:
        (folder / "clean").mkdir(exist_ok=True)
    lines: list[dict[str, object]] = []
    for n in range(count):
        kind = ORDER[n % len(ORDER)]
        page = simulate(kind, np.random.default_rng((seed, n)), dpi)
        stem = f"{n:04d}-{kind}"
        path = write_page(page, folder / stem, dpi)
        if clean:
            Image.fromarray(page.clean).save(folder / "clean" / f"{stem}.png", dpi=(dpi, dpi), compress_level=1)
        lines.append({"file": path.name, "clean": f"clean/{stem}.png" if clean else None, **page.truth})
    truth: dict[str, object] = {"seed": seed, "dpi": dpi, "pages": lines}
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
    return truth


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description="Simulated scans with their truth.")
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dpi", type=float, default=300)
    parser.add_argument("--clean", action="store_true", help="also write each page without its defects to OUTDIR/clean")
    options = parser.parse_args(arguments)
    write_pages(options.folder, options.count, options.seed, options.dpi, options.clean)
    print(f"{options.count} pages in {options.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
