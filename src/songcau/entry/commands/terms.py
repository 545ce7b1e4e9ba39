"""Computing when a term ends, as the desk would promise it."""

from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING

import click

from songcau.entry.settings import load
from songcau.entry.start import start_django

if TYPE_CHECKING:
    from songcau.foundation.calendar.deadlines import Deadline
    from songcau.foundation.calendar.rules import Calendar

METHODS = {
    "days": "DAYS",
    "hours": "HOURS",
    "calendar-days": "CALENDAR_DAYS",
    "months": "MONTHS",
    "same-day": "SAME_DAY",
}
INSTANTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


@click.command()
@click.option("--received", type=click.DateTime(INSTANTS), required=True, help="When it came in, in the city's time.")
@click.option("--days", "amount", type=float, help="Length: days (for `hours`: of 8 working hours), or months.")
@click.option(
    "--method", type=click.Choice(list(METHODS)), default="days", show_default=True, help="How it is counted."
)
@click.option("--cut-off", type=click.DateTime(["%H:%M"]), help="What comes in from then on counts as the next day's.")
@click.option(
    "--profile",
    type=click.Choice(["tn-2022", "vn-2025"]),
    help="Count with the usual office hours of this city profile.  [default: the city's]",
)
@click.option(
    "--agency", help="Count with the calendar of the agency of this code, as it is stored: hours, decrees, closures."
)
@click.option("--language", type=click.Choice(["vi", "en"]), help="Of the sentence.  [default: the city's]")
def deadline(
    received: datetime,
    amount: float | None,
    method: str,
    cut_off: datetime | None,
    profile: str | None,
    agency: str | None,
    language: str | None,
) -> None:
    """Print when a term ends, then the sentence that explains it and the office hours it was counted with."""
    if amount is None and method != "same-day":
        raise click.UsageError("--days says how long the term is")
    if agency and profile:
        raise click.UsageError("--agency and --profile exclude each other")
    start_django()
    from django.utils import translation

    from songcau.foundation.calendar.words import sentence

    translation.activate(language or load().language)  # of a refusal too
    calendar, source = _of_agency(agency) if agency else _of_profile(profile or load().city_profile)
    found = _computed(calendar, received, method, amount or 0, cut_off)
    click.echo(_date(found, whole_days=method != "hours"))
    click.echo(f"{sentence(found)} {source(found)}")


def _of_profile(profile: str) -> "tuple[Calendar, Callable[[Deadline], str]]":
    from songcau.foundation.calendar.national import national_calendar, profile_week
    from songcau.foundation.calendar.words import counted_with

    calendar = national_calendar(profile_week(profile))
    return calendar, lambda found: counted_with(profile, calendar.week_on(found.received_at.date()))


def _of_agency(code: str) -> "tuple[Calendar, Callable[[Deadline], str]]":
    from songcau.foundation.accounts.models import Agency
    from songcau.foundation.calendar.assessing import counted, hours_counted
    from songcau.foundation.calendar.queries import stored

    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise click.BadParameter(f"no agency has the code {code}", param_hint="--agency")
    rows = stored(near=agency.path)
    return rows.layers.calendar(rows.chain(agency.path)), lambda found: counted(hours_counted(rows, agency, found))


def _computed(
    calendar: "Calendar", received: datetime, method: str, amount: float, cut_off: datetime | None
) -> "Deadline":
    from songcau.foundation.calendar import deadlines

    how = deadlines.Method(METHODS[method])
    hours = how is deadlines.Method.HOURS
    term = deadlines.days_by_hours(amount) if hours else deadlines.Term(how, amount)
    return deadlines.deadline(calendar, received, term, cut_off=None if cut_off is None else _minute(cut_off.time()))


def _date(found: "Deadline", *, whole_days: bool) -> str:
    """The day, and by hours the minute; 24:00 is still the day before the midnight."""
    assert found.due_at is not None  # noqa: S101  # only a pause without an end leaves it open
    assert found.due_on is not None  # noqa: S101
    if whole_days:
        return f"{found.due_on:%Y-%m-%d}"
    return (
        f"{found.due_on:%Y-%m-%d} {found.due_at:%H:%M}"
        if found.due_at.date() == found.due_on
        else f"{found.due_on} 24:00"
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
