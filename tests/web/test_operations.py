"""The operations page: IT sees how the house runs, and nothing of what is in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import clock, transitions
from cases.models import Case, Event, PageMeasure, Progress, State
from cases.operations import house
from tests.web.factories import make_case
from web import plots, roles
from web.next_steps import explained

pytestmark = pytest.mark.django_db
BROKEN = [{"code": "Z001", "message": "Das Fachverfahren antwortet nicht."}]


@pytest.fixture
def it(as_role: Callable[[str], Client]) -> Client:
    (django_settings.TARGETS / "kita.toml").write_text(
        'name = "kita"\ntitle = "Kita-Verwaltung"\nrobot = "demo"\nqueue = "enter.kita"\nopening = ["00:00-23:59"]\n',
        encoding="utf-8",
    )
    return as_role(roles.IT)


def page(client: Client) -> str:
    answer = client.get(reverse("operations"))
    assert answer.status_code == 200
    return str(answer.text)


def test_the_page_shows_every_part(it: Client) -> None:
    make_case(State.RECEIVED, form="", pages=0)
    now = clock.now()
    Progress.objects.create(node="lesen@rechner-1", pid=1, every_s=10, began_at=now, finished_at=now)
    Progress.objects.create(node="lesen@rechner-1", pid=2, task="read_case", began_at=now)
    PageMeasure.objects.create(at=now, process="hundesteuer", scanner="poststelle", number=1, blank=False, skew_deg=0.3)
    text = page(it)
    for words in ("Warteschlangen", "Arbeitsprozesse", "lesen@rechner-1", "Zielsysteme und Roboter", "Kita-Verwaltung",
                  "poststelle", "Taktgeber", "Broker", "nicht erreichbar", "Platz für Scans",
                  house.database().version):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("name", ["operations", "operations_now", "operations_history"])
def test_nothing_of_a_case_and_nobody_is_on_it(it: Client, name: str) -> None:
    for state in State:
        make_case(state, reason="Eine vertrauliche Bemerkung", search_name="größmann", problems=BROKEN)
    transitions.stop_targets(["kita"], "person:ida", "Frau Größmann rief an")
    text = it.get(reverse(name)).text.partition("<main")[2] or it.get(reverse(name)).text
    for secret in ("Größmann", "größmann", "14469", "vertraulich", ".png", "ida", "sachbearbeitung", "scan 0815"):
        assert secret not in text, secret


def test_the_parts_that_come_again_hold_nothing_that_could_have_the_focus(it: Client) -> None:
    make_case(State.FAILED, problems=BROKEN)
    for name in ("operations_now", "operations_history"):
        text = it.get(reverse(name)).text
        assert not any(tag in text for tag in ("<a ", "<button", "<input", "<summary", "tabindex", "<html")), name


def test_a_failed_case_shows_its_code_its_title_and_the_next_step(it: Client) -> None:
    case = make_case(State.FAILED, problems=BROKEN)
    text = page(it)
    assert "Das Zielsystem ist nicht erreichbar" in text and "prüft die IT Adresse, Netz und Zielsystem" in text
    assert case.reference in text


def test_failed_cases_of_one_code_are_sent_on_through_the_trail(it: Client) -> None:
    broken = [make_case(State.FAILED, problems=BROKEN) for _ in range(3)]
    other = make_case(State.FAILED, problems=[{"code": "V016", "message": "x"}])
    answer = it.post(reverse("retry_code"), {"code": "Z001"}, follow=True)
    assert "3 Vorgänge werden noch einmal versucht" in answer.text
    assert set(Case.objects.filter(pk__in=[case.pk for case in broken]).values_list("state", flat=True)) == {"ready"}
    assert Case.objects.get(pk=other.pk).state == State.FAILED
    events = Event.objects.filter(kind="retried")
    assert {event.case_id for event in events} == {case.pk for case in broken}
    assert {event.actor for event in events} == {"person:it-betrieb"}


def test_a_case_that_somebody_sent_on_meanwhile_is_not_counted(it: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.operations import failed

    gone = make_case(State.FAILED, problems=BROKEN)
    stale = failed.with_code("Z001")
    Case.objects.filter(pk=gone.pk).update(state=State.READY)
    monkeypatch.setattr(failed, "with_code", lambda _: stale)
    assert "0 Vorgänge werden" in it.post(reverse("retry_code"), {"code": "Z001"}, follow=True).text
    assert not Event.objects.filter(kind="retried").exists()


def test_every_problem_page_gives_a_title_and_a_step() -> None:
    codes = [path.stem for path in (django_settings.ROOT / "docs" / "problems").glob("[A-Z]???.md")]
    assert len(codes) > 100
    silent = [code for code in codes if not explained(code).title or len(explained(code).step) < 5]
    assert silent == []
    assert explained("Z999").step == "" and explained("../walk").title == ""


def test_trouble_is_said_first_and_in_words(it: Client) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    make_case(State.RECEIVED, form="", pages=0, received_at=long_ago)
    text = it.get(reverse("operations_now")).text
    assert "3 Sachen brauchen Aufmerksamkeit" in text, "broker, beat, and the queue that stands"
    assert text.index("Die Warteschlange read steht") < text.index("<table")


def test_a_plot_scales_to_its_highest_bar_and_says_what_it_shows() -> None:
    drawn = plots.bars([0, 5, 10], "Gelesen: zuletzt 10")
    assert drawn.count("<rect") == 2 and 'height="24.0"' in drawn and 'height="48.0"' in drawn
    assert 'role="img"' in drawn and 'aria-label="Gelesen: zuletzt 10"' in drawn and "style=" not in drawn


def test_history_is_drawn_from_the_database(it: Client) -> None:
    make_case(State.RECEIVED, form="", pages=0, received_at=timezone.now())
    text = it.get(reverse("operations_history")).text
    assert "Eingegangen: zuletzt 1" in text and 'hx-swap-oob="true"' in text
    assert text.count("<svg") == text.count("<figcaption") >= 6
