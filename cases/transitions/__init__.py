"""The only writer of state. Every function writes exactly one audit event in the same database transaction.

For workers: receive, set_aside, claim_reading, renew, record_reading, record_reading_problem, claim_entry,
journal_intent, record_entry, release_entry. For people: lock, unlock, confirm, choose_form, reject, hold, resume,
retry_failed, send_to_review, cancel, settle_unclear. After the commit the next worker is nudged.
"""

from cases.transitions.claims import Claim, EntryClaim, Failure, Receipt
from cases.transitions.operations import cancel, retry_failed, send_to_review, settle_unclear
from cases.transitions.review import RulesFailed, choose_form, confirm, hold, lock, reject, resume, unlock

__all__ = [
    "Claim",
    "EntryClaim",
    "Failure",
    "Receipt",
    "RulesFailed",
    "cancel",
    "choose_form",
    "confirm",
    "hold",
    "lock",
    "reject",
    "resume",
    "retry_failed",
    "send_to_review",
    "settle_unclear",
    "unlock",
]
