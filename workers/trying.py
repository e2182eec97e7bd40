"""Reads a scan of the test bench with the very version of the form that is tried, whatever is in service."""

from __future__ import annotations

from uuid import UUID

import structlog

import ocr
from cases import blanks, catalog, store, trials
from cases.log import bug
from cases.models import TrialReading
from cases.transitions import trials as steps
from cases.transitions.designing import form_of
from ocr.errors import Problem

log = structlog.get_logger(__name__)
LIMIT_S = 300
BUG = "V017"


def read_trial(trial_id: UUID) -> None:
    """All versions that wait for this scan. Every way a reading can end is recorded."""
    while claim := steps.claim_trial(trial_id, LIMIT_S):
        try:
            result = look(claim)
        except Problem as problem:
            log.warning("trial_problem", trial=str(trial_id), code=problem.code)
            steps.record_trial(claim, None, problem.code)
        except Exception as error:  # a bug: the owner is told, the worker lives on
            log.error("trial_bug", trial=str(trial_id), **bug(error))
            steps.record_trial(claim, None, BUG)
        else:
            steps.record_trial(claim, result)


def look(claim: TrialReading) -> dict[str, object]:
    sha256, form = claim.trial.document_id, form_of(claim.version)
    blanks.leaves(sha256)  # the pictures to correct it by
    reading = ocr.read(
        store.original_path(sha256),
        {form.name: form},
        form=form.name,
        calibration=catalog.calibration(),
        towns=catalog.towns(),
    )
    return trials.result_of(reading, form)
