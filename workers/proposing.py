"""Reads a blank form: its pages as pictures, and what its fields may be, as the first text of a draft."""

from __future__ import annotations

from uuid import UUID

import structlog

from cases import blanks, store
from cases.log import bug
from cases.models import Proposal
from cases.transitions import designing
from cases.versions import form_of
from ocr.draft import draft
from ocr.errors import Problem
from ocr.spec import FormSpec

log = structlog.get_logger(__name__)
LIMIT_S = 300
BUG = "Beim Lesen ist ein Fehler im Programm aufgetreten. Bitte die IT verständigen (V017)."


def propose(proposal_id: UUID) -> None:
    """Every way this can end is recorded; what is done already, or is no draft any more, is left alone."""
    proposal = designing.claim_proposal(proposal_id, LIMIT_S)
    if proposal is None:
        return
    try:
        spec = look(proposal)
    except Problem as problem:
        log.warning("proposal_problem", proposal=str(proposal_id), code=problem.code)
        designing.give_up_proposal(proposal_id, f"{problem.message} ({problem.code})")
    except Exception as error:  # a bug: the owner is told, the worker lives on
        log.error("proposal_bug", proposal=str(proposal_id), **bug(error))
        designing.give_up_proposal(proposal_id, BUG)
    else:
        designing.record_proposal(proposal_id, spec)


def look(proposal: Proposal) -> FormSpec:
    sha256 = str(proposal.version.blank_id)
    wanted = form_of(proposal.version)
    blanks.leaves(sha256)
    return draft(store.original_path(sha256), wanted.name, wanted.title, wanted.language)
