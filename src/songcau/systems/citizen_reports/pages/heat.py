"""Reports on a map, with the clusters made here: where many are, and where they are late."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.places.queries import boundaries_geojson
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.lists import Listing, State, controls_of
from songcau.kernel import clock
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import listing
from songcau.systems.citizen_reports.queries import heat, worklist
from songcau.systems.citizen_reports.queries.worklist import sees_everything

FILTERS = Listing(
    title="",
    columns=(),
    filters=(
        listing.CATEGORY,
        listing.WARD,
        listing.UNIT,
        listing.STATE,
        listing.COLOUR,
        listing.OUTCOME,
        listing.RECEIVED,
    ),
)


@requires("citizen_reports.view_reports")
@require_GET
def heat_map(request: HttpRequest) -> HttpResponse:
    """The map, and the same as a list: the twenty cells with the most."""
    state = State(FILTERS, request.GET)
    rows = state.applied(worklist.reports_of(actor_of(request)))
    query = state.query()
    context = {
        "controls": controls_of(state),
        "chips": state.chips,
        "spots": _clusters(request, state, rows, None, SPOT_ZOOM, with_wards=True)[:MOST_SPOTS],
        "without_place": rows.filter(longitude__isnull=True).count(),
        "source": reverse("citizen_reports:heat_points") + (f"?{query}" if query else ""),
        "list": reverse("citizen_reports:reports") + (f"?{query}" if query else ""),
    }
    return render(request, "citizen_reports/heat.html", context)


# Cells of about 300 m: what a person calls one place.
SPOT_ZOOM = 14
MOST_SPOTS = 20


@requires("citizen_reports.view_reports")
@require_GET
@gzip_page
def points(request: HttpRequest) -> HttpResponse:
    """GeoJSON of what lies in `?bbox=west,south,east,north` at `?zoom=`, filtered as the lists are."""
    state = State(FILTERS, request.GET)
    rows = state.applied(worklist.reports_of(actor_of(request)))
    box = heat.box_of(request.GET.get("bbox", ""))
    found = _clusters(request, state, rows, box, _zoom(request.GET.get("zoom", "")))
    response = JsonResponse(heat.geojson(found), content_type="application/geo+json")
    response["Cache-Control"] = "private, no-store"
    return response


def _clusters(
    request: HttpRequest,
    state: State,
    rows: QuerySet[Report],
    box: heat.Box | None,
    zoom: float,
    *,
    with_wards: bool = False,
) -> list[heat.Cluster]:
    """Of everything from the sums that are kept, of a part from the reports."""
    is_whole = not state.chips and sees_everything(actor_of(request))
    made = heat.whole_clusters if is_whole else heat.clusters
    return made(rows, box, zoom, clock.now(), with_wards=with_wards)


def _zoom(text: str) -> float:
    try:
        zoom = float(text)
    except ValueError:
        return 12.0
    return zoom if 0 <= zoom <= heat.NEAREST_ZOOM else 12.0


@requires("citizen_reports.view_reports")
@require_GET
@gzip_page
def outlines(request: HttpRequest) -> HttpResponse:
    """The wards of today, as GeoJSON."""
    response = JsonResponse(boundaries_geojson(Level.WARD, clock.today()), content_type="application/geo+json")
    response["Cache-Control"] = "private, max-age=300"
    return response
