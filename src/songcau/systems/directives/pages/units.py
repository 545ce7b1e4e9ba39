"""How it stands by leading agency. Each figure opens the list that it counts, where the reader may see that list.

Whoever leads a ward sees the figures of the others, and the lists of their own alone.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Agency, under
from songcau.foundation.shell import exports
from songcau.foundation.shell.lists import Listing, State, controls_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.models.directives import sees_everything
from songcau.systems.directives.pages import listing
from songcau.systems.directives.pages.code_words import TIMINGS
from songcau.systems.directives.permissions import VIEW
from songcau.systems.directives.queries import lists
from songcau.systems.directives.queries.lists import PARTS, Line

FILTERS = Listing(title="", columns=(), filters=(listing.GIVEN_ON,))


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the address of the list that has so many rows; no address where it is not for the reader."""

    value: int
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    line: Line
    total: Figure
    figures: tuple[Figure, ...]


@requires(VIEW)
@require_GET
def units(request: HttpRequest) -> HttpResponseBase:
    """A line for each agency that leads any; `?format=csv|xlsx` the same as a file."""
    by, now = actor_of(request), clock.now()
    state = State(FILTERS, request.GET)
    lines = lists.lines_by_unit(state.applied(Directive.objects.all()), now)
    if request.GET.get("format") in exports.FORMATS:
        return exports.respond(_sheet(lines), request.GET["format"])
    rows = _rows(by, state, lines)
    own = state.applied(Directive.objects.visible_to(by))
    context = {
        "controls": controls_of(state),
        "chips": state.chips,
        "headings": [TIMINGS[one].words for one in PARTS],
        "rows": rows,
        "whole": _row(state, lists.total(own, now), {}, is_open=True),
        "now": now,
        "has_closed_lists": any(not row.total.href for row in rows),
        "csv_href": "?" + state.query(format="csv"),
        "xlsx_href": "?" + state.query(format="xlsx"),
    }
    return render(request, "directives/units.html", context)


def _rows(by: Actor, state: State, lines: list[Line]) -> list[Row]:
    everything = sees_everything(by)
    mine = set(Agency.objects.filter(under(by.scopes(VIEW), "path")).values_list("pk", flat=True))
    return [_row(state, line, {"unit": line.agency_id}, is_open=everything or line.agency_id in mine) for line in lines]


def _row(state: State, line: Line, of: dict[str, object], *, is_open: bool) -> Row:
    def figure(timing: str, value: int) -> Figure:
        address = reverse("directives:all") + "?" + state.query(**of, timing=timing)
        return Figure(value, address if is_open else "")

    return Row(
        line,
        figure(listing.ALL_GIVEN, line.total),
        tuple(figure(str(one), line.counts[one]) for one in PARTS),
    )


def _sheet(lines: list[Line]) -> exports.Sheet:
    headings = [_("Leading agency"), _("Given"), *(str(TIMINGS[one].words) for one in PARTS), _("In time, %")]
    return exports.Sheet(
        title=_("Directives by agency"),
        file_name="chi-dao-theo-don-vi",
        headings=tuple(headings),
        lines=[_cells(line) for line in lines],
    )


def _cells(line: Line) -> list[object]:
    percent = line.in_time_percent
    return [
        line.name,
        line.total,
        *(line.counts[one] for one in PARTS),
        None if percent is None else round(percent, 1),
    ]
