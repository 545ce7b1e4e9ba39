"""The list behind a figure of the live city: every thing that says something, with its value and its age."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from songcau.consoles.operations import measures
from songcau.consoles.operations.live.things import Thing
from songcau.consoles.operations.map.views import reach_of, seen_things
from songcau.consoles.operations.words import Words, attribute_words, kind_words, measured, unit_words
from songcau.foundation.accounts.access import requires
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.filters import Choice
from songcau.foundation.shell.lists import Column, Listing, render_list
from songcau.foundation.shell.written import moment
from songcau.kernel import clock

FRESH, STALE = "FRESH", "STALE"


@dataclass(frozen=True, slots=True)
class Line:
    """A thing as the list shows it; `value` None: it says no such number."""

    pk: str
    kind: str
    name: str
    ward_code: str
    ward: str
    attribute: str
    value: float | None
    unit: str
    observed: float
    is_stale: bool
    attributes: frozenset[str]

    @property
    def what(self) -> Words:
        return attribute_words(self.attribute)


class Lines:
    """As much of a queryset as `shell.lists` asks for, of rows in memory."""

    ordered = True
    # Whatever is asked may be empty: a list then puts it last.
    query = SimpleNamespace(annotations=frozenset(("name", "kind", "ward", "value", "observed")))

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines

    def where(self, fits: Callable[[Line], bool]) -> "Lines":
        return Lines([line for line in self._lines if fits(line)])

    def order_by(self, *keys: Any) -> "Lines":
        lines = sorted(self._lines, key=lambda line: line.pk)
        for key in keys:
            if isinstance(key, OrderBy):
                name = str(getattr(key.expression, "name", "pk"))
                told = [line for line in lines if getattr(line, name) is not None]
                rest = [line for line in lines if getattr(line, name) is None]
                lines = sorted(told, key=lambda line: getattr(line, name), reverse=key.descending) + rest
        return Lines(lines)

    def count(self) -> int:
        return len(self._lines)

    def iterator(self, chunk_size: int = 0) -> Iterator[Line]:
        return iter(self._lines)

    def __getitem__(self, cut: slice) -> "Lines":
        return Lines(self._lines[cut])

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)


@dataclass(frozen=True, slots=True)
class Picked(Choice):
    """One of several, of rows in memory."""

    fits: Callable[[Line, str], bool] = lambda _line, _code: True

    def applied(self, rows: Any, value: str) -> Any:
        return rows.where(lambda line: self.fits(line, value))


def _value(line: Line) -> str:
    if line.value is None:
        return ""
    return measured(line.value, line.unit)


def _observed(line: Line) -> str:
    return moment(measures.instant(line.observed))


LISTING = Listing(
    title=gettext_lazy("What the live city says"),
    columns=(
        Column("name", gettext_lazy("Called"), lambda line: line.name, sort="name"),
        Column("kind", gettext_lazy("Kind"), lambda line: str(kind_words(line.kind)), sort="kind"),
        Column("ward", gettext_lazy("Ward or commune"), lambda line: line.ward, sort="ward"),
        Column("attribute", gettext_lazy("What is measured"), lambda line: str(attribute_words(line.attribute))),
        Column("value", gettext_lazy("Value"), _value, sort="value", numeric=True),
        Column("observed", gettext_lazy("Observed"), _observed, sort="observed"),
        Column("state", gettext_lazy("State"), lambda line: _("old") if line.is_stale else _("fresh")),
    ),
    default_sort="name",
    file_name="so-lieu-truc-tiep",
    empty_title=gettext_lazy("Nothing says anything"),
    empty_text=gettext_lazy("No device or system that you may see has said such a thing, or none fits the filters."),
)


@requires("context.read")
@require_GET
def readings(request: HttpRequest) -> HttpResponseBase:
    """`?kind=`, `?attribute=`, `?ward=`, `?state=`: as the tile or the map that leads here counts them."""
    reach = reach_of(request)
    things = seen_things(reach)
    lines = lines_of(things, request.GET.get("kind", ""), request.GET.get("attribute", ""))
    listing = replace(LISTING, filters=_filters(things))
    return render_list(request, listing, cast("QuerySet[Any]", Lines(lines)))


def lines_of(things: list[Thing], kind: str, attribute: str) -> list[Line]:
    """One for each thing; with the attribute asked for, else with the one its kind is known by."""
    now = clock.now().timestamp()
    names = {unit.code: unit.short_name for unit in units(Level.WARD, clock.today())}
    mains = {one: measures.main_attribute(one, things) for one in {thing.kind for thing in things}}
    found = []
    for thing in things:
        wanted = attribute if attribute and thing.kind == kind else mains[thing.kind]
        reading = thing.readings.get(wanted)
        found.append(
            Line(
                pk=thing.id,
                kind=thing.kind,
                name=thing.name or thing.id.rpartition(":")[2],
                ward_code=thing.ward,
                ward=names.get(thing.ward, thing.ward),
                attribute=wanted,
                value=reading.value if reading else None,
                unit=unit_words(reading.unit) if reading else "",
                observed=thing.observed,
                is_stale=thing.is_stale(now),
                attributes=frozenset(thing.readings),
            )
        )
    return found


def _filters(things: list[Thing]) -> tuple[Picked, ...]:
    kinds = [(kind, kind_words(kind)) for kind, _many in measures.kinds(things)]
    attributes = sorted({name for thing in things for name in thing.readings})
    wards = {thing.ward for thing in things}
    return (
        Picked("kind", gettext_lazy("Kind"), kinds, fits=lambda line, code: line.kind == code),
        Picked(
            "attribute",
            gettext_lazy("What is measured"),
            [(name, attribute_words(name)) for name in attributes],
            fits=lambda line, code: code in line.attributes,
        ),
        Picked(
            "ward",
            gettext_lazy("Ward or commune"),
            [(unit.code, unit.short_name) for unit in units(Level.WARD, clock.today()) if unit.code in wards],
            fits=lambda line, code: line.ward_code == code,
        ),
        Picked(
            "state",
            gettext_lazy("State"),
            [(FRESH, gettext_lazy("fresh")), (STALE, gettext_lazy("old"))],
            fits=lambda line, code: line.is_stale == (code == STALE),
        ),
    )


def address_of(kind: str, attribute: str) -> str:
    """Where the list stands whose rows a figure counts."""
    return f"{reverse('operations:readings')}?{urlencode({'kind': kind, 'attribute': attribute})}"
