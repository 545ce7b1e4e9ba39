"""For a telephone in the field: what is near, what is mine to do, what is alarming. One thumb, one column."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from songcau.consoles.operations.doors import directives, incidents
from songcau.foundation.accounts.access import actor_of, requires
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.public import reports_mine, reports_near

NEAR_METRES = (500, 1_000, 3_000)
MOST = 30


@requires("citizen_reports.view_reports")
@require_GET
def field(request: HttpRequest) -> HttpResponse:
    """Tasks and alerts at once; what is near only when the person lets the telephone say where it is."""
    by = actor_of(request)
    context = {
        "tasks": reports_mine(by, most=MOST),
        "sees_directives": directives.sees(by),
        "directives": directives.due(by, MOST) if directives.sees(by) else [],
        "sees_alerts": incidents.sees(by),
        "alerts": incidents.newest_alerts(by, MOST) if incidents.sees(by) else [],
        "now": clock.now(),
        "distances": NEAR_METRES,
    }
    return render(request, "operations/field.html", context)


@requires("citizen_reports.view_reports")
@require_GET
def near(request: HttpRequest) -> HttpResponse:
    """`?longitude=`, `?latitude=`, `?metres=`: the part of the page. The place is kept nowhere."""
    place = _place(request)
    metres = _metres(request.GET.get("metres", ""))
    by = actor_of(request)
    rows = _near(by, place, metres) if place else []
    context = {"rows": rows, "is_placed": place is not None, "metres": metres, "now": clock.now()}
    response = render(request, "operations/parts/near.html", context, status=200 if place else 400)
    response["Cache-Control"] = "private, no-store"
    return response


def _near(by: Actor, place: tuple[float, float], metres: int) -> list[object]:
    return list(reports_near(by, *place, metres=metres))


def _place(request: HttpRequest) -> tuple[float, float] | None:
    try:
        longitude, latitude = float(request.GET["longitude"]), float(request.GET["latitude"])
    except (KeyError, ValueError):
        return None
    # A comparison with NaN is false.
    return (longitude, latitude) if -180 <= longitude <= 180 and -90 <= latitude <= 90 else None


def _metres(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) in NEAR_METRES else NEAR_METRES[1]
