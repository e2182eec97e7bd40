"""The draft of blank forms without form fields, measured: `python -m bench.draft --forms 20 --seed S --json OUT`.

Invented forms (`bench.forms`: labels in small print over their entry boxes) are printed, as they are and through the
simulated scanner, and drafted. Judged are the boxes (found, invented), their titles, and the time of a page.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng
from PIL import Image
from rapidfuzz.fuzz import ratio

from bench.forms import PrintedForm, make_forms, print_page
from bench.machine import describe, use_one_core
from demo.scanner import draw_defects, scan
from ocr.draft import draft
from ocr.page import Gray
from ocr.spec import BoxMm, FormSpec

DPI = 300.0
SHARED = 0.6
"""So much of the two boxes together lies in both of them."""
ALIKE = 85.0


def run(options: argparse.Namespace) -> dict[str, Any]:
    use_one_core()
    forms = make_forms(options.forms, default_rng(options.seed))
    rows = [row(way, forms, default_rng([options.seed, number])) for number, way in enumerate(("print", "scan"))]
    return {"rows": rows, "machine": describe(), "rounds": 1, "forms": len(forms)}


def row(way: str, forms: Sequence[PrintedForm], rng: Generator) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for form in forms:
            path = Path(folder) / "blank.tif"
            pages = [picture(form, page, way, rng) for page in range(1, len(form.pages) + 1)]
            first, *more = [Image.fromarray(page) for page in pages]
            first.save(path, save_all=True, append_images=more, dpi=(DPI, DPI), compression="tiff_deflate")
            start_s = time.perf_counter()
            drafted = draft(path, form.name)
            times.append((time.perf_counter() - start_s) * 1000 / len(pages))
            counted += judge(form, drafted)
    name = f"draft of {way}"
    return {"name": name, "median_ms": float(np.median(times)), "min_ms": min(times), "ratio": {}, **counted}


def picture(form: PrintedForm, page: int, way: str, rng: Generator) -> Gray:
    gray = np.ascontiguousarray(print_page(form, page, DPI, rng, filled=False).gray)
    return gray if way == "print" else scan(gray, draw_defects(rng, DPI, "grey"), rng)


def judge(form: PrintedForm, drafted: FormSpec) -> Counter[str]:
    """How many boxes are on the form, how many were found, with the right title, and what there is besides."""
    left = list(drafted.field)
    counted: Counter[str] = Counter()
    for page, boxes in enumerate(form.boxes, 1):
        right, down = shift(form, page, drafted)
        for box in boxes:
            laid = box[0] + right, box[1] + down, box[2] + right, box[3] + down
            counted["boxes"] += 1
            hits = [f for f in left if f.page == page and f.box_mm and overlap(f.box_mm, laid) >= SHARED]
            if hits:
                left.remove(hits[0])
                counted["found"] += 1
                counted["titled"] += ratio(hits[0].title, label(form, page, box)) >= ALIKE
    counted["invented"] = len(left)
    return counted


def shift(form: PrintedForm, page: int, drafted: FormSpec) -> tuple[float, float]:
    """How far the sheet lies off in its scan, in mm: the middle of all fields that are called as the box is."""
    named = {f.title: f.box_mm for f in drafted.field if f.page == page and f.box_mm}
    pairs = [(named[said], box) for box in form.boxes[page - 1] if (said := label(form, page, box)) in named]
    if not pairs:
        return 0.0, 0.0
    off = np.array([(ours[0] - box[0], ours[1] - box[1]) for ours, box in pairs])
    return float(np.median(off[:, 0])), float(np.median(off[:, 1]))


def label(form: PrintedForm, page: int, box: BoxMm) -> str:
    """The line over the left corner of a box; of the last box that under it."""
    labels = [line for line in form.pages[page - 1] if line.role == "label"]
    over = [line for line in labels if 0 < box[1] - line.y < 3 and abs(line.x - box[0]) < 2]
    under = [line for line in form.pages[page - 1] if abs(line.y - 268) < 1]
    return (over or under)[0].text if over or under else ""


def overlap(one: BoxMm, other: BoxMm) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    areas = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (one, other))
    return both / (areas - both)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.draft", description="Drafts of blank forms, measured.")
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    result = run(options := parser.parse_args(arguments))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    for found in result["rows"]:
        print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
