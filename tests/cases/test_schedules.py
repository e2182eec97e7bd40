"""Schedules: what people write, what comes due, what is caught up, and which targets an owner's window shuts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cases import audit, clock, reports, retention, schedules, standing, transitions
from cases.hours import OFFICE
from cases.models import Case, Event, Gate, PlannedRun, Schedule, State
from cases.transitions import Wish
from config import cli
from ocr.errors import StateProblem
from tests.site import Site

pytestmark = pytest.mark.django_db
Outcome = PlannedRun.Outcome


class Wall:
    """The clock of the database, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime.now(UTC)
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=OFFICE).astimezone(UTC)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall(monkeypatch)
    wall.set("2026-11-26 12:00")
    return wall


def add(words: str, work: str = "report", subject: str = "dogs", **more: Any) -> Schedule:
    return transitions.add_schedule(Wish(work, subject, words, **more), "person:jana")


def due_of(one: Schedule, *outcomes: str) -> list[str]:
    found = one.runs.filter(outcome__in=outcomes).order_by("due_at")
    return [f"{run.due_at.astimezone(OFFICE):%d.%m. %H:%M}" for run in found]


def test_a_due_time_becomes_one_row_however_often_it_is_looked_at(site: Site, wall: Wall) -> None:
    one = add("täglich 22 Uhr")
    assert transitions.plan_due(one.pk) == 0
    wall.set("2026-11-26 22:00")
    assert [transitions.plan_due(one.pk) for _ in range(3)] == [1, 0, 0]
    wall.set("2026-11-27 21:59")
    assert transitions.plan_due(one.pk) == 0
    assert due_of(one, "") == ["26.11. 22:00"]


def test_a_clock_that_is_set_back_makes_nothing_due_again(site: Site, wall: Wall) -> None:
    one = add("stündlich")
    wall.set("2026-11-26 13:00")
    transitions.plan_due(one.pk)
    wall.set("2026-11-26 12:30")
    transitions.plan_due(one.pk)
    wall.set("2026-11-26 13:10")
    transitions.plan_due(one.pk)
    assert due_of(one, "") == ["26.11. 13:00"]


@pytest.mark.parametrize(
    ("catch_up", "waiting", "lapsed"),
    [
        ("all", ["26.11. 14:00", "26.11. 15:00", "26.11. 16:00"], []),
        ("once", ["26.11. 16:00"], ["26.11. 14:00", "26.11. 15:00"]),
        ("skip", [], ["26.11. 14:00", "26.11. 15:00", "26.11. 16:00"]),
    ],
)
def test_after_a_stop_the_rule_for_catching_up_decides(
    site: Site, wall: Wall, catch_up: str, waiting: list[str], lapsed: list[str]
) -> None:
    one = add("stündlich", catch_up=catch_up)
    wall.set("2026-11-26 13:00")
    transitions.plan_due(one.pk)
    PlannedRun.objects.all().delete()
    wall.set("2026-11-26 16:30")
    transitions.plan_due(one.pk)
    assert (due_of(one, ""), due_of(one, Outcome.SKIPPED)) == (waiting, lapsed)


def test_what_is_seen_a_little_late_was_not_missed(site: Site, wall: Wall) -> None:
    one = add("stündlich", catch_up="skip")
    wall.set("2026-11-26 13:09")
    transitions.plan_due(one.pk)
    assert due_of(one, "") == ["26.11. 13:00"]


@pytest.mark.parametrize(("catch_up", "waiting"), [("all", 1200), ("once", 1), ("skip", 1)])
def test_after_a_very_long_stop_the_looks_go_on_piece_by_piece(
    site: Site, wall: Wall, catch_up: str, waiting: int
) -> None:
    one = add("jede Minute", catch_up=catch_up)
    wall.now += timedelta(minutes=1200)
    looks = [transitions.plan_due(one.pk) for _ in range(4)]
    assert looks == [500, 500, 200, 0]
    assert one.runs.count() == 1200 and one.runs.filter(started_at=None).count() == waiting


