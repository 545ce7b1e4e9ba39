"""The one place that reads the time, so that a test can set it.

Instants are aware datetimes in UTC; a calendar date always names its zone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("songcau_frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today(zone: str = "Asia/Ho_Chi_Minh") -> date:
    """The present date on a wall in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let the clock stand at `at` (aware) inside the block, for this thread and task only."""
    if at.tzinfo is None:
        raise ValueError("the clock takes an aware datetime")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
