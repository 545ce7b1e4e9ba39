"""Units: on the map, in a list, one by one, and which one a point lies in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from songcau.consoles.administration.log import last_entries
from songcau.consoles.administration.units import listing
from songcau.consoles.administration.units.forms import PointForm, day_of
from songcau.consoles.administration.units.words import KINDS, LEVELS, RELATIONS
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.places import queries
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.places.permissions import may_import_boundaries
from songcau.foundation.places.revision import known_revision
from songcau.foundation.places.rules import Level
from songcau.foundation.places.words import source_in_words
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock
from songcau.kernel.text import normal

LONGEST_SEARCH = 100


@requires("places.view_units")
@require_GET
def unit_map(request: HttpRequest) -> HttpResponse:
    """The wards of a day on a map, and the same as a list that goes without the map."""
    on = day_of(request.GET.get("on", ""))
    typed = normal(request.GET.get("q", ""))[:LONGEST_SEARCH]
    wards = list(queries.units(Level.WARD, on).select_related("parent"))
    outlines = Boundary.objects.in_force(on).filter(unit__in=wards)
    approximate = outlines.filter(approximate=True).count()
    context = {
        "on": on,
        "today": clock.today(),
        "typed": typed,
        "wards": wards,
        "hits": queries.search(typed, on) if typed else [],
        "area": sum(ward.area_km2 or 0 for ward in wards),
        "approximate": approximate,
        "surveyed": outlines.count() - approximate,
        "latest": outlines.order_by("-recorded_at").values_list("recorded_at", flat=True).first(),
        "may_import": may_import_boundaries(actor_of(request)),
        "kinds": KINDS,
    }
    return render(request, "administration/units/map.html", context)


def _etag(request: HttpRequest) -> str:
    return f'"{known_revision()}-{day_of(request.GET.get("on", ""))}"'


@requires("places.view_units")
@require_GET
@gzip_page
@condition(etag_func=_etag)
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines of the wards of a day, as GeoJSON; browsers keep them until places change."""
    found = queries.boundaries_geojson(Level.WARD, day_of(request.GET.get("on", "")))
    response = JsonResponse(found, content_type="application/geo+json")
    response["Cache-Control"] = "private, no-cache"
    return response


@requires("places.view_units")
@require_GET
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """Every unit of the record."""
    return render_list(request, listing.LISTING, listing.rows(), template="administration/units/list.html")


@requires("places.view_units")
@require_GET
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One unit: facts, what came before and after, every outline it ever had."""
    found = Unit.objects.select_related("parent").filter(pk=unit_id).first()
    if found is None:
        raise Http404
    today = clock.today()
    outlines = list(found.boundaries.order_by("-recorded_at", "-valid_from"))
    context = {
        "unit": found,
        "kind": KINDS[found.kind],
        "level": LEVELS[found.level],
        "in_force": found.period.holds(today),
        "predecessors": [(RELATIONS[link.relation], link.predecessor) for link in queries.predecessors(found)],
        "successors": [(RELATIONS[link.relation], link.successor) for link in queries.successors(found)],
        "children": found.children.order_by("order_key", "code"),
        "outlines": [(outline, source_in_words(outline.source)) for outline in outlines],
        "on": found.period.nearest(today),
        "has_map": bool(outlines) and found.level == Level.WARD,
        "log": last_entries(actor_of(request), f"places.level:{found.level}"),
    }
    return render(request, "administration/units/unit.html", context)


@requires("places.view_units")
@require_GET
def point(request: HttpRequest) -> HttpResponse:
    """Which ward a point lies in on a day."""
    on = day_of(request.GET.get("on", ""))
    form = PointForm(request.GET if "longitude" in request.GET else None)
    asked = form.is_bound and form.is_valid()
    values = form.cleaned_data if asked else {}
    context = {
        "form": form,
        "on": on,
        "asked": asked,
        "found": queries.locate(values["longitude"], values["latitude"], on) if asked else None,
    }
    return render(
        request, "administration/units/point.html", context, status=422 if form.is_bound and not asked else 200
    )
