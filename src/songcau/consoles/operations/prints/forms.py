"""Of which week, of which month: what makes no sense is said beside the field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.consoles.operations.prints.spans import Days, month_before, month_of, week_of
from songcau.foundation.shell.fields import FIRST_YEAR, Day, PastDay
from songcau.kernel import clock, dates
from songcau.kernel.dates import DateUnreadable, Span


def _check(first: date) -> None:
    """Raises ValidationError for a day that nothing can be printed of."""
    if first > clock.today():
        raise forms.ValidationError(_("It has not begun yet. Choose one that has."))
    if first.year < FIRST_YEAR:
        raise forms.ValidationError(_("That is too long ago. Choose one from %(year)s on.") % {"year": FIRST_YEAR})


class DayForm(forms.Form):
    """For the daily bulletin, which the incidents print."""

    day = PastDay(label=gettext_lazy("Day"))

    def __init__(self) -> None:
        super().__init__(auto_id="daily_%s", initial={"day": clock.today()})


class WeekForm(forms.Form):
    """The week in which a day lies. Asked for without a day it is the last that is over."""

    day = Day(label=gettext_lazy("A day of the week"))

    def __init__(self, asked: Mapping[str, Any] | None = None) -> None:
        usual = {"day": last_week().first}
        data = None if asked is None else asked if "day" in asked else usual
        super().__init__(data, auto_id="week_%s", initial=usual)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        _check(day)
        return day

    def week(self) -> Days:
        """Of a valid form."""
        return week_of(self.cleaned_data["day"])


class MonthForm(forms.Form):
    """A month. Asked for without one it is the last that is over."""

    month = forms.CharField(
        label=gettext_lazy("Month"),
        max_length=40,
        help_text=gettext_lazy("As 11/2026."),
        widget=forms.TextInput(attrs={"type": "month"}),
    )

    def __init__(self, asked: Mapping[str, Any] | None = None) -> None:
        usual = {"month": f"{last_month().first:%Y-%m}"}
        data = None if asked is None else asked if "month" in asked else usual
        super().__init__(data, auto_id="month_%s", initial=usual)

    def clean_month(self) -> date:
        try:
            period = dates.parsed_period(self.cleaned_data["month"])
        except DateUnreadable:
            period = None
        if period is None or period.span is not Span.MONTH:
            raise forms.ValidationError(_("This is no month. Write it as 11/2026."))
        _check(period.first)
        return period.first

    def chosen(self) -> Days:
        """Of a valid form."""
        return month_of(self.cleaned_data["month"])


def last_week() -> Days:
    this = week_of(clock.today())
    return week_of(date.fromordinal(this.first.toordinal() - 1))


def last_month() -> Days:
    return month_before(month_of(clock.today()))
