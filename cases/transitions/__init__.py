"""The only writer of state. Every step writes exactly one audit event in the same database transaction.

After the commit the next worker is nudged; a lost nudge costs time, never a case.
"""

from cases.transitions.calibrating import propose_thresholds
from cases.transitions.claims import Claim, EntryClaim, Failure, Receipt
from cases.transitions.disclosure import ask_disclosure, confirm_disclosure, may_see_name
from cases.transitions.entry import (
    claim_entry,
    has_work,
    journal_intent,
    record_entry,
    release_entry,
    take_over_entry,
)
from cases.transitions.erasure import erase
from cases.transitions.gates import (
    end_run,
    failed_to_start,
    name_processes,
    open_run,
    renew_run,
    start_target,
    stop_targets,
    submits_under_way,
)
from cases.transitions.intake import receive, set_aside
from cases.transitions.operations import cancel, let_go, retry_failed, send_to_review, settle_unclear
from cases.transitions.reading import (
    claim_reading,
    give_back_reading,
    record_reading,
    record_reading_problem,
    renew,
    take_over_reading,
)
from cases.transitions.reconciliation import (
    ask_reconciliation,
    begin_reconciliation,
    finish_reconciliation,
)
from cases.transitions.restored import Restored, restored
from cases.transitions.review import (
    KeyedDifferently,
    RulesFailed,
    choose_form,
    confirm,
    confirm_field,
    hold,
    lock,
    note_download,
    reject,
    resume,
    resume_due,
    take,
    unlock,
)
from cases.transitions.schedules import (
    Wish,
    add_schedule,
    begin_planned,
    change_schedule,
    delete_schedule,
    finish_planned,
    give_back_planned,
    pause_schedule,
    plan_due,
    resume_schedule,
    run_now,
)

__all__ = [
    "Claim",
    "EntryClaim",
    "Failure",
    "KeyedDifferently",
    "Receipt",
    "Restored",
    "RulesFailed",
    "Wish",
    "add_schedule",
    "ask_disclosure",
    "ask_reconciliation",
    "begin_planned",
    "begin_reconciliation",
    "cancel",
    "change_schedule",
    "choose_form",
    "claim_entry",
    "claim_reading",
    "confirm",
    "confirm_disclosure",
    "confirm_field",
    "delete_schedule",
    "end_run",
    "erase",
    "failed_to_start",
    "finish_planned",
    "finish_reconciliation",
    "give_back_planned",
    "give_back_reading",
    "has_work",
    "hold",
    "journal_intent",
    "let_go",
    "lock",
    "may_see_name",
    "name_processes",
    "note_download",
    "open_run",
    "pause_schedule",
    "plan_due",
    "propose_thresholds",
    "receive",
    "record_entry",
    "record_reading",
    "record_reading_problem",
    "reject",
    "release_entry",
    "renew",
    "renew_run",
    "restored",
    "resume",
    "resume_due",
    "resume_schedule",
    "retry_failed",
    "run_now",
    "send_to_review",
    "set_aside",
    "settle_unclear",
    "start_target",
    "stop_targets",
    "submits_under_way",
    "take",
    "take_over_entry",
    "take_over_reading",
    "unlock",
]
