"""Filters of a list: free text, one of several, yes or no, a range of days. What makes no sense filters nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from django.db.models import DateTimeField, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.shell import written
from songcau.kernel import dates
from songcau.kernel.text import normal, search_key

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
    `kernel.text.search_key`, where words without marks find names with them.
    """

    fields: tuple[str, ...] = ()
    folded_fields: tuple[str, ...] = ()
    name: str = "q"
    label: Words = SEARCH
    hint: Words = ""

    def cleaned(self, params: QueryDict) -> str:
        return normal(params.get(self.name, ""))[:LONGEST_SEARCH]

    def params(self, value: str) -> dict[str, object]:
        return {self.name: value}

    def chip(self, value: str) -> Chip | None:
        return Chip(self.label, f"“{value}”") if value else None

    def applied(self, rows: Rows, value: str) -> Rows:
        words = value.split()
        for word in [one for one in words if search_key(one)] or words:
            found = Q()
            for name in self.fields:
                found |= Q(**{f"{name}__icontains": word})
            for name in self.folded_fields:
                found |= contains_all(name, word)
            rows = rows.filter(found)
        return rows

    def control(self, value: str) -> dict[str, object]:
        return {"kind": "search", "value": value, "hint": self.hint}


def contains_all(field: str, text: str) -> Q:
    """Rows whose search key, at `field`, holds every word of the text; nothing for a text of signs alone."""
    words = search_key(text).split()
    return Q(*(Q(**{f"{field}__contains": word}) for word in words)) if words else Q(pk__in=[])


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

    def opened(self) -> "Choice":
        """With what can be chosen now: a page asks for it often, and the database is asked once."""
        return replace(self, choices=self._pairs())

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
        first, last = (written.day(one) if one else "" for one in value)
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
        first, last = (dates.day(one, "vi") if one else "" for one in value)
        return {"kind": "dates", "first": first, "last": last}


def _day(text: str) -> date | None:
    """A day as `<input type=date>` sends it, or as a person writes it."""
    try:
        return dates.parsed_day(text)
    except dates.DateUnreadable:
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
