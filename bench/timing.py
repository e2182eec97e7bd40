"""Times of candidates that take turns on the same page, and rows made of them.

Others work on the same machine, so absolute times swing; ratios are made page by page from medians of the same
minutes, and the row gives the median of these ratios.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.candidates import JPEG, OURS, WARP, Candidate, Job, NotOnThisPage
from bench.inputs import BenchPage

ONE_BIT = " (1-bit pages)"
"""Ends the name of a row of pages that the scanner delivered in black and white."""
Samples = dict[str, list[float]]
"""Milliseconds by page name."""


@dataclass(slots=True)
class Times:
    """All samples by row name, and on which pages a candidate failed."""

    samples: dict[str, Samples] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    failed: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, row: str, page: str, ms: float) -> None:
        self.samples[row][page].append(ms)


def measure_page(
    page: BenchPage, candidates: Sequence[Candidate], rounds: int, folder: Path, times: Times
) -> Mapping[str, Job]:
    """Let the candidates take turns on one page. Returns the jobs that came to an end each time."""
    jobs = _ready(page, candidates, folder, times)
    touch = next((job for name, job in jobs.items() if name == "memcpy"), None)
    for _ in range(rounds):
        if touch is not None:
            touch.run()  # a slow program before has emptied the cache
        for name, job in list(jobs.items()):
            try:
                _run_once(name, job, page, times)
            except Exception as error:  # a peer may break in any way; the row says how often
                times.failed[name][page.name] = repr(error)
                del jobs[name]
    return jobs


def _ready(page: BenchPage, candidates: Sequence[Candidate], folder: Path, times: Times) -> dict[str, Job]:
    jobs: dict[str, Job] = {}
    for candidate in candidates:
        try:
            jobs[candidate.name] = candidate.ready(page, folder)
        except NotOnThisPage:
            continue
        except Exception as error:  # as above
            times.failed[candidate.name][page.name] = repr(error)
    return jobs


def _run_once(name: str, job: Job, page: BenchPage, times: Times) -> None:
    start = time.perf_counter()
    own = job.run()
    ms = (time.perf_counter() - start) * 1000 if own is None else own
    kind = ONE_BIT if page.bilevel else ""
    times.add(name + kind, page.name, ms)
    for stage, stage_ms in job.stages().items():
        times.add(f"{name}: {stage}{kind}", page.name, stage_ms)


def rows_of(times: Times, labels: Mapping[str, str]) -> list[dict[str, object]]:
    """One row for each candidate and stage in the order in which they first ran; rows of 1-bit pages come last."""
    order = sorted(times.samples, key=lambda name: name.endswith(ONE_BIT))
    rows = [_row(name, times.samples[name], times, labels) for name in order]
    never = [name for name in times.failed if not {name, name + ONE_BIT} & set(order)]
    return rows + [_row(name, {}, times, labels) for name in never]


def _row(
    name: str, samples: Mapping[str, Sequence[float]], times: Times, labels: Mapping[str, str]
) -> dict[str, object]:
    yardsticks = {key: _ratio(samples, _matching(times, key, name)) for key in (WARP, JPEG, OURS)}
    return {
        "id": name,
        "name": _label(name, labels),
        "median_ms": round(median(median(page) for page in samples.values()), 3) if samples else None,
        "min_ms": round(min(min(page) for page in samples.values()), 3) if samples else None,
        "ratio": {key: ratio for key, ratio in yardsticks.items() if ratio is not None},
        "pages": len(samples),
        "failed": len(times.failed.get(name.removesuffix(ONE_BIT), {})),
    }


def _matching(times: Times, yardstick: str, name: str) -> Mapping[str, Sequence[float]]:
    """The samples of a yardstick, those on 1-bit pages for a row of 1-bit pages."""
    return times.samples.get(yardstick + ONE_BIT if name.endswith(ONE_BIT) else yardstick, {})


def _ratio(samples: Mapping[str, Sequence[float]], against: Mapping[str, Sequence[float]]) -> float | None:
    common = [median(samples[page]) / median(against[page]) for page in samples if page in against]
    return round(median(common), 4) if common else None


def _label(name: str, labels: Mapping[str, str]) -> str:
    """What the table says: the label of a candidate; a stage keeps its name."""
    plain = name.removesuffix(ONE_BIT)
    return labels.get(plain, plain) + name[len(plain) :]
