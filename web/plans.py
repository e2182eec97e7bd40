"""Schedules as their owners see them: what of whose, in words, next, last, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import or_

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import catalog, clock, schedules
from cases.models import PlannedRun, Schedule
from cases.schedules import OF_TARGETS
from web import access
from web.states import Look

Work = Schedule.Work
Outcome = PlannedRun.Outcome
LOOKS = {
    "planned": Look("calendar-today", "info"),
    "open": Look("check", "success"),
    "shut": Look("calendar-today", "info"),
    "working": Look("autorenew", "info"),
    "paused": Look("warning", "warning"),
    "broken": Look("danger", "danger"),
}
OUTCOMES = {
    Outcome.DONE: Look("success", "success"),
    Outcome.BROKEN: Look("danger", "danger"),
    Outcome.SKIPPED: Look("close", "info"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One schedule. `opens` is the next due time, for a window its next opening until `closes`."""

    schedule: Schedule
    subject: str
    words: str
    opens: datetime | None
    closes: datetime | None
    last: PlannedRun | None
    look: Look
    standing: str

    @property
    def can_run(self) -> bool:
        return self.schedule.work != Work.ENTRY


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what ran; times that lapsed one after the other are one line."""

    first: datetime
    last: datetime
    lapsed: int
    run: PlannedRun
    result: str


def subjects(user: User, work: str) -> dict[str, str]:
    """Processes or targets, with their titles, for which this person may plan such work."""
    mine = access.processes(user)
    processes = {name: spec for name, spec in catalog.processes().items() if mine is None or name in mine}
    if work not in OF_TARGETS:
        return {name: spec.title for name, spec in processes.items()}
    targets = catalog.targets()
    used = [spec.target for spec in processes.values() if spec.target in targets]
    searchable = [name for name in used if name and (work == Work.ENTRY or targets[name].can_search)]
    return {name: targets[name].title for name in searchable}


def visible(user: User) -> list[Schedule]:
    """The schedules of this person's processes and of their targets."""
    found = Schedule.objects.all()
    if access.processes(user) is not None:
        named = (Q(work=work, subject__in=list(subjects(user, work))) for work in Work)
        found = found.filter(reduce(or_, named))
    return list(found)


def rows(found: Iterable[Schedule]) -> list[Row]:
    given = list(found)
    last, now = schedules.last_runs(given), clock.now()
    busy = {run.schedule_id: run for run in PlannedRun.objects.filter(finished_at=None).order_by("-started_at")}
    return [row(one, last.get(one.pk), now, busy.get(one.pk)) for one in given]


def row(one: Schedule, last: PlannedRun | None, now: datetime, busy: PlannedRun | None) -> Row:
    try:
        plan = schedules.plan(one)
        (opens, closes), *_rest = [*schedules.coming(one.work, one.subject, plan, now, 1), (None, None)]
        words = plan.words
    except ValueError:
        return Row(one, title(one), one.words, None, None, last, LOOKS["broken"], _("nicht mehr lesbar, bitte ändern"))
    look, standing = standing_of(one, opens, now, busy)
    return Row(one, title(one), words, None if one.paused else opens, closes, last, look, standing)


def standing_of(one: Schedule, opens: datetime | None, now: datetime, busy: PlannedRun | None) -> tuple[Look, str]:
    if not schedules.known(one):
        return LOOKS["broken"], _("gibt es nicht mehr, bitte löschen")
    if one.paused:
        return LOOKS["paused"], _("angehalten")
    if one.work == Work.ENTRY:
        is_open = opens is not None and opens <= now
        return (LOOKS["open"], _("jetzt offen")) if is_open else (LOOKS["shut"], _("jetzt geschlossen"))
    if busy is not None:
        return LOOKS["working"], _("läuft gerade") if busy.started_at else _("vorgemerkt")
    return LOOKS["planned"], _("nach Plan")


def title(one: Schedule) -> str:
    known = catalog.targets() if one.work in OF_TARGETS else catalog.processes()
    return known[one.subject].title if one.subject in known else one.subject


def history(runs: Sequence[PlannedRun]) -> list[Line]:
    """The newest first."""
    found: list[Line] = []
    for lapsed, some in groupby(runs, lambda run: run.outcome == Outcome.SKIPPED):
        group = list(some)
        if lapsed:
            found.append(Line(group[-1].due_at, group[0].due_at, len(group), group[0], ""))
        else:
            found += [Line(run.due_at, run.due_at, 0, run, result(run)) for run in group]
    return found


def result(run: PlannedRun) -> str:
    """What came of it, in words."""
    if run.outcome == Outcome.BROKEN:
        return _("Kennziffer %(code)s") % {"code": run.code} if run.code else _("Fehler im Programm, die IT sieht ihn")
    if run.schedule.work == Work.RECONCILIATION and run.outcome == Outcome.DONE:
        return _("Abgleich vorgemerkt")
    if run.count is None:
        return ""
    told = {"count": run.count}
    match run.schedule.work:
        case Work.INTAKE:
            return ngettext("%(count)d Datei übernommen", "%(count)d Dateien übernommen", run.count) % told
        case Work.RETENTION:
            return ngettext("%(count)d Vorgang gelöscht", "%(count)d Vorgänge gelöscht", run.count) % told
    return ""
