"""The ledger of entries: claim, intent, receipt, release. Never twice, never lost.

READY --claim--> ENTERING --receipt--> ENTERED. Whatever breaks before the intent goes back to READY (three times,
then FAILED); whatever breaks after it becomes UNCLEAR. An UNCLEAR case is claimed in mode "resolve" once the target
was quiet: that robot only looks.

A target in rehearsal is never written to: a dry run leaves the case READY, tried once; shadow mode waits for the record
that a person enters and compares it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases import audit, catalog, clock, nudges
from cases.models import Case, Entry, State
from cases.plain import plain
from cases.processes import TargetSpec
from cases.transitions import gates, step
from cases.transitions.claims import MAX_ATTEMPTS, EntryClaim, Failure, Mode, Receipt
from ocr.errors import StateProblem
from ocr.page import Note

Outcome = Entry.Outcome
SECOND_LOOK = 10
"""What a look-up did not find is entered again so many quiet times later, not before; nor is what a person sends on
meanwhile (retry, review) after an unclear outcome: the search may still lag behind."""
LOST_LEASE = "Die Frist für diesen Vorgang ist abgelaufen, oder er wurde übernommen. Es darf nicht abgesendet werden."
UNCLEAR_NOTE = Note(
    "V030", "Ob der Datensatz geschrieben wurde, ist nicht bekannt. Es wird zuerst im Zielsystem nachgesehen."
)
SEVERAL_NOTE = Note("V031", "Im Zielsystem stehen mehrere passende Datensätze. Bitte dort nachsehen und entscheiden.")
DIFFERENT_NOTE = Note(
    "V032", "Im Zielsystem steht ein Datensatz mit anderen Werten. Bitte dort vergleichen und entscheiden."
)
UNRESOLVED_NOTE = Note(
    "V033", "Im Zielsystem konnte nicht nachgesehen werden. Bitte selbst nachsehen und hier entscheiden."
)
NOT_ENTERED_NOTE = Note(
    "V034",
    "Die Übertragung ist dreimal gescheitert; ein Datensatz wurde im Zielsystem nicht gefunden. "
    "Bitte die IT verständigen, und vor einer Erfassung von Hand dort nachsehen.",
)
TRIED_NOTE = Note("V043", "Probelauf: bis vor das Absenden ging es gut. Im Zielsystem steht dadurch nichts.")
NOT_YET_NOTE = Note(
    "V044", "Vergleichslauf: Von Hand ist der Vorgang noch nicht erfasst. Bitte im Zielsystem erfassen wie bisher."
)


def claim_entry(
    target: str,
    worker: str,
    case_id: UUID | None = None,
    *,
    run_id: UUID | None = None,
    identity: Mapping[str, Any] | None = None,
) -> EntryClaim | None:
    """Take the next case of a target: first UNCLEAR ones whose quiet time is over ("resolve"), then READY ones.

    None when nothing is due, as many cases are open already as the target allows sessions, or the session is over.
    """
    spec = catalog.targets().get(target)
    if spec is None:
        return None
    with transaction.atomic():
        gate, now = gates.locked(target), clock.now()
        open_entries = Entry.objects.filter(target=target, outcome=Outcome.OPEN, finished_at=None).count()
        if open_entries >= spec.sessions or gates.is_shut(gate, spec, now) or gates.is_over(run_id):
            return None
        for mode, waiting in waiting_cases(target, now):
            one = waiting.filter(pk=case_id) if case_id else waiting
            for candidate in one.order_by("received_at", "reference").values_list("pk", flat=True)[:20]:
                if claim := take(candidate, waiting, mode, spec, worker, run_id, identity, now):
                    return claim
    return None


def waiting_cases(target: str, now: datetime) -> tuple[tuple[Mode, QuerySet[Case]], ...]:
    """Cases that a robot of `target` may take now, by mode, most urgent first."""
    processes = [name for name, spec in catalog.processes().items() if spec.target == target]
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    cases = Case.objects.filter(free, due, process__in=processes)
    spec = catalog.targets().get(target)
    of_case = Entry.objects.filter(case=OuterRef("pk"), target=target)  # few, however many entries there are
    ready = cases.filter(state=State.READY, attempts__lt=MAX_ATTEMPTS, cancelled=False, kept_back=False)
    ready = ready.exclude(Exists(of_case.filter(outcome=Outcome.UNCLEAR, finished_at__gt=now - second_look(spec))))
    mode: Mode = spec.mode if spec else "enter"
    if mode == "dry_run":
        tried = of_case.filter(outcome=Outcome.TRIED, fence=OuterRef("fence") - 1)
        ready = ready.exclude(Exists(tried))  # once, until something happens to the case
    return (("resolve", cases.filter(state=State.UNCLEAR, needs_person=False)), (mode, ready))


def second_look(spec: TargetSpec | None) -> timedelta:
    return timedelta(seconds=spec.quiet_s * SECOND_LOOK if spec else 0)


def has_work(target: str) -> bool:
    """Whether a robot of `target` would find a case to take."""
    return any(waiting.exists() for _, waiting in waiting_cases(target, clock.now()))


def take(
    case_id: UUID,
    waiting: QuerySet[Case],
    mode: Mode,
    spec: TargetSpec,
    worker: str,
    run_id: UUID | None,
    identity: Mapping[str, Any] | None,
    now: datetime,
) -> EntryClaim | None:
    """Claim one waiting case by conditional update and open its row in the ledger."""
    to = State.UNCLEAR if mode == "resolve" else State.ENTERING
    claimed = waiting.filter(pk=case_id).update(
        state=to,
        changed_at=now,
        fence=F("fence") + 1,
        attempts=F("attempts") + (0 if mode == "resolve" else 1),
        lease_until=now + timedelta(seconds=spec.lease_s),
        claimed_by=identity,
        not_before=None,
    )
    if claimed == 0:
        return None
    case = Case.objects.get(pk=case_id)
    entry = Entry.objects.create(
        case=case,
        target=spec.name,
        fence=case.fence,
        claimed_at=now,
        worker=worker,
        run_id=run_id,
        mode=mode,
    )
    audit.append(
        "lookup_claimed" if mode == "resolve" else "entry_claimed",
        actor=f"worker:{worker}",
        case=case,
        from_state=State.UNCLEAR if mode == "resolve" else State.READY,
        to_state=to,
        details={"entry": entry.pk, "fence": case.fence, "attempt": case.attempts, "target": spec.name, "mode": mode},
    )
    fields = {field.name: field.value for field in case.fields.all()}
    return EntryClaim(entry.pk, case.pk, case.fence, mode, case.reference, spec.name, fields, worker)


def journal_intent(entry_id: int, fence: int, payload_hash: str) -> None:
    """Commit, durably, that the robot is about to submit. Only after this returns may it do so.

    Raises:
        StateProblem: V021 the lease is lost or the case was taken over; V022 this robot may only look; V023 the case
            was cancelled; V024 the intent was journalled before; V025 the target is stopped; V026 it is closed.
    """
    with transaction.atomic(durable=True):
        case, entry = held(entry_id, fence)
        if entry.mode != Entry.Mode.ENTER:
            raise StateProblem("V022", "Hier darf nur nachgesehen, nicht abgesendet werden.")
        if case.cancelled:
            raise StateProblem("V023", "Der Vorgang wurde abgebrochen. Es darf nicht abgesendet werden.")
        if entry.intent_at is not None:
            raise StateProblem(
                "V024", "Das Absenden war schon angekündigt. Es darf nicht noch einmal abgesendet werden."
            )
        now = clock.now()
        if case.lease_until is None or case.lease_until <= now:
            raise StateProblem("V021", LOST_LEASE)
        gates.check_submit(gates.locked(entry.target), now)
        entry.intent_at, entry.payload_hash = now, plain(payload_hash)[:64]
        entry.save(update_fields=["intent_at", "payload_hash"])
        audit.append(
            "intent",
            actor=f"worker:{entry.worker}",
            case=case,
            from_state=case.state,
            to_state=case.state,
            details={"entry": entry.pk, "fence": fence, "payload": audit.fingerprint(case, entry.payload_hash)},
        )


def held(entry_id: int, fence: int) -> tuple[Case, Entry]:
    """Case and ledger row, locked, if this claim is still the newest. Raises StateProblem V021."""
    found = locked_pair(entry_id)
    if found is None:
        raise StateProblem("V021", LOST_LEASE)
    case, entry = found
    expected = State.UNCLEAR if entry.mode == Entry.Mode.RESOLVE else State.ENTERING
    stale = case.fence != fence or entry.fence != fence
    if stale or entry.outcome != Outcome.OPEN or case.state != expected:
        raise StateProblem("V021", LOST_LEASE)
    return case, entry


def locked_pair(entry_id: int) -> tuple[Case, Entry] | None:
    """Locks are taken in the order gate, case, chain head by everyone, so nobody waits in a circle."""
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        return None
    gates.locked(entry.target)
    case = step.locked(entry.case_id)
    entry.refresh_from_db()
    return case, entry


def record_entry(entry_id: int, fence: int, receipt: Receipt) -> State:
    """Turn the robot's receipt into state: entered, found -> ENTERED; several, different -> UNCLEAR for a person;
    none after a look-up -> READY again (counted); tried, and none in shadow mode -> READY (not counted).

    Raises:
        StateProblem: V021 the claim is stale; nothing is recorded.
    """
    with transaction.atomic():
        case, entry = held(entry_id, fence)
        if entry.mode == Entry.Mode.DRY_RUN:
            return rehearsed(case, entry, receipt)
        if entry.mode == Entry.Mode.SHADOW and receipt.outcome == "none":
            return not_there_yet(case, entry)
        wrong = differing(case, receipt.read_back)
        if receipt.outcome in ("entered", "found") and receipt.read_back and not wrong and trusted(entry, receipt):
            return entered(case, entry, receipt)
        if receipt.outcome in ("several", "different") or (wrong and receipt.outcome != "none"):
            return to_person(case, entry, receipt, wrong)
        if receipt.outcome == "none" and entry.mode == Entry.Mode.RESOLVE:
            return not_there(case, entry)
        return broken(case, entry, Note("V035", "Der Roboter hat ein Ergebnis gemeldet, das nicht sein kann."))


def trusted(entry: Entry, receipt: Receipt) -> bool:
    """ "entered" without an intent cannot be; then somebody has to look."""
    return receipt.outcome == "found" or (entry.intent_at is not None and entry.mode == Entry.Mode.ENTER)


def differing(case: Case, read_back: Mapping[str, str | None]) -> list[str]:
    """Names of our fields that were read back with another value. The robot compares too; this is the second look."""
    fields = {field.name: field.value for field in case.fields.all()}
    return sorted(name for name in read_back if name in fields and compared(fields[name]) != compared(read_back[name]))


def compared(value: str | None) -> str:
    """Composed characters and no blanks; a tick that is not there is "nein", which is as good as nothing."""
    text = "".join(unicodedata.normalize("NFC", value or "").split())
    return "" if text == "nein" else text


def entered(case: Case, entry: Entry, receipt: Receipt) -> State:
    close(
        entry,
        Outcome.ENTERED if receipt.outcome == "entered" else Outcome.FOUND,
        record_number=(receipt.record_number or "")[:80],
        receipt=receipt_json(receipt),
    )
    gates.went_well(entry.target)
    return step.move(
        case,
        State.ENTERED,
        "entered" if receipt.outcome == "entered" else "found",
        actor=f"worker:{entry.worker}",
        details={"entry": entry.pk, "fence": entry.fence, "record": entry.record_number, "mode": entry.mode},
        problems=[],
        needs_person=False,
        not_before=None,
        **step.free_lease(case),
    )


def rehearsed(case: Case, entry: Entry, receipt: Receipt) -> State:
    """A dry run got as far as the submit. The case counts as not entered and keeps its attempts."""
    if receipt.outcome != "tried":
        return broken(case, entry, Note("V035", "Der Roboter hat ein Ergebnis gemeldet, das nicht sein kann."))
    close(entry, Outcome.TRIED, record_number=(receipt.record_number or "")[:80], receipt=receipt_json(receipt))
    return stay_ready(case, entry, "tried", TRIED_NOTE, pause_s=0)


def not_there_yet(case: Case, entry: Entry) -> State:
    """Shadow mode, and nobody has entered the case yet: look again later."""
    close(entry, Outcome.NONE)
    spec = catalog.targets().get(entry.target)
    return stay_ready(case, entry, "not_there_yet", NOT_YET_NOTE, pause_s=spec.look_again_s if spec else 0)


def stay_ready(case: Case, entry: Entry, kind: str, note: Note, *, pause_s: float) -> State:
    gates.went_well(entry.target)
    state = step.move(
        case,
        State.READY,
        kind,
        actor=f"worker:{entry.worker}",
        details={"entry": entry.pk, "fence": entry.fence, "record": entry.record_number},
        problems=step.notes([note]),
        attempts=case.attempts - 1,
        not_before=clock.now() + timedelta(seconds=pause_s),
        **step.free_lease(case),
    )
    return rejected_if_cancelled(case, state)


def to_person(case: Case, entry: Entry, receipt: Receipt, wrong: list[str]) -> State:
    several = receipt.outcome == "several"
    close(
        entry,
        Outcome.SEVERAL if several else Outcome.DIFFERENT,
        record_number=(receipt.record_number or "")[:80],
        receipt=receipt_json(receipt),
    )
    gates.went_well(entry.target)
    return step.move(
        case,
        State.UNCLEAR,
        "several_found" if several else "different_found",
        actor=f"worker:{entry.worker}",
        details={"entry": entry.pk, "fence": entry.fence, "record": entry.record_number, "fields": wrong},
        problems=step.notes([SEVERAL_NOTE if several else DIFFERENT_NOTE]),
        needs_person=True,
        not_before=None,
        **step.free_lease(case),
    )


def not_there(case: Case, entry: Entry) -> State:
    """The look-up found nothing: READY again, FAILED after the third attempt to enter.

    A search may lag behind what is stored, and a submit may still be under way. Every attempt looks before it fills
    anything; so much later, that this second look counts.
    """
    close(entry, Outcome.NONE)
    gates.went_well(entry.target)
    given_up = case.attempts >= MAX_ATTEMPTS
    later = second_look(catalog.targets().get(entry.target))
    state = step.move(
        case,
        State.FAILED if given_up else State.READY,
        "not_found",
        actor=f"worker:{entry.worker}",
        details={"entry": entry.pk, "fence": entry.fence, "attempt": case.attempts},
        problems=step.notes([NOT_ENTERED_NOTE]) if given_up else [],
        needs_person=False,
        not_before=None if given_up else clock.now() + later,
        **step.free_lease(case),
    )
    return rejected_if_cancelled(case, state)


def rejected_if_cancelled(case: Case, state: State) -> State:
    """What was cancelled while a robot had it ends here instead of being entered. READY cases are nudged."""
    if case.cancelled and state in (State.READY, State.FAILED, State.REVIEW):
        return step.move(case, State.REJECTED, "cancelled", actor="sweep", problems=[])
    if state == State.READY and (target := step.target_of(case)):
        nudges.enter(case.pk, target)
    return state


def release_entry(entry_id: int, fence: int, failure: Failure | None) -> State:
    """The robot gives a case back. After a receipt this changes nothing.

    BUSINESS -> REVIEW with the target's words; after the intent only where the target refused the submit itself.
    Anything else: before the intent READY again (three times, then FAILED), after it UNCLEAR. A look-up that failed is
    tried again, then shown to a person.

    Raises:
        StateProblem: V021 the claim is stale.
    """
    with transaction.atomic():
        done = Entry.objects.filter(pk=entry_id, fence=fence).exclude(outcome=Outcome.OPEN).first()
        if done is not None:
            return State(Case.objects.get(pk=done.case_id).state)
        case, entry = held(entry_id, fence)
        if failure is None:
            return broken(case, entry, Note("V036", "Der Roboter hat den Vorgang ohne Ergebnis zurückgegeben."))
        note = Note(failure.code, failure.message)
        if failure.kind == "BUSINESS" and (entry.intent_at is None or note.code == gates.REFUSED_FOR_SURE):
            return refused(case, entry, note)
        return broken(case, entry, note)


def refused(case: Case, entry: Entry, note: Note) -> State:
    """The target said no, and why. Nothing was written.

    A look-up that finds the refusal itself settles an unclear case; any other leaves it unclear.
    """
    looking = entry.mode == Entry.Mode.RESOLVE and note.code != gates.REFUSED_FOR_SURE
    close(entry, Outcome.REJECTED)
    gates.went_well(entry.target)
    state = step.move(
        case,
        State.UNCLEAR if looking else State.REVIEW,
        "refused",
        actor=f"worker:{entry.worker}",
        details={"entry": entry.pk, "fence": entry.fence, "code": note.code},
        problems=step.notes([note]),
        needs_person=looking,
        attempts=case.attempts if looking else 0,
        not_before=None,
        **step.free_lease(case),
    )
    return rejected_if_cancelled(case, state)


def broken(
    case: Case,
    entry: Entry,
    note: Note,
    *,
    actor: str | None = None,
    blame_target: bool = True,
    process_gone: bool = True,
) -> State:
    """An attempt broke. What it means depends on whether it may have written something."""
    spec = catalog.targets().get(entry.target)
    blame_target = blame_target and note.code != gates.NO_LEAVE
    if blame_target:
        gates.went_wrong(entry.target, note.code)
    actor = actor or f"worker:{entry.worker}"
    if entry.mode == Entry.Mode.RESOLVE:
        return lookup_broke(case, entry, note, spec, actor)
    if entry.intent_at is not None:
        return unclear(case, entry, note, spec, actor, process_gone)
    close(entry, Outcome.CANCELLED if case.cancelled else Outcome.UNAVAILABLE if blame_target else Outcome.LOST)
    # A target that is away or stopped is no fault of the case: it would end in front of a person after the third time.
    attempts = case.attempts - 1 if note.code in {*gates.AWAY, gates.NO_LEAVE} else case.attempts
    given_up = attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=spec.retry_s * attempts if spec and blame_target else 0)
    state = step.move(
        case,
        State.FAILED if given_up else State.READY,
        "entry_broke",
        actor=actor,
        details={"entry": entry.pk, "fence": entry.fence, "attempt": case.attempts, "code": note.code},
        problems=step.notes([note, NOT_ENTERED_NOTE]) if given_up else [],
        attempts=attempts,
        not_before=clock.now() + pause,
        **step.free_lease(case),
    )
    return rejected_if_cancelled(case, state)


def unclear(case: Case, entry: Entry, note: Note, spec: TargetSpec | None, actor: str, process_gone: bool) -> State:
    """Broke after the intent: never again before somebody has looked, and not before the target was quiet."""
    close(entry, Outcome.UNCLEAR)
    can_search = process_gone and spec is not None and spec.can_search
    quiet = timedelta(seconds=spec.quiet_s if spec else 0)
    return step.move(
        case,
        State.UNCLEAR,
        "entry_unclear",
        actor=actor,
        details={"entry": entry.pk, "fence": entry.fence, "attempt": case.attempts, "code": note.code},
        problems=step.notes([note, UNCLEAR_NOTE if can_search else UNRESOLVED_NOTE]),
        needs_person=not can_search,
        not_before=clock.now() + quiet,
        **step.free_lease(case),
    )


def lookup_broke(case: Case, entry: Entry, note: Note, spec: TargetSpec | None, actor: str) -> State:
    """A look-up gave no answer: again after a pause; after the third time a person has to look."""
    away = note.code in gates.AWAY
    close(entry, Outcome.LOST if away else Outcome.UNAVAILABLE)
    last_enter = case.entries.filter(mode=Entry.Mode.ENTER).order_by("-fence").values_list("fence", flat=True).first()
    tries = case.entries.filter(mode=Entry.Mode.RESOLVE, outcome=Outcome.UNAVAILABLE, fence__gt=last_enter or 0).count()
    to_a_person = not away and tries % MAX_ATTEMPTS == 0
    pause = timedelta(seconds=max(spec.quiet_s, spec.retry_s) * max(tries, 1) if spec else 0)
    return step.move(
        case,
        State.UNCLEAR,
        "lookup_broke",
        actor=actor,
        details={"entry": entry.pk, "fence": entry.fence, "code": note.code, "tries": tries},
        problems=step.notes([note, UNRESOLVED_NOTE if to_a_person else UNCLEAR_NOTE]),
        needs_person=to_a_person,
        not_before=clock.now() + pause,
        **step.free_lease(case),
    )


def take_over_entry(entry_id: int, *, process_gone: bool) -> State | None:
    """The sweeper's: end an attempt whose worker is gone, after its processes were ended.

    Without an intent READY, with one UNCLEAR. `process_gone` False says that nobody could make sure that the robot
    has ended (it ran on another machine): then a person decides. None when the attempt is over already.
    """
    with transaction.atomic():
        found = locked_pair(entry_id)
        if found is None:
            return None
        case, entry = found
        if entry.outcome != Outcome.OPEN or entry.fence != case.fence:
            return None
        note = Note("V037", "Die Übertragung ist abgerissen, weil ein Arbeitsprozess endete.")
        return broken(case, entry, note, actor="sweep", blame_target=False, process_gone=process_gone)


def close(entry: Entry, outcome: Entry.Outcome, **changes: Any) -> None:
    entry.outcome = outcome
    entry.finished_at = clock.now()
    for name, value in changes.items():
        setattr(entry, name, plain(value))
    entry.save(update_fields=["outcome", "finished_at", *changes])


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    return {
        "outcome": receipt.outcome,
        "record_number": receipt.record_number,
        "read_back": dict(receipt.read_back),
        "screenshot": receipt.screenshot,
    }
