"""What can be done? One function a use case; each is one transaction."""

from songcau.systems.directives.actions.changing import (
    assign_officer,
    change_deadline,
    change_directive,
    note_moved_date,
)
from songcau.systems.directives.actions.closing import accept_result, send_back, withdraw_directive
from songcau.systems.directives.actions.evidence import take_in_evidence, take_in_waiting
from songcau.systems.directives.actions.extending import ask_extension, decide_extension
from songcau.systems.directives.actions.giving import (
    Task,
    change_draft,
    draft_directive,
    give_directive,
    give_draft,
    refuse_draft,
)
from songcau.systems.directives.actions.watching import follow_closed_agencies, nudge_directive, tell_fallen_due
from songcau.systems.directives.actions.working import contribute, finish_work, report_progress, start_work

__all__ = [
    "Task",
    "accept_result",
    "ask_extension",
    "assign_officer",
    "change_deadline",
    "change_directive",
    "change_draft",
    "contribute",
    "decide_extension",
    "draft_directive",
    "finish_work",
    "follow_closed_agencies",
    "give_directive",
    "give_draft",
    "note_moved_date",
    "nudge_directive",
    "refuse_draft",
    "report_progress",
    "send_back",
    "start_work",
    "take_in_evidence",
    "take_in_waiting",
    "tell_fallen_due",
    "withdraw_directive",
]
