"""The designer's addresses: what is sent, what is kept, what is refused, and what can be downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Proposal, Version
from cases.processes import ProcessSpec, parse
from cases.transitions import designing
from cases.transitions.versions import new_draft
from cases.versions import form_of
from ocr.spec import FormSpec, parse_form
from tests.web.blanks import blank
from web import roles
from workers import proposing

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture
def owner(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.OWNER)


@pytest.fixture
def version(people: dict[str, User], tmp_path: Path) -> Version:
    begun = designing.begin_form(blank(tmp_path / "blank.pdf"), "Hundehaltung.pdf", people[roles.OWNER])
    proposing.propose(begun.proposal.pk)
    begun.refresh_from_db()
    return begun


def at(name: str, version: Version, *more: object) -> str:
    return reverse(name, args=[version.name, version.pk, *more])


def sent(owner: Client, version: Version, **change: Any) -> tuple[int, FormSpec]:
    """Send one change as the page does; the status, and the form as it is kept afterwards."""
    seen = Version.objects.get(pk=version.pk).changed_at.isoformat()
    answer = owner.post(at("change_design", version), {"seen": seen, **change}, headers={"X-Pieces": "1"})
    return answer.status_code, form_of(Version.objects.get(pk=version.pk))


def test_a_blank_form_is_uploaded_and_waited_for(owner: Client, tmp_path: Path) -> None:
    file = SimpleUploadedFile("Mein Antrag.pdf", blank(tmp_path / "blank.pdf").read_bytes())
    answer = owner.post(reverse("new_form"), {"file": file, "title": "", "language": "deu"}, follow=True)
    assert "Das Formular wird angesehen" in answer.text
    version = Version.objects.get()
    assert (version.name, version.kind, version.state) == ("mein_antrag", "form", "draft")
    proposing.propose(Proposal.objects.get().pk)
    page = owner.get(at("design", version)).text
    assert "Hundehaltung anzeigen" in page and "16 Vorschläge sind noch anzusehen." in page
    picture = owner.get(at("blank_page", version, 1))
    assert picture.status_code == HTTPStatus.OK and next(iter(picture.streaming_content))[:2] == b"\xff\xd8"


def test_a_file_that_cannot_be_read_is_told_with_the_way_on(owner: Client) -> None:
    owner.post(reverse("new_form"), {"file": SimpleUploadedFile("x.pdf", b"no form"), "language": "deu"})
    proposing.propose(Proposal.objects.get().pk)
    page = owner.get(at("design", Version.objects.get())).text
    assert "ließ sich nicht lesen" in page and reverse("new_form") in page


def test_without_a_file_nothing_is_begun(owner: Client) -> None:
    answer = owner.post(reverse("new_form"), {"language": "deu"})
    assert answer.status_code == 422 and "Bitte die Datei" in answer.text
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"tat": "platz", "feld": "iban", "x": "abc", "y": "1", "breite": "2", "hoehe": "2"},
        {"tat": "platz", "feld": "iban", "x": "1", "y": "1", "breite": "nan", "hoehe": "2"},
        {"tat": "platz", "feld": "weg", "x": "1", "y": "1", "breite": "2", "hoehe": "2"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "kind", "wert": "os.system"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "name", "wert": "vorname"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "error_budget", "wert": "2"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "cells", "wert": "-1"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "fim", "fim_id": "G1"},
        {"tat": "kaestchen", "feld": "iban", "antwort": "x", "x": "1", "y": "1", "breite": "2", "hoehe": "2"},
        {"tat": "neu", "seite": "7"},
        {"tat": "gibt-es-nicht"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "options", "wert": "x"},
        {"tat": "kopf", "schluessel": "name", "wert": "anders"},
        {"tat": "eigenschaft", "feld": "iban", "schluessel": "lines", "wert": "2", "seen": "gestern"},
    ],
)
def test_nonsense_changes_nothing(owner: Client, version: Version, change: dict[str, str]) -> None:
    status, form = sent(owner, version, **change)
    assert status in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND)
    assert form == form_of(version)


def test_drafts_of_others_names_and_of_forms_in_service_are_not_found(owner: Client, version: Version) -> None:
    assert owner.get(reverse("design", args=["anders", version.pk])).status_code == HTTPStatus.NOT_FOUND
    Version.objects.update(state=Version.State.SUBMITTED)
    seen = version.changed_at.isoformat()
    answer = owner.post(at("change_design", version), {"tat": "weg", "feld": "iban", "seen": seen})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_a_new_field_is_guessed_from_its_first_title_only(owner: Client, version: Version) -> None:
    _, form = sent(owner, version, tat="neu", seite="1", x="20", y="240", breite="60", hoehe="8")
    _, form = sent(owner, version, tat="eigenschaft", feld="neues_feld", schluessel="title", wert="Steuernummer")
    assert form.fields_by_name["steuernummer"].kind == "tax_number"
    _, form = sent(owner, version, tat="eigenschaft", feld="steuernummer", schluessel="title", wert="Datum")
    assert form.fields_by_name["datum"].kind == "tax_number"


def test_fim_data_fields_are_attached_and_exported(owner: Client, version: Version) -> None:
    fim = {"fim_id": "f60000227", "fim_version": "1.2", "fim_name": "Familienname", "fim_type": "text"}
    status, form = sent(owner, version, tat="eigenschaft", feld="familienname", schluessel="fim", **fim)
    assert status == HTTPStatus.OK and form.fields_by_name["familienname"].fim.id == "F60000227"  # type: ignore[union-attr]
    table = owner.get(at("fim", version, "csv")).content.decode("utf-8-sig")
    rows = {row["field"]: row for row in csv.DictReader(io.StringIO(table), delimiter=";")}
    assert rows["familienname"]["fim_id"] == "F60000227" and rows["vorname"]["fim_id"] == ""
    told = owner.get(at("fim", version, "json")).json()
    assert told["fields"][0] == {
        "field": "familienname", "title": "Familienname", "kind": "name", "required": False, "fim_id": "F60000227",
        "fim_version": "1.2", "fim_name": "Familienname", "fim_type": "text",
    }  # fmt: skip
    status, form = sent(owner, version, tat="eigenschaft", feld="familienname", schluessel="fim", fim_id="")
    assert form.fields_by_name["familienname"].fim is None


def test_the_description_downloaded_is_the_one_that_is_kept(owner: Client, version: Version) -> None:
    answer = owner.get(at("form_text", version))
    assert parse_form(answer.text, "x") == form_of(version)
    assert "hundehaltung.toml" in answer["Content-Disposition"]


def test_a_form_in_service_keeps_the_names_of_its_fields(
    owner: Client, version: Version, people: dict[str, User]
) -> None:
    _, form = sent(owner, version, tat="eigenschaft", feld="rasse", schluessel="title", wert="Hunderasse")
    assert "hunderasse" in form.fields_by_name
    Version.objects.create(
        kind="form", name=version.name, number=99, text=version.text, author=people[roles.OWNER],
        approver=people[roles.IT], state="approved", created_at=version.created_at, changed_at=version.created_at,
        decided_at=version.created_at, serves_from=version.created_at,
    )  # fmt: skip
    _, form = sent(owner, version, tat="eigenschaft", feld="vorname", schluessel="title", wert="Rufname")
    assert form.fields_by_name["vorname"].title == "Rufname"


def test_everything_shipped_forms_say_survives_the_designer(owner: Client, people: dict[str, User]) -> None:
    for path in sorted((ROOT / "config" / "forms").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        version = new_draft("form", path.stem, text, people[roles.OWNER])
        form = parse_form(text, path.name)
        name = form.field[0].name
        status, changed = sent(owner, version, tat="eigenschaft", feld=name, schluessel="required", wert="1")
        status, changed = sent(owner, version, tat="eigenschaft", feld=name, schluessel="required", wert="")
        first = form.field[0].model_copy(update={"required": False})
        assert changed == form.model_copy(update={"field": (first, *form.field[1:])}), path.stem
        assert status == HTTPStatus.OK


@pytest.fixture
def process(owner: Client, version: Version, settings: Any) -> Version:
    settings.TARGETS, settings.FORMS = ROOT / "config" / "targets", ROOT / "config" / "forms"
    settings.PROCESSES = ROOT / "config" / "processes"
    owner.post(at("choose_process", version), {"verfahren": "", "titel": "Hundehaltung", "ziel": "demo"})
    return Version.objects.get(kind="process")


def filled(owner: Client, process: Version, **change: Any) -> tuple[int, ProcessSpec]:
    seen = Version.objects.get(pk=process.pk).changed_at.isoformat()
    answer = owner.post(at("change_process", process), {"seen": seen, **change}, headers={"X-Pieces": "1"})
    process.refresh_from_db()
    return answer.status_code, parse(process.text, "x", ProcessSpec)


PAGE = {"tat": "seite", "titel": "Hundehaltung", "ziel": "demo", "scanner": "generic", "frist": "14"}


def test_a_process_begins_with_what_fits_by_its_name(process: Version, version: Version) -> None:
    spec = parse(process.text, "x", ProcessSpec)
    assert spec.forms == (version.name,) and spec.target == "demo" and process.release == version.release
    assert spec.name_fields == ("familienname", "vorname")
    assert spec.fields["familienname"] == "hal_name"
    assert spec.fields["geburtsdatum"] == {"to": "hal_gebdat", "write": "date_de"}
    assert spec.fields["ich_erteile_ein_lastschriftmandat"]["to"] == "bank_sepa"
    assert spec.fields["hunde_im_haushalt"] == {"to": "hd_anzahl", "choices": {"1": "1", "2": "2", "3 oder mehr": "3"}}
    assert "es_ist_der_einzige_hund_im_haushalt" not in spec.fields


def test_a_process_is_filled_in(owner: Client, process: Version) -> None:
    status, spec = filled(
        owner, process, **PAGE, loeschen="365", zweit_anteil="2,5", zweit_erste="10", zweit_felder=["iban"],
        **{"nach-es_ist_der_einzige_hund_im_haushalt": "hd_erst", "nach-familienname": "hal_name"},
    )  # fmt: skip
    assert status == HTTPStatus.OK
    assert spec.fields == {
        "familienname": "hal_name",
        "es_ist_der_einzige_hund_im_haushalt": {"to": "hd_erst", "write": "tick"},
    }
    review = spec.second_review
    assert (spec.erase_after_days, review.share, review.first, review.fields) == (365, 0.025, 10, ("iban",))


@pytest.mark.parametrize(
    "change",
    [
        {"titel": " "}, {"frist": "bald"}, {"zweit_anteil": "200"}, {"blind": "nan"}, {"blind": "-1"}, {"blind": "1e9"},
        {"gruende": "1", "grund-1-titel": "Neu", "grund-1-text": "{wer}"}, {"gruende": "x"},
        {"nach-familienname": "hal_name", "nach-vorname": "hal_name"},
    ],
)  # fmt: skip
def test_a_process_that_makes_no_sense_is_not_kept(owner: Client, process: Version, change: dict[str, str]) -> None:
    before = process.text
    status, _ = filled(owner, process, **{**PAGE, **change})
    assert status == HTTPStatus.UNPROCESSABLE_ENTITY and process.text == before


def test_the_blind_sample_the_forms_and_the_reasons_of_a_process_are_set(owner: Client, process: Version) -> None:
    more = {"blind": "0,5", "formulare_da": "1", "formulare": ["hundesteuer", process.name]}
    reasons = {
        "gruende": "3", "grund-1-titel": "Unterschrift fehlt", "grund-1-text": "Am {received}\r\nBitte",
        "grund-1-wofuer": "ask", "grund-2-titel": "Unterschrift fehlt", "grund-2-text": "", "grund-3-titel": " ",
    }  # fmt: skip
    status, spec = filled(owner, process, **PAGE, **more, **reasons)
    assert (status, spec.blind_share, spec.forms) == (HTTPStatus.OK, 0.005, ("hundesteuer", process.name))
    assert [(one.key, one.use, one.text) for one in spec.reasons] == [
        ("unterschrift_fehlt", "ask", "Am {received}\nBitte"), ("unterschrift_fehlt_2", "both", ""),
    ]  # fmt: skip
    page = owner.get(at("design_process", process)).text
    assert 'name="blind" inputmode="decimal" value="0,5"' in page and ">\nAm {received}\nBitte<" in page
    _, same = filled(owner, process, **PAGE)
    assert same == spec, "what is not sent stays"


class Shown(HTMLParser):
    """What a browser would send of a page, as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_chosen = "checked" in given or given.get("type") not in ("checkbox", "radio")
        if tag in ("select", "textarea"):
            self.open = given.get("name", "")
            self.sent[self.open] = [""]
        elif tag == "option" and ("selected" in given or self.sent[self.open] == [""]):
            self.sent[self.open] = [given["value"]]
        elif tag == "input" and "name" in given and is_chosen:
            self.sent.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.open = "" if tag in ("select", "textarea") else self.open

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.open:
            self.sent[self.open] = [self.sent[self.open][0] + data.removeprefix("\n")]


