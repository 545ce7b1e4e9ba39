"""When a request must be answered says the calendar, which stands above: it fills this port and keeps the promise."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from songcau.kernel.actor import Actor


class PromisedDates(Protocol):
    """Who promises the dates of requests. All is done in the transaction of the action that calls."""

    def promise(
        self, *, by: Actor, request_id: UUID, label: str, agency_id: UUID | None, received_at: datetime, days: int
    ) -> datetime:
        """The date until which `days` working days of the agency are over; without one, of the agency over all."""

    def settle(self, *, by: Actor, request_id: UUID) -> None:
        """The request was answered."""

    def cancel(self, *, by: Actor, request_id: UUID) -> None:
        """The request was withdrawn."""


_used: list[PromisedDates] = []


def use_promised_dates(dates: PromisedDates) -> None:
    """For the calendar, from its `AppConfig.ready`."""
    _used[:] = [dates]


def promised_dates() -> PromisedDates:
    """Those that were given. A city without a calendar is a mistake in its settings."""
    if not _used:
        raise LookupError("nothing promises the dates of requests about personal data: install the calendar")
    return _used[0]
