"""What city systems use of the calendar: a date is promised, settled or cancelled, and asked for."""

from songcau.foundation.calendar.actions.promises import (
    PromisedFor,
    cancel_promise,
    promise_date,
    settle_promise,
)
from songcau.foundation.calendar.deadlines import Method, Term, days_by_hours
from songcau.foundation.calendar.queries import calendar_of, due_at, promises_of

__all__ = [
    "Method",
    "PromisedFor",
    "Term",
    "calendar_of",
    "cancel_promise",
    "days_by_hours",
    "due_at",
    "promise_date",
    "promises_of",
    "settle_promise",
]
