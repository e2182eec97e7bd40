"""Thresholds reckoned from judged samples, and their proposal as a version."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import catalog, operations, thresholds, transitions
from cases.models import Event, FieldSample, Version
from cases.transitions import versions
from config import cli
from ocr.confidence import FEATURES, Calibration, Calibrator, Passing, Steps, as_json, from_json
from ocr.errors import StateProblem
from tests.cases.test_samples import Read, read_with  # noqa: F401
from tests.site import Site

pytestmark = pytest.mark.django_db
STEPS = Steps((0.0, 1.0, 2.0), (0.9, 0.999, 0.9995))
SERVICE = Calibration({"text": Calibrator(9000, 8990, 0.0, STEPS, (Passing(0.999, 5000, 0),))}, {"dog": 9})


@pytest.fixture(autouse=True)
def in_service(site: Site, settings: Any) -> None:
    settings.CALIBRATIONS = (site.root / "calibration.json",)
    (site.root / "calibration.json").write_text(json.dumps(as_json(SERVICE)))


def judged(count: int, *, wrong: int = 0, blind: bool = True, score: float = 1.0, days: int = 1) -> None:
    FieldSample.objects.bulk_create(
        FieldSample(
            document=str(index), at=timezone.now() - timedelta(days=days), process="dogs", form="dog", field="plz",
            group="text", confidence=0.999, evidence=[score, *[0.0] * (len(FEATURES) - 1)], blind=blind,
            share=0.01 if blind else 1.0, right=index >= wrong,
        )
        for index in range(count)
    )  # fmt: skip
    thresholds.look_again()


def test_without_a_sample_it_says_what_to_do() -> None:
    with pytest.raises(StateProblem, match="blind_share"):
        thresholds.reckon()


def test_what_nobody_has_judged_yet_and_what_is_older_than_a_year_does_not_count() -> None:
    judged(300, days=400)
    judged(5)
    FieldSample.objects.filter(document="0").update(right=None)
    assert thresholds.reckon().blind == 4


def test_too_few_samples_change_nothing_and_nothing_is_proposed(anna: User) -> None:
    judged(100)
    reckoned = thresholds.reckon()
    (change,) = [one for one in reckoned.proposal.changes if one.budget == 0.001]
    assert (change.verdict, change.count, change.missing) == ("kept", 100, 2895)
    with pytest.raises(StateProblem, match="nichts vorzuschlagen"):
        transitions.propose_thresholds(reckoned, anna)
    assert not Version.objects.exists() and not Event.objects.exists()


def test_an_alarm_becomes_a_draft_with_the_thresholds_and_the_reasons(anna: User) -> None:
    judged(100, wrong=20)
    version = transitions.propose_thresholds(thresholds.reckon(), anna, "Anlass: Stichprobe")
    assert (version.kind, version.name, version.number) == ("calibration", "calibration", 1)
    assert (version.state, version.author, version.note) == ("draft", anna, "Anlass: Stichprobe")
    made = from_json(json.loads(version.text))
    assert made.groups["text"].passes_from(0.001) is None
    assert made.groups["text"].model == STEPS
    (change,) = thresholds.changes_of(version)
    assert (change.group, change.verdict, change.wrong) == ("text", "asks", 20)
    event = Event.objects.get()
    assert (event.kind, event.actor, event.details["blind"]) == ("thresholds_proposed", "person:anna", 100)
    calibration = catalog.calibration()
    assert calibration and calibration.groups["text"].passes_from(0.001) == 0.999, "a draft serves nobody"


def test_an_alarm_is_there_without_anybody_reckoning_and_ends_with_higher_thresholds(anna: User, bernd: User) -> None:
    judged(100)
    assert thresholds.alarms() == []
    judged(100, wrong=20)
    assert [(one.group, one.budget, one.wrong) for one in thresholds.alarms()] == [("text", 0.001, 20)]
    assert ("blind_sample", "text") in {(one.kind, one.subject) for one in operations.overview().troubles}
    version = transitions.propose_thresholds(thresholds.reckon(), anna)
    assert thresholds.alarms(), "a draft helps nobody"
    versions.submit(version.pk, anna, serves_from=timezone.now() - timedelta(seconds=1))
    versions.approve(version.pk, bernd)
    assert thresholds.alarms() == []


def test_errors_of_fields_that_asked_or_are_older_than_a_year_are_no_alarm() -> None:
    judged(100, wrong=50, blind=False)
    judged(100, wrong=50, days=400)
    assert thresholds.alarms() == []


def test_the_answer_is_kept_for_a_minute_and_ends_when_somebody_judges(
    read_with: Read,  # noqa: F811
    anna: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    judged(100, wrong=20)
    assert thresholds.alarms()
    FieldSample.objects.update(right=True)
    with CaptureQueriesContext(connection) as asked:
        assert thresholds.alarms(), "kept"
    assert [query["sql"] for query in asked if "fieldsample" in query["sql"]] == []
    monkeypatch.setattr(thresholds, "KEPT_S", 0.0)
    thresholds.look_again()
    assert thresholds.alarms() == [], "as it is now"
    monkeypatch.undo()
    judged(100, wrong=20)
    assert thresholds.alarms()
    FieldSample.objects.update(right=True)
    case = read_with(1.0)
    with django_capture_on_commit_callbacks(execute=True):
        transitions.confirm(case.pk, anna, {"surname": "Öztürk", "plz": "44135", "remark": None})
    assert thresholds.alarms() == []


def test_an_alarm_is_of_the_processes_whose_forms_have_such_fields_at_such_a_budget(site: Site) -> None:
    judged(100, wrong=20)
    assert [one.budget for one in thresholds.alarms()] == [0.001]
    assert [one.budget for one in thresholds.alarms(["dogs"])] == [0.001]
    form = site.root / "forms" / "papers.toml"
    other = 'name = "papers"\ntitle = "Papiere"\n[[field]]\nname = "since"\ntitle = "Seit"\nlabels = ["Seit"]\n'
    process = site.root / "processes" / "papers.toml"
    process.write_text(process.read_text().replace('forms = ["dog"]', 'forms = ["papers"]'))
    for kind, told in (("date", 0), ('text"\nerror_budget = 0.4\nhint = "both', 0), ("text", 1)):
        form.write_text(other + f'kind = "{kind}"\n')
        thresholds.look_again()
        assert len(thresholds.alarms(["papers"])) == told, kind
        assert thresholds.alarms(["papers", "dogs"]) == thresholds.alarms(), "whoever has both sees it"
    process.write_text(process.read_text().replace('forms = ["papers"]', "forms = []"))
    thresholds.look_again()
    assert thresholds.alarms(["papers"]), "all forms may arrive"
    assert thresholds.alarms([]) == thresholds.alarms(["gone"]) == []


def test_a_new_proposal_takes_the_place_of_the_own_draft_only(anna: User, bernd: User) -> None:
    judged(100, wrong=20)
    reckoned = thresholds.reckon()
    transitions.propose_thresholds(reckoned, anna)
    transitions.propose_thresholds(reckoned, bernd)
    transitions.propose_thresholds(reckoned, anna)
    assert list(Version.objects.values_list("number", "author__username")) == [(3, "anna"), (2, "bernd")]


def test_the_command_shows_and_proposes_only_for_somebody_who_may(anna: User, capsys: Any) -> None:
    judged(100, wrong=20)
    assert cli.main(["calibrate", "--from-cases"]) == 0
    assert "text" in (shown := capsys.readouterr().out) and "fragt" in shown
    assert not Version.objects.exists()
    assert cli.main(["calibrate", "--from-cases", "--author", "anna"]) == 3
    assert "V082" in capsys.readouterr().err
    User.objects.create_superuser("owner", password="x")
    assert cli.main(["calibrate", "--from-cases", "--author", "owner", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == 1 and told["changes"][0]["verdict"] == "asks"
