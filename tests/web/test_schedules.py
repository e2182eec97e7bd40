"""Pages of the schedules: only the owner's processes and targets, a preview before saving, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import clock, reports, schedules, standing, transitions
from cases.models import Event, Membership, PlannedRun, Schedule
from cases.transitions import Wish
from tests.web.factories import person
from web import roles

pytestmark = pytest.mark.django_db
TARGET = 'name = "{name}"\ntitle = "Fach {name}"\nrobot = "demo"\nqueue = "enter.{name}"\n'
PROCESS = 'name = "{name}"\ntitle = "Verfahren {name}"\nforms = ["antrag"]\ntarget = "{target}"\n'


@pytest.fixture
def owner(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.OWNER)


@pytest.fixture
def house(settings: Any) -> None:
    """Two processes with a target each; `kita` belongs to somebody else."""
    for process, target in (("wohngeld", "wg"), ("kita", "kt")):
        (settings.PROCESSES / f"{process}.toml").write_text(PROCESS.format(name=process, target=target))
        (settings.TARGETS / f"{target}.toml").write_text(TARGET.format(name=target))
    Membership.objects.create(user=person("kim", roles.OWNER), process="kita")


def add(work: str, subject: str, words: str, **more: Any) -> Schedule:
    return transitions.add_schedule(Wish(work, subject, words, **more), "person:kim")


def post(client: Client, name: str, *args: object, **data: object) -> Any:
    return client.post(reverse(name, args=args), data, follow=True)


def test_an_owner_plans_and_the_sentence_is_read_back(owner: Client, house: None) -> None:
    answer = post(
        owner, "add_schedule", what="report:wohngeld", words="Mo-Fr 7 Uhr", holidays="BW", blackout="31.12.2026\n"
    )
    assert "montags bis freitags um 07:00 Uhr, außer an Feiertagen (Baden-Württemberg)" in answer.text
    one = Schedule.objects.get()
    assert (one.words, one.holidays, one.blackout, one.catch_up) == ("Mo-Fr 7 Uhr", "BW", ["31.12.2026"], "once")
    assert Event.objects.get().actor == "person:prozessverantwortung"
    for raw in ("report_", "run_planned", "Mo-Fr 7 Uhr"):
        assert raw not in owner.get(reverse("schedules")).text, "words and no names of tasks"


def test_what_cannot_be_read_is_answered_at_its_field_and_not_saved(owner: Client, house: None) -> None:
    answer = post(owner, "add_schedule", what="report:wohngeld", words="werktgas um 8", blackout="bei Ebbe")
    assert answer.status_code == 422 and "Ist „werktags“ gemeint?" in answer.text
    answer = post(owner, "add_schedule", what="report:wohngeld", words="werktags um 8", blackout="bei Ebbe")
    assert answer.status_code == 422 and "Sperrzeit „bei Ebbe“" in answer.text
    assert not Schedule.objects.exists()


def test_the_preview_shows_the_next_five_runs(owner: Client, house: None) -> None:
    query = {"what": "intake:wohngeld", "words": "täglich 6 bis 20 Uhr, alle 10 Minuten"}
    text = owner.get(reverse("preview_schedule"), query).text
    assert "täglich von 06:00 bis 20:00 Uhr alle 10 Minuten" in text and text.count("<li>") == 5
    wrong = owner.get(reverse("preview_schedule"), {**query, "words": "ab und zu"}).text
    assert "nicht zu verstehen" in wrong and "<li>" not in wrong
    assert not Schedule.objects.exists()


def test_the_preview_of_a_window_is_cut_to_the_targets_hours(owner: Client, house: None, settings: Any) -> None:
    path = settings.TARGETS / "wg.toml"
    path.write_text(path.read_text() + 'opening = ["06:00-20:00"]\n')
    text = owner.get(reverse("preview_schedule"), {"what": "entry:wg", "words": "täglich 18 bis 22 Uhr"}).text
    assert "20:00</li>" in text and "22:00</li>" not in text


def test_only_own_processes_and_their_targets_can_be_planned(owner: Client, house: None) -> None:
    page = owner.get(reverse("new_schedule")).text
    assert "Verfahren wohngeld" in page and "Fach wg" in page and "kita" not in page and "Fach kt" not in page
    for what in ("report:kita", "entry:kt", "reconciliation:kt", "report:wg", "entry:gibtesnicht"):
        assert post(owner, "add_schedule", what=what, words="täglich 6 bis 20 Uhr").status_code == 422, what
    assert not Schedule.objects.exists()


def test_foreign_schedules_are_not_found(owner: Client, house: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    foreign = [add("report", "kita", "täglich 8 Uhr"), add("entry", "kt", "täglich 8 bis 9 Uhr")]
    run = PlannedRun.objects.create(schedule=foreign[0], due_at=clock.now())
    reports.write(run)
    before = list(Schedule.objects.values())
    assert "kita" not in owner.get(reverse("schedules")).text
    for one in foreign:
        assert owner.get(reverse("schedule", args=[one.pk])).status_code == 404
        assert owner.get(reverse("preview_schedule"), {"zeitplan": one.pk, "words": "stündlich"}).status_code == 404
        for verb in ("save", "run", "pause", "resume", "delete"):
            assert post(owner, f"{verb}_schedule", one.pk, words="stündlich").status_code == 404, verb
    assert owner.get(reverse("schedule_report", args=[run.pk])).status_code == 404
    assert list(Schedule.objects.values()) == before and not PlannedRun.objects.exclude(pk=run.pk).exists()


def test_run_now_pause_resume_and_delete(owner: Client, house: None) -> None:
    one = add("retention", "wohngeld", "täglich 3 Uhr")
    assert "Wird ausgeführt" in post(owner, "run_schedule", one.pk).text
    assert one.runs.get().by_hand
    assert "Angehalten" in post(owner, "pause_schedule", one.pk).text
    assert Schedule.objects.get().paused
    assert "Es geht weiter" in post(owner, "resume_schedule", one.pk).text
    assert "gilt wieder" in post(owner, "delete_schedule", one.pk).text
    assert not Schedule.objects.exists()


@pytest.mark.parametrize("act", ["save", "run", "pause", "resume", "delete"])
def test_what_somebody_else_deletes_meanwhile_is_told(
    owner: Client, house: None, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = add("report", "wohngeld", "täglich 8 Uhr")
    Schedule.objects.all().delete()
    monkeypatch.setattr("web.views.schedules.mine", lambda *_: seen)
    told = post(owner, f"{act}_schedule", seen.pk, words="stündlich", catch_up="all").text
    assert "Diesen Zeitplan gibt es nicht (mehr)" in told


def test_a_schedule_is_changed_but_not_what_it_is_for(owner: Client, house: None) -> None:
    one = add("report", "wohngeld", "täglich 8 Uhr")
    answer = post(owner, "save_schedule", one.pk, words="stündlich", catch_up="all", what="report:hundesteuer")
    one.refresh_from_db()
    assert (one.words, one.catch_up, one.subject) == ("stündlich", "all", "wohngeld") and "stündlich" in answer.text


def test_what_ran_is_shown_and_times_that_lapsed_are_one_line(
    owner: Client, house: None, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    one, now = add("report", "wohngeld", "stündlich"), clock.now()
    for hours, outcome in ((5, "done"), (4, "skipped"), (3, "skipped"), (2, "skipped"), (1, "broken")):
        due = now - timedelta(hours=hours)
        code = "V011" if outcome == "broken" else ""
        PlannedRun.objects.create(schedule=one, due_at=due, started_at=due, finished_at=due, outcome=outcome, code=code)
    done = PlannedRun.objects.get(outcome="done")
    reports.write(done)
    page = owner.get(reverse("schedule", args=[one.pk])).text
    assert "3 Termine" in page and page.count("entfallen</span>") == 1 and "Kennziffer V011" in page
    answer = owner.get(reverse("schedule_report", args=[done.pk]))
    assert "Abschnitt;Angabe;Wert" in b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


def test_an_owners_window_that_shuts_a_target_says_so_to_it(as_role: Callable[[str], Client], house: None) -> None:
    one = add("entry", "wg", "täglich 0 bis 24 Uhr")
    transitions.pause_schedule(one.pk, "person:kim")
    assert {row.name: row.condition for row in standing.targets()} == {"kt": "running", "wg": "closed"}
    page = as_role(roles.IT).get(reverse("targets")).text
    assert "der Zeitplan der Prozessverantwortung ist angehalten" in page


def test_a_schedule_whose_process_is_gone_says_so(owner: Client, house: None, settings: Any) -> None:
    Membership.objects.all().delete()
    one = add("report", "wohngeld", "täglich 8 Uhr")
    (settings.PROCESSES / "wohngeld.toml").unlink()
    assert not schedules.known(one)
    assert "gibt es nicht mehr" in owner.get(reverse("schedules")).text
