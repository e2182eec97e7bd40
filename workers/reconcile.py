"""Compares the ledger with a target: one robot session that only looks.

The robot is asked for a list of our records first (targets that have one), then for each record of the ledger.
Nothing of it touches a case: what is found becomes the findings of the reconciliation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from cases import catalog, transitions
from cases.models import Entry, Reconciliation, State
from cases.transitions import EntryClaim, Failure
from cases.transitions.entry import differing
from cases.transitions.reconciliation import Finding, Kind, recorded_entries, strangers
from ocr.errors import StateProblem
from workers import identity, stopping
from workers.robot import Session, receipt_of

log = structlog.get_logger(__name__)
NOBODY = UUID(int=0)
LOOK_ONLY = "Beim Abgleich wird nur nachgesehen. Es darf nicht abgesendet werden."
KINDS: dict[str, Kind] = {"none": "missing", "several": "several", "different": "different"}


def reconcile(asked: UUID) -> Reconciliation | None:
    """Answer a nudge. None when there is nothing to do or no session of the target is free; the sweeper asks again."""
    one = Reconciliation.objects.filter(pk=asked, started_at=None).first()
    spec = catalog.targets().get(one.target) if one else None
    if one is None or spec is None or stopping.is_announced():
        return None
    run = transitions.open_run(spec.name, identity.me())
    if run is None:
        return None
    if not transitions.begin_reconciliation(asked):
        transitions.end_run(run.pk, actor="worker")
        return None
    session = Looking(run, spec)
    session.entries = recorded_entries(spec.name, one.since)
    session.serve()
    return session.finish(asked)


@dataclass(slots=True)
class Looking(Session):
    """A session that serves records of the ledger to look up, and keeps what it finds."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    records: dict[str, str] | None = None
    place: int = -1
    checked: int = 0

    @property
    def looked_at(self) -> Entry | None:
        """The ledger's entry in hand; None while the list is asked for."""
        return self.entries[self.place - 1] if self.place > 0 else None

    def next_claim(self) -> EntryClaim | None:
        if self.place >= len(self.entries) or stopping.is_announced():
            return None
        self.place += 1
        entry = self.looked_at
        if entry is None:
            return EntryClaim(0, NOBODY, 0, "list", "", self.spec.name, {}, "")
        values = {one.name: one.value for one in entry.case.fields.all()}
        return EntryClaim(
            entry.pk, entry.case_id, entry.fence, "resolve", entry.case.reference, self.spec.name, values, ""
        )

    def keep(self, claim: EntryClaim) -> bool:
        """There is no case to lose; the lease of the session counts."""
        return True

    def intent(self, item: str, payload_hash: str) -> dict[str, Any]:
        raise StateProblem("V022", LOOK_ONLY)

    def receipt(self, item: str, request: dict[str, Any]) -> dict[str, Any]:
        self.held(item)
        entry = self.looked_at
        if entry is None:
            if request.get("outcome") == "listed":
                self.records = (self.records or {}) | {str(n): str(r) for n, r in dict(request["records"]).items()}
        else:
            self.compare(entry, request)
        self.recorded = True
        return {"ok": True}

    def compare(self, entry: Entry, request: dict[str, Any]) -> None:
        """Equal, or a finding. Of an erased case only the record's presence is known."""
        receipt = receipt_of(request)
        self.checked += 1
        reference, number = entry.case.reference, receipt.record_number or entry.record_number
        names = tuple(differing(entry.case, receipt.read_back))
        if receipt.outcome in ("none", "several"):
            self.findings.append(Finding(KINDS[receipt.outcome], reference, number))
        elif entry.case.state != State.ERASED and (names or receipt.outcome == "different"):
            self.findings.append(Finding("different", reference, number, names))

    def give_back(self, failure: Failure | None) -> None:
        """A look-up that broke is a finding, too: nobody knows what stands there."""
        entry, done = self.looked_at, self.recorded
        if self.claim is not None and entry is not None and not done:
            self.findings.append(self.not_checked(entry, failure.code if failure else "V036"))
        self.claim = None

    def not_checked(self, entry: Entry, code: str) -> Finding:
        return Finding("not_checked", entry.case.reference, entry.record_number, code=code)

    def finish(self, asked: UUID) -> Reconciliation:
        """Everything together; records that the robot did not come to are named."""
        left = [self.not_checked(entry, "V037") for entry in self.entries[max(0, self.place) :]]
        others = strangers(self.spec.name, self.records or {})
        listed = None if self.records is None else len(self.records)
        found = [*self.findings, *left, *others]
        one = transitions.finish_reconciliation(asked, found, checked=self.checked, listed=listed)
        log.info("reconciled", target=self.spec.name, checked=self.checked, listed=listed, findings=len(one.findings))
        return one
