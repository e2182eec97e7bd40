"""Finding one form among many, measured: `python -m bench.find_form --forms 200 --pages N --seed S --json OUT`.

Forms are invented (`bench.forms`), printed, spoiled as fax machines, copiers and scanners do, cleaned and read by
Tesseract. Every eighth page is of a form that is not known. Judged are the answer (right, unknown, wrong) and how far
the boxes of fields lie from where they are. `--drawn` leaves out picture and engine: the printed words themselves, laid
askew and with wrong letters; hundreds of pages a minute.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.forms import A4, PrintedForm, make_forms, print_page, spec_of, specs_of
from bench.machine import describe, use_one_core
from demo.ink import MM_PER_INCH
from demo.people import choose
from ocr.find_form import find_form
from ocr.form_index import index_of
from ocr.page import Box, Gray, Page, RawPage, Word
from ocr.phrases import lines_of
from ocr.register import fit_page
from ocr.sheet import look_at
from ocr.spec import FormSpec
from ocr.steps.clean import clean_page

DPI = 200.0
STRANGERS = 8
"""Every page of so many is of a form that nobody described."""
MISREAD = str.maketrans("eoaiunmlcrthsEOAIBSG0156389", "cauIvrnIetlnaFQAlR5C0I58883")
"""What an engine sees in bad print."""


@dataclass(frozen=True, slots=True)
class Scan:
    """How a sheet lies in its scan, and how the scan was spoiled. Lengths in mm; `letters`: share read wrongly."""

    kind: str
    scale: tuple[float, float] = (1.0, 1.0)
    skew_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    lost: float = 0.0
    noise: float = 3.0
    fax_rows: float = 0.0
    copies: int = 0
    letters: float = 0.0

    def matrix(self, dpi: float) -> NDArray[np.float64]:
        """2x3: mm of the sheet to pixels of the scan. The sheet turns about its middle."""
        angle, px = math.radians(self.skew_deg), dpi / MM_PER_INCH
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        linear = turn @ np.diag(self.scale) * px
        middle = np.array(A4) / 2
        shift = (middle + np.array(self.shift_mm) - (0.0, self.lost * A4[1])) * px - linear @ middle
        return np.hstack([linear, shift[:, None]])


def _plain(rng: Generator) -> Scan:
    scale = float(rng.uniform(0.98, 1.02))
    return Scan("scan", (scale, scale), float(rng.uniform(-2, 2)), _shift(rng, 4))


def _scaled(rng: Generator) -> Scan:
    scale = float(rng.uniform(0.85, 1.15))
    return Scan("scaled", (scale, scale), float(rng.uniform(-2, 2)), _shift(rng, 10), noise=float(rng.uniform(2, 10)))


def _stretched(rng: Generator) -> Scan:
    scale = float(rng.uniform(0.92, 1.04))
    return Scan("stretched", (scale, scale * float(rng.uniform(0.96, 1.04))), float(rng.uniform(-1, 1)), _shift(rng, 6))


def _shifted(rng: Generator) -> Scan:
    return Scan("shifted", skew_deg=float(rng.uniform(-2, 2)), shift_mm=_shift(rng, 20), noise=4)


def _fax(rows: float) -> Callable[[Generator], Scan]:
    def made(rng: Generator) -> Scan:
        scale = float(rng.uniform(0.94, 1.0))
        level = Scan(f"fax {rows:.0f}", (scale, scale * float(rng.uniform(0.98, 1.02))), float(rng.uniform(-1, 1)))
        return replace(level, shift_mm=_shift(rng, 5), noise=6, fax_rows=rows)

    return made


def _copied(rng: Generator) -> Scan:
    scale = float(rng.uniform(0.93, 1.05))
    return Scan("copied twice", (scale, scale), float(rng.uniform(-2, 2)), _shift(rng, 8), noise=9, copies=2)


def _cut(rng: Generator) -> Scan:
    return Scan("top third missing", skew_deg=float(rng.uniform(-1, 1)), shift_mm=_shift(rng, 3), lost=1 / 3)


def _misread(rng: Generator) -> Scan:
    return replace(_plain(rng), kind="wrong letters", letters=float(rng.uniform(0.04, 0.12)))


def _shift(rng: Generator, most_mm: float) -> tuple[float, float]:
    return float(rng.uniform(-most_mm, most_mm)), float(rng.uniform(-most_mm, most_mm))


KINDS = (_plain, _scaled, _stretched, _shifted, _fax(98.0), _fax(196.0), _copied, _cut, _misread)


def spoil(printed: Gray, printed_dpi: float, scan: Scan, rng: Generator) -> Gray:
    """The scan of a printed sheet: grey, or black and white after a fax."""
    move = scan.matrix(2 * DPI)
    move[:, :2] *= MM_PER_INCH / printed_dpi
    size = (round(A4[0] * 2 * DPI / MM_PER_INCH), round(A4[1] * (1 - scan.lost) * 2 * DPI / MM_PER_INCH))
    large = cv2.warpAffine(printed, move, size, flags=cv2.INTER_AREA, borderValue=255.0)
    seen = cv2.resize(large, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    for _ in range(scan.copies):
        seen = _photocopy(np.asarray(seen, np.uint8), rng)
    noisy = 12 + seen * np.float32(0.92) + rng.standard_normal(seen.shape, np.float32) * np.float32(scan.noise)
    gray = np.clip(cv2.GaussianBlur(noisy, (0, 0), 0.6), 0, 255).astype(np.uint8)
    return _faxed(gray, scan.fax_rows) if scan.fax_rows else gray


def _photocopy(gray: Gray, rng: Generator) -> Gray:
    """Toner: soft edges, hard contrast, strokes a little fatter or thinner, specks."""
    soft = cv2.GaussianBlur(gray, (0, 0), 0.8).astype(np.float32)
    middle = float(rng.uniform(120, 175))
    hard = 255 / (1 + np.exp(-(soft - middle) / 22))
    hard[rng.random(gray.shape) < 0.0004] = 30
    return np.asarray(hard, np.uint8)


def _faxed(gray: Gray, rows: float) -> Gray:
    """Black and white in `rows` lines per inch, then as many pixels down as across again."""
    height, width = gray.shape
    flat = cv2.resize(gray, (round(width * 204 / DPI), round(height * rows / DPI)), interpolation=cv2.INTER_AREA)
    bits = np.where(flat < 150, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(bits, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def misread(words: Sequence[Word], share: float, rng: Generator) -> tuple[Word, ...]:
    """Words with letters that an engine took for others, and some that it lost."""
    return tuple(replace(word, text=_misread_text(word.text, share, rng)) for word in words)


def _misread_text(text: str, share: float, rng: Generator) -> str:
    chance = rng.random(len(text))
    spoiled = [c.translate(MISREAD) if p < share * 0.8 else c for c, p in zip(text, chance, strict=True) if p < 1]
    return "".join(c for c, p in zip(spoiled, rng.random(len(text)), strict=True) if p >= share * 0.2) or text


@dataclass(slots=True)
class Tally:
    """What came out, by kind of scan."""

    answers: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    errors_mm: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[dict[str, object]] = field(default_factory=list)
    unknown: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """A page for the search: its form (None: not among the known), its words, how it was made."""

    form: PrintedForm
    known: bool
    number: int
    scan: Scan
    page: Page
    words: tuple[Word, ...]
    to_page: NDArray[np.float64]


def draw_sample(n: int, forms: Sequence[PrintedForm], strangers: Sequence[PrintedForm], rng: Generator) -> Sample:
    """A page through picture, cleaning and Tesseract."""
    form, known, number, scan = _choose(n, forms, strangers, rng)
    printed = print_page(form, number, 2 * DPI, rng)
    gray = spoil(printed.gray, printed.dpi, scan, rng)
    page = clean_page(RawPage(1, gray, DPI))
    upright = np.linalg.inv(np.vstack([page.matrix, [0, 0, 1]])) @ np.vstack([scan.matrix(DPI), [0, 0, 1]])
    words = look_at(page, ("deu",)).words
    return Sample(form, known, number, scan, page, misread(words, scan.letters, rng), upright[:2])


def draw_words(n: int, forms: Sequence[PrintedForm], strangers: Sequence[PrintedForm], rng: Generator) -> Sample:
    """A page of the printed words themselves, where they lie in the scan, some letters wrong."""
    form, known, number, scan = _choose(n, forms, strangers, rng)
    sheet = print_page(form, number, 60, rng)
    matrix = replace(scan, skew_deg=scan.skew_deg / 4).matrix(DPI)
    share = scan.letters or float(rng.uniform(0, 0.06))
    placed = [Word(w.text, _box(matrix, (w.x0, w.y0, w.x1, w.y1)), 0.9) for w in sheet.words]
    seen = [word for word in placed if word.box.y0 > 0]
    blank = np.full((round(A4[1] * DPI / MM_PER_INCH), round(A4[0] * DPI / MM_PER_INCH)), 255, np.uint8)
    page = Page(1, blank, DPI, 0.0, 0, False, np.eye(2, 3))
    return Sample(form, known, number, scan, page, misread(seen, share, rng), matrix)


def _choose(
    n: int, forms: Sequence[PrintedForm], strangers: Sequence[PrintedForm], rng: Generator
) -> tuple[PrintedForm, bool, int, Scan]:
    known = n % STRANGERS != STRANGERS - 1
    among = forms if known else strangers
    revisions = [form for form in forms if form.family != form.name or form.twin]
    form = choose(rng, revisions if known and revisions and n % 3 == 0 else among)
    return form, known, int(rng.integers(1, len(form.pages) + 1)), KINDS[n % len(KINDS)](rng)


def _box(matrix: NDArray[np.float64], box_mm: tuple[float, float, float, float]) -> Box:
    x0, y0, x1, y1 = box_mm
    ends = np.array([[x0, y0], [x1, y1]]) @ matrix[:, :2].T + matrix[:, 2]
    (left, top), (right, low) = np.round(ends).astype(int)
    return Box(int(left), int(top), max(int(left) + 1, int(right)), max(int(top) + 1, int(low)))


def judge(sample: Sample, specs: dict[str, FormSpec], families: dict[str, PrintedForm], tally: Tally) -> None:
    """Search, compare with the truth, lay the page over its form."""
    start = time.perf_counter()
    found, guesses = find_form([sample.words], specs)
    tally.ms["search"].append((time.perf_counter() - start) * 1000)
    answer = _answer(sample, found, [guess.form for guess in guesses], families)
    tally.answers[sample.scan.kind][answer] += 1
    told = {"form": sample.form.name, "page": sample.number, "scan": sample.scan.kind, "found": found}
    if answer == "wrong":
        tally.wrong.append(told)
    if answer == "unknown":
        tally.unknown.append({**told, "guesses": [(g.form, round(g.score, 2)) for g in guesses]})
    if sample.known:
        measure_fit(sample, spec_of(sample.form), tally)


def _answer(sample: Sample, found: str | None, guesses: Sequence[str], families: dict[str, PrintedForm]) -> str:
    """right, unknown (of a form that could have been told) or wrong. Nobody can tell twins: both must be guesses."""
    if found is not None:
        return "right" if sample.known and found == sample.form.name and not sample.form.twin else "wrong"
    if not sample.known:
        return "right"
    return "right" if sample.form.twin and sample.form.name in guesses else "unknown"


def measure_fit(sample: Sample, spec: FormSpec, tally: Tally) -> None:
    """How far the corners of the field boxes lie from where they are, in mm of the form: the worst of each box."""
    lines = lines_of(sample.words)
    start = time.perf_counter()
    fit = fit_page(sample.page, lines, spec, sample.number)
    tally.ms["register"].append((time.perf_counter() - start) * 1000)
    kind = sample.scan.kind
    if fit is None:
        tally.answers[kind]["not laid over"] += 1
        return
    px = DPI / MM_PER_INCH
    for one in spec.field:
        if one.page == sample.number and one.box_mm and sample.scan.lost * A4[1] < one.box_mm[1] - 5:
            x0, y0, x1, y1 = one.box_mm
            corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]])
            off = np.linalg.norm(corners @ (fit.matrix - sample.to_page).T, axis=1) / px
            tally.errors_mm[kind].append(float(off.max()))


def run(options: argparse.Namespace) -> dict[str, object]:
    core = use_one_core()
    rng = np.random.default_rng(options.seed)
    every = make_forms(options.forms + options.forms // 5, rng)
    forms, strangers = every[: options.forms], every[options.forms :]
    known = {form.family for form in forms}
    strangers = [form for form in strangers if form.family not in known]
    specs = specs_of(forms)
    tally = Tally()
    start = time.perf_counter()
    find_form([(Word("Antrag", Box(0, 0, 9, 9), 0.9),)], specs)
    tally.ms["index, once for all forms"].append((time.perf_counter() - start) * 1000)
    for n in range(options.pages):
        made = np.random.default_rng((options.seed, n))
        start = time.perf_counter()
        sample = (draw_words if options.drawn else draw_sample)(n, forms, strangers, made)
        if not options.drawn:
            clean_ms = sum(sample.page.ms.values())
            tally.ms["clean"].append(clean_ms)
            again = time.perf_counter()
            look_at(sample.page, ("deu",))
            tally.ms["words of the page"].append((time.perf_counter() - again) * 1000)
        judge(sample, specs, {form.name: form for form in forms}, tally)
        if n % 20 == 19:
            print(f"{n + 1} pages", file=sys.stderr, flush=True)
    return {
        "rows": _rows(tally),
        "machine": describe(core),
        "rounds": 1,
        "forms": len(index_of(specs).specs),
        "pages": options.pages,
        "seed": options.seed,
        "answers": {kind: dict(counts) for kind, counts in tally.answers.items()},
        "all": _all(tally),
        "registration_mm": {kind: _spread(errors) for kind, errors in tally.errors_mm.items()},
        "registration_mm_all": _spread([error for errors in tally.errors_mm.values() for error in errors]),
        "wrong": tally.wrong,
        "unknown": tally.unknown,
    }


def _all(tally: Tally) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for counts in tally.answers.values():
        for answer, count in counts.items():
            sums[answer] += count
    return dict(sums)


def _spread(errors: Sequence[float]) -> dict[str, float]:
    if not errors:
        return {}
    return {"median": round(median(errors), 3), "p95": round(float(np.percentile(errors, 95)), 3), "boxes": len(errors)}


def _rows(tally: Tally) -> list[dict[str, object]]:
    """Milliseconds for each page; `ratio`: the share of cleaning, words and search together."""
    whole = sum(median(tally.ms[name]) for name in ("clean", "words of the page", "search") if tally.ms[name])
    return [
        {
            "name": name,
            "median_ms": round(median(ms), 3),
            "min_ms": round(min(ms), 3),
            "ratio": {"page": round(median(ms) / whole, 4)},
        }
        for name, ms in tally.ms.items()
        if ms
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.find_form", description="One form among many, measured.")
    parser.add_argument("--forms", type=int, default=200)
    parser.add_argument("--pages", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--drawn", action="store_true", help="printed words instead of pictures read by the engine")
    result = run(options := parser.parse_args(arguments))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    for key in ("rows", "answers", "all", "registration_mm", "registration_mm_all"):
        print(json.dumps({key: result[key]}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
