"""The draft of blank forms without form fields, measured: `python -m bench.draft --forms N --seed S --json OUT`.

Sources: forms laid out in `known` ways (the draft was tuned on them), in `later` ones (`bench.blanks`), in `blind` ones
(`bench.blanks_blind`, `_more`), in the `last` ones (`bench.blanks_last`), as `office`s print them
(`bench.blanks_office`), and those of `bench.forms` with the sample form (`boxes`). Each is drafted as printed and
through the simulated scanner.

Judged: fields found, their kinds, titles, cells and options, what is invented, the time of a page. `--read`: each is
filled in, scanned, and read with the draft as it came.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator, default_rng
from PIL import Image

from bench.blanks import KNOWN, LATER, Wanted, make_blank
from bench.blanks_blind import BLIND
from bench.blanks_blind_more import BLIND_MORE
from bench.blanks_last import LAST
from bench.blanks_office import OFFICE
from bench.draft_score import Pair, pair_up, score
from bench.filled import fill_in, read_right
from bench.forms import PrintedForm, make_forms, print_page
from bench.machine import describe, use_one_core
from config.forms import known_forms
from demo.fill import blank_form, render
from demo.scanner import draw_defects, scan
from ocr.draft import draft
from ocr.page import Gray
from ocr.spec import BoxMm, FormSpec

DPI = 300.0
WAYS = {"known": KNOWN, "later": LATER, "blind": (*BLIND, *BLIND_MORE), "last": LAST, "office": OFFICE}
SOURCES = (*WAYS, "boxes")
NAME = "blank"


@dataclass(frozen=True, slots=True)
class Blank:
    """A form as it is printed: a PDF file, or else pixels; and all that it asks for."""

    pages: tuple[Gray, ...]
    wanted: tuple[Wanted, ...]
    pdf: bytes = b""


def blanks_of(source: str, count: int, rng: Generator) -> Iterator[Blank]:
    if source == "boxes":
        yield _sample_form()
        for form in make_forms(count - 1, rng):
            pages = range(1, len(form.pages) + 1)
            drawn = [np.ascontiguousarray(print_page(form, page, DPI, rng, filled=False).gray) for page in pages]
            yield Blank(tuple(drawn), tuple(_boxes(form)))
        return
    for _ in range(count):
        pdf, wanted = make_blank(WAYS[source], rng)
        yield Blank(tuple(map(np.ascontiguousarray, render(pdf, DPI))), tuple(wanted), pdf)


def _sample_form() -> Blank:
    fields = known_forms()["hundesteuer"].field
    options = [{k: b for k, b in f.options.items() if not isinstance(b, str)} for f in fields]
    wanted = tuple(
        Wanted("hundesteuer", f.page, f.title, f.kind, f.box_mm, f.cells, f.lines, o, f.required)
        for f, o in zip(fields, options, strict=True)
        if f.box_mm
    )
    return Blank(tuple(map(np.ascontiguousarray, render(blank_form(), DPI))), wanted)


def _boxes(form: PrintedForm) -> Iterator[Wanted]:
    for page, boxes in enumerate(form.boxes, 1):
        for box in boxes:
            yield Wanted("forms", page, _label(form, page, box), "", box)


def _label(form: PrintedForm, page: int, box: BoxMm) -> str:
    """The line over the left corner of a box; of the last box that under it."""
    labels = [line for line in form.pages[page - 1] if line.role == "label"]
    over = [line for line in labels if 0 < box[1] - line.y < 3 and abs(line.x - box[0]) < 2]
    under = [line for line in form.pages[page - 1] if abs(line.y - 268) < 1]
    return (over or under)[0].text if over or under else ""


def run(options: argparse.Namespace) -> dict[str, Any]:
    use_one_core()
    rows = []
    for source in options.sources:
        blanks = list(blanks_of(source, options.forms, default_rng(options.seed)))
        for number, way in enumerate(("print", "scan")):
            rows.append(_row(f"{source} {way}", blanks, default_rng([options.seed, number]), options))
    return {"rows": rows, "machine": describe(), "rounds": 1, "forms": options.forms}


def _row(name: str, blanks: Sequence[Blank], rng: Generator, options: argparse.Namespace) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    times: list[float] = []
    for blank in blanks:
        start_s = time.perf_counter()
        drafted = draft_of(blank, name.endswith("scan"), rng)
        times.append((time.perf_counter() - start_s) * 1000 / len(blank.pages))
        pairs, invented = pair_up(blank.wanted, drafted)
        counted += score(pairs, invented)
        if options.show:
            _show(pairs, invented)
        if options.read:
            counted += _read(blank, pairs, drafted, rng)
    return {"name": name, "median_ms": float(np.median(times)), "min_ms": min(times), "ratio": {}, **counted}


def draft_of(blank: Blank, scanned: bool, rng: Generator) -> FormSpec:
    with tempfile.TemporaryDirectory() as folder:
        if blank.pdf and not scanned:
            (path := Path(folder) / "blank.pdf").write_bytes(blank.pdf)
        else:
            path = Path(folder) / "blank.tif"
            save(path, [scan(p, draw_defects(rng, DPI, "grey"), rng) if scanned else p for p in blank.pages])
        return draft(path, NAME)


def save(path: Path, pages: Sequence[Gray]) -> None:
    first, *more = [Image.fromarray(page) for page in pages]
    first.save(path, save_all=True, append_images=more, dpi=(DPI, DPI), compression="tiff_deflate")


def _read(blank: Blank, pairs: Sequence[Pair], drafted: FormSpec, rng: Generator) -> Counter[str]:
    """The blank filled in, scanned anew and read with the draft."""
    pages, texts = fill_in(blank.pages, blank.wanted, DPI, rng)
    with tempfile.TemporaryDirectory() as folder:
        save(path := Path(folder) / "filled.tif", [scan(p, draw_defects(rng, DPI, "grey"), rng) for p in pages])
        return read_right(path, drafted, pairs, texts)


def _show(pairs: Sequence[Pair], invented: Sequence[Any]) -> None:
    """What went wrong, a line each."""
    for wanted, field in pairs:
        told = f"{wanted.way} p{wanted.page} {wanted.title!r} {wanted.kind} {tuple(round(v) for v in wanted.box)}"
        if field is None:
            print("MISSED", told)
        elif wrong := score([(wanted, field)], []).get("wrong"):
            print("WRONG", wrong, told, "->", repr(field.title), field.kind, field.cells, field.options, field.box_mm)
    for field in invented:
        print("INVENTED", field.page, repr(field.title), field.kind, field.box_mm)


def main(arguments: Sequence[str] | None = None) -> int:
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(prog="python -m bench.draft", description="Drafts of blank forms, measured.")
    parser.add_argument("--forms", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sources", type=lambda text: text.split(","), default=list(SOURCES))
    parser.add_argument("--read", action="store_true", help="also read each form, filled in, with its draft")
    parser.add_argument("--show", action="store_true", help="what went wrong, a line each")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    result = run(options := parser.parse_args(arguments))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    for found in result["rows"]:
        print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
