"""Ledger against target, both ways: ours missing there, theirs unknown here, different values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from cases import audit, clock, nudges
from cases.models import Case, Entry, Reconciliation, State
from cases.plain import plain
from cases.transitions.intake import pass_references
from ocr.errors import StateProblem

Kind = Literal["missing", "different", "several", "unknown", "not_recorded", "not_checked"]
WORDS: Mapping[Kind, str] = {
    "missing": _("fehlt im Zielsystem"),
    "different": _("steht dort mit anderen Werten"),
    "several": _("steht dort mehrfach"),
    "unknown": _("steht dort, ist hier unbekannt"),
    "not_recorded": _("steht dort, gilt hier nicht als übertragen"),
    "not_checked": _("nicht nachgesehen"),
}
RECORDED = (Entry.Outcome.ENTERED, Entry.Outcome.FOUND)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """missing: ours, not there. different: there with other values in `fields`. several: there more than once.
    unknown: there with a reference of ours that no case has. not_recorded: there, and the case is not entered yet or
    was rejected. not_checked: could not be looked up, `code` says why.
    """

    kind: Kind
    reference: str
    record_number: str = ""
    fields: tuple[str, ...] = ()
    code: str = ""


def ask_reconciliation(target: str, actor: str, since: datetime | None = None) -> Reconciliation:
    """Put down that `target` is to be compared and nudge a robot. One that waits already is taken."""
    with transaction.atomic():
        waiting = Reconciliation.objects.filter(target=target, started_at=None, since=since).first()
        asked = waiting or Reconciliation.objects.create(
            target=target, since=since, asked_at=clock.now(), asked_by=actor[:160]
        )
        nudges.reconcile(asked.pk, target)
    return asked


def begin_reconciliation(asked: UUID) -> bool:
    """Only one begins it."""
    return Reconciliation.objects.filter(pk=asked, started_at=None).update(started_at=clock.now()) == 1


def recorded_entries(target: str, since: datetime | None) -> list[Entry]:
    """What the ledger says stands in the target: the newest entry of each case that is ENTERED (or erased since).

    What a person entered (shadow mode) often carries no reference of ours and is left out.
    """
    entries = Entry.objects.filter(
        target=target, outcome__in=RECORDED, case__state__in=(State.ENTERED, State.ERASED)
    ).select_related("case")
    if since is not None:
        entries = entries.filter(finished_at__gte=since)
    newest = {entry.case_id: entry for entry in entries.exclude(mode=Entry.Mode.SHADOW).order_by("fence")}
    return sorted(newest.values(), key=lambda entry: entry.case.reference)


def strangers(target: str, records: Mapping[str, str]) -> list[Finding]:
    """Of the target's records (number to reference) those that no entered case stands behind, and doubles."""
    found: list[Finding] = []
    numbers: dict[str, list[str]] = {}
    for number, reference in sorted(records.items()):
        numbers.setdefault(reference, []).append(number)
    references = list(numbers)
    for start in range(0, len(references), BATCH):
        some = references[start : start + BATCH]
        known = dict(Case.objects.filter(reference__in=some).values_list("reference", "state"))
        for reference in some:
            at = ", ".join(numbers[reference])
            if reference not in known:
                found.append(Finding("unknown", reference, at))
            elif known[reference] not in (State.ENTERED, State.ERASED):
                found.append(Finding("not_recorded", reference, at))
            elif len(numbers[reference]) > 1:
                found.append(Finding("several", reference, at))
    return found


def finish_reconciliation(
    asked: UUID, findings: Iterable[Finding], *, checked: int, listed: int | None
) -> Reconciliation:
    """Keep the result and write the event. References that were found there are never given out again.

    Raises:
        StateProblem: V002 when it is finished already.
    """
    unique = list(dict.fromkeys(findings))
    with transaction.atomic():
        one = Reconciliation.objects.select_for_update().get(pk=asked)
        if one.finished_at is not None:
            raise StateProblem("V002", "Dieser Abgleich ist schon abgeschlossen.")
        one.finished_at, one.checked, one.listed = clock.now(), checked, listed
        one.findings = plain([asdict(finding) for finding in unique])
        one.save()
        pass_references(finding.reference for finding in unique if finding.kind == "unknown")
        details = {"target": one.target, "checked": checked, "listed": listed, "findings": len(unique)}
        audit.append("reconciled", actor=one.asked_by, details=details)
    return one
