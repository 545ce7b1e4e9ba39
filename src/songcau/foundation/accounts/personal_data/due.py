"""When a request must be answered. The calendar knows holidays and office hours; until it offers, weeks are plain."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from songcau.foundation.accounts.personal_data import rules

DueDates = Callable[[datetime, int], datetime]


def _plainly(received_at: datetime, working_days: int) -> datetime:
    return rules.plain_due(timezone.localtime(received_at), working_days)


_used: list[DueDates] = [_plainly]


def use_due_dates(due_dates: DueDates) -> None:
    """For the calendar, from its `AppConfig.ready`: (received at, working days) → due at."""
    _used[:] = [due_dates]


def due_at(received_at: datetime) -> datetime:
    """When a request received then must be answered at the latest."""
    return _used[0](received_at, rules.WORKING_DAYS)
