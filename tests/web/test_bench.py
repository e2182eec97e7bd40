"""The test bench's addresses: scans are dropped in, read, corrected, counted, exported, removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases import trials
from cases.models import Trial, TrialReading, Version
from cases.transitions import designing
from cases.transitions import trials as steps
from cases.transitions.versions import new_draft
from ocr.evaluate import truth_of
from ocr.page import Reading
from ocr.spec import FormSpec
from tests.site import field
from tests.web.blanks import blank, filled
from web import roles
from workers import proposing, trying

pytestmark = pytest.mark.django_db

WRITTEN = {
    "Familienname": "Ahrens",
    "Vorname": "Jule",
    "Straße und Hausnummer": "Lindenweg 7",
    "Postleitzahl": "44135",
    "Wohnort": "Dortmund",
    "Telefon": "0231 555010",
    "E-Mail": "jule@example.org",
    "Name des Hundes": "Bello",
    "Rasse": "Dackel",
    "IBAN": "DE02120300000000202051",
    "Geburtsdatum": "07031980",
    "Gehalten seit": "01092026",
    "Chipnummer": "276093400000001",
}


@pytest.fixture
def owner(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.OWNER)


@pytest.fixture
def version(people: dict[str, User]) -> Version:
    text = (Path(settings.FORMS) / "antrag.toml").read_text(encoding="utf-8")
    return new_draft(Version.Kind.FORM, "antrag", text, people[roles.OWNER])


@pytest.fixture
def trial(owner: Client, version: Version, tmp_path: Path) -> Trial:
    """A file that lies there, with a made-up reading."""
    assert dropped(owner, version, blank(tmp_path / "x.pdf").read_bytes()).status_code == HTTPStatus.FOUND
    trial = Trial.objects.get()
    read(trial)
    return trial


def read(trial: Trial) -> None:
    claim = steps.claim_trial(trial.pk, 60)
    assert claim
    steps.record_trial(claim, made_up(designing.form_of(claim.version)))


def made_up(form: FormSpec) -> dict[str, Any]:
    values = {"name": "Ahrens", "geburtsdatum": "1980-03-07", "plz": "44135"}
    fields = tuple(field(spec.name, values.get(spec.name)) for spec in form.field)
    return trials.result_of(Reading("x", form.name, "ready", (), fields), form)


def dropped(owner: Client, version: Version, *contents: bytes) -> Any:
    files = [SimpleUploadedFile(f"scan-{number}.png", content) for number, content in enumerate(contents)]
    return owner.post(reverse("add_trials", args=[version.name]), {"scans": files, "fassung": version.number})


def read_values(trial: Trial) -> dict[str, str | None]:
    result = TrialReading.objects.get(trial=trial).result
    assert result
    return {field["name"]: field["value"] for field in result["fields"]}


def test_a_scan_goes_the_whole_way(owner: Client, people: dict[str, User], tmp_path: Path) -> None:
    version = designing.begin_form(blank(tmp_path / "blank.pdf"), "Hundehaltung.pdf", people[roles.OWNER])
    proposing.propose(version.proposal.pk)
    scan = filled(WRITTEN, tmp_path / "scan.png", 1, pdf=tmp_path / "blank.pdf")
    dropped(owner, version, scan.read_bytes())
    trial = Trial.objects.get()
    trying.read_trial(trial.pk)
    page = owner.get(reverse("bench", args=[version.name])).text
    assert "scan-0.png" in page and "noch nicht angesehen" in page and "Alle Scans sind gelesen" in page
    values = read_values(trial)
    assert values["familienname"] == "Ahrens" and values["geburtsdatum"] == "1980-03-07"
    at = reverse("trial", args=[version.name, trial.pk])
    shown = owner.get(at).text
    assert 'value="Ahrens"' in shown and 'value="07.03.1980"' in shown
    assert owner.get(reverse("trial_page", args=[version.name, trial.pk, 1]))["Content-Type"] == "image/jpeg"
    typed = {f"wert-{name}": value or "" for name, value in values.items()}
    typed |= {"wert-familienname": "Ahrendt", "wert-geburtsdatum": "07.03.1980", "unleserlich-telefon": "1"}
    assert owner.post(at, typed).status_code == HTTPStatus.FOUND
    trial.refresh_from_db()
    assert trial.truth is not None and "telefon" not in trial.truth
    assert (trial.truth["familienname"], trial.truth["geburtsdatum"]) == ("Ahrendt", "1980-03-07")
    page = owner.get(reverse("bench", args=[version.name])).text
    assert "Gezählt auf dem einen Scan" in page
    lines = owner.get(reverse("trial_truth", args=[version.name])).text.splitlines()
    truth = truth_of(json.loads(lines[0]))
    assert truth.file == "scan-0.png" and truth.fields["familienname"] == ("Ahrendt",)
    owner.post(reverse("remove_trial", args=[version.name, trial.pk]))
    assert not Trial.objects.exists()


def test_what_makes_no_sense_is_told_and_not_kept(owner: Client, version: Version, trial: Trial) -> None:
    answer = owner.post(reverse("trial", args=[version.name, trial.pk]), {"wert-geburtsdatum": "31.02.1980"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "Diesen Tag gibt es nicht" in answer.text
    trial.refresh_from_db()
    assert trial.truth is None


def test_the_budget_to_play_with_is_worked_out_by_the_server(owner: Client, version: Version, trial: Trial) -> None:
    owner.post(
        reverse("trial", args=[version.name, trial.pk]), {f"wert-{k}": v or "" for k, v in read_values(trial).items()}
    )
    at = reverse("bench_what_if", args=[version.name])
    assert "Budget 5,0" in owner.get(at, {"budget": "5"}).text
    assert "Budget 0,5" in owner.get(at, {"budget": "0.5"}).text
    assert "Bitte eine Zahl" in owner.get(at, {"budget": "99"}).text


def test_two_versions_stand_side_by_side(
    owner: Client, version: Version, trial: Trial, people: dict[str, User]
) -> None:
    other = new_draft(Version.Kind.FORM, version.name, version.text, people[roles.OWNER])
    owner.post(
        reverse("trial", args=[version.name, trial.pk]),
        {"fassung": "1", **{f"wert-{k}": v or "" for k, v in read_values(trial).items()}},
    )
    both = {"fassung": version.number, "neben": other.number}
    at = reverse("bench", args=[version.name])
    assert "Diese Scans lesen lassen" in owner.get(at, both).text
    owner.post(reverse("ask_trials", args=[version.name]), both)
    read(trial)
    page = owner.get(at, both).text
    assert page.count('colspan="4"') == 2 and "Diese Scans lesen lassen" not in page


def test_while_scans_are_read_the_page_asks_again_and_then_stops(owner: Client, version: Version) -> None:
    dropped(owner, version, b"%PDF-1.4 no scan")
    at = reverse("bench_now", args=[version.name])
    assert "every 3s" in owner.get(at).text
    trying.read_trial(Trial.objects.get().pk)
    page = owner.get(at).text
    assert "every 3s" not in page and "nicht lesbar (S" in page


def test_foreign_scans_and_versions_are_not_found(owner: Client, version: Version, trial: Trial) -> None:
    for at in (
        reverse("trial", args=["hunde", trial.pk]),
        reverse("trial_page", args=[version.name, trial.pk, 9]),
        reverse("bench", args=["hunde"]),
        reverse("bench", args=[version.name]) + "?fassung=9",
        reverse("bench", args=[version.name]) + "?neben=x",
    ):
        assert owner.get(at).status_code == HTTPStatus.NOT_FOUND
    assert owner.post(reverse("remove_trial", args=["hunde", trial.pk])).status_code == HTTPStatus.NOT_FOUND
    assert Trial.objects.exists()
