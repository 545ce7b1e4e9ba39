"""Computing when a term ends, as the desk would promise it."""

from datetime import datetime, time

import click

from songcau.entry.settings import load
from songcau.entry.start import start_django

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
@click.option("--profile", type=click.Choice(["tn-2022", "vn-2025"]), help="City profile.  [default: the city's]")
@click.option("--language", type=click.Choice(["vi", "en"]), help="Of the sentence.  [default: the city's]")
def deadline(
    received: datetime,
    amount: float | None,
    method: str,
    cut_off: datetime | None,
    profile: str | None,
    language: str | None,
) -> None:
    """Print when a term ends, then the sentence that explains it."""
    if amount is None and method != "same-day":
        raise click.UsageError("--days says how long the term is")
    start_django()
    from django.utils import translation

    from songcau.foundation.calendar import deadlines
    from songcau.foundation.calendar.national import national_calendar
    from songcau.foundation.calendar.words import sentence

    translation.activate(language or load().language)  # of a refusal too
    how = deadlines.Method(METHODS[method])
    hours = how is deadlines.Method.HOURS
    term = deadlines.days_by_hours(amount or 0) if hours else deadlines.Term(how, amount or 0)
    minute = None if cut_off is None else _minute(cut_off.time())
    found = deadlines.deadline(national_calendar(), received, term, cut_off=minute)
    assert found.due_at is not None  # noqa: S101  # only a pause without an end leaves it open
    click.echo(found.due_at.strftime("%Y-%m-%d %H:%M" if hours else "%Y-%m-%d"))
    click.echo(sentence(found))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