def test_both_nights_of_clock_change_run_once(site: Site, wall: Wall) -> None:
    wall.set("2026-03-28 12:00")
    spring = add("täglich um 2:30")
    wall.now = datetime(2026, 3, 30, 12, tzinfo=UTC)
    transitions.plan_due(spring.pk)
    assert [run.due_at.astimezone(UTC) for run in spring.runs.order_by("due_at")] == [
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
    ]
    wall.set("2026-10-24 12:00")
    autumn = add("täglich um 2:30")
    for minute in range(0, 240, 10):  # a look every ten minutes through the whole night
        wall.now = datetime(2026, 10, 24, 23, 0, tzinfo=UTC) + timedelta(minutes=minute)
        transitions.plan_due(autumn.pk)
    assert [run.due_at.astimezone(UTC) for run in autumn.runs.all()] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_run_is_claimed_once_and_finished_by_its_holder_only(site: Site, wall: Wall) -> None:
    one = add("stündlich")
    run = transitions.run_now(one.pk, "person:jana")
    held = transitions.begin_planned(run.pk, {"host": "a"})
    assert held and transitions.begin_planned(run.pk, {"host": "b"}) is None
    transitions.give_back_planned(held)
    again = transitions.begin_planned(run.pk, {"host": "b"})
    assert again and again.attempts == 2
    assert not transitions.finish_planned(held, Outcome.DONE), "the first holder has lost it"
    assert transitions.finish_planned(again, Outcome.DONE, count=3)
    run.refresh_from_db()
    assert (run.outcome, run.count, run.worker) == ("done", 3, None)


def test_a_run_whose_workers_die_three_times_is_given_up(site: Site, wall: Wall) -> None:
    run = transitions.run_now(add("stündlich").pk, "person:jana")
    for _ in range(3):
        held = transitions.begin_planned(run.pk, {"host": "a"})
        assert held
        transitions.give_back_planned(held)
    run.refresh_from_db()
    assert (run.outcome, run.code) == ("broken", "V072")


def test_run_now_is_asked_for_once_while_it_waits(site: Site, wall: Wall) -> None:
    one = add("stündlich")
    assert transitions.run_now(one.pk, "person:jana") == transitions.run_now(one.pk, "person:jana")
    assert Event.objects.filter(kind="schedule_run").count() == 1


def test_while_paused_nothing_comes_due_and_nothing_is_caught_up(site: Site, wall: Wall) -> None:
    one = add("stündlich", catch_up="all")
    wall.set("2026-11-26 13:00")
    transitions.plan_due(one.pk)
    assert transitions.pause_schedule(one.pk, "person:jana") and not transitions.pause_schedule(one.pk, "person:jana")
    assert due_of(one, Outcome.SKIPPED) == ["26.11. 13:00"], "what waits lapses"
    wall.set("2026-11-26 18:30")
    assert transitions.plan_due(one.pk) == 0
    assert transitions.resume_schedule(one.pk, "person:jana") and not transitions.resume_schedule(one.pk, "person:jana")
    wall.set("2026-11-26 19:00")
    transitions.plan_due(one.pk)
    assert due_of(one, "") == ["26.11. 19:00"]


def test_new_words_count_from_now_on_and_what_was_due_by_the_old_ones_is_done(site: Site, wall: Wall) -> None:
    one = add("stündlich")
    wall.set("2026-11-26 13:00")
    transitions.change_schedule(one.pk, Wish("report", "dogs", "täglich 12:30"), "person:jana")
    transitions.plan_due(one.pk)
    assert due_of(one, "") == ["26.11. 13:00"]
    wall.set("2026-11-27 12:30")
    transitions.plan_due(one.pk)
    assert due_of(one, "") == ["26.11. 13:00", "27.11. 12:30"]