def test_the_page_as_it_is_shown_keeps_every_setting(owner: Client, version: Version, settings: Any) -> None:
    settings.PROCESSES, settings.FORMS = ROOT / "config" / "processes", ROOT / "config" / "forms"
    settings.TARGETS = ROOT / "config" / "targets"
    owner.post(reverse("begin_again", args=["process", "hundesteuer"]))
    process = Version.objects.get(kind="process")
    before = parse(process.text, "x", ProcessSpec)
    shown = Shown(owner.get(at("design_process", process)).text).sent
    assert shown["titel"] == [before.title] and len([name for name in shown if name.endswith("-text")]) == 5
    _, after = filled(owner, process, **{**shown, "tat": "seite"})
    assert after == before


def test_another_target_is_mapped_anew_and_undone(owner: Client, process: Version) -> None:
    before = parse(process.text, "x", ProcessSpec)
    _, spec = filled(owner, process, tat="ziel", ziel="")
    assert spec.target is None and spec.fields == {}
    _, spec = filled(owner, process, tat="zurueck")
    assert spec == before


def test_an_existing_process_keeps_what_it_says_and_learns_the_form(
    owner: Client, version: Version, settings: Any
) -> None:
    settings.PROCESSES = ROOT / "config" / "processes"
    owner.post(at("choose_process", version), {"verfahren": "hundesteuer"})
    process = Version.objects.get(kind="process")
    spec = parse(process.text, "x", ProcessSpec)
    old = parse((ROOT / "config/processes/hundesteuer.toml").read_text(encoding="utf-8"), "x", ProcessSpec)
    assert spec.forms == ("hundesteuer", version.name) and spec.reasons == old.reasons
    assert owner.get(at("choose_process", version)).headers["Location"] == at("design_process", process)
