"""Days and windows as a person types them: `02/01/2027; 08/02/2027 – 12/02/2027`."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from django import forms

from songcau.foundation.calendar.layers import MOST_DECREED_DAYS, DecreeTooLong, PeriodBackwards
from songcau.foundation.calendar.rules import Window, clock_written, windows_written
from songcau.foundation.shell.words import say
from songcau.kernel.dates import parsed_day
from songcau.kernel.errors import Refused

_BETWEEN_DAYS = re.compile(r"[;,\n]")
_FROM_TO = re.compile(r"\s+(?:đến|tới|to|-)\s+|\s*\N{EN DASH}\s*", re.IGNORECASE)


def days_written(text: str) -> list[date]:
    """Single days, and runs from a day to a day. Raises DateUnreadable, PeriodBackwards, DecreeTooLong."""
    found: list[date] = []
    for piece in _BETWEEN_DAYS.split(text):
        if not piece.strip():
            continue
        first, *rest = (parsed_day(one) for one in _FROM_TO.split(piece.strip(), maxsplit=1))
        last = rest[0] if rest else first
        if last < first:
            raise PeriodBackwards()
        if (last - first).days >= MOST_DECREED_DAYS:
            raise DecreeTooLong(most=MOST_DECREED_DAYS)
        found += [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return found


def windows_typed(windows: Sequence[Sequence[int]]) -> str:
    """As `windows_written` reads them."""
    return " ".join(f"{clock_written(begin)}-{clock_written(end)}" for begin, end in windows)


class DaysField(forms.CharField):
    """Days; none where it stays empty."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: object) -> list[date]:
        try:
            return days_written(super().clean(value))
        except Refused as refusal:
            raise forms.ValidationError(say(refusal)) from None


class WindowsField(forms.CharField):
    """The windows of a day; none where it stays empty."""

    def clean(self, value: object) -> tuple[Window, ...]:
        try:
            return windows_written(super().clean(value))
        except Refused as refusal:
            raise forms.ValidationError(say(refusal)) from None
