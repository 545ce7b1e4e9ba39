"""Weeks and months of the city, as instants in its zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from songcau.foundation.calendar.queries import instant

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Days:
    """From a first day to a last one, both included."""

    first: date
    last: date

    def span(self) -> Span:
        """From the first midnight on, and before the one after the last day."""
        return midnight(self.first), midnight(self.last + timedelta(days=1))

    def span_until(self, now: datetime) -> Span:
        """The same, no further than now."""
        begin, until = self.span()
        return begin, min(until, now)

    def is_over(self, now: datetime) -> bool:
        return self.span()[1] <= now


def midnight(day: date) -> datetime:
    return instant(datetime.combine(day, time.min))


def week_of(day: date) -> Days:
    """Monday to Sunday."""
    first = day - timedelta(days=day.weekday())
    return Days(first, first + timedelta(days=6))


def month_of(day: date) -> Days:
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Days(first, after - timedelta(days=1))


def month_before(month: Days) -> Days:
    return month_of(month.first - timedelta(days=1))


def year_before(month: Days) -> Days:
    """The same month of the year before."""
    return month_of(month.first.replace(year=month.first.year - 1))
