"""Wards side by side in totals, and one ward in detail for who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from songcau.consoles.operations import measures
from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.live.things import Thing
from songcau.consoles.operations.map.views import reach_of, seen_things
from songcau.consoles.operations.readings import Line, lines_of
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import unit_by_code, units
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.public import WardTotals, ward_totals

NONE = WardTotals(0, 0, 0)
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class WardRow:
    """`address`: its detail, for who may see it; empty for all others."""

    unit: Unit
    reports: WardTotals
    alerts: tuple[int, int] | None
    address: str
    is_own: bool


@requires("context.read")
@require_GET
def units_view(request: HttpRequest) -> HttpResponse:
    """All wards in totals. Who sees one ward only finds it on top."""
    by, reach = actor_of(request), reach_of(request)
    now = clock.now()
    totals, alerts = ward_totals(now), incidents.alert_totals_by_ward(by)
    sees_alerts = incidents.sees(by)
    rows = [
        WardRow(
            unit=unit,
            reports=totals.get(unit.code, NONE),
            alerts=alerts.get(unit.code, (0, 0)) if sees_alerts else None,
            address=reverse("operations:unit", args=[unit.code]) if reach is None or unit.code in reach else "",
            is_own=reach is not None and unit.code in reach,
        )
        for unit in units(Level.WARD, clock.today())
    ]
    rows.sort(key=lambda row: not row.is_own)
    context = {
        "rows": rows,
        "elsewhere": totals.get("", NONE),
        "sees_alerts": sees_alerts,
        "is_whole": reach is None,
        "sums": _sums(totals),
        "made": now,
    }
    return render(request, "operations/units.html", context)


def _sums(totals: Mapping[str, WardTotals]) -> WardTotals:
    rows = totals.values()
    return WardTotals(sum(r.still_open for r in rows), sum(r.late for r in rows), sum(r.today for r in rows))


@requires("context.read")
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One ward: its figures with their lists, what its devices say. A ward that is not one's own is not found."""
    reach = reach_of(request)
    found = unit_by_code(code, Level.WARD, clock.today())
    if found is None or (reach is not None and code not in reach):
        raise Http404
    by = actor_of(request)
    things = [one for one in seen_things(reach) if one.ward == code]
    context = {
        "unit": found,
        "figures": _figures(by, code),
        "alerts": [one for one in incidents.newest_alerts(by, 200) if found.short_name in one.where][:MOST_LINES]
        if incidents.sees(by)
        else [],
        "sees_alerts": incidents.sees(by),
        "directives": directives.due(by, MOST_LINES) if directives.sees(by) else [],
        "sees_directives": directives.sees(by),
        "lines": _readings(things),
        "readings": f"{reverse('operations:readings')}?ward={code}",
        "kinds": measures.kinds(things),
    }
    return render(request, "operations/unit.html", context)


def _figures(by: Actor, code: str) -> list[tuple[str, int, str]]:
    """Code, count, and the list that has so many rows: of what this person may see of the ward."""
    if not by.may("citizen_reports.view_reports"):
        return []
    mine = ward_totals(clock.now(), by=by).get(code, NONE)
    day = clock.today().isoformat()
    lists = reverse("citizen_reports:open"), reverse("citizen_reports:late"), reverse("citizen_reports:reports")
    return [
        ("open", mine.still_open, f"{lists[0]}?ward={code}"),
        ("late", mine.late, f"{lists[1]}?ward={code}"),
        ("today", mine.today, f"{lists[2]}?ward={code}&received_from={day}&received_to={day}"),
    ]


def _readings(things: list[Thing]) -> list[Line]:
    return [line for line in lines_of(things, "", "") if line.value is not None][:MOST_LINES]
