"""What a clerk does: open, confirm, reject, put on hold, choose the form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases import audit, catalog, clock, double_keying, nudges, rules, samples, search_names, second_review
from cases.models import Case, Draft, Field, State
from cases.plain import plain
from cases.transitions import step
from cases.transitions.claims import LOCK_S
from ocr.errors import StateProblem
from ocr.page import Note
from ocr.spec import FormSpec

OPEN_STATES = (State.REVIEW, State.SECOND_REVIEW)
UNLOCKED: Mapping[str, Any] = {"locked_by": None, "locked_until": None}


class KeyedDifferently(StateProblem):
    """V050: what two people typed differs. Both are kept, by field name in `names`; the second person decides."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__("V050", "Die beiden Erfassungen sind verschieden. Bitte mit dem Bild vergleichen.")
        self.names = sorted(names)


class RulesFailed(StateProblem):
    """V020: values break rules or required fields are empty. `notes` says which, by field name."""

    def __init__(self, notes: Mapping[str, tuple[Note, ...]]) -> None:
        super().__init__("V020", "Bitte die markierten Felder berichtigen oder begründet übergehen.")
        self.notes = dict(notes)


def lock(case_id: UUID, user: AbstractBaseUser) -> Case:
    """Open a case for one person, for 15 minutes from the last call (call again to stay in it).

    Raises:
        StateProblem: V001 no such case; V002 it is not open for review; V003 another person has it open;
            V004 second review by the person of the first.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        open_for(case, user)
    return case


def take(user: AbstractBaseUser, candidates: QuerySet[Case], count: int = 1) -> list[Case]:
    """Open the first `count` of these cases that nobody else has open; two who ask at once never get the same one.
    Which states and whose second review they may be is up to `candidates`.
    """
    with transaction.atomic():
        free = Q(locked_by=None) | Q(locked_until=None) | Q(locked_until__lte=clock.now()) | Q(locked_by_id=user.pk)
        taken = list(candidates.filter(free, state__in=OPEN_STATES).select_for_update(skip_locked=True)[:count])
        for case in taken:
            open_for(case, user)
    return taken


def open_for(case: Case, user: AbstractBaseUser) -> None:
    was_mine = case.locked_by_id == user.pk
    case.locked_by_id = user.pk
    case.locked_until = clock.now() + timedelta(seconds=LOCK_S)
    case.save(update_fields=["locked_by", "locked_until"])
    if not was_mine:
        audit.append("opened", actor=step.person(user), case=case, from_state=case.state, to_state=case.state)


def unlock(case_id: UUID, user: AbstractBaseUser) -> None:
    """Let go of a case. Does nothing if this person does not hold it."""
    with transaction.atomic():
        if Case.objects.filter(pk=case_id, locked_by_id=user.pk).update(**UNLOCKED) == 0:
            return
        case = Case.objects.get(pk=case_id)
        audit.append("closed", actor=step.person(user), case=case, from_state=case.state, to_state=case.state)


def note_download(case_id: UUID, user: AbstractBaseUser, kind: str = "original_downloaded") -> None:
    """Put down that a person takes the original, or what was made of the case, out of the house. Raises StateProblem
    V001.
    """
    with transaction.atomic():
        case = step.locked(case_id)
        audit.append(kind, actor=step.person(user), case=case, from_state=case.state, to_state=case.state)


def confirm(
    case_id: UUID,
    user: AbstractBaseUser,
    values: Mapping[str, str | None],
    *,
    overrides: Mapping[str, str] | None = None,
    illegible: Collection[str] = (),
) -> State:
    """Confirm or correct the values of the shown fields; fields not in `values` keep their value and their notes, and
    nobody answers for them.

    REVIEW goes to READY, or to SECOND_REVIEW if the process asks for it; SECOND_REVIEW goes to READY unless values
    were changed in it, then another person looks once more. `overrides` gives a reason by field name for a rule
    that may be broken here (a missing required field as well). Empty text means "nothing on the paper" (None); the
    fields of `illegible` have no value either, but because nobody can read what stands there.

    Fields with double keying are typed once in each review, and always lead to the second. Where the second person
    typed something else, both are kept, and what the same person confirms after that is in force.

    Raises:
        RulesFailed: V020 with `.notes` by field name; nothing was stored.
        KeyedDifferently: V050; only the second typing was stored.
        StateProblem: V001, V002, V003, V004 as in `lock`; V005 no form is chosen yet; V006 unknown field name.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        revision = revise(case, values, overrides or {}, frozenset(illegible))
        differing = key_in(case, user, revision)
        if not differing:
            write_values(case, user, revision)
            case.drafts.all().delete()
            changed = set(revision.changed) - double_keying.names(form_of(case))
            return finish(case, user, revision.details, changed=bool(changed))
    raise KeyedDifferently(differing)


