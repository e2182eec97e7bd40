"""Sample scans with their truth: `python -m demo.samples --out DIR --count N --seed S [--hand SHARE]`.

The same seed makes the same files, byte by byte. `truth.jsonl` names for every file the accepted values.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator

from demo import fill, parking, scanner
from demo.files import SINGLE_PAGE, SUFFIX, Format, encode, faulty
from demo.form import BY_NAME, NAME
from demo.people import Application, application
from demo.scanner import Defects, Depth
from ocr.page import Gray

FORMATS: tuple[tuple[Format, float], ...] = (
    ("tiff_g4", 0.34), ("tiff_jpeg", 0.2), ("pdf", 0.14), ("pdf_g4", 0.1), ("pdf_text", 0.1), ("tiff_lzw", 0.04),
    ("jpeg", 0.04), ("png", 0.04),
)  # fmt: skip
BILEVEL: tuple[Format, ...] = ("tiff_g4", "pdf_g4")


@dataclass(frozen=True, slots=True)
class Plan:
    """How one document comes about."""

    file_format: Format = "tiff_g4"
    dpi: int = 300
    hand: bool = False
    valid_iban: bool = True
    correct: bool = False
    duplex: bool = False
    swapped: bool = False
    upside_down: tuple[int, ...] = ()
    only_page: int | None = None
    jammed: bool = False
    hard: float = 1.0
    quality: int = 80

    @property
    def depth(self) -> Depth:
        return "bilevel" if self.file_format in BILEVEL else "grey"


@dataclass(frozen=True, slots=True)
class Sample:
    """One finished file: its bytes and its line of `truth.jsonl`."""

    filename: str
    data: bytes
    truth: dict[str, object] = field(default_factory=dict)


def draw_plan(rng: Generator, *, hand_share: float = 0.0, dpi: int | None = None) -> Plan:
    """A plan at random: everything that reaches the post room of an office."""
    names, weights = zip(*FORMATS, strict=True)
    file_format: Format = names[int(rng.choice(len(names), p=np.array(weights)))]
    single = file_format in SINGLE_PAGE
    return Plan(
        file_format=file_format,
        dpi=dpi or int(rng.choice((300, 300, 300, 300, 200))),
        hand=bool(rng.random() < hand_share),
        valid_iban=bool(rng.random() >= 0.05),
        correct=bool(rng.random() < 0.03),
        duplex=bool(rng.random() < 0.25) and not single,
        swapped=bool(rng.random() < 0.05) and not single,
        upside_down=tuple(page for page in (1, 2) if rng.random() < 0.06),
        only_page=1 if single else None,
        hard=float(rng.uniform(0.2, 1.0)),
        quality=int(rng.integers(45, 92)),
    )


def make(plan: Plan, rng: Generator, stem: str, *, full: bool = False) -> Sample:
    """One document. `full` leaves no optional field empty and signs the form."""
    person = application(rng, valid_iban=plan.valid_iban)
    while full and not _is_full(person):
        person = application(rng, valid_iban=plan.valid_iban)
    filled = fill.fill(person, rng, hand=plan.hand, dpi=plan.dpi, correct=plan.correct)
    fields = dict(filled.fields)
    sides = _scan_sides(filled.pages, plan, rng)
    notes, skip = [filled.note], []
    lost = [name for name, entry in BY_NAME.items() if plan.only_page and entry.page != plan.only_page]
    if plan.jammed:
        lost = [name for name, entry in BY_NAME.items() if entry.page == 1]
        skip, notes = lost, [*notes, "page 1 unreadable"]
    elif lost:
        notes.append("page 2 missing")
    fields |= {name: [] for name in lost}
    layer = [faulty([f"{values[0]}" for values in fields.values() if values], rng)]
    name = stem + SUFFIX[plan.file_format]
    data = encode(sides, plan.dpi, plan.file_format, quality=plan.quality, layer=layer)
    truth = {
        "id": stem,
        "filename": name,
        "template": NAME,
        "pages": len(sides),
        "fields": fields,
        "handwritten": [field for field in filled.handwritten if field not in lost],
        "skip": skip,
        "note": "; ".join([*notes, *_describe(plan, person)]),
    }
    return Sample(name, data, truth)


def _is_full(person: Application) -> bool:
    return person.signed and None not in (person.phone, person.email, person.dog_birth_date, person.iban)


def _describe(plan: Plan, person: Application) -> Iterable[str]:
    yield f"{plan.file_format} {plan.dpi} dpi"
    if person.iban and not plan.valid_iban:
        yield "invalid IBAN"
    if plan.duplex:
        yield "blank backs"
    if plan.swapped:
        yield "pages swapped"
    if plan.upside_down:
        yield "upside down"


def _scan_sides(pages: Sequence[Gray], plan: Plan, rng: Generator) -> list[Gray]:
    """The sides of the file in their order, as scanned."""
    kept = [n for n in range(len(pages)) if plan.only_page in (None, n + 1)]
    if plan.swapped:
        kept.reverse()
    device = scanner.draw_defects(rng, plan.dpi, plan.depth, hard=plan.hard)
    sides: list[Gray] = []
    for n in kept:
        sheet = _sheet(device, scanner.draw_defects(rng, plan.dpi, plan.depth, hard=plan.hard))
        sheet = replace(sheet, upside_down=n + 1 in plan.upside_down)
        back = None if plan.duplex else pages[1 - n]
        page = scanner.jam(pages[n], rng) if plan.jammed and n == 0 else pages[n]
        sides.append(scanner.scan(page, sheet, rng, back))
        if plan.duplex:
            empty = np.full(page.shape, 255, np.uint8)
            sides.append(scanner.scan(empty, replace(sheet, show_through=sheet.show_through / 2), rng, pages[n]))
    return sides


def _sheet(device: Defects, sheet: Defects) -> Defects:
    """What belongs to the device stays the same through a file; what belongs to the sheet does not."""
    return replace(
        device,
        skew_deg=sheet.skew_deg,
        shift_mm=sheet.shift_mm,
        holes=sheet.holes,
        specks=sheet.specks,
        edge_mm=sheet.edge_mm,
    )


def write(folder: Path, samples: Iterable[Sample]) -> list[Path]:
    """Write files and `truth.jsonl` into `folder`; the paths of the files, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    with (folder / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for sample in samples:
            path = folder / sample.filename
            path.write_bytes(sample.data)
            lines.write(json.dumps(sample.truth, ensure_ascii=False) + "\n")
            paths.append(path)
    return paths


def batch(count: int, seed: int, *, hand_share: float = 0.0, dpi: int | None = None) -> Iterable[Sample]:
    """`count` documents, each from a generator of its own: document 7 is the same in every batch of a seed."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        yield make(draw_plan(rng, hand_share=hand_share, dpi=dpi), rng, f"hundesteuer-{seed}-{number + 1:04d}")


DEMO: tuple[Plan, ...] = (
    Plan("tiff_g4", duplex=True, hard=0.6),
    Plan("pdf", hard=0.7),
    Plan("pdf_text", hand=True, hard=0.4),
    Plan("tiff_jpeg", upside_down=(2,), hard=0.5),
    Plan("pdf_g4", dpi=200, hard=0.4),
    Plan("tiff_g4", valid_iban=False, hard=0.4),
    Plan("tiff_jpeg", jammed=True, hard=0.5),
    Plan("tiff_g4", hand=True, swapped=True, hard=0.4),
    Plan("jpeg", only_page=1, hard=0.5),
    Plan("tiff_lzw", hard=1.0),
)


def demo_batch(seed: int = 1) -> Iterable[Sample]:
    """Twelve documents: ten of the plans above, one unknown form, and the second one once more."""
    made: list[Sample] = []
    for number, plan in enumerate(DEMO):
        sample = make(plan, np.random.default_rng((seed, number)), f"scan-{number + 1:04d}", full=True)
        made.append(sample)
        yield sample
    yield _unknown(np.random.default_rng((seed, len(DEMO))), "scan-0011")
    again = made[1]
    name = "scan-0012-nochmal.pdf"
    yield Sample(
        name, again.data, {**again.truth, "id": "scan-0012", "filename": name, "note": f"same as {again.filename}"}
    )


def _unknown(rng: Generator, stem: str) -> Sample:
    page = parking.fill(application(rng), rng)
    side = scanner.scan(page, scanner.draw_defects(rng, 300, "grey", hard=0.5), rng)
    truth = {"id": stem, "filename": f"{stem}.png", "template": "unknown", "pages": 1, "fields": {}, "handwritten": [],
             "skip": [], "note": "a form that nobody described"}  # fmt: skip
    return Sample(f"{stem}.png", encode([side], 300, "png"), truth)


def write_demo_batch(folder: Path, seed: int = 1) -> list[Path]:
    """The batch of `laufzettel demo`, with `truth.jsonl` beside it."""
    return write(folder, demo_batch(seed))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.samples", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files and truth.jsonl")
    parser.add_argument("--count", type=int, default=12, help="how many documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hand", type=float, default=0.0, help="share filled in by hand-like fonts, 0..1")
    parser.add_argument("--dpi", type=int, choices=(200, 300), help="resolution of all scans (otherwise a mix)")
    parser.add_argument("--batch", choices=("demo",), help="the twelve documents of the demo")
    args = parser.parse_args(argv)
    if args.batch:
        write_demo_batch(args.out, args.seed)
    else:
        write(args.out, batch(args.count, args.seed, hand_share=args.hand, dpi=args.dpi))
    return 0


if __name__ == "__main__":
    sys.exit(main())
