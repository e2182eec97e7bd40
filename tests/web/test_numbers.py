"""The numbers of the owner: whose they are, what they say, and that no person is in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import counting
from cases.models import Case, Day, Event, FieldSample, Membership, State
from tests.web import figures
from tests.web.factories import make_case, person
from web import charts, export, periods, roles

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def owner(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.OWNER)


def day(received: int = 0, days_ago: int = 0, process: str = "hundesteuer", **more: Any) -> None:
    Day.objects.create(day=TODAY - timedelta(days=days_ago), process=process, received=received, **more)


def sample(count: int, wrong: int, field: str = "iban") -> None:
    FieldSample.objects.bulk_create(
        FieldSample(document=str(n), at=timezone.now(), process="hundesteuer", form="antrag", field=field, group="iban",
                    confidence=0.99, blind=True, share=0.01, right=n >= wrong)
        for n in range(count)
    )  # fmt: skip


def tile(text: str, word: str) -> str:
    found = re.search(rf"<dt>{word}</dt><dd><strong>([^<]*)</strong>", text)
    assert found, word
    return found[1]


def page(client: Client, **query: str) -> str:
    return client.get(reverse("numbers"), query).text


def test_cases_in_out_and_straight_through(owner: Client) -> None:
    day(1200, form="", read=0)
    day(0, form="antrag", read=1000, through=600, blind=20, entered=580, rejected=9)
    text = page(owner)
    assert tile(text, "Eingegangen") == "1.200"
    assert tile(text, "Ohne Prüfung") == "62,0\u00a0%"
    assert tile(text, "Erledigt") == "1.589" or tile(text, "Erledigt") == "589"
    assert "davon 9 zurückgewiesen" in text
    assert text.count("<svg") >= 3 and "Als Tabelle" in text


def test_the_sample_shows_what_the_error_is_at_most(owner: Client) -> None:
    assert "keine Stichprobe geprüft" in page(owner)
    sample(300, 0)
    text = page(owner)
    assert tile(text, "Fehler höchstens") == "1,0\u00a0%"
    assert "Stichprobe: 0 von 300 falsch" in text
    assert "noch nicht belegt" in text, "300 right ones do not prove 1 in 1,000"
    sample(3000, 0)
    assert "eingehalten" in page(owner) and "noch nicht belegt" not in page(owner)
    sample(10, 5, "name")
    assert "über dem Budget" in page(owner)


def test_reasons_by_field_are_told_in_words(owner: Client) -> None:
    day(5, form="antrag", read=10, reasons={"iban": {"": 7, "L002": 5, "R003": 3}})
    text = page(owner)
    assert "Leseverfahren uneins: 5, Regel nicht erfüllt (R003): 3" in text and "70,0\u00a0%" in text


def test_open_cases_tell_their_age_and_deadlines(owner: Client) -> None:
    now = timezone.now()
    make_case(State.REVIEW, received_at=now - timedelta(days=12, minutes=5), due_at=now - timedelta(days=1))
    make_case(State.READY, due_at=now + timedelta(days=2))
    text = page(owner)
    assert tile(text, "Ältester offener Vorgang") == "12 Tage" and tile(text, "Frist überschritten") == "1"
    assert "heute; weitere 1 in 3 Tagen" in text


def test_only_the_chosen_time_process_and_version_count(owner: Client) -> None:
    day(3)
    day(40, days_ago=40)
    day(0, form="antrag", form_version="1", read=8, through=8)
    day(0, form="antrag", form_version="2", read=8, through=2)
    assert tile(page(owner), "Eingegangen") == "3"
    long_ago = (TODAY - timedelta(days=50)).isoformat()
    assert tile(page(owner, von=long_ago), "Eingegangen") == "43"
    assert tile(page(owner, fassung="antrag|2"), "Ohne Prüfung") == "25,0\u00a0%"
    assert tile(page(owner, fassung="antrag"), "Ohne Prüfung") == "62,5\u00a0%"
    assert tile(page(owner, von="Unsinn", bis="morgen"), "Eingegangen") == "3"
    assert owner.get(reverse("numbers"), {"fassung": "gibtesnicht"}).status_code == HTTPStatus.NOT_FOUND


def test_a_foreign_process_is_not_found_and_in_no_sum(owner: Client, tmp_path: Path) -> None:
    (tmp_path / "processes" / "kita.toml").write_text('name = "kita"\ntitle = "Kita"\n', encoding="utf-8")
    Membership.objects.create(user=person("kim", roles.CLERK), process="kita")
    day(3)
    day(500, process="kita")
    make_case(State.REVIEW, process="kita", due_at=timezone.now() - timedelta(days=3))
    text = page(owner)
    assert tile(text, "Eingegangen") == "3" and tile(text, "Frist überschritten") == "0" and "Kita" not in text
    for address in (reverse("numbers"), reverse("numbers_csv", args=["verlauf"])):
        assert owner.get(address, {"verfahren": "kita"}).status_code == HTTPStatus.NOT_FOUND
    assert "kita" not in owner.get(reverse("numbers_csv", args=["verlauf"])).text


@pytest.mark.parametrize("part", ["verlauf", "gruende", "stichprobe"])
def test_every_table_is_a_file_that_spreadsheets_take(owner: Client, part: str) -> None:
    day(3, form="antrag", reasons={"iban": {"": 4, "L002": 4}})
    sample(8, 1)
    answer = owner.get(reverse("numbers_csv", args=[part]))
    lines = answer.text.split("\r\n")
    assert answer["Content-Type"].startswith("text/csv") and part in answer["Content-Disposition"]
    assert lines[0].startswith("\ufeff") and lines[0].count(";") == lines[1].count(";") > 3
    assert owner.get(reverse("numbers_csv", args=["personen"])).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1"])
def test_no_cell_is_run_as_a_formula(cell: str) -> None:
    assert export.neutral(cell) == f"'{cell}"
    assert export.neutral(-3) == "-3" and export.neutral("10=2") == "10=2" and export.neutral(0.25) == "0,25"


PERSON = re.compile(r'"(actor|reviewer_id|second_reviewer_id|locked_by_id|confirmed_by_id|user_id|author_id)"')


def grouped_or_filtered(statements: Iterator[str]) -> list[str]:
    """Statements about people: a column of a person after FROM, or any in the list of what is asked for."""
    return [sql for sql in statements if PERSON.search(sql)]


def of_the_numbers(client: Client) -> Iterator[str]:
    addresses = [reverse("numbers"), *(reverse("numbers_csv", args=[p]) for p in ("verlauf", "gruende", "stichprobe"))]
    for address in addresses:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address, {"fassung": "antrag"}).status_code == HTTPStatus.OK
        tables = ("cases_day", "cases_fieldsample", "cases_case", "cases_event", "cases_field")
        yield from (one["sql"] for one in asked if any(f'"{table}"' in one["sql"] for table in tables))
    with CaptureQueriesContext(connection) as asked:
        counting.carry_on()
    yield from (one["sql"] for one in asked)


def test_no_number_is_grouped_or_filtered_by_a_person(owner: Client) -> None:
    case = make_case(State.ENTERED)
    day(3, form="antrag")
    statements = list(of_the_numbers(owner))
    assert len(statements) > 10 and any('"cases_event"' in sql for sql in statements)
    assert grouped_or_filtered(iter(statements)) == []
    assert Event.objects.filter(case=case, actor__startswith="person:").exists(), "there is a person to be found"


def test_who_did_the_work_changes_no_number(owner: Client, people: dict[str, User]) -> None:
    for _ in range(3):
        make_case(State.READY)
    counting.carry_on()
    addresses = [reverse("numbers"), *(reverse("numbers_csv", args=[p]) for p in ("verlauf", "gruende", "stichprobe"))]
    before = [strip(owner.get(address).text) for address in addresses]
    Event.objects.filter(actor__startswith="person:").update(actor="person:zweitpruefung")
    Case.objects.update(reviewer=people[roles.SECOND], locked_by=people[roles.SECOND])
    Day.objects.all().delete()
    counting.CountedUpTo.objects.all().delete()
    counting.carry_on()
    assert [strip(owner.get(address).text) for address in addresses] == before


def strip(text: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_no_template_or_module_of_the_numbers_names_a_person() -> None:
    files = ["cases/numbers.py", "cases/counting.py", "cases/models/numbers.py", "web/views/numbers.py", "web/owner.py",
             "web/templates/web/numbers.html"]  # fmt: skip
    for name in files:
        text = (ROOT / name).read_text(encoding="utf-8")
        code = re.sub(r'""".*?"""', "", text, flags=re.DOTALL)
        assert not re.search(r"\b(actor|reviewer|confirmed_by|locked_by|pseudonyms?)\b", code), name


def test_the_axis_ends_at_a_round_even_number() -> None:
    assert [charts.nice(most) for most in (0, 1, 2, 3, 11, 20, 21, 51, 125, 1201)] == [
        2,
        2,
        2,
        4,
        12,
        20,
        30,
        60,
        150,
        1500,
    ]


def test_a_line_has_a_gap_where_nothing_is_known() -> None:
    assert (
        charts.steps(["a", "b", "c", "d"], [0.5, 0.25, None, 1.0]).path
        == "M0.0 500.0H250.0V750.0H500.0M750.0 0.0H1000.0"
    )


def test_long_times_are_put_together_and_nothing_is_lost() -> None:
    first = datetime(2026, 1, 1).date()
    sums = {first + timedelta(days=n): periods.Sums(received=1) for n in range(500)}
    for length, most in ((30, 30), (200, 30), (500, 17)):
        found = periods.periods(sums, first, first + timedelta(days=length - 1))
        assert len(found) <= most and sum(one.sums.received for one in found) == length
    assert found[0].name == "01.01.2026 bis 31.01.2026" and found[-1].name == "01.05.2027 bis 15.05.2027"


def test_whoever_is_still_asked_is_not_told_how_sure_the_machine_was(as_role: Callable[[str], Client]) -> None:
    case = make_case(State.SECOND_REVIEW, reviewer=person("kim", roles.CLERK))
    case.fields.filter(name="iban").update(confidence=0.4321)
    case.fields.filter(name="plz").update(confidence=0.9876)
    address = reverse("case", args=[case.pk])
    text = as_role(roles.CLERK).get(address).text
    assert "Sicherheit des Lesens: 99" in text and "Sicherheit des Lesens: 43" not in text
    Case.objects.filter(pk=case.pk).update(state=State.ENTERED)
    assert "Sicherheit des Lesens: 43" in as_role(roles.CLERK).get(address).text


def test_an_alarm_is_shown_to_those_whose_processes_have_such_fields(
    as_role: Callable[[str], Client], settings: Any
) -> None:
    settings.FORMS = ROOT / "config" / "forms"
    figures.samples("applicant_last_name", 300, 40, "name")
    process = settings.PROCESSES / "belege.toml"
    process.write_text('name = "belege"\ntitle = "Belege"\nforms = ["antrag"]\n', encoding="utf-8")
    (settings.PROCESSES / "hundesteuer.toml").write_text(
        'name = "hundesteuer"\ntitle = "Hundesteuer"\nforms = ["hundesteuer"]\n', encoding="utf-8"
    )
    owner = as_role(roles.OWNER)
    assert "stichprobe-alarm" in owner.get(reverse("forms")).text
    Membership.objects.create(user=person("hedwig", roles.OWNER), process="hundesteuer")
    assert "stichprobe-alarm" not in owner.get(reverse("forms")).text
    Membership.objects.update(process="belege")
    assert "stichprobe-alarm" in owner.get(reverse("forms")).text


def test_too_many_errors_in_the_blind_sample_stand_on_every_page_of_an_owner(
    as_role: Callable[[str], Client], settings: Any
) -> None:
    owner, it, clerk = (as_role(role) for role in (roles.OWNER, roles.IT, roles.CLERK))
    make_case()
    settings.FORMS = ROOT / "config" / "forms"
    figures.samples("applicant_last_name", 300, 0, "name")
    assert "stichprobe-alarm" not in owner.get(reverse("cases")).text
    figures.samples("applicant_last_name", 300, 40, "name")
    for name in ("cases", "numbers", "thresholds", "forms", "schedules"):
        page = owner.get(reverse(name)).text
        assert "Zu viele Fehler in der Stichprobe" in page and "erlaubt sind höchstens" in page
        assert re.search(r"Name: \d+ von \d+ falsch", page)
    assert "stichprobe-alarm" not in clerk.get(reverse("home")).text
    told = it.get(reverse("operations")).text
    assert "zu viele." in told and "(Name)" in told and "Prozessverantwortung rechnet" in told
    assert 'laufzettel_trouble{kind="blind_sample",subject="name"} 1.0' in Client().get(reverse("metrics")).text