def key_in(case: Case, user: AbstractBaseUser, revision: Revision) -> Collection[str]:
    """Keep what was typed without seeing anything; the names of the fields where a person typed something else before.

    Raises:
        RulesFailed: V020 a field was not typed.
    """
    hidden = double_keying.blind(case, form_of(case))
    if missing := hidden - revision.shown:
        raise RulesFailed(dict.fromkeys(missing, (Note("V020", "Bitte vom Bild abtippen."),)))
    double_keying.keep(case, user, hidden, revision.values, revision.illegible)
    differing = double_keying.differing(case).keys() & hidden
    if differing:
        step.move(
            case,
            State.SECOND_REVIEW,
            "keyed_differently",
            actor=step.person(user),
            details={"differing": sorted(differing)},
        )
    return differing


def confirm_field(case_id: UUID, user: AbstractBaseUser, name: str, seen: str | None) -> State:
    """Confirm one uncertain field of a case in REVIEW as it was shown (`seen`), beside those of other cases.

    If it was the last uncertain one and nothing else asks for a person, the case goes on as in `confirm`. It stays in
    REVIEW as well where other people confirmed fields of it and a second review is due: then one person confirms the
    whole, so that it is clear who may not be the second.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V005 no form; V045 the field does not ask any more, has another
            value now, or breaks a rule, or somebody has begun to type into the case.
    """
    with transaction.atomic():
        case = mine(case_id, user, State.REVIEW)
        field = case.fields.filter(name=name, sure=False, confirmed_by=None).first()
        broken = rules.check_values(form_of(case), dict(case.fields.values_list("name", "value")))
        if field is None or field.value != seen or name in broken or case.drafts.exists():
            raise StateProblem("V045", "Dieses Feld braucht einen eigenen Blick. Bitte den Vorgang öffnen.")
        field.problems, field.confirmed_by_id = [], user.pk
        field.save(update_fields=["problems", "confirmed_by"])
        details = {"field": name, "value": audit.fingerprint(case, seen)}
        if not broken and nothing_asks(case) and (is_alone(case, user) or not second_reason(case)):
            return finish(case, user, details, changed=False)
        return step.move(case, State.REVIEW, "field_confirmed", actor=step.person(user), details=details, **UNLOCKED)


def nothing_asks(case: Case) -> bool:
    """Whether every field is there, each is sure or confirmed, and nothing is wrong with the case as a whole."""
    there = {field.name: field.sure or field.confirmed_by_id is not None for field in case.fields.all()}
    return not case.problems and all(there.get(name) for name in form_of(case).fields_by_name)


def is_alone(case: Case, user: AbstractBaseUser) -> bool:
    """Whether nobody else confirmed a field of this case."""
    return not case.fields.exclude(confirmed_by=None).exclude(confirmed_by_id=user.pk).exists()


def second_reason(case: Case) -> str:
    """Why this case needs a second person; empty if it needs none."""
    if case.keyings.exists():
        return "double_keying"
    rows = list(case.fields.all())
    codes = {row.name: {problem["code"] for problem in row.problems} for row in rows}
    decided = {
        row.name for row in rows if not row.sure or row.value != row.read_value or rules.OVERRIDDEN in codes[row.name]
    }
    return second_review.reason(case, catalog.process(case.process), {row.name: row.value for row in rows}, decided)


