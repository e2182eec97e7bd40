"""Loading happens in a child process that has nothing to lose; whoever calls it, and however it ends."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.loading import warm
from ocr.loading.limits import DEFAULT
from tests.ocr.made_files import form_page, save_pages

PAGE = form_page(620, 877)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return save_pages([PAGE] * 3, tmp_path / "stack.tif")


@pytest.fixture(autouse=True)
def children_of_other_tests_are_gone() -> None:
    if warm._process is not None and warm._process.poll() is None:
        assert wait_until_only_the_spare_is_there(warm._process.pid)


def reader_pid() -> int:
    assert warm._process is not None
    return warm._process.pid


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def looking_inside() -> Iterator[None]:
    """A child without privileges may not be looked into, not even by its own user: nothing to check then."""
    try:
        yield
    except PermissionError:
        pytest.skip("the kernel does not let this user look into the child")


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


def wait_until_only_the_spare_is_there(pid: int) -> bool:
    """One child waits for the next document, all others have ended. Twice in a row: it may just be taken."""
    counts = []
    for _ in range(200):
        counts.append(len(children(pid)))
        if counts[-3:] == [1, 1, 1]:
            return True
        time.sleep(0.03)
    return False


def child_at_work() -> int:
    """The child that reads a document; the spare one is younger."""
    return children(reader_pid())[0]


def test_the_child_knows_nothing_of_the_callers_environment(stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warm._drop()
    monkeypatch.setenv("LAUFZETTEL_GEHEIM", "streng")
    with open_pages(stack) as pages:
        next(pages)
        child = child_at_work()
        with looking_inside():
            assert {int(fd.name) for fd in Path(f"/proc/{child}/fd").iterdir()} <= set(range(6))
            assert b"streng" not in Path(f"/proc/{child}/environ").read_bytes()


def test_the_child_has_limits_and_where_allowed_no_network(stack: Path) -> None:
    with open_pages(stack) as pages:
        next(pages)
        child = child_at_work()
        limits = Path(f"/proc/{child}/limits").read_text()
        address_space = next(line for line in limits.splitlines() if "address space" in line)
        assert int(address_space.split()[3]) < DEFAULT.memory_bytes + 800 * 1024 * 1024
        assert "Max core file size        0 " in limits
        if os.geteuid() == 0:
            with looking_inside():
                assert Path(f"/proc/{child}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_the_child_ends_with_the_last_page(stack: Path) -> None:
    assert len(list(open_pages(stack))) == 3
    assert wait_until_only_the_spare_is_there(reader_pid())


def test_the_child_ends_when_nobody_wants_the_rest(stack: Path) -> None:
    pages = open_pages(stack)
    next(pages)
    del pages
    gc.collect()
    assert wait_until_only_the_spare_is_there(reader_pid())


def test_pages_stay_good_after_their_file_is_closed(stack: Path) -> None:
    with open_pages(stack) as pages:
        first = next(pages)
    assert np.array_equal(first.gray, PAGE)
    assert list(pages) == []


def test_a_child_that_dies_is_a_problem_that_says_how_far_it_came(stack: Path) -> None:
    pages = open_pages(stack)
    next(pages)
    child = child_at_work()
    os.kill(child, signal.SIGKILL)
    with pytest.raises(ScanProblem, match=r"S008.*nach 1 Seite"):
        next(pages)
    with pytest.raises(StopIteration):
        next(pages)


def test_a_spare_child_that_dies_is_replaced(stack: Path) -> None:
    list(open_pages(stack))
    assert wait_until_only_the_spare_is_there(reader_pid())
    (spare,) = children(reader_pid())
    os.kill(spare, signal.SIGKILL)
    while not gone(spare):
        time.sleep(0.01)
    assert len(list(open_pages(stack))) == 3
    assert spare not in children(reader_pid())


def test_no_child_reads_two_documents(stack: Path) -> None:
    pids = set()
    for _ in range(4):
        with open_pages(stack) as pages:
            next(pages)
            pids.add(child_at_work())
        assert wait_until_only_the_spare_is_there(reader_pid())
    assert len(pids) == 4


def test_the_spare_child_is_out_of_reach_before_it_gets_a_document(stack: Path) -> None:
    list(open_pages(stack))
    assert wait_until_only_the_spare_is_there(reader_pid())
    status = Path(f"/proc/{children(reader_pid())[0]}/status").read_text()
    assert "NoNewPrivs:\t1" in status


def test_a_reader_that_dies_is_started_again(stack: Path) -> None:
    list(open_pages(stack))
    before = reader_pid()
    os.kill(before, signal.SIGKILL)
    time.sleep(0.1)
    assert len(list(open_pages(stack))) == 3
    assert reader_pid() != before


def test_many_threads_read_at_once(stack: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: len(list(open_pages(stack))), range(24)))
    assert counts == [3] * 24


def test_files_may_be_read_page_by_page_side_by_side(stack: Path) -> None:
    one, other = open_pages(stack), open_pages(stack)
    numbers = [(a.number, b.number) for a, b in zip(one, other, strict=True)]
    assert numbers == [(1, 1), (2, 2), (3, 3)]


def _read_in_worker(path: Path, answers: multiprocessing.Queue[int]) -> None:
    answers.put(len(list(open_pages(path))))
    answers.put(reader_pid())


def test_a_forked_daemonic_worker_reads_with_a_reader_of_its_own(stack: Path) -> None:
    list(open_pages(stack))
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.Queue[int] = context.Queue()  # type: ignore[assignment]
    idle = threading.Event()
    threading.Thread(target=idle.wait, daemon=True).start()
    worker = context.Process(target=_read_in_worker, args=(stack, answers), daemon=True)
    worker.start()
    assert answers.get(timeout=60) == 3
    other_reader = answers.get(timeout=60)
    worker.join(60)
    idle.set()
    assert other_reader != reader_pid()
    assert worker.exitcode == 0
    assert len(list(open_pages(stack))) == 3


def test_the_reader_ends_with_the_process_that_started_it(stack: Path) -> None:
    code = (
        "import sys, os; from ocr.load import open_pages; from ocr.loading import warm;"
        "next(open_pages(sys.argv[1])); print(warm._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(stack)], capture_output=True, text=True, check=True, cwd=warm.ROOT
    )
    pid = int(done.stdout)
    for _ in range(200):
        if gone(pid):
            return
        time.sleep(0.02)
    pytest.fail("the reader is still there")
