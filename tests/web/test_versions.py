"""Pages of versions: what keeps one from service, what was wrong with it, and what leads on from a broken one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases import catalog, clock
from cases.models import Event, Trial, TrialReading, Version
from cases.transitions import versions as steps
from cases.transitions.designing import begin_process
from ocr.errors import StateProblem
from tests.web.factories import person
from tests.web.test_bench import dropped
from web import roles
from web.templatetags.laufzettel import EVENT_KINDS
from workers import trying

pytestmark = pytest.mark.django_db
BROKEN = "name = "
SCRIPT = {"X-Pieces": "1"}


@pytest.fixture
def owner(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.OWNER)


@pytest.fixture
def author(people: dict[str, User]) -> User:
    return people[roles.OWNER]


@pytest.fixture
def version(author: User) -> Version:
    return steps.new_draft(Version.Kind.FORM, "antrag", text(), author)


def text() -> str:
    return (Path(settings.FORMS) / "antrag.toml").read_text(encoding="utf-8")


def written(version: Version, changed: str, **more: Any) -> None:
    """As another release of the program, or a hand in the database, left it."""
    Version.objects.filter(pk=version.pk).update(text=changed, **more)


def page(owner: Client, version: Version) -> str:
    answer = owner.get(reverse("version", args=[version.pk]))
    assert answer.status_code == HTTPStatus.OK
    return answer.text


def post(owner: Client, name: str, version: Version, **sent: str) -> Any:
    return owner.post(reverse(f"{name}_version", args=[version.pk]), sent)


def submitted(version: Version, author: User) -> None:
    steps.submit(version.pk, author, serves_from=clock.now() - timedelta(seconds=1))


WRONG = {
    "forms.E002": ('kind = "plz"', 'kind = "plz"\nrules = ["ibam"]', "ibam"),
    "forms.E003": ('kind = "plz"', 'kind = "postcode"', "postcode"),
    "forms.E004": ("[20, 150, 25, 155]", "[20, 150, 925, 155]", "außerhalb der Seite"),
    "forms.E011": ('kind = "plz"', 'kind = "plz"\npattern = "("', "regulärer Ausdruck"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_version_with_an_error_is_not_submitted_and_says_what_is_wrong(
    owner: Client, version: Version, code: str
) -> None:
    before, after, words = WRONG[code]
    assert before in version.text
    written(version, version.text.replace(before, after, 1))
    shown = page(owner, version)
    assert (
        words in shown and "Berichtigen Sie den Entwurf" in shown and "einreichen" not in shown.partition("fehler")[0]
    )
    assert 'id="einreichen"' not in shown
    post(owner, "submit", version)
    version.refresh_from_db()
    assert version.state == Version.State.DRAFT
    for at in (reverse("bench", args=["antrag"]), reverse("design", args=["antrag", version.pk]) + "?feld=plz"):
        assert owner.get(at).status_code == HTTPStatus.OK, "where it is corrected and tried it opens all the same"


def test_a_process_with_a_form_target_or_scanner_that_is_gone_is_not_submitted(
    owner: Client, version: Version, author: User
) -> None:
    names = 'forms = ["antrag", "weg"]\ntarget = "fort"\nscanner = "neu"\n'
    process = begin_process("hunde", 'name = "hunde"\ntitle = "Hunde"\n' + names, author, version)
    shown = page(owner, process)
    assert all(f"„{name}“ gibt es nicht" in shown for name in ("weg", "fort", "neu"))
    assert "„antrag“ gibt es nicht" not in shown, "the form that is released with it is known"
    with pytest.raises(StateProblem, match="V058"):
        submitted(version, author)


def test_what_breaks_between_submission_and_approval_is_not_approved(
    owner: Client, version: Version, author: User, people: dict[str, User]
) -> None:
    submitted(version, author)
    written(version, BROKEN)
    assert "Geben Sie die Fassung zurück" in page(owner, version)
    with pytest.raises(StateProblem, match="V058"):
        steps.approve(version.pk, people[roles.ADMINISTRATOR])


def test_what_should_be_looked_at_is_told_and_keeps_nothing_back(owner: Client, version: Version) -> None:
    shown = page(owner, version)
    assert "nicht erprobt" in shown and 'id="einreichen"' in shown
    post(owner, "submit", version)
    version.refresh_from_db()
    assert version.state == Version.State.SUBMITTED


def test_who_refuses_says_why_and_the_author_reads_it(owner: Client, version: Version, author: User) -> None:
    submitted(version, author)
    answer = post(owner, "refuse", version, reason="  ")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "was zu ändern ist" in answer.text
    version.refresh_from_db()
    assert version.state == Version.State.SUBMITTED
    with pytest.raises(StateProblem, match="V059"):
        steps.refuse(version.pk, author, "")
    post(owner, "refuse", version, reason="Die IBAN muss\n<b>Pflicht</b> sein.")
    version.refresh_from_db()
    assert version.state == Version.State.DRAFT
    shown = page(owner, version)
    assert "Zurückgegeben" in shown and "Die IBAN muss<br>&lt;b&gt;Pflicht" in shown
    told = Event.objects.get(kind="version_refused")
    assert "IBAN" not in str(told.details), "the trail keeps no free text"


def test_a_refused_proposal_of_thresholds_says_what_it_changes_and_why_it_was_refused(
    owner: Client, author: User
) -> None:
    now, told = clock.now(), "Name (0,1 %): 0,99 → fragt immer."
    one = Version.objects.create(
        kind="calibration", name="calibration", number=1, text='{"changes": []}', note=told, author=author,
        created_at=now, changed_at=now, state=Version.State.SUBMITTED,
    )  # fmt: skip
    steps.refuse(one.pk, person("zweite", roles.OWNER), "Erst die neue Stichprobe abwarten.")
    shown = page(owner, one)
    assert told in shown and "Erst die neue Stichprobe abwarten." in shown
    assert shown.index("Zu ändern ist:") < shown.index("Was sich ändert")


def test_the_update_tells_reasons_from_remarks(author: User) -> None:
    now = clock.now()
    for kind in ("form", "calibration"):
        Version.objects.create(
            kind=kind, name=kind, number=1, text="", note="Wort", author=author, created_at=now, changed_at=now
        )  # fmt: skip
    import_module("cases.migrations.0017_owners").tell_reasons_apart(apps, None)
    found = Version.objects.order_by("kind").values_list("kind", "note", "reason")
    assert list(found) == [("calibration", "Wort", ""), ("form", "", "Wort")]


def test_a_version_is_withdrawn_with_or_without_a_reason(owner: Client, version: Version, author: User) -> None:
    for reason in ("", "Neuer Vordruck"):
        one = steps.new_draft(Version.Kind.FORM, "antrag", text(), author)
        submitted(one, author)
        steps.approve(one.pk, person(f"zweite{len(reason)}", roles.OWNER))
        assert post(owner, "withdraw", one, reason=reason).status_code == HTTPStatus.FOUND
        one.refresh_from_db()
        assert (one.state, one.reason) == (Version.State.WITHDRAWN, reason)
        assert ("weil" in page(owner, one)) == bool(reason)


def test_a_draft_can_be_deleted_and_nothing_else(owner: Client, version: Version, author: User) -> None:
    other = steps.new_draft(Version.Kind.FORM, "antrag", text(), author)
    submitted(other, author)
    for one in (version, other):
        post(owner, "delete", one)
    assert list(Version.objects.all()) == [other]
    assert Event.objects.filter(kind="version_deleted").count() == 1


def test_what_is_in_service_is_changed_in_a_new_draft(owner: Client, author: User) -> None:
    begin = reverse("begin_again", args=["form", "antrag"])
    assert begin in owner.get(reverse("forms")).text
    answer = owner.post(begin, follow=True)
    assert answer.status_code == HTTPStatus.OK and "Postleitzahl" in answer.text
    one = Version.objects.get()
    assert catalog.forms()["antrag"].fields_by_name.keys() and "plz" in one.text
    submitted(one, author)
    steps.approve(one.pk, person("zweite", roles.OWNER))
    written(one, one.text.replace('"Postleitzahl"', '"PLZ"'), decided_at=clock.now())
    owner.post(begin)
    assert 'title = "PLZ"' in Version.objects.get(number=2).text
    process = reverse("begin_again", args=["process", "hundesteuer"])
    assert "Hundesteuer" in owner.post(process, follow=True).text
    for nothing in (["form", "weg"], ["process", "weg"], ["calibration", "calibration"], ["x", "antrag"]):
        assert owner.post(reverse("begin_again", args=nothing)).status_code == HTTPStatus.NOT_FOUND


@pytest.fixture
def broken(owner: Client, version: Version, author: User) -> Version:
    """A draft with a scan and a process, whose text is no description any more."""
    dropped(owner, version, b"%PDF-1.4 no scan")
    begin_process("hunde", 'name = "hunde"\ntitle = "Hunde"\nforms = ["antrag"]\n', author, version)
    written(version, BROKEN)
    version.refresh_from_db()
    return version


def addresses(version: Version) -> list[tuple[str, str]]:
    trial, process = Trial.objects.get().pk, Version.objects.get(kind="process").pk
    two, one = [version.name, version.pk], [version.name]
    return [
        ("get", reverse("bench", args=one)), ("get", reverse("bench_now", args=one)),
        ("get", reverse("bench_what_if", args=one)), ("get", reverse("trial", args=[*one, trial])),
        ("post", reverse("trial", args=[*one, trial])), ("get", reverse("design", args=two)),
        ("post", reverse("change_design", args=two)), ("get", reverse("fim", args=[*two, "csv"])),
        ("get", reverse("fim", args=[*two, "json"])),
        ("get", reverse("design_process", args=["hunde", process])),
        ("post", reverse("change_process", args=["hunde", process])),
    ]  # fmt: skip


def test_every_page_that_opens_a_broken_version_leads_to_what_is_wrong_with_it(owner: Client, broken: Version) -> None:
    seen = broken.changed_at.isoformat()
    for method, at in addresses(broken):
        answer = getattr(owner, method)(at, {"seen": seen, "tat": "neu"})
        assert answer.status_code == HTTPStatus.FOUND, at
        assert answer["Location"] == reverse("version", args=[broken.pk]), at
    shown = page(owner, broken)
    assert "lässt sich nicht mehr lesen" in shown and "Löschen Sie diesen Entwurf" in shown
    assert reverse("begin_again", args=["form", "antrag"]) in shown and 'id="loeschen"' in shown
    script = owner.post(reverse("change_design", args=[broken.name, broken.pk]), {"seen": seen}, headers=SCRIPT)
    assert script.status_code == HTTPStatus.CONFLICT and "Bitte die Seite neu laden" in script.text


def test_what_needs_no_description_still_works_with_a_broken_one(owner: Client, broken: Version) -> None:
    assert broken.text in owner.get(reverse("form_text", args=[broken.name, broken.pk])).text
    assert owner.get(reverse("forms")).status_code == HTTPStatus.OK
    trying.read_trial(Trial.objects.get().pk)
    assert TrialReading.objects.get().problem == "F001"
    answer = owner.post(reverse("remove_trial", args=[broken.name, Trial.objects.get().pk]), follow=True)
    assert answer.status_code == HTTPStatus.OK and not Trial.objects.exists()


def test_the_test_bench_opens_with_the_newest_version_that_can_be_read(
    owner: Client, version: Version, author: User
) -> None:
    newer = steps.new_draft(Version.Kind.FORM, "antrag", text(), author)
    written(newer, BROKEN)
    at = reverse("bench", args=["antrag"])
    assert '<option value="1" selected>' in owner.get(at).text
    assert owner.get(at, {"fassung": "1", "neben": "2"})["Location"] == reverse("version", args=[newer.pk])


@pytest.mark.parametrize("kind", ["process", "calibration"])
def test_broken_processes_and_thresholds_say_so_too(owner: Client, author: User, kind: str) -> None:
    now = clock.now()
    one = Version.objects.create(
        kind=kind, name=kind, number=1, text="{", author=author, created_at=now, changed_at=now
    )  # fmt: skip
    assert "lässt sich nicht mehr lesen" in page(owner, one)
    with pytest.raises(StateProblem, match="V058"):
        submitted(one, author)
    at = reverse("design_process", args=[one.name, one.pk]) if kind == "process" else reverse("thresholds")
    assert owner.get(at)["Location"] == reverse("version", args=[one.pk])


def test_the_list_leads_to_every_draft(owner: Client, version: Version, author: User) -> None:
    begin_process("hunde", 'name = "hunde"\ntitle = "Hunde"\n', author, version)
    now = clock.now()
    Version.objects.create(
        kind="calibration", name="calibration", number=1, text="{}", author=author, created_at=now, changed_at=now
    )  # fmt: skip
    links = re.findall(r'<th scope="row"[^>]*><a class="kern-link" href="([^"]+)"', owner.get(reverse("forms")).text)
    assert len(links) == 3 and {owner.get(link).status_code for link in links} == {HTTPStatus.OK}


def test_a_broken_version_in_service_says_what_counts_instead(owner: Client, version: Version, author: User) -> None:
    submitted(version, author)
    steps.approve(version.pk, person("zweite", roles.OWNER))
    written(version, BROKEN, decided_at=clock.now() + timedelta(seconds=1))
    shown = page(owner, version)
    assert "Solange gilt die Datei dieses Namens" in shown
    assert catalog.form("antrag", f"x ({version.number})") == catalog.forms()["antrag"]


def test_every_kind_of_event_has_german_words() -> None:
    """Those of versions, trials and schedules are what an auditor reads of issue and approval."""
    source = "".join(path.read_text(encoding="utf-8") for path in (Path(steps.__file__).parent).glob("*.py"))
    kinds = set(re.findall(r'(?:audit\.append|_event)\(\s*"(\w+)"', source)) | set(
        re.findall(r'"(version_\w+)"', source)
    )
    assert len(kinds) > 20 and kinds <= EVENT_KINDS.keys()
