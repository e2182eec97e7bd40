"""Cleaning pages, measured: `python -m bench.prepare PAGES --rounds N [--peers a,b] --json OUT`.

PAGES is a folder of page images; where `truth.json` lies beside them (see `bench.pages`) skew, recall, orientation,
blank pages and streaks are judged too. Besides OUT (JSON) a table (.md) and a plot (.svg) are written. Everything runs
on one core, and all candidates take turns on each page.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import peers, report
from bench.candidates import OUR_OWN, YARDSTICKS, Candidate, Result
from bench.inputs import BenchPage, read_pages
from bench.judging import BlankPages, Orientation, Recall, Streaks, judge_skew
from bench.machine import allowed_cores, describe, use_one_core
from bench.timing import Times, measure_page, rows_of
from bench.two_cores import measure_two_cores
from ocr.steps.clean import clean_page


def choose_peers(named: str | None) -> list[Candidate]:
    """The peers that are asked for and there; all that are there where none are named, none for an empty name.

    Raises:
        SystemExit: when there is no such peer or it is not installed.
    """
    absent = peers.missing()
    if named is None:
        return [peer for peer in peers.PEERS if peer.name not in absent]
    known = {peer.name: peer for peer in peers.PEERS}
    chosen = [name for name in named.split(",") if name]
    for name in chosen:
        if name not in known:
            raise SystemExit(f"no peer {name}; known are: {', '.join(known)}")
        if name in absent:
            raise SystemExit(f"{name} is not installed: {absent[name]}")
    return [known[name] for name in chosen]


def measure_times(
    folder: Path, rivals: Sequence[Candidate], rounds: int, slow_pages: int, work: Path
) -> tuple[Times, int]:
    """Times of everything on all pages; slow candidates only on the first pages that are not blank."""
    candidates = [*YARDSTICKS, OUR_OWN, *rivals]
    times, count, left = Times(), 0, slow_pages
    for page in read_pages(folder):
        count += 1
        with_slow = left > 0 and not (page.truth is not None and page.truth.blank)
        left -= with_slow
        say(f"times: {page.name}")
        chosen = [one for one in candidates if with_slow or not one.slow]
        measure_page(page, chosen, rounds, work, times)
    return times, count


def judge_ours(folder: Path) -> dict[str, object]:
    """Orientation, blank pages and streaks of all pages whose truth is known."""
    orientation, blank, streaks = Orientation(), BlankPages(), Streaks()
    failed: dict[str, str] = {}
    for page in read_pages(folder):
        if page.truth is None:
            continue
        say(f"judging: {page.name}")
        try:
            made = clean_page(page.raw())
            blank.judge(page, made)
            streaks.judge(page, made)
            if not page.truth.blank:
                orientation.judge(page)
        except Exception as error:  # ours may break as any other; the run goes on, and the result names the page
            failed[page.name] = repr(error)
    judged = {"orientation": orientation.as_json(), "blank": blank.as_json(), "streaks": streaks.as_json()}
    return {**judged, "judging_failed": failed}


def judge_recall(pages: Sequence[BenchPage], candidates: Sequence[Candidate], work: Path) -> dict[str, object]:
    """Tesseract's word recall on `pages` after each candidate."""
    recall = Recall()
    for page in pages:
        say(f"recall: {page.name}")
        recall.judge(page, {one.name: made for one in candidates if (made := _made(one, page, work)) is not None})
    return recall.as_json()


def _made(candidate: Candidate, page: BenchPage, work: Path) -> Result | None:
    try:
        job = candidate.ready(page, work)
        job.run()
        return job.result()
    except Exception as error:  # a peer may break in any way
        say(f"{candidate.name} failed on {page.name}: {error}")
        return None


def readable_pages(folder: Path, limit: int) -> list[BenchPage]:
    """Up to `limit` upright pages with text and truth, spread over the folder."""
    names = [page.name for page in read_pages(folder) if page.has_text and page.is_upright]
    step = max(1, len(names) // max(1, limit))
    chosen = set(names[::step][:limit])
    return [page for page in read_pages(folder) if page.name in chosen]


def run(options: argparse.Namespace) -> dict[str, object]:
    """The whole bench; the contract's JSON."""
    cores = allowed_cores()
    core = use_one_core()
    rivals = choose_peers(options.peers)
    everyone = [*YARDSTICKS, OUR_OWN, *rivals]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        work = Path(name)
        times, pages = measure_times(options.folder, rivals, options.rounds, options.slow_pages, work)
        rows = rows_of(times, {one.name: one.label for one in everyone})
        if len(cores) > 1 and not options.one_core:
            say("two cores")
            rows.append(measure_two_cores(options.folder, cores, options.rounds))
        judged = judge_ours(options.folder)
        skew = judge_skew(readable_pages(options.folder, options.skew_pages), [OUR_OWN, *rivals], work)
        recall_pages = readable_pages(options.folder, options.recall_pages)
        recall = judge_recall(recall_pages, [OUR_OWN, *rivals], work) if recall_pages else {}
    peers.end_scantailor()
    return {
        "rows": rows,
        "machine": describe(core),
        "rounds": options.rounds,
        "pages": pages,
        "skew": skew,
        "recall": recall,
        **judged,
        "peers": peers.versions(),
        "missing": peers.missing(),
        "failures": {name: dict(found) for name, found in times.failed.items()},
    }


def write(result: dict[str, object], out: Path) -> None:
    """OUT as JSON, the table beside it as .md, the plot as .svg."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    out.with_suffix(".md").write_text(report.markdown(result), encoding="utf-8")
    rows = result["rows"]
    assert isinstance(rows, list)
    out.with_suffix(".svg").write_text(report.plot(rows), encoding="utf-8")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.prepare", description="Cleaning pages, measured.")
    parser.add_argument("folder", type=Path, metavar="PAGES", help="a folder of page images")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", help="names with commas between; all that are installed when left out, '' for none")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--slow-pages", type=int, default=3, help="so many pages for peers that take seconds a page")
    parser.add_argument("--skew-pages", type=int, default=40)
    parser.add_argument("--recall-pages", type=int, default=6)
    parser.add_argument("--one-core", action="store_true", help="do not measure two processes")
    options = parser.parse_args(arguments)
    if next(iter(read_pages(options.folder)), None) is None:
        parser.error(f"no page images in {options.folder}")
    result = run(options)
    write(result, options.json)
    print(report.markdown(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
