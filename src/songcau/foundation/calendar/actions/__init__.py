"""What is done with the calendar and with promised dates."""

from songcau.foundation.calendar.actions.changes import (
    close_agency,
    note_moved_agency,
    record_decree,
    reopen_agency,
    set_hours,
    withdraw_decree,
    withdraw_hours,
)
from songcau.foundation.calendar.actions.impacts import decide_impacts, find_impacts
from songcau.foundation.calendar.actions.promises import cancel_promise, promise_date, settle_promise

__all__ = [
    "cancel_promise",
    "close_agency",
    "decide_impacts",
    "find_impacts",
    "note_moved_agency",
    "promise_date",
    "record_decree",
    "reopen_agency",
    "set_hours",
    "settle_promise",
    "withdraw_decree",
    "withdraw_hours",
]
