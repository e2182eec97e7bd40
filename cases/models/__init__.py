"""What is stored. Only `cases.transitions` writes `Case.state`, `Entry` and `Event`."""

from cases.models.case import (
    FOR_A_PERSON,
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
from cases.models.operations import PageMeasure, Progress
from cases.models.plans import PlannedRun, Schedule
from cases.models.samples import BlindSample
from cases.models.trail import ChainHead, Disclosure, Event, Membership, Pseudonym
from cases.models.versions import Trial, TrialReading, Version

__all__ = [
    "FOR_A_PERSON",
    "Arrival",
    "BlindSample",
    "Case",
    "ChainHead",
    "Counter",
    "Disclosure",
    "Document",
    "Draft",
    "DraftStep",
    "Entry",
    "Event",
    "Field",
    "Gate",
    "Keying",
    "Membership",
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