def finish(case: Case, user: AbstractBaseUser, details: Mapping[str, Any], *, changed: bool) -> State:
    """The confirmed case goes to READY, or to another person. `changed`: values were, in a second review."""
    second = case.state == State.SECOND_REVIEW
    why = ("again" if changed else "") if second else second_reason(case)
    values = dict(case.fields.values_list("name", "value"))
    samples.judge(case, again=second)
    state = step.move(
        case,
        State.SECOND_REVIEW if why else State.READY,
        "confirmed_again" if second else "confirmed",
        actor=step.person(user),
        details={**details, "second_review": why} if why else details,
        problems=[],
        attempts=0,
        not_before=None,
        reviewer_id=case.reviewer_id if second and not why else user.pk,
        second_reviewer_id=user.pk if second and not why else None,
        search_name=search_names.of(catalog.process(case.process), values),
        **UNLOCKED,
    )
    target = step.target_of(case)
    if state == State.READY and target:
        nudges.enter(case.pk, target)
    return state


@dataclass(frozen=True, slots=True)
class Revision:
    """The values in force after a confirmation, which of them a person was `shown` and finds `illegible`, what
    changed, and which broken rules the person answers for.
    """

    values: Mapping[str, str | None]
    shown: frozenset[str]
    illegible: frozenset[str]
    changed: tuple[str, ...]
    overridden: Mapping[str, tuple[Note, ...]]
    details: Mapping[str, Any]


def revise(
    case: Case, values: Mapping[str, str | None], overrides: Mapping[str, str], illegible: frozenset[str]
) -> Revision:
    form = form_of(case)
    values = {**values, **dict.fromkeys(illegible)}
    unknown = sorted(set(values) - set(form.fields_by_name))
    if unknown:
        raise StateProblem("V006", f"Das Formular hat kein Feld „{unknown[0]}“. Bitte die Seite neu laden.")
    before = {field.name: field.value for field in case.fields.all()}
    given = {name: tidy(value) for name, value in values.items()}
    after = {name: given.get(name, before.get(name)) for name in form.fields_by_name}
    broken = rules.check_values(form, after)
    reasons = {name: reason.strip() for name, reason in overrides.items() if reason.strip()}
    if unanswered := {name: notes for name, notes in broken.items() if name not in reasons}:
        raise RulesFailed(unanswered)
    changed = tuple(name for name in after if after[name] != before.get(name))
    details = {
        "changed": {
            name: [audit.fingerprint(case, before.get(name)), audit.fingerprint(case, after[name])] for name in changed
        },
        "overridden": {name: [note.code for note in notes] for name, notes in broken.items()},
        "illegible": sorted(illegible),
    }
    overridden = {
        name: (*notes, Note(rules.OVERRIDDEN, f"Begründet übergangen: {reasons[name]}"))
        for name, notes in broken.items()
    }
    return Revision(after, frozenset(given) | frozenset(overridden), illegible, changed, overridden, details)


def tidy(value: str | None) -> str | None:
    text: str = plain(value or "")
    return text.strip() or None


def form_of(case: Case) -> FormSpec:
    form = catalog.form(case.form, case.form_version)
    if form is None:
        raise StateProblem("V005", "Zu diesem Vorgang ist noch kein Formular gewählt. Bitte zuerst eines auswählen.")
    return form


def write_values(case: Case, user: AbstractBaseUser, revision: Revision) -> None:
    """Every field of the form gets a row; what the machine read stays as it is."""
    there = {field.name: field for field in case.fields.all()}
    for position, (name, value) in enumerate(revision.values.items()):
        if name in there and name not in revision.shown:
            continue
        field = there.get(name) or Field(case=case, name=name, position=position, confidence=0.0, sure=False)
        if name in revision.shown:
            field.value = value
            field.state = "illegible" if name in revision.illegible else "read" if value else "empty"
            field.problems = step.notes(revision.overridden.get(name, ()))
            field.confirmed_by_id = user.pk
        field.save()


