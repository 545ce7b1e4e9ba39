"""Filters of a list: free text, one of several, yes or no, a range of days. What makes no sense filters nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from django.db.models import DateTimeField, Q, QuerySet
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.kernel.text import folded, normal

Words = str | Promise
Rows = QuerySet[Any]
Pairs = list[tuple[str, Words]] | tuple[tuple[str, Words], ...]
LONGEST_SEARCH = 200
ENDS = ("from", "to")
SEARCH = gettext_lazy("Search")


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words: “Status: active”."""

    label: Words
    value: str


class Filter(Protocol):
    """What a list asks of its filters. `cleaned` may give anything; the other methods take it back."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Words: ...
    def cleaned(self, params: QueryDict) -> Any: ...
    def params(self, value: Any) -> dict[str, object]: ...
    def chip(self, value: Any) -> Chip | None: ...
    def applied(self, rows: Rows, value: Any) -> Rows: ...
    def control(self, value: Any) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Search:
    """Free text. Every word must be found in one of `fields` (`__icontains`); `folded_fields` hold search keys made by
    `kernel.text.folded`, where words without marks find names with them.
    """

    fields: tuple[str, ...] = ()
    folded_fields: tuple[str, ...] = ()
    name: str = "q"
    label: Words = SEARCH
    hint: Words = ""

    def cleaned(self, params: QueryDict) -> str:
        return normal(params.get(self.name, "").replace("\0", ""))[:LONGEST_SEARCH]

    def params(self, value: str) -> dict[str, object]:
        return {self.name: value}

    def chip(self, value: str) -> Chip | None:
        return Chip(self.label, f"“{value}”") if value else None

    def applied(self, rows: Rows, value: str) -> Rows:
        for word in value.split():
            found = Q()
            for name in self.fields:
                found |= Q(**{f"{name}__icontains": word})
            for name in self.folded_fields:
                found |= Q(**{f"{name}__contains": folded(word)})
            rows = rows.filter(found)
        return rows

    def control(self, value: str) -> dict[str, object]:
        return {"kind": "search", "value": value, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `choices`: (code, words) pairs, or a function that gives them when the page is made.

    `where` makes the condition of a code; without it, `field` equals the code.
    """

    name: str
    label: Words
    choices: Pairs | Callable[[], Pairs]
    field: str = ""
    where: Callable[[str], Q] | None = None

    def _pairs(self) -> Pairs:
        return self.choices if isinstance(self.choices, list | tuple) else self.choices()

    def cleaned(self, params: QueryDict) -> str:
        asked = params.get(self.name, "")
        return asked if any(str(code) == asked for code, _words in self._pairs()) else ""

    def params(self, value: str) -> dict[str, object]:
        return {self.name: value}

    def chip(self, value: str) -> Chip | None:
        words = next((words for code, words in self._pairs() if value and str(code) == value), None)
        return Chip(self.label, str(words)) if words is not None else None

    def applied(self, rows: Rows, value: str) -> Rows:
        return rows.filter(self.where(value) if self.where else Q(**{self.field or self.name: value}))

    def control(self, value: str) -> dict[str, object]:
        options = [(str(code), words, str(code) == value) for code, words in self._pairs()]
        return {"kind": "choice", "value": value, "options": options}


@dataclass(frozen=True, slots=True)
class DateRange:
    """From a day to a day, both included, in the city's zone; `field` is a date or a datetime."""

    name: str
    label: Words
    field: str = ""

    def cleaned(self, params: QueryDict) -> tuple[date | None, date | None]:
        first, last = (_day(params.get(f"{self.name}_{end}", "")) for end in ENDS)
        return (last, first) if first and last and last < first else (first, last)

    def params(self, value: tuple[date | None, date | None]) -> dict[str, object]:
        return {f"{self.name}_{end}": day.isoformat() if day else "" for end, day in zip(ENDS, value, strict=True)}

    def chip(self, value: tuple[date | None, date | None]) -> Chip | None:
        first, last = (formats.date_format(day, "DATE_FORMAT") if day else "" for day in value)
        if first and last:
            return Chip(self.label, f"{first} – {last}")
        if first:
            return Chip(self.label, _("from %(day)s") % {"day": first})
        return Chip(self.label, _("until %(day)s") % {"day": last}) if last else None

    def applied(self, rows: Rows, value: tuple[date | None, date | None]) -> Rows:
        name, (first, last) = self.field or self.name, value
        instants = isinstance(_model_field(rows, name), DateTimeField)
        if first:
            rows = rows.filter(**{f"{name}__gte": _midnight(first) if instants else first})
        if last:
            after = last + timedelta(days=1)
            rows = rows.filter(**{f"{name}__lt": _midnight(after) if instants else after})
        return rows

    def control(self, value: tuple[date | None, date | None]) -> dict[str, object]:
        first, last = (day.strftime("%d/%m/%Y") if day else "" for day in value)
        return {"kind": "dates", "first": first, "last": last}


def _day(text: str) -> date | None:
    """A day as `<input type=date>` sends it, or as a person of the city writes it. Years 1900 to 9998."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 — a calendar date has no zone
        except ValueError:
            continue
        return day if 1900 <= day.year <= 9998 else None
    return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _model_field(rows: Rows, path: str) -> object:
    model: Any = rows.model
    found: Any = None
    for step in path.split("__"):
        found = model._meta.get_field(step)
        model = found.related_model
    return found
