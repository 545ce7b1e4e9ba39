"""The working calendar of a year, with the reason of each day off, and when a term would end."""

import calendar as months_of
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from songcau.consoles.desk.reading import WEEKDAYS
from songcau.foundation.accounts.access import signed_in
from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.calendar import deadlines
from songcau.foundation.calendar.deadlines import Method
from songcau.foundation.calendar.queries import Stored, hours_between, stored
from songcau.foundation.calendar.rules import MINUTES_OF_A_DAY, Calendar, Day, Why, minutes_of
from songcau.foundation.calendar.words import hours, in_language, sentence, usual_offices, windows_shown
from songcau.foundation.shell.words import say
from songcau.kernel import clock
from songcau.kernel.errors import Refused

FIRST_YEAR, LAST_YEAR = 2000, deadlines.LAST_YEAR
METHODS = (
    (Method.DAYS, _("working days, to the end of the day")),
    (Method.HOURS, _("days of 8 working hours, to the minute")),
    (Method.CALENDAR_DAYS, _("days, days of rest included")),
    (Method.MONTHS, _("months")),
    (Method.SAME_DAY, _("the same working day")),
)
KINDS = {
    Why.HOLIDAY: _("holiday"),
    Why.DECREED_OFF: _("day off by a decree"),
    Why.DECREED_WORK: _("day worked instead"),
    Why.CLOSURE: _("closed for a while"),
}
# A day with less than three quarters of a whole one is shown as half a day.
SHORT_DAY = MINUTES_OF_A_DAY * 3 // 4


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month as the page shows it; `mark` is the name of its style, `reason` its words."""

    day: int
    mark: str = ""
    reason: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: Sequence[Sequence[Cell | None]]
    working_days: int


@dataclass(frozen=True, slots=True)
class Special:
    """A day that is not as its day of the week would have it."""

    on: date
    weekday: object
    kind: object
    reason: str
    document: str


class TermForm(forms.Form):
    """A receipt and a term. `received` is the city's wall time."""

    received = forms.DateTimeField(
        label=_("Received"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    amount = forms.FloatField(
        label=_("Length of the term"), required=False, help_text=_("Such as 5, or 0.5 for half a day by hours.")
    )
    method = forms.ChoiceField(label=_("How it is counted"), choices=METHODS)
    cut_off = forms.TimeField(
        label=_("Cut-off"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("What comes in from then on counts as the next working day's."),
    )


@signed_in
@require_GET
def working_calendar(request: HttpRequest) -> HttpResponse:
    """A year day by day, of an agency; with a receipt and a term in the address, also when it ends and why.

    Without an agency in the address it is the person's own.
    """
    today = clock.today(settings.SONGCAU.time_zone)
    agency = _agency(request)
    year = _year(request.GET.get("year", ""), today)
    asked = "received" in request.GET
    form = TermForm(request.GET if asked else None, initial={"received": timezone.localtime(clock.now())})
    term = form.cleaned_data if asked and form.is_valid() else None
    rows = _rows(agency, date(year, 1, 1), term)
    calendar = rows.layers.calendar(rows.chain(agency.path) if agency else ())
    ends = _deadline(form, calendar) if term else None
    context = {
        "year": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "months": [_month(calendar, year, month, today) for month in range(1, 13)],
        "weekdays": WEEKDAYS,
        "special": _special(calendar, year),
        "provisional": year > calendar.decreed_until,
        "agency": agency,
        "agencies": Agency.objects.still_open().order_by("order_key", "code"),
        "asked_agency": f"&agency={agency.code if agency else ''}" if "agency" in request.GET else "",
        "hours": _hours(agency, rows, calendar, year),
        "form": form,
        "ends": ends,
        "sentence": sentence(ends) if ends else "",
    }
    return render(request, "desk/working_calendar.html", context, status=422 if asked and ends is None else 200)


def _agency(request: HttpRequest) -> Agency | None:
    """The open agency the address names; nonsense is none, and none named the person's own."""
    code = request.GET.get("agency")
    if code is None:
        person: Person = Person.objects.select_related("home").get(pk=request.user.pk)
        return person.home if person.home and person.home.closed_on is None else None
    return Agency.objects.still_open().filter(code=code.replace("\0", "")[:40]).first()


def _rows(agency: Agency | None, year_begins: date, term: Mapping[str, Any] | None) -> Stored:
    """What matters for the days of the year, and for the term from its receipt on."""
    since = min(year_begins, timezone.localtime(term["received"]).date()) if term else year_begins
    return stored(since=since, near=agency.path if agency else "")


def _hours(agency: Agency | None, rows: Stored, calendar: Calendar, year: int) -> list[tuple[date | None, str, str]]:
    """The hours of a year: whose it begins with, and from which day on whose others hold; the name once for all."""
    begins = date(year, 1, 1)
    if agency is None:
        return [(None, usual_offices(), hours(calendar.week_on(begins)))]
    told: list[tuple[date | None, str, str]] = []
    before = ""
    for one in hours_between(rows, agency, begins, date(year, 12, 31)):
        name = one.whose.name if one.whose else usual_offices()
        told.append((one.on if told else None, "" if name == before else name, hours(one.week)))
        before = name
    return told


def _year(text: str, today: date) -> int:
    """The year an address names; nonsense, and years without known holidays, are this one."""
    known = text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR
    return int(text) if known else today.year


def _deadline(form: TermForm, calendar: Calendar) -> deadlines.Deadline | None:
    typed = form.cleaned_data
    received: datetime = timezone.localtime(typed["received"]).replace(tzinfo=None)
    method, amount, cut_off = Method(typed["method"]), typed["amount"] or 0, typed["cut_off"]
    minute = None if cut_off is None else cut_off.hour * 60 + cut_off.minute
    try:
        term = deadlines.days_by_hours(amount) if method is Method.HOURS else deadlines.Term(method, amount)
        return deadlines.deadline(calendar, received, term, cut_off=minute)
    except Refused as refusal:
        form.add_error(None, say(refusal))
        return None


def _month(calendar: Calendar, year: int, month: int, today: date) -> Month:
    weeks = months_of.Calendar().monthdatescalendar(year, month)
    cells = [[_cell(calendar.day(on), today) if on.month == month else None for on in week] for week in weeks]
    worked = sum(calendar.day(on).works for week in weeks for on in week if on.month == month)
    return Month(date(year, month, 1), cells, worked)


def _cell(day: Day, today: date) -> Cell:
    short = day.works and minutes_of(day.windows) < SHORT_DAY
    mark = {Why.WEEK: "" if day.works else "is-rest", Why.DECREED_WORK: "is-worked"}.get(day.why, "is-off")
    reason = "" if day.why is Why.WEEK else _reason(day)
    if short:
        reason = "; ".join(part for part in (reason, windows_shown(day.windows)) if part)
    return Cell(day.on.day, "is-half" if short else mark, reason, day.on == today)


def _special(calendar: Calendar, year: int) -> list[Special]:
    days = (calendar.day(date(year, 1, 1) + timedelta(days=ahead)) for ahead in range(365 + months_of.isleap(year)))
    return [
        Special(day.on, WEEKDAYS[day.on.weekday()], _kind(day), in_language(day.name), day.document)
        for day in days
        if day.why is not Why.WEEK
    ]


def _kind(day: Day) -> str:
    """What kind of special day; of one closed in part, when it is worked."""
    if day.why is Why.CLOSURE and day.works:
        return str(_("closed in part, worked %(windows)s") % {"windows": windows_shown(day.windows)})
    return str(KINDS[day.why])


def _reason(day: Day) -> str:
    return f"{KINDS[day.why]}: {in_language(day.name)}"