def test_every_change_writes_one_event_that_names_no_contents(site: Site, wall: Wall) -> None:
    one = add("stündlich")
    transitions.change_schedule(one.pk, Wish("report", "dogs", "täglich 8 Uhr"), "person:jana")
    transitions.pause_schedule(one.pk, "person:jana")
    transitions.resume_schedule(one.pk, "person:jana")
    transitions.run_now(one.pk, "person:jana")
    transitions.delete_schedule(one.pk, "person:jana")
    kinds = [f"schedule_{verb}" for verb in ("added", "changed", "paused", "resumed", "run", "deleted")]
    assert list(Event.objects.values_list("kind", flat=True)) == kinds
    assert {event.actor for event in Event.objects.all()} == {"person:jana"} and audit.verify() is None
    assert not PlannedRun.objects.exists()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("report", "dogs", "bei Vollmond"), "V071"),
        (Wish("report", "dogs", "werktags 6 bis 20 Uhr"), "V071"),
        (Wish("report", "dogs", "0 0 31 2 *"), "V071"),
        (Wish("report", "dogs", "täglich 8 Uhr außer an Feiertagen"), "V071"),
        (Wish("report", "dogs", "täglich 8 Uhr", blackout=("bei Ebbe",)), "V071"),
        (Wish("report", "dogs", "täglich 8 Uhr", blackout=("täglich 7 bis 9 Uhr",)), "V071"),
        (Wish("entry", "register", "täglich 8 Uhr"), "V071"),
        (Wish("entry", "register", "9 bis 17 Uhr", blackout=("8 bis 18 Uhr",)), "V071"),
    ],
)
def test_what_cannot_be_kept_is_refused(site: Site, wish: Wish, code: str) -> None:
    with pytest.raises(StateProblem) as refused:
        transitions.add_schedule(wish, "person:jana")
    assert refused.value.code == code
    assert not Schedule.objects.exists() and not Event.objects.exists()


def test_a_target_has_one_window_and_it_cannot_be_run(site: Site) -> None:
    one = add("werktags 6 bis 20 Uhr", "entry", "register")
    with pytest.raises(StateProblem, match="schon einen Zeitplan"):
        add("täglich 6 bis 20 Uhr", "entry", "register")
    with pytest.raises(StateProblem, match="nicht ausführen"):
        transitions.run_now(one.pk, "person:jana")


def test_of_the_targets_hours_and_the_owners_window_the_narrower_holds(
    site: Site, wall: Wall, read: Callable[..., Case]
) -> None:
    site.target(more='opening = ["Mo-Fr 06:00-20:00"]')
    add("täglich 18 bis 22 Uhr", "entry", "register")
    case = read()
    for moment, may in (("26 17:59", False), ("26 18:00", True), ("26 20:00", False), ("28 19:00", False)):
        wall.set(f"2026-11-{moment}")
        claim = transitions.claim_entry("register", "test", case.pk)
        assert bool(claim) is may, moment
        if claim:
            transitions.journal_intent(claim.entry_id, claim.fence, "hash")
            case.entries.all().delete()
            Case.objects.filter(pk=case.pk).update(state=State.READY, lease_until=None)


def test_a_window_that_ends_refuses_the_submit(site: Site, wall: Wall, claimed: Callable[..., Any]) -> None:
    claim = claimed()
    add("täglich 18 bis 22 Uhr", "entry", "register")
    with pytest.raises(StateProblem) as refused:
        transitions.journal_intent(claim.entry_id, claim.fence, "hash")
    assert refused.value.code == "V026"


def test_a_shut_target_says_what_has_shut_it(site: Site, wall: Wall) -> None:
    site.target(more='opening = ["Mo-Fr 06:00-20:00"]')
    own = add("täglich 18 bis 22 Uhr", "entry", "register")
    (one,) = standing.targets()
    window = "Zeitplan der Prozessverantwortung: täglich von 18:00 bis 22:00 Uhr"
    assert one.words == f"geschlossen bis 26.11.2026 18:00 ({window})"
    wall.set("2026-11-27 20:30")
    assert standing.targets()[0].words == "geschlossen bis 30.11.2026 18:00 (Öffnungszeiten)"
    transitions.pause_schedule(own.pk, "person:jana")
    assert "bis auf Weiteres" in standing.targets()[0].words and "angehalten" in standing.targets()[0].words
    transitions.delete_schedule(own.pk, "person:jana")
    wall.set("2026-11-30 12:00")
    assert standing.targets()[0].condition == "running" and not Gate.objects.exists()


def test_retention_by_schedule_erases_only_its_process(site: Site, read: Callable[..., Case]) -> None:
    for name in ("dogs", "papers"):
        site.process(name, "erase_after_days = 1")
    cases = [read("dogs"), read("papers")]
    Case.objects.update(state=State.ENTERED, changed_at=clock.now() - timedelta(days=2))
    assert retention.run({"papers"}).cases == (cases[1].reference,)


