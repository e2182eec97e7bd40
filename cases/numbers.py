"""The numbers of the owner: what came in, what went out, what people were asked and why. Never by person.

From the daily sums (`cases.counting`), the blind sample and the cases that are on their way. No query here may group or
filter by an actor, a reviewer or a lock; a test reads every statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BooleanField, Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils.timezone import make_aware

from cases import catalog, clock
from cases.counting import Reasons, add_up, month_of, next_month
from cases.models import OPEN, Case, ChainHead, CountedUpTo, Day, FieldSample, Month
from ocr.confidence import upper_bound

RISK_DAYS = 3
"""A deadline is at risk when it is no further away."""
STATES = ", ".join(f"'{state.value}'" for state in OPEN)
IS_OPEN = RawSQL(f"state IN ({STATES})", (), output_field=BooleanField())  # noqa: S611  (names of our own)
"""With the states written out: SQLite takes a partial index only where it reads the index's own condition."""
SUMS = ("received", "read", "through", "blind", "released", "entered", "rejected")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: processes, days (both included); `form` and `version`: only cases that were read as these."""

    processes: tuple[str, ...]
    first: date
    last: date
    form: str = ""
    version: str | None = None

    @property
    def of_form(self) -> Q:
        chosen = Q(form=self.form) if self.form else Q()
        return chosen if self.version is None else chosen & Q(form_version=self.version)

    @property
    def within(self) -> Q:
        return Q(process__in=self.processes, day__gte=self.first, day__lte=self.last) & self.of_form


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one day, one version, or everything; the columns as in `Day`. `done`: came to the end of their way."""

    received: int = 0
    read: int = 0
    through: int = 0
    blind: int = 0
    released: int = 0
    entered: int = 0
    rejected: int = 0
    done: int = 0

    @property
    def share(self) -> float | None:
        """Straight-through: of those read, the ones that no person had to look at (the blind sample apart)."""
        return (self.through + self.blind) / self.read if self.read else None


@dataclass(frozen=True, slots=True)
class Reason:
    """In how many cases a field asked ("" = the case as a whole), and how often for which reason."""

    form: str
    field: str
    count: int
    codes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Blind:
    """A judged blind sample: how many fields, how many wrong, and what the error is at most (95 %)."""

    count: int
    wrong: int

    @property
    def share(self) -> float | None:
        return self.wrong / self.count if self.count else None

    @property
    def bound(self) -> float:
        return upper_bound(self.wrong, self.count)


@dataclass(frozen=True, slots=True)
class OnTheirWay:
    """Cases that are not at their end `now`: since when the oldest waits, deadlines that are over or near."""

    now: datetime
    oldest: datetime | None
    overdue: int
    at_risk: int


def by_day(scope: Scope) -> dict[date, Sums]:
    """Every day with something on it."""
    rows = sums_of(Day.objects.filter(scope.within).order_by("day").values("day"))
    return {row.pop("day"): Sums(**row) for row in rows}


def by_version(scope: Scope) -> dict[tuple[str, str, str], Sums]:
    """By process, form and its version; form "" holds what came in and was not read yet."""
    found = Day.objects.filter(scope.within).order_by("process", "form", "form_version")
    rows = sums_of(found.values("process", "form", "form_version"))
    return {(row.pop("process"), row.pop("form"), row.pop("form_version")): Sums(**row) for row in rows}


def sums_of(grouped: QuerySet[Day, Any]) -> list[dict[str, Any]]:
    targetless = [name for name, spec in catalog.processes().items() if spec.target is None]
    released = Sum("released", filter=Q(process__in=targetless), default=0)
    done = Sum("entered") + Sum("rejected") + released  # without a target the way ends with the release
    return [dict(row) for row in grouped.annotate(done=done, **{name: Sum(name) for name in SUMS})]


def by_day_and_version(scope: Scope) -> list[dict[str, Any]]:
    """Rows as they are exported."""
    found = Day.objects.filter(scope.within).order_by("day", "process", "form", "form_version")
    return list(found.values("day", "process", "form", "form_version", *SUMS))


def total(rows: Sequence[Sums]) -> Sums:
    return Sums(**{name: sum(getattr(row, name) for row in rows) for name in (*SUMS, "done")})


def reasons(scope: Scope) -> list[Reason]:
    """The most frequent first."""
    totals: dict[str, Reasons] = defaultdict(dict)
    for form, some in _reasons_of(scope):
        add_up(totals[form], some)
    rows = [
        Reason(form, field, codes.pop("", 0), tuple(sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))))
        for form, fields in totals.items()
        for field, codes in fields.items()
    ]
    return sorted(rows, key=lambda row: (-row.count, row.form, row.field))


def _reasons_of(scope: Scope) -> Iterable[tuple[str, Reasons]]:
    """Whole months as they were put together, and the days that are in none of them."""
    begin, end = next_month(scope.first - timedelta(days=1)), month_of(scope.last + timedelta(days=1))
    months = Month.objects.filter(scope.of_form, process__in=scope.processes, month__gte=begin, month__lt=end)
    days = Day.objects.filter(scope.within).exclude(in_month=True, day__gte=begin, day__lt=end)
    columns = ("form", "reasons")  # in one statement: no month is put together between two
    return months.order_by().values_list(*columns).union(days.order_by().values_list(*columns), all=True)


def blind(scope: Scope) -> dict[tuple[str, str, str, str], Blind]:
    """By process, form, version and field; times are those of the reading."""
    begin, end = (make_aware(datetime.combine(day, time.min)) for day in (scope.first, scope.last + timedelta(days=1)))
    found = FieldSample.objects.filter(
        scope.of_form, process__in=scope.processes, blind=True, right__isnull=False, at__gte=begin, at__lt=end
    )
    wrong = Count("right", filter=Q(right=False))
    names = ("process", "form", "form_version", "field")
    rows = found.order_by().values_list(*names).annotate(count=Count("*"), wrong=wrong)
    return {row[:4]: Blind(row[4], row[5]) for row in rows}


def joined(rows: Iterable[Blind]) -> Blind:
    some = list(rows)
    return Blind(sum(row.count for row in some), sum(row.wrong for row in some))


def on_their_way(scope: Scope) -> OnTheirWay:
    """Now, whatever days are chosen."""
    now = clock.now()
    near = now + timedelta(days=RISK_DAYS)
    oldest: list[datetime] = []
    overdue = at_risk = 0
    for process in scope.processes:  # one by one: each is a short walk along an index
        here = Case.objects.filter(scope.of_form, process=process).filter(IS_OPEN).order_by()
        oldest += here.order_by("received_at").values_list("received_at", flat=True)[:1]
        overdue += here.filter(due_at__lt=now).count()
        at_risk += here.filter(due_at__gte=now, due_at__lt=near).count()
    return OnTheirWay(now, min(oldest, default=None), overdue, at_risk)


def behind() -> int:
    """So many events are not in the sums yet."""
    head = ChainHead.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    counted = CountedUpTo.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    return max(0, head - counted)


def versions(processes: Sequence[str]) -> list[tuple[str, str]]:
    """Forms and versions that were ever counted in these processes."""
    found = Day.objects.filter(process__in=processes).exclude(form="").order_by("form", "form_version")
    return list(found.values_list("form", "form_version").distinct())
