"""Reading, measured: `python -m bench.read --rounds N [--peers a,b] --json OUT`.

Forms "Anmeldung zur Hundesteuer" from the demo's generator, all fields filled in. Ours with both engines and with
Tesseract only, its stages, and the peers that are installed take turns on each document, on one core. Besides OUT
(JSON) a table (.md) is written.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np

import ocr
from bench import readers
from bench.machine import describe, use_one_core
from bench.readers import Paper, Reader
from bench.stages import MARKS, REST, STAGES, measure
from bench.zones import without_paddle, zones_of
from config.forms import known_forms
from demo import samples
from ocr import reading
from ocr.judge import folded
from ocr.page import Gray, Page, Reading
from ocr.spec import FormSpec

FORM = "hundesteuer"
OURS, TESSERACT_ONLY, ZONES_TESSERACT = "ours", "ours_tesseract", "zones_tesseract"
Written = list[list[str]]
"""The texts on a document, each in the spellings that count as right."""
NO_TEXT = ("checkbox", "choice", "signature")
"""Kinds of fields whose value does not stand on the paper."""


@lru_cache(maxsize=1)
def specs() -> Mapping[str, FormSpec]:
    """Only the form that comes: as for the peers, it is known that all is German."""
    return {FORM: known_forms()[FORM]}


# Ours


@contextmanager
def loaded(paper: Paper) -> Iterator[None]:
    """The pages are cleaned already, as the peers get them."""
    with patch("ocr.reading.load", lambda path, scanner: (tuple(paper.pages), ())):
        yield


def read_file(paper: Paper) -> Reading:
    return ocr.read(paper.path, specs())


def read_pages(paper: Paper) -> Reading:
    with loaded(paper):
        return ocr.read(paper.path, specs())


def read_pages_by_tesseract(paper: Paper) -> Reading:
    with without_paddle():
        return read_pages(paper)


def texts_of(made: Reading) -> list[str]:
    return [text for one in made.fields for text in (one.value, one.raw) if text]


OWN = (
    Reader("ours_file", "ours, file to fields, both engines", lambda paper: texts_of(read_file(paper))),
    Reader(OURS, "ours, pages to fields, both engines", lambda paper: texts_of(read_pages(paper))),
    Reader(TESSERACT_ONLY, "ours, pages to fields, Tesseract only",
           lambda paper: texts_of(read_pages_by_tesseract(paper))),
    Reader(ZONES_TESSERACT, "ours, Tesseract on the zones", lambda paper: paper.zones.read_by_tesseract()),
    Reader("zones_paddle", "ours, PP-OCRv6 on the zones", lambda paper: paper.zones.read_by_paddle()),
)  # fmt: skip


# Documents


def make_papers(folder: Path, count: int, seed: int, hand: float) -> Iterator[tuple[Paper, Written]]:
    """Complete forms as PDF with pictures of 300 dpi, and the texts that stand on each."""
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        plan = samples.Plan(file_format="pdf", hard=0.5, hand=bool(rng.random() < hand))
        sample = samples.make(plan, rng, f"form-{number + 1}", full=True)
        path = folder / sample.filename
        path.write_bytes(sample.data)
        pages, _ = reading.load(path, None)
        paper = Paper(path.stem, path, pages, zones_of(lambda: None), (), len(specs()[FORM].field))
        made: list[Reading] = []
        zones = zones_of(lambda paper=paper, made=made: made.append(read_pages(paper)))  # type: ignore[misc]
        yield replace(paper, zones=zones, cuts=_cuts(pages, made[0])), _written(sample.truth["fields"])


def _cuts(pages: Sequence[Page], made: Reading) -> list[Gray]:
    """The piece of the page of each field that an engine read, as it stands there."""
    by_number = {page.number: page.gray for page in pages}
    return [one.box.crop(by_number[one.page]) for one in made.fields if one.engines and one.box and one.page]


def _written(fields: Any) -> Written:
    kinds = {field.name: field.kind for field in specs()[FORM].field}
    return [values for name, values in fields.items() if values and kinds[name] not in NO_TEXT]


def found_share(wanted: Written, read: Sequence[str]) -> float:
    """How many of the texts stand anywhere in what was read, without case, blanks and punctuation."""
    whole = folded(" ".join(read))
    return sum(any(folded(text) in whole for text in texts) for texts in wanted) / len(wanted) if wanted else 0.0


# Measuring


class Result:
    """Milliseconds, calls and shares by candidate and document."""

    def __init__(self) -> None:
        self.ms: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.calls: dict[str, dict[str, int]] = defaultdict(dict)
        self.found: dict[str, dict[str, float]] = defaultdict(dict)
        self.failed: dict[str, dict[str, str]] = defaultdict(dict)


def measure_paper(paper: Paper, wanted: Written, candidates: Sequence[Reader], rounds: int, into: Result) -> None:
    """Let the candidates take turns; before its first document each reads once untimed, for its models to be loaded."""
    left = [one for one in candidates if one.name in into.ms or _read(one, paper, wanted, into) is not None]
    for _ in range(rounds):
        for one in list(left):
            ms = _read(one, paper, wanted, into)
            if ms is None:
                left.remove(one)
            else:
                into.ms[one.name][paper.name].append(ms)
        watch = measure(lambda: read_file(paper))
        for stage in (*STAGES, MARKS, REST):
            into.ms[stage][paper.name].append(watch.ms[stage])
            if stage != REST:
                into.calls[stage][paper.name] = watch.calls[stage]


def _read(one: Reader, paper: Paper, wanted: Written, into: Result) -> float | None:
    """Milliseconds of one reading, or None where the candidate failed."""
    start = time.perf_counter()
    try:
        texts = one.read(paper)
    except Exception as error:  # a peer may break in any way; the row says how often
        into.failed[one.name][paper.name] = repr(error)
        return None
    ms = (time.perf_counter() - start) * 1000
    into.found[one.name][paper.name] = found_share(wanted, texts)
    return ms


def rows_of(result: Result, candidates: Sequence[Reader]) -> list[dict[str, object]]:
    labels = {one.name: one.label for one in candidates} | {
        stage: f"stage: {stage}" for stage in (*STAGES, MARKS, REST)
    }
    return [_row(name, label, result) for name, label in labels.items()]


def _row(name: str, label: str, result: Result) -> dict[str, object]:
    """Medians over documents of medians over rounds; ratios are made document by document."""
    samples_ = result.ms.get(name, {})
    ratios = {against: _ratio(samples_, result.ms[against]) for against in (OURS, TESSERACT_ONLY, ZONES_TESSERACT)}
    row: dict[str, object] = {
        "id": name,
        "name": label,
        "median_ms": round(median(median(each) for each in samples_.values()), 2) if samples_ else None,
        "min_ms": round(min(min(each) for each in samples_.values()), 2) if samples_ else None,
        "ratio": {against: ratio for against, ratio in ratios.items() if ratio is not None},
        "documents": len(samples_),
        "failed": len(result.failed.get(name, {})),
    }
    if name in result.calls:
        row["calls"] = round(median(result.calls[name].values()), 1)
    if name in result.found:
        row["found"] = round(sum(result.found[name].values()) / len(result.found[name]), 4)
    return row


def _ratio(own: Mapping[str, Sequence[float]], against: Mapping[str, Sequence[float]]) -> float | None:
    common = [median(own[name]) / median(against[name]) for name in own if name in against]
    return round(median(common), 4) if common else None


# Saying


def markdown(result: Mapping[str, Any]) -> str:
    machine = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    lines = [
        f"# Reading: one document of two pages, {result['fields']} fields",
        "",
        f"{result['documents']} documents, {result['rounds']} rounds, one core. {machine}.",
        "Medians over documents of medians over rounds. Found: of the texts on the paper, anywhere in what was read.",
        "",
        "| what | median ms | min ms | / ours | / Tesseract only | / its zones | calls | found | documents |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in result["rows"]:
        ratios = [row["ratio"].get(against, "") for against in (OURS, TESSERACT_ONLY, ZONES_TESSERACT)]
        failed = f" (failed on {row['failed']})" if row["failed"] else ""
        cells = (row["median_ms"], row["min_ms"], *ratios, row.get("calls", ""), row.get("found", ""), row["documents"])
        lines.append(f"| {row['name']}{failed} | {' | '.join(str(cell) for cell in cells)} |")
    if result["missing"]:
        lines += ["", "Not measured: " + ", ".join(f"{name} ({how})" for name, how in result["missing"].items())]
    return "\n".join(lines) + "\n"


def choose_peers(named: str | None) -> list[Reader]:
    """The peers that are asked for and there; all that are there where none are named, none for an empty name.

    Raises:
        SystemExit: when there is no such peer or it is not installed.
    """
    absent, known = readers.missing(), {peer.name: peer for peer in readers.PEERS}
    if named is None:
        return [peer for peer in readers.PEERS if peer.name not in absent]
    chosen = [name for name in named.split(",") if name]
    for name in chosen:
        if name not in known:
            raise SystemExit(f"no peer {name}; known are: {', '.join(known)}")
        if name in absent:
            raise SystemExit(f"{name} is not installed: {absent[name]}")
    return [known[name] for name in chosen]


def run(options: argparse.Namespace) -> dict[str, object]:
    """The whole bench; the contract's JSON."""
    core = use_one_core()
    candidates = [*OWN, *choose_peers(options.peers)]
    result, documents = Result(), 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for paper, wanted in make_papers(Path(folder), options.documents, options.seed, options.hand):
            print(f"reading: {paper.name}", file=sys.stderr, flush=True)
            chosen = [one for one in candidates if not one.slow or documents < options.slow_documents]
            measure_paper(paper, wanted, chosen, options.rounds, result)
            documents += 1
    readers.tidy()
    return {
        "rows": rows_of(result, candidates),
        "machine": describe(core),
        "rounds": options.rounds,
        "documents": documents,
        "fields": len(specs()[FORM].field),
        "peers": readers.versions(),
        "missing": readers.missing(),
        "failures": {name: dict(found) for name, found in result.failed.items()},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.read", description="Reading, measured.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--documents", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hand", type=float, default=0.0, help="share filled in by hand-like fonts, 0..1")
    parser.add_argument("--peers", help="names with commas between; all that are installed when left out, '' for none")
    parser.add_argument("--slow-documents", type=int, default=1, help="so many for peers that take seconds a document")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    options = parser.parse_args(arguments)
    if min(options.rounds, options.documents, options.slow_documents) < 1:
        parser.error("--rounds, --documents and --slow-documents begin at 1")
    result = run(options)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    told = markdown(result)
    options.json.with_suffix(".md").write_text(told, encoding="utf-8")
    print(told)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
