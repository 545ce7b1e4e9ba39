"""Forms about the calendar. Each is shown once more with what it would bring about before it is saved (`seen`)."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS as WEEKDAY_WORDS
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.calendar.typed_days import DaysField, WindowsField, windows_typed
from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.deadlines import LAST_YEAR
from songcau.foundation.calendar.layers import LONGEST_DOCUMENT, LONGEST_REASON
from songcau.foundation.calendar.national import WEEKDAYS
from songcau.foundation.calendar.permissions import MANAGE_HOURS
from songcau.foundation.calendar.rules import DAY_MINUTES, Week
from songcau.foundation.shell.fields import AgencyChoice, Day, ReasonForm, agencies_where
from songcau.kernel.actor import Actor

LONGEST_DAYS = 2000
LONGEST_WINDOWS = 100


class SeenForm(forms.Form):
    """`seen` holds the fingerprint of what was shown before saving."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


def agency_choice(label: Any, *, required: bool = True, empty: Any = None) -> AgencyChoice:
    return AgencyChoice(label=label, queryset=Agency.objects.none(), required=required, empty_label=empty)


class DecreeForm(SeenForm):
    """A document, and the days it makes off or worked."""

    agency = agency_choice(_("Where it holds"), required=False, empty=_("the whole country"))
    document = forms.CharField(label=_("Number of the document"), max_length=LONGEST_DOCUMENT)
    document_on = Day(label=_("Date of the document"))
    reason = forms.CharField(
        label=_("Name of the days, in Vietnamese"),
        max_length=LONGEST_REASON,
        help_text=_("It stands in the calendar and in the sentence that explains a date."),
    )
    reason_en = forms.CharField(label=_("Name of the days, in English"), max_length=LONGEST_REASON, required=False)
    off = DaysField(
        label=_("Days off"),
        required=False,
        max_length=LONGEST_DAYS,
        help_text=_("Separated by semicolons, such as 30/04/2027; 02/09/2027 – 03/09/2027."),
    )
    worked = DaysField(
        label=_("Days worked instead"),
        required=False,
        max_length=LONGEST_DAYS,
        help_text=_("Days of rest that become working days."),
    )
    settles_year = forms.IntegerField(
        label=_("Year it settles"),
        required=False,
        min_value=2000,
        max_value=LAST_YEAR,
        localize=False,
        help_text=_("Where the document decides all exchanged days of rest of a year; dates in it are final then."),
    )

    def __init__(self, *args: object, by: Actor, for_country: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["agency"].offer(agencies_where(by, MANAGE_HOURS), or_none=for_country)  # type: ignore[attr-defined]
        if not for_country:
            del self.fields["settles_year"]


class HoursForm(SeenForm):
    """The windows of each day of the week, from a day on."""

    agency = agency_choice(_("Agency"))
    valid_from = Day(label=_("From"))
    valid_to = Day(label=_("To"), required=False, help_text=_("The last day; empty: until other hours are set."))

    def __init__(self, *args: Any, by: Actor, week: Week, **kwargs: Any) -> None:
        windows = dict(zip(WEEKDAYS, map(windows_typed, week.days), strict=True))
        initial = {**windows, "decreed": windows_typed(week.decreed), **kwargs.pop("initial", {})}
        super().__init__(*args, **kwargs, initial=initial)  # type: ignore[misc]
        self.fields["agency"].offer(agencies_where(by, MANAGE_HOURS), or_none=False)  # type: ignore[attr-defined]
        for number, weekday in enumerate(WEEKDAYS):
            hint = _("Such as 07:30-11:30 13:00-17:00; empty: a day of rest.") if number == 0 else ""
            self.fields[weekday] = WindowsField(
                label=WEEKDAY_WORDS[number], required=False, max_length=LONGEST_WINDOWS, help_text=hint
            )
        self.fields["decreed"] = WindowsField(
            label=_("A day made a working day by a document"), required=False, max_length=LONGEST_WINDOWS
        )


class ClosureForm(SeenForm):
    """When an agency is closed, and why."""

    agency = agency_choice(_("Agency"))
    below = forms.BooleanField(label=_("With all agencies under it"), required=False)
    first_on = Day(label=_("First day"))
    from_time = forms.TimeField(
        label=_("Closed from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Empty: from the beginning of the day."),
    )
    last_on = Day(label=_("Last day"))
    to_time = forms.TimeField(
        label=_("Closed until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Empty: to the end of the day."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)
    document = forms.CharField(label=_("Number of the document"), max_length=LONGEST_DOCUMENT, required=False)

    def __init__(self, *args: object, by: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["agency"].offer(agencies_where(by, MANAGE_HOURS), or_none=False)  # type: ignore[attr-defined]

    def clean_from_time(self) -> int:
        typed = self.cleaned_data["from_time"]
        return typed.hour * 60 + typed.minute if typed else 0

    def clean_to_time(self) -> int:
        typed = self.cleaned_data["to_time"]
        return typed.hour * 60 + typed.minute if typed else DAY_MINUTES


class WithdrawForm(ReasonForm):
    """Why it holds no longer."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].max_length = LONGEST_REASON  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """One decision about promised dates: of those chosen, or of all that the list finds."""

    everything = forms.BooleanField(label=_("All dates that the list finds, not only those chosen"), required=False)
    basis = forms.CharField(
        label=_("Basis"),
        max_length=LONGEST_REASON,
        help_text=_("The document or the reason that the decision rests on; it is kept with each date."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
