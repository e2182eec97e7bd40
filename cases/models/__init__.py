"""What is stored. Only `cases.transitions` writes `Case.state`, `Entry` and `Event`."""

from cases.models.case import (
    FOR_A_PERSON,
    OPEN,
    Arrival,
    Case,
    Counter,
    Document,
    Draft,
    Field,
    Keying,
    Page,
    State,
    fresh_salt,
)
from cases.models.designing import DraftStep, Proposal
from cases.models.entry import Entry, Gate, Reconciliation, Run
from cases.models.numbers import CountedUpTo, Day, Month
from cases.models.operations import PageMeasure, Progress
from cases.models.plans import PlannedRun, Schedule
from cases.models.samples import FieldSample
from cases.models.trail import ChainHead, Disclosure, Event, Membership, Pseudonym
from cases.models.versions import Trial, TrialReading, Version

__all__ = [
    "FOR_A_PERSON",
    "OPEN",
    "Arrival",
    "Case",
    "ChainHead",
    "CountedUpTo",
    "Counter",
    "Day",
    "Disclosure",
    "Document",
    "Draft",
    "DraftStep",
    "Entry",
    "Event",
    "Field",
    "FieldSample",
    "Gate",
    "Keying",
    "Membership",
    "Month",
    "Page",
    "PageMeasure",
    "PlannedRun",
    "Progress",
    "Proposal",
    "Pseudonym",
    "Reconciliation",
    "Run",
    "Schedule",
    "State",
    "Trial",
    "TrialReading",
    "Version",
    "fresh_salt",
]
