"""What may pass, reckoned anew from the samples of daily work (`ocr.thresholds`)."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import chain

from django.db.models import QuerySet

from cases import catalog, clock
from cases.models import FieldSample, Version
from cases.versions import OUTDATED, BrokenVersion
from ocr.confidence import FEATURES, STATES, Calibration, Calibrator, Sample, as_json, groups_of
from ocr.errors import FormProblem, StateProblem
from ocr.spec import FormSpec
from ocr.thresholds import Change, Proposal, Seen, propose, worse

NAME = "calibration"
"""Of the one calibration that all processes share, as a version."""
YEAR = timedelta(days=365)
"""What is older says little of today's scanners, engines and forms."""
MOST = 100_000
"""Of each kind of sample so many of the newest ones, so that reckoning takes seconds."""
KEPT_S = 60.0
"""So long an answer about alarms may be old."""
LOOKED_AT = 10_000
"""So many of the newest blind samples can raise an alarm."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A proposal and what it was made of."""

    proposal: Proposal
    service: Calibration
    blind: int
    asked: int

    @property
    def text(self) -> str:
        """As a version keeps it: the calibration, and beside it what changes and why."""
        changes = [asdict(change) for change in self.proposal.changes]
        return json.dumps(as_json(self.proposal.calibration) | {"changes": changes}, ensure_ascii=False, indent=1)


def reckon() -> Reckoned:
    """Thresholds anew from everything that people confirmed.

    Raises:
        StateProblem: V080 when there is no sample yet.
    """
    service = catalog.calibration()
    seen = samples()
    if service is None or not seen:
        raise StateProblem(
            "V080",
            "Es gibt noch keine Stichprobe. Bitte für ein Verfahren blind_share setzen; "
            "sobald Vorgänge geprüft sind, lassen sich Schwellen berechnen.",
        )
    blind = sum(one.blind for one in seen)
    return Reckoned(propose(service, seen, budgets()), service, blind, len(seen) - blind)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Too many of the newest blind samples of this group were wrong for the error budget that it has."""

    group: str
    budget: float
    wrong: int
    count: int


Told = Mapping[str, Sequence[tuple[float, bool]]]
"""Of the newest blind samples, oldest first: by group, the confidence that was told, and whether it was right."""


class Looked:
    """What the alarms were reckoned from, kept for a minute, and no longer than its thresholds are in service."""

    def __init__(self, service: Calibration) -> None:
        self.service = service
        self.told = _told()
        self.until_s = time.monotonic() + KEPT_S
        self.alarms: dict[frozenset[str] | None, list[Alarm]] = {}

    def holds(self, service: Calibration) -> bool:
        return self.service is service and time.monotonic() < self.until_s

    def alarms_of(self, processes: frozenset[str] | None) -> list[Alarm]:
        if processes not in self.alarms:
            in_use = budgets(None if processes is None else forms_of(processes))
            groups = sorted(self.told)
            each = (_alarm(one, in_use.get(one, ()), self.service.of(one), self.told[one]) for one in groups)
            self.alarms[processes] = [one for one in each if one]
        return self.alarms[processes]


_looked: Looked | None = None


def look_again() -> None:
    """After a sample was judged."""
    global _looked
    _looked = None


def alarms(processes: Iterable[str] | None = None) -> list[Alarm]:
    """What `reckon` would raise, from the confidences as they were told then; cheap enough for every page.

    `processes`: only for kinds of fields and budgets on their forms; None stands for all. What people judged at another
    computer counts within a minute, other thresholds at once.
    """
    global _looked
    service, looked = catalog.calibration(), _looked
    if service is None:
        return []
    if looked is None or not looked.holds(service):
        _looked = looked = Looked(service)
    return looked.alarms_of(None if processes is None else frozenset(processes))


def _told() -> Told:
    newest = FieldSample.objects.filter(blind=True, right__isnull=False, at__gte=clock.now() - YEAR)
    told: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    if newest.filter(right=False).exists():
        rows = newest.order_by("-at", "-pk").values_list("group", "confidence", "right")[:LOOKED_AT]
        for group, confidence, right in reversed(rows):
            told[group].append((confidence, bool(right)))
    return told


def _alarm(
    group: str, some: Sequence[float], calibrator: Calibrator | None, told: Sequence[tuple[float, bool]]
) -> Alarm | None:
    """The first of its budgets that does not hold, where a field passes at all."""
    for budget in some:
        start = calibrator.passes_from(budget) if calibrator else None
        if start is not None and (found := worse([right for said, right in told if said >= start], budget)):
            return Alarm(group, budget, *found)
    return None


def samples() -> list[Seen]:
    """The newest judged samples of the last year, oldest first."""
    judged = FieldSample.objects.filter(right__isnull=False, at__gte=clock.now() - YEAR).order_by("-at", "-pk")
    asked = rows(judged.filter(blind=False))
    since = asked[-1].at if len(asked) == MOST else None
    found = [*asked, *rows(judged.filter(blind=True))]
    found.sort(key=lambda row: (row.at, row.pk))
    return [
        Seen(
            Sample(row.document, row.form, row.group, tuple(row.evidence), bool(row.right)),
            row.blind,
            0.0 if since and row.at < since else 1.0 / row.share,
        )
        for row in found
        if len(row.evidence) == len(FEATURES)
    ]


def rows(found: QuerySet[FieldSample]) -> list[FieldSample]:
    return list(found[:MOST])


def forms_of(processes: Iterable[str]) -> list[FormSpec]:
    """The forms that may arrive in these processes: all, where one of them names none."""
    forms, known = catalog.forms(), catalog.processes()
    named = [known[name].forms or tuple(forms) for name in processes if name in known]
    return [forms[name] for name in dict.fromkeys(chain.from_iterable(named)) if name in forms]


def budgets(forms: Iterable[FormSpec] | None = None) -> Mapping[str, Sequence[float]]:
    """The error budgets in use for each group of fields: by kind, and all of them for what has no value."""
    found: dict[str, set[float]] = defaultdict(set)
    for form in catalog.forms().values() if forms is None else forms:
        for spec in form.field:
            for group in (*groups_of(spec), *STATES):
                found[group].add(spec.error_budget)
    return {group: sorted(some) for group, some in found.items()}


def newest_proposal() -> Version | None:
    """The newest calibration that nobody has decided on yet."""
    waiting = (Version.State.DRAFT, Version.State.SUBMITTED)
    return Version.objects.filter(kind=Version.Kind.CALIBRATION, name=NAME, state__in=waiting).first()


def changes_of(version: Version) -> tuple[Change, ...]:
    """What a proposed calibration changes and why; nothing where it was not made here. Raises BrokenVersion F024."""
    try:
        return tuple(Change(**one) for one in json.loads(version.text).get("changes", ()))
    except (ValueError, TypeError, AttributeError) as error:
        raise BrokenVersion(version, FormProblem("F024", OUTDATED)) from error
