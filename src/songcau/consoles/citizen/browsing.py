"""What everybody may see of reports: a list and a map with the same filters, one page for each, its pictures."""

import math
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from songcau.consoles.citizen import words
from songcau.consoles.citizen.giving import given_file
from songcau.consoles.citizen.places import today
from songcau.consoles.citizen.places import wards as ward_list
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.places import queries as places
from songcau.foundation.places.revision import known_revision
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.written import language
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import Wanted

PAGE_SIZE = 20
_STATES = (("", _("All")), ("OPEN", _("Not done yet")), ("DONE", _("Done")))
_TIMES = ((0, _("Any time")), (7, _("Last 7 days")), (30, _("Last 30 days")), (365, _("Last year")))
# The whole earth: what a map shows that says nothing else.
_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filter as the address holds it. What makes no sense is passed over."""

    wanted: Wanted
    query: str


def filters_of(request: HttpRequest) -> Filters:
    asked = request.GET
    days = asked.get("days", "")
    state = asked.get("state", "")
    wanted = Wanted(
        words=normal(asked.get("q", ""))[:100],
        category=asked.get("category", "")[:40],
        ward_code=asked.get("ward", "")[:10],
        state=state if state in ("OPEN", "DONE") else "",
        days=int(days) if days in {str(one) for one, _words in _TIMES} else 0,
    )
    names = {"q": "words", "category": "category", "ward": "ward_code", "state": "state", "days": "days"}
    kept = {name: value for name, field in names.items() if (value := asdict(wanted)[field])}
    return Filters(wanted, urlencode(kept))


@open_to_everyone
@gzip_page
@require_safe
def reports_page(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    filters = filters_of(request)
    number = request.GET.get("page", "1")
    page = reports.public_reports(
        filters.wanted,
        language(),
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
        size=PAGE_SIZE,
    )
    rows = [(one, reports.shown_code(one.code), words.PUBLIC_STATES[one.state]) for one in page.reports]
    return render(request, "citizen/reports/list.html", _context(filters) | {"page": page, "rows": rows})


@open_to_everyone
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map, with the same filters; the list says the same in words."""
    return render(request, "citizen/reports/map.html", _context(filters_of(request)))


@open_to_everyone
@require_safe
@gzip_page
def points(request: HttpRequest) -> HttpResponse:
    """What the map shows of a box at a zoom, as GeoJSON: clusters, and reports that stand alone."""
    found = reports.public_clusters(
        filters_of(request).wanted, _box(request), _number(request.GET.get("zoom", ""), 10.0)
    )
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
            "properties": {
                "count": one.count,
                "open": one.open_count,
                "code": one.code,
                "shown": reports.shown_code(one.code) if one.code else "",
                "address": reverse("portal:public_report", args=[one.code]) if one.code else "",
                "box": one.box,
            },
        }
        for one in found
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")
    response["Cache-Control"] = "public, max-age=30"
    return response


@open_to_everyone
@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one published report. An address as somebody typed it leads to the right one."""
    try:
        stored = reports.normalised_code(code)
    except Refused:
        raise Http404 from None
    if stored != code:
        return redirect("portal:public_report", stored)
    found = reports.public_report(stored, language())
    if found is None:
        raise Http404
    context = {
        "report": found,
        "is_over": not found.is_open,
        "code": reports.shown_code(found.code),
        "state": words.PUBLIC_STATES[found.state],
        "timeline": [(line, words.step_in_words(line.step)) for line in reversed(found.timeline)],
        "address": settings.SONGCAU.public_url + request.path,
        "before": [one for one in found.pictures if one.kind != reports.AttachmentKind.AFTER],
        "after": [one for one in found.pictures if one.kind == reports.AttachmentKind.AFTER],
    }
    return render(request, "citizen/reports/report.html", context)


@open_to_everyone
@require_safe
def picture(request: HttpRequest, code: str, picture_id: UUID) -> HttpResponseBase:
    """A blurred picture of a published report."""
    file_id = reports.public_picture(code, picture_id)
    if file_id is None:
        raise Http404
    return given_file(request, file_id, is_public=True)


def _etag(_request: HttpRequest) -> str:
    return f'"{known_revision()}-{today()}"'


@open_to_everyone
@require_safe
@gzip_page
@condition(etag_func=_etag)
def wards(_request: HttpRequest) -> HttpResponse:
    """The outlines of the wards of today, for the maps of the portal."""
    found = places.boundaries_geojson(Level.WARD, today())
    response = JsonResponse(found, content_type="application/geo+json")
    response["Cache-Control"] = "public, no-cache"
    return response


def _context(filters: Filters) -> dict[str, Any]:
    return {
        "wanted": filters.wanted,
        "query": filters.query,
        "categories": reports.public_categories(language()),
        "wards": ward_list(),
        "states": _STATES,
        "times": _TIMES,
    }


def _box(request: HttpRequest) -> tuple[float, float, float, float]:
    parts = [_number(part, math.nan) for part in request.GET.get("box", "").split(",")[:5]]
    if len(parts) != 4 or any(math.isnan(part) for part in parts):
        return _EVERYWHERE
    return parts[0], parts[1], parts[2], parts[3]


def _number(text: str, otherwise: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return value if math.isfinite(value) else otherwise
