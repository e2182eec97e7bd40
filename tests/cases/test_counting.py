"""Daily sums from the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cases import counting, numbers, transitions
from cases.models import Case, Day, Event, Month, State
from cases.numbers import Reason, Scope, Sums
from tests.cases.test_samples import Read, read_with  # noqa: F401
from tests.site import Site

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def scope(**more: object) -> Scope:
    return Scope(**{"processes": ("dogs",), "first": TODAY, "last": TODAY, **more})  # type: ignore[arg-type]


def counted(**more: object) -> Sums:
    counting.carry_on()
    return numbers.total(list(numbers.by_version(scope(**more)).values()))


def test_a_case_is_counted_once_at_every_station(read: Callable[..., Case], anna: User) -> None:
    read(sure=True)
    asked, refused = read(sure=False), read(sure=False)
    transitions.confirm(asked.pk, anna, {"surname": "Kowalczyk", "plz": "44139", "remark": None})
    transitions.reject(refused.pk, anna, "doppelt")
    expected = Sums(received=3, read=3, through=1, released=2, rejected=1, done=1)
    assert counted() == expected
    assert counted() == expected, "nothing is counted twice"
    assert numbers.behind() == 0
    assert counted().share == pytest.approx(1 / 3)


def test_a_second_reading_is_not_straight_through_nor_a_second_case(read: Callable[..., Case], anna: User) -> None:
    case = read(form=None)
    transitions.choose_form(case.pk, anna, "dog")
    from tests.cases.conftest import record

    claim = transitions.claim_reading(case.pk, "test")
    assert claim and record(claim) == State.READY
    assert counted() == Sums(received=1, read=1, released=1)


def test_batches_go_on_where_the_last_one_ended(read: Callable[..., Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "BATCH", 2)
    for _ in range(3):
        read()
    counting.carry_on_once()
    assert numbers.behind() == Event.objects.count() - 2
    assert counted() == Sums(received=3, read=3, through=3, released=3)


def test_without_a_target_the_way_ends_with_the_release(read: Callable[..., Case]) -> None:
    read("papers")
    assert counted(processes=("papers",)).done == 1


def test_reasons_are_told_by_field_and_code(read: Callable[..., Case], site: Site) -> None:
    read(sure=False)
    read(sure=True, plz="4413")
    counting.carry_on()
    told = numbers.reasons(scope())
    assert Reason("dog", "surname", 1, (("unsure", 1),)) in told
    plz = next(row for row in told if row.field == "plz")
    assert (plz.count, dict(plz.codes)) == (2, {"unsure": 1, "R002": 1})


def test_the_blind_sample_counts_as_straight_through_and_is_told_apart(read_with: Read) -> None:  # noqa: F811
    read_with(1.0)
    sums = counted()
    assert (sums.read, sums.through, sums.blind, sums.share) == (1, 0, 1, 1.0)
    assert {row.codes for row in numbers.reasons(scope())} == {(("blind", 1),)}


def test_the_sample_of_a_field_tells_its_error_with_the_bound(read_with: Read, anna: User) -> None:  # noqa: F811
    for index in range(4):
        case = read_with(1.0)
        values = dict(case.fields.values_list("name", "value"))
        transitions.confirm(case.pk, anna, {**values, **({} if index else {"surname": "Andere"})})
    told = {field: row for (*_, field), row in numbers.blind(scope()).items()}
    assert (told["surname"].count, told["surname"].wrong, told["surname"].share) == (4, 1, 0.25)
    assert told["surname"].bound == pytest.approx(0.751, abs=0.001)
    assert numbers.blind(scope(first=TODAY - timedelta(days=9), last=TODAY - timedelta(days=1))) == {}


def test_an_erased_case_still_counts(read_with: Read, anna: User) -> None:  # noqa: F811
    case = read_with(1.0)
    transitions.confirm(case.pk, anna, dict(case.fields.values_list("name", "value")))
    Case.objects.filter(pk=case.pk).update(state=State.ENTERED)
    transitions.erase(case.pk)
    assert counted().read == 1
    assert numbers.joined(numbers.blind(scope()).values()).count == 3


def test_a_version_of_a_form_and_other_processes_are_kept_apart(read: Callable[..., Case], site: Site) -> None:
    read()
    form = site.root / "forms" / "dog.toml"
    form.write_text('version = "2"\n' + form.read_text())
    read()
    assert counted(form="dog", version="2") == Sums(read=1, through=1, released=1)
    assert counted(form="dog") == Sums(read=2, through=2, released=2)
    assert counted(processes=("papers",)) == Sums()
    assert [version for _, version in numbers.versions(["dogs"])][-1] == "2"


def test_what_is_on_its_way_tells_the_oldest_and_the_deadlines(read: Callable[..., Case]) -> None:
    now = timezone.now()
    for days_left, state in ((-1, State.REVIEW), (1, State.READY), (9, State.REVIEW), (-5, State.ENTERED)):
        case = read()
        Case.objects.filter(pk=case.pk).update(
            state=state, due_at=now + timedelta(days=days_left), received_at=now - timedelta(days=20 - days_left)
        )
    there = numbers.on_their_way(scope())
    assert (there.overdue, there.at_risk) == (1, 1)
    assert there.oldest == now - timedelta(days=21)


@pytest.mark.parametrize("table", [Day, Month])
def test_no_table_of_numbers_knows_a_person(table: type[Day | Month]) -> None:
    people = {"user", "actor", "reviewer", "second_reviewer", "locked_by", "confirmed_by", "author"}
    fields = table._meta.get_fields()
    assert not {field.name for field in fields} & people
    assert not any(field.is_relation for field in fields)


def asked_daily(first: date, last: date) -> None:
    """Each day another number of cases, of two versions."""
    Day.objects.bulk_create(
        Day(day=first + timedelta(days=n), process="dogs", form="dog", form_version=version,
            reasons={"plz": {"": n + 1, "L002": n % 5, "R002": 1}, "": {"": 1, f"V0{n % 3}": 1}})
        for n in range((last - first).days + 1) for version in ("1", "2")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 1, 2), date(2025, 12, 30)),
        (date(2025, 3, 31), date(2025, 6, 1)), (date(2025, 5, 3), date(2025, 5, 20)),
        (date(2025, 2, 1), date(2025, 2, 28)), (date(2024, 12, 1), date(2025, 1, 31)),
    ],
)  # fmt: skip
def test_reasons_are_the_same_once_their_months_are_put_together(first: date, last: date) -> None:
    asked_daily(date(2024, 12, 15), date(2025, 12, 31))
    chosen = [scope(first=first, last=last), scope(first=first, last=last, form="dog", version="2")]
    before = [numbers.reasons(one) for one in chosen]
    assert before[0] and before[0] != before[1]
    while counting.put_month_together():
        assert [numbers.reasons(one) for one in chosen] == before, "with some months put together, too"
    assert not Day.objects.filter(in_month=False).exists() and Month.objects.count() == 26
    assert [numbers.reasons(one) for one in chosen] == before


def test_what_is_counted_late_is_in_the_month_as_well(read: Callable[..., Case]) -> None:
    moment = timezone.now() - timedelta(days=40)
    read(sure=False)
    Event.objects.update(at=moment)
    counting.carry_on()
    assert Day.objects.filter(in_month=True).exists() and Month.objects.exists(), "the tick does it"
    read(sure=False)
    Event.objects.update(at=moment)
    counting.carry_on()
    day = timezone.localdate(moment)
    by_day, by_month = (numbers.reasons(scope(first=first, last=TODAY)) for first in (day, day - timedelta(days=31)))
    assert by_day == by_month and {one.count for one in by_day} == {2}


def test_a_month_is_not_put_together_before_it_is_over() -> None:
    Day.objects.create(day=TODAY, process="dogs", form="dog", reasons={"plz": {"": 1}})
    assert counting.put_month_together() == 0
