"""Reads one case: claim, `ocr.read`, keep the page images, record."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import structlog
from django.conf import settings
from django.db import connection

import ocr
from cases import catalog, pictures, stages, store, transitions
from cases.log import bug
from cases.models import State
from cases.transitions import Claim
from cases.transitions.claims import READ_LEASE_S
from ocr.errors import Problem, StateProblem
from ocr.page import FieldReading, Note, Page, Reading
from ocr.scanner import Scanner, load_scanner
from workers import identity

log = structlog.get_logger(__name__)
LIMIT_S = 240
BUG = Note("V017", "Beim Lesen ist ein Fehler im Programm aufgetreten. Bitte die IT verständigen.")


def read_one(case_id: object) -> State | None:
    """Read a RECEIVED case and record the result; None when it could not be claimed or the claim was lost."""
    who = identity.me()
    claim = transitions.claim_reading(str(case_id), f"{who['host']}/{who['pid']}", identity=who)
    if claim is None:
        return None
    with stages.stage("read", claim.case_id, claim.reference, process=claim.process) as about:
        state = about.outcome = read_within_lease(claim)
    return state


def read_within_lease(claim: Claim) -> State | None:
    start_s = time.monotonic()
    try:
        with renewed(claim):
            state = read_claimed(claim)
    except StateProblem as problem:
        log.warning("reading_lost", case=str(claim.case_id), fence=claim.fence, code=problem.code)
        return None
    log.info("read", case=str(claim.case_id), state=str(state), seconds=round(time.monotonic() - start_s, 2))
    return state


def read_claimed(claim: Claim) -> State:
    """Every way a reading can end is recorded: a result, a Problem, or a bug."""
    try:
        reading = look(claim)
        images = {page.number: keep_page(claim, page, reading.fields) for page in reading.pages}
    except StateProblem:
        raise
    except Problem as problem:
        log.warning("reading_problem", case=str(claim.case_id), code=problem.code)
        return transitions.record_reading_problem(claim, problem)
    except Exception as error:  # a bug: the case is parked, the worker lives on
        log.error("reading_bug", case=str(claim.case_id), **bug(error))
        return transitions.give_back_reading(claim, BUG)
    return transitions.record_reading(claim, reading, images)


def look(claim: Claim) -> Reading:
    path = store.original_path(claim.sha256)
    named, scanner = claim.form or None, scanner_of(claim)
    return ocr.read(
        path,
        catalog.forms(),
        form=named,
        scanner=scanner,
        calibration=catalog.calibration(),
        towns=catalog.towns(),
    )


def scanner_of(claim: Claim) -> Scanner:
    name = claim.scanner or catalog.process(claim.process).scanner
    return load_scanner(name, Path(settings.SCANNERS))


def keep_page(claim: Claim, page: Page, fields: Sequence[FieldReading]) -> str:
    """The cleaned page as PNG in the store (fast compression: it can be made again), with the pictures made of it."""
    done, png = cv2.imencode(".png", page.gray, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise RuntimeError("page image was not encoded")
    kept = store.keep_page(claim.case_id, claim.fence, page.number, png.tobytes())
    boxes = [field.box for field in fields if field.box and field.page == page.number]
    pictures.prepare(Path(settings.STORE) / kept, page.gray, boxes)
    return kept


@contextmanager
def renewed(claim: Claim) -> Iterator[None]:
    """Keeps the lease alive beside the reading, which may sit in C code for a minute; not for ever, though."""
    done = threading.Event()

    def keep_alive() -> None:
        end_s = time.monotonic() + LIMIT_S
        try:
            while not done.wait(READ_LEASE_S / 4) and time.monotonic() < end_s:
                if not transitions.renew(claim.case_id, claim.fence, READ_LEASE_S):
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=keep_alive, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
