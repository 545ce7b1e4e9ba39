"""What can be done: a look is recorded, an alarm settled, a request made, taken, answered, withdrawn."""

from songcau.foundation.accounts.personal_data.actions.looks import record_look, remove_old_looks, settle_alarm
from songcau.foundation.accounts.personal_data.actions.requests import (
    answer_request,
    correct_for_request,
    make_request,
    note_moved_date,
    record_export,
    take_request,
    withdraw_request,
)

__all__ = [
    "answer_request",
    "correct_for_request",
    "make_request",
    "note_moved_date",
    "record_export",
    "record_look",
    "remove_old_looks",
    "settle_alarm",
    "take_request",
    "withdraw_request",
]
