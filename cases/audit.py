"""The trail: numbered events, each with the hash of the one before. Nothing here is ever changed or removed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from cases import clock
from cases.models import Case, ChainHead, Event
from cases.plain import plain

FIRST = "0" * 64
BATCH = 1000


def append(
    kind: str,
    *,
    actor: str,
    case: Case | None = None,
    from_state: str = "",
    to_state: str = "",
    details: Mapping[str, Any] | None = None,
) -> Event:
    """Write the next event, inside the transaction of the step it stands for.

    The chain head is locked until that transaction ends, so numbers have no gaps and no doubles. Lock the case
    first and append last: all steps take their locks in the same order then.
    `details` holds names, codes and fingerprints, never field contents.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event belongs into the transaction of its step")
    head = locked_head()
    event = Event(
        number=head.number + 1,
        at=clock.now(),
        case=case,
        actor=actor,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        details=plain(details or {}),
        previous=head.hash or FIRST,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    head.number, head.hash = event.number, event.hash
    head.save(update_fields=["number", "hash"])
    return event


def locked_head() -> ChainHead:
    ChainHead.objects.get_or_create(pk=1)
    return ChainHead.objects.select_for_update().get(pk=1)


def hash_of(event: Event) -> str:
    """SHA-256 over the whole row, `previous` included, in one canonical spelling."""
    row = {
        "number": event.number,
        "at": instant(event.at),
        "case": str(event.case_id) if event.case_id else None,
        "actor": event.actor,
        "kind": event.kind,
        "from": event.from_state,
        "to": event.to_state,
        "details": event.details,
        "previous": event.previous,
    }
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def verify() -> int | None:
    """The number of the first event that is missing, added or changed; None when the whole trail is sound.

    Reads a batch at a time and holds no lock but at the end, so that a long trail neither fills the memory nor stops
    the house; events written meanwhile are verified as well.
    """
    expected, previous, last = 1, FIRST, -1
    while True:
        batch = batch_behind(last)
        if not batch:
            with transaction.atomic():
                head = ChainHead.objects.select_for_update().filter(pk=1).first()
                if batch_behind(last) and head and head.number > last:
                    continue  # written between the last look and the lock
            end = (head.number, head.hash or FIRST) if head else (0, FIRST)
            return None if end == (expected - 1, previous) else min(expected, end[0] + 1)
        for event in batch:
            if event.number != expected or event.previous != previous or event.hash != hash_of(event):
                return expected
            expected, previous, last = expected + 1, event.hash, event.number


def batch_behind(number: int) -> list[Event]:
    return list(Event.objects.filter(number__gt=number).order_by("number")[:BATCH])


def fingerprint(case: Case, value: str | None) -> str:
    """Proves later that a value was this one, as long as the case is not erased; says nothing without its salt."""
    if value is None:
        return ""
    return hmac.new(case.salt.encode("ascii"), value.encode("utf-8"), hashlib.sha256).hexdigest()[:32]
