"""Whether a second process on a second core really doubles the pages an hour."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from bench.inputs import read_pages
from bench.machine import use_one_core
from ocr.steps.clean import clean_page

PAGES, LAP_S = 4, 0.6
"""Each worker cleans its pages over and over for about so many seconds a lap."""


def measure_two_cores(folder: Path, cores: Sequence[int], rounds: int) -> dict[str, object]:
    """One row: pages a second of both processes together against one process alone, median of the rounds.

    Every round measures each worker alone and then both at once. `ratio.throughput` 2.0 = nothing lost.
    """
    context = multiprocessing.get_context("spawn")
    pipes, workers = [], []
    for core in cores[:2]:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(str(folder), core, theirs), daemon=True)
        worker.start()
        pipes.append(ours)
        workers.append(worker)
    try:
        for pipe in pipes:
            pipe.recv()
        made = [_round(pipes) for _ in range(rounds)]
    finally:
        for pipe in pipes:
            pipe.send(False)
        for worker in workers:
            worker.join(10)
    return _row(made)


def _row(made: Sequence[tuple[float, float]]) -> dict[str, object]:
    return {
        "id": "two_cores",
        "name": "ours, two processes on two cores (a page)",
        "median_ms": round(median(ms for ms, _ in made), 3),
        "min_ms": round(min(ms for ms, _ in made), 3),
        "ratio": {"throughput": round(median(factor for _, factor in made), 3)},
        "pages": PAGES,
        "failed": 0,
    }


def _round(pipes: Sequence[Connection]) -> tuple[float, float]:
    """Milliseconds a page of both together, and by how much both together are faster than one alone."""
    alone = []
    for pipe in pipes:
        pipe.send(True)
        alone.append(pipe.recv())
    for pipe in pipes:
        pipe.send(True)
    together = [pipe.recv() for pipe in pipes]
    factor = sum(both / one for both, one in zip(together, alone, strict=True))
    return 1000 / sum(together), factor


def _work(folder: str, core: int, pipe: Connection) -> None:
    """Answer each True with the pages a second of one lap, until False."""
    use_one_core(core)
    raws = [page.raw() for page in islice(read_pages(Path(folder)), PAGES)]
    for raw in raws:
        clean_page(raw)
    pipe.send("ready")
    while pipe.recv():
        start, pages = time.perf_counter(), 0
        while time.perf_counter() - start < LAP_S:
            clean_page(raws[pages % len(raws)])
            pages += 1
        pipe.send(pages / (time.perf_counter() - start))
