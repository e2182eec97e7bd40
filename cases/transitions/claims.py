"""What a worker holds while it works on a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

MAX_ATTEMPTS = 3
READ_LEASE_S = 60
LOCK_S = 15 * 60

Mode = Literal["enter", "resolve", "list", "dry_run", "shadow"]
ReceiptOutcome = Literal["entered", "found", "none", "several", "different", "tried"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A case being read. `form` is the form a clerk chose, else "". `sha256` names the original in the store.

    `scanner` is the profile asked for at intake, else "" (the process's own).
    """

    case_id: UUID
    fence: int
    process: str
    form: str
    scanner: str
    sha256: str
    file_name: str
    worker: str
    reference: str


@dataclass(frozen=True, slots=True)
class EntryClaim:
    """A case being entered ("enter"), looked up ("resolve") or rehearsed ("dry_run", "shadow").

    `fields` are the values in force by field name.
    """

    entry_id: int
    case_id: UUID
    fence: int
    mode: Mode
    reference: str
    target: str
    fields: Mapping[str, str | None]
    worker: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the robot found in the target. `read_back` is in our field names and spelling.

    `screenshot` is a path below the run folder.
    """

    outcome: ReceiptOutcome
    record_number: str | None
    read_back: Mapping[str, str | None]
    screenshot: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a robot gave a case back. BUSINESS: the target refused the values; APPLICATION: something broke."""

    kind: Literal["BUSINESS", "APPLICATION"]
    code: str
    message: str
