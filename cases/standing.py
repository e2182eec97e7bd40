"""How the targets stand: running, paused, closed or stopped; since when, until when, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cases import catalog, clock, schedules
from cases.models import Gate, Run
from cases.processes import TargetSpec
from cases.transitions import submits_under_way
from cases.transitions.entry import waiting_cases
from cases.transitions.gates import BREAKER

Condition = Literal["running", "paused", "closed", "stopped"]
WORDS: Mapping[Condition, str] = {
    "running": _("in Betrieb"),
    "paused": _("pausiert"),
    "closed": _("geschlossen"),
    "stopped": _("angehalten"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One target now. `reason` is a problem code, the words of the person who stopped it, or what has closed it."""

    name: str
    title: str
    rehearsal: str
    condition: Condition
    since: datetime | None
    until: datetime | None
    reason: str
    stopped_by: str
    failures: int
    waiting: int
    sessions: int
    most_sessions: int
    under_way: int

    @property
    def words(self) -> str:
        """As people here read it."""
        why = f": {self.why}" if self.why else ""
        return f"{gettext(WORDS[self.condition])} {self.details}".strip() + why

    @property
    def details(self) -> str:
        """Since when, until when, and by whom."""
        until, since = _moment(self.until) if self.until else gettext("auf Weiteres"), _moment(self.since)
        named = {"since": since, "until": until, "number": self.failures, "reason": self.reason, "who": self.who}
        match self.condition:
            case "stopped" if self.stopped_by == BREAKER:
                return gettext("seit %(since)s durch die Sicherung nach %(number)s Fehlschlägen") % named
            case "stopped":
                return gettext("seit %(since)s durch %(who)s") % named
            case "closed":
                return gettext("bis %(until)s (%(reason)s)") % named
            case "paused":
                return gettext("bis %(until)s (%(reason)s, %(number)s Fehlschläge in Folge)") % named
        return ""

    @property
    def why(self) -> str:
        """The words of the person who stopped it."""
        return self.reason if self.condition == "stopped" else ""

    @property
    def who(self) -> str:
        """The person who stopped it, without the kind of actor before the name."""
        return self.stopped_by.partition(":")[2]


def _moment(at: datetime | None) -> str:
    return formats.date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "?"


def targets() -> list[Standing]:
    """All targets by name."""
    gates = {gate.target: gate for gate in Gate.objects.all()}
    return [target(spec, gates.get(name) or Gate(pk=name)) for name, spec in sorted(catalog.targets().items())]


def target(spec: TargetSpec, gate: Gate) -> Standing:
    now = clock.now()
    condition, until, reason = condition_of(spec, gate, now)
    return Standing(
        name=spec.name,
        title=spec.title,
        rehearsal=spec.rehearsal,
        condition=condition,
        since=gate.stopped_at,
        until=until,
        reason=reason,
        stopped_by=gate.stopped_by,
        failures=gate.failures,
        waiting=sum(cases.count() for _, cases in waiting_cases(spec.name, now)),
        sessions=Run.objects.filter(target=spec.name, ended_at=None).count(),
        most_sessions=spec.sessions,
        under_way=submits_under_way([spec.name]),
    )


def condition_of(spec: TargetSpec, gate: Gate, now: datetime) -> tuple[Condition, datetime | None, str]:
    """What keeps robots away from the target, until when if that is known, and why."""
    if gate.stopped_at is not None:
        return "stopped", None, gate.stop_reason
    if (shut := schedules.why_shut(spec, now)) is not None:
        return "closed", shut.until, shut.reason
    if gate.not_before is not None and gate.not_before > now:
        return "paused", gate.not_before, gate.reason
    return "running", None, gate.reason


def as_json(one: Standing) -> dict[str, Any]:
    return {
        "name": one.name,
        "condition": one.condition,
        "words": one.words,
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "reason": one.reason,
        "failures": one.failures,
        "waiting": one.waiting,
        "sessions": one.sessions,
        "under_way": one.under_way,
    }