def test_old_runs_are_forgotten(site: Site, wall: Wall) -> None:
    one = add("stündlich", catch_up="all")
    wall.set("2026-11-26 13:00")
    transitions.plan_due(one.pk)
    wall.now += timedelta(days=200)
    retention.run()
    assert one.runs.count() == 1, "one that waits is kept"
    transitions.pause_schedule(one.pk, "person:jana")
    wall.now += timedelta(days=91)
    retention.run()
    assert not one.runs.exists()


def test_a_report_counts_from_the_one_before(
    site: Site, read: Callable[..., Case], settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    one = add("täglich 8 Uhr")
    first = PlannedRun.objects.create(schedule=one, due_at=clock.now(), outcome=Outcome.DONE)
    read("dogs"), read("dogs", sure=False), read("papers")
    second = PlannedRun.objects.create(schedule=one, due_at=clock.now() + timedelta(seconds=1))
    reports.write(first), reports.write(second)
    before, after = (reports.path_of(run).read_text("utf-8-sig") for run in (first, second))
    assert "Eingang;Eingegangen;0" in before and "Eingang;Eingegangen;2" in after
    assert "Zustand;Zur Prüfung;1" in after and "Zustand;Freigegeben;1" in after
    assert "Alter offener Vorgänge;0 bis 2 Tage;2" in after


def test_words_of_an_older_release_shut_their_target_and_hinder_no_change(site: Site) -> None:
    one = add("werktags 6 bis 20 Uhr", "entry", "register")
    Schedule.objects.filter(pk=one.pk).update(words="wie immer")
    assert standing.targets()[0].condition == "closed" and "nicht lesbar" in standing.targets()[0].words
    transitions.change_schedule(one.pk, Wish("entry", "register", "rund um die Uhr"), "person:jana")
    assert standing.targets()[0].condition == "running"


def test_openings_of_both_are_shown_together(site: Site, wall: Wall) -> None:
    theirs = schedules.plan_of("entry", "Mo-Fr 6-20 Uhr").hours
    ours = schedules.plan_of("entry", "täglich 18 bis 22 Uhr").hours
    found = list(schedules.next_openings([theirs, ours], wall.now, 3))
    local = [f"{a.astimezone(OFFICE):%d.%m. %H:%M}-{b.astimezone(OFFICE):%H:%M}" for a, b in found if b]
    assert local == ["26.11. 18:00-20:00", "27.11. 18:00-20:00", "30.11. 18:00-20:00"]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert cli.main(["schedules", *words, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["schedules"]
    return found


def test_the_command_line_lists_and_runs_and_pauses(site: Site, wall: Wall, capsys: Any) -> None:
    one, window = add("täglich 22 Uhr"), add("täglich 18 bis 22 Uhr", "entry", "register")
    listed = {row["id"]: row for row in told(capsys, "list")}
    assert listed[one.pk]["words"] == "täglich um 22:00 Uhr"
    assert listed[one.pk]["next"] == ["2026-11-26T21:00:00+00:00"]
    assert listed[window.pk]["until"] == ["2026-11-26T21:00:00+00:00"]
    assert len(told(capsys, "next", str(one.pk), "--count", "3")[0]["next"]) == 3
    told(capsys, "run", str(one.pk))
    assert one.runs.get().by_hand
    assert told(capsys, "pause", str(one.pk))[0]["paused"] and told(capsys, "list")[1]["next"] == []
    assert not told(capsys, "resume", str(one.pk))[0]["paused"]
    assert Event.objects.filter(actor__startswith="console:").count() == 3
    assert cli.main(["schedules", "list"]) == 0
    assert "26.11.2026 18:00 bis 26.11.2026 22:00" in capsys.readouterr().out


def test_the_command_line_reads_a_sentence(site: Site, wall: Wall, capsys: Any) -> None:
    (row,) = told(capsys, "next", "jeden ersten Werktag im Monat um 6 Uhr", "--holidays", "BW", "--count", "2")
    assert row["next"] == ["2026-12-01T05:00:00+00:00", "2027-01-04T05:00:00+00:00"]
    for words, code in ((["next", "bei Vollmond"], "V071"), (["run", "99"], "V070"), (["pause"], "V070")):
        assert cli.main(["schedules", *words]) == 3
        assert capsys.readouterr().err.startswith(code)