def choose_form(case_id: UUID, user: AbstractBaseUser, form: str) -> State:
    """Say which form this is; the case is read again with it (RECEIVED).

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V007 the process does not know this form.
    """
    with transaction.atomic():
        case = mine(case_id, user, State.REVIEW)
        known = catalog.process(case.process).forms or tuple(catalog.forms())
        if form not in known or form not in catalog.forms():
            raise StateProblem("V007", f"Dieser Prozess kennt das Formular nicht; bekannt sind: {', '.join(known)}.")
        case.drafts.all().delete()
        state = step.move(
            case,
            State.RECEIVED,
            "form_chosen",
            actor=step.person(user),
            details={"form": form},
            form=form,
            problems=[],
            attempts=0,
            not_before=None,
            **UNLOCKED,
            **step.free_lease(case),
        )
        nudges.read_case(case.pk)
    return state


def reject(case_id: UUID, user: AbstractBaseUser, reason: str, *, key: str = "") -> State:
    """REJECTED, from REVIEW, SECOND_REVIEW, ON_HOLD or FAILED. `key`: the reason's name in the process's list.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V008 without a reason.
    """
    if not reason.strip():
        raise StateProblem("V008", "Bitte angeben, warum der Vorgang zurückgewiesen wird.")
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES, State.ON_HOLD, State.FAILED)
        case.drafts.all().delete()
        return step.move(
            case,
            State.REJECTED,
            "rejected",
            actor=step.person(user),
            details={"reason": key} if key else {},
            reason=reason.strip(),
            hold_until=None,
            **UNLOCKED,
        )


def hold(case_id: UUID, user: AbstractBaseUser, until: date, reason: str = "", *, key: str = "") -> State:
    """ON_HOLD until a day; it comes back to REVIEW by itself on that day, with what was typed into its fields. With the
    `key` of a reason in the process's list the applicant is asked back (by a letter that a person sends).

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V009 the day is not in the future.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        if until <= timezone.localdate(clock.now()):
            raise StateProblem("V009", "Bitte einen Tag in der Zukunft angeben.")
        details = {"until": until.isoformat(), **({"reason": key} if key else {})}
        case.drafts.filter(name__startswith=Draft.PANEL).delete()
        return step.move(
            case,
            State.ON_HOLD,
            "asked_back" if key else "held",
            actor=step.person(user),
            details=details,
            hold_until=until,
            reason=reason.strip(),
            **UNLOCKED,
        )


def resume(case_id: UUID, user: AbstractBaseUser) -> State:
    """ON_HOLD back to REVIEW at once.

    Raises:
        StateProblem: V001 no such case; V002 it is not on hold.
    """
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.ON_HOLD)
        return step.move(case, State.REVIEW, "resumed", actor=step.person(user), hold_until=None)


def resume_due(case_id: UUID) -> State | None:
    """The sweeper's: back to REVIEW when the day has come; None when it has not."""
    with transaction.atomic():
        case = step.locked(case_id)
        today = timezone.localdate(clock.now())
        if case.state != State.ON_HOLD or (case.hold_until and case.hold_until > today):
            return None
        return step.move(case, State.REVIEW, "hold_due", actor="sweep", hold_until=None)


def mine(case_id: UUID, user: AbstractBaseUser, *states: State) -> Case:
    """The locked row of a case that this person may work on now.

    Raises:
        StateProblem: V001, V002, V003, V004.
    """
    case = step.locked(case_id)
    step.expect(case, *states)
    now = clock.now()
    if case.locked_by_id not in (None, user.pk) and case.locked_until and case.locked_until > now:
        raise StateProblem("V003", "Diesen Vorgang bearbeitet gerade eine andere Person. Bitte später öffnen.")
    if case.state == State.SECOND_REVIEW and case.reviewer_id == user.pk:
        raise StateProblem("V004", "Die Zweitprüfung muss eine andere Person vornehmen als die erste Prüfung.")
    return case
