"""The live map: the page, and what its island reads. What a person sees follows from where they hold `context.read`."""

import asyncio
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from songcau.consoles.operations import clusters as clustering
from songcau.consoles.operations import measures, past
from songcau.consoles.operations.live import encoding
from songcau.consoles.operations.live.city import Reach
from songcau.consoles.operations.live.feeding import FEED, live_city
from songcau.consoles.operations.live.streams import STREAMS, Place
from songcau.consoles.operations.live.things import FRESH_SECONDS, FRESH_USUALLY, LASTING, WARD_TOTALS, Thing
from songcau.consoles.operations.map.described import described
from songcau.consoles.operations.words import kind_words
from songcau.context.public import ContextRefused, ContextUnavailable
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.context_grants import city_context_for, readable_wards
from songcau.foundation.places.queries import boundaries_geojson, units
from songcau.foundation.places.rules import Level
from songcau.foundation.shell.written import number
from songcau.kernel import clock
from songcau.systems.citizen_reports import public as reports
from songcau.systems.incidents import public as incidents

# A page that is asked for in the moment the process starts waits so long for the city to be loaded.
PATIENCE_SECONDS = 3.0
LONGEST_PAST = timedelta(days=400)


def reach_of(request: HttpRequest) -> Reach:
    return readable_wards(actor_of(request))


def seen_things(reach: Reach) -> list[Thing]:
    city = live_city()
    FEED.is_filled(PATIENCE_SECONDS)
    return city.things(reach)


@requires("context.read")
@require_GET
def live_map(request: HttpRequest) -> HttpResponse:
    """The map, with the same as a list beside it."""
    reach = reach_of(request)
    things = seen_things(reach)
    now = clock.now().timestamp()
    counted = measures.kinds(things)
    context = {
        "kinds": [(kind, kind_words(kind), many, _stale(things, kind, now)) for kind, many in counted],
        "indicators": measures.indicators(things),
        "is_whole": reach is None,
        "is_filled": FEED.is_filled(),
        "cut_off": FEED.cut_off_seconds > 0,
        "facts": facts(things),
    }
    return render(request, "operations/map.html", context)


def _stale(things: list[Thing], kind: str, now: float) -> int:
    return sum(thing.kind == kind and thing.is_stale(now) for thing in things)


def facts(things: list[Thing]) -> dict[str, Any]:
    """What the island must know and cannot read off the page."""
    kinds = [kind for kind, _many in measures.kinds(things)]
    return {
        "kinds": {kind: str(kind_words(kind)) for kind in kinds},
        "fresh": {kind: FRESH_SECONDS.get(kind, FRESH_USUALLY) for kind in kinds},
        "freshUsually": FRESH_USUALLY,
        "lasting": sorted(LASTING),
        "now": clock.now().timestamp(),
    }


@requires("context.read")
@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """Everything with a place, and the id after which the stream goes on."""
    reach = reach_of(request)
    live_city()
    FEED.is_filled(PATIENCE_SECONDS)
    epoch, reached, held = FEED.city.everything(reach)
    response = HttpResponse(encoding.changed(held), content_type="application/json")
    response["X-Last-Event-ID"] = Place(epoch, reached).text
    response["Cache-Control"] = "private, no-store"
    return response


@requires("context.read")
@require_GET
def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: what changes from now on, or after `Last-Event-ID`."""
    live_city()
    last = Place.read(request.headers.get("Last-Event-ID", "") or request.GET.get("after", ""))
    response = StreamingHttpResponse(
        _unless_gone(STREAMS.follow(reach_of(request), last)), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _unless_gone(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Who closes the page ends the stream; that is no fault to be told."""
    try:
        async for event in events:
            yield event
    except asyncio.CancelledError:
        return


@requires("context.read")
@require_GET
@gzip_page
def clusters(request: HttpRequest) -> HttpResponse:
    """GeoJSON of what lies in `?bbox=west,south,east,north` at `?zoom=`, of `?kinds=A,B`."""
    wanted = frozenset(filter(None, request.GET.get("kinds", "").split(",")))
    things = live_city().things(reach_of(request), lambda thing: thing.kind in wanted)
    box, zoom = clustering.box_of(request.GET.get("bbox", "")), clustering.zoom_of(request.GET.get("zoom", ""))
    found = clustering.clusters(things, box, zoom, clock.now().timestamp())
    response = JsonResponse(clustering.geojson(found), content_type="application/geo+json")
    response["Cache-Control"] = "private, no-store"
    return response


@requires("context.read")
@require_GET
@gzip_page
def outlines(request: HttpRequest) -> HttpResponse:
    """The wards of today, as GeoJSON."""
    response = JsonResponse(boundaries_geojson(Level.WARD, clock.today()), content_type="application/geo+json")
    response["Cache-Control"] = "private, max-age=300"
    return response


@requires("context.read")
@require_GET
def wards(request: HttpRequest) -> HttpResponse:
    """The figure of each ward by `?of=`: totals, which whoever watches the city may see of all wards."""
    found = measures.ward_figures(request.GET.get("of", ""))
    if found is None:
        return JsonResponse({"missing": True})
    decimals = _decimals(list(found.values.values()))
    lines = []
    for unit in units(Level.WARD, clock.today()):
        value = _value_of(found, unit.code)
        said = _("no data") if value is None else f"{number(round(value, decimals), decimals)} {found.unit}".strip()
        lines.append({"code": unit.code, "name": unit.short_name, "value": value, "text": said})
    return JsonResponse(
        {
            "label": str(found.label),
            "source": str(found.source),
            "asOf": localtime(found.as_of).strftime("%H:%M %d/%m/%Y") if found.as_of else "",
            "stale": found.is_stale,
            "wards": lines,
        }
    )


def _decimals(values: list[float]) -> int:
    """None for whole numbers and for large ones."""
    return 0 if all(value.is_integer() for value in map(float, values)) or max(map(abs, values)) >= 100 else 1


def _value_of(found: measures.WardFigures, code: str) -> float | None:
    try:
        return found.values[code]
    except KeyError:
        return None


@requires("context.read")
@require_GET
def thing(request: HttpRequest, epoch: str, key: int) -> HttpResponse:
    """What is known of one thing, for the box beside the map; read from the broker with the person's own rights."""
    reached, _number, held = FEED.city.everything(reach_of(request))
    found = next((one.thing for one in held if one.key == key), None) if reached == epoch else None
    if found is None:
        raise Http404
    try:
        with city_context_for(actor_of(request)) as context:
            entity = context.get(found.id)
    except ContextUnavailable:
        return render(request, "operations/parts/thing_unavailable.html", status=503)
    if entity is None:
        raise Http404
    return render(request, "operations/parts/thing.html", described(found, entity, clock.now()))


@requires("context.read")
@require_GET
@gzip_page
def hour(request: HttpRequest) -> HttpResponse:
    """An hour of the past: `?at=` (ISO 8601), `?kinds=`, and with `?of=<kind>.<attribute>` its values."""
    begins = _instant(request.GET.get("at", ""))
    if begins is None:
        return JsonResponse({"refused": _("Choose an hour of the past, not more than a year ago.")}, status=400)
    reach = reach_of(request)
    present = {one.id: one for one in live_city().things(reach)}
    told_kind, told = measures.told_in_the_past(request.GET.get("of", ""))
    asked = request.GET.get("kinds", "").split(",")
    # What lasts has no readings that come and go: their systems tell from when until when it was so.
    known = {one.kind for one in present.values()} - LASTING - {WARD_TOTALS}
    kinds = [kind for kind in asked if kind in known] + [WARD_TOTALS] * (told_kind == WARD_TOTALS)
    wanted = {kind: told if kind == told_kind else measures.main_attribute(kind, present.values()) for kind in kinds}
    try:
        with city_context_for(actor_of(request)) as context:
            tracks = past.hour_of(context, begins, wanted, present) + lasted(asked, begins, reach)
    except (ContextUnavailable, ContextRefused):
        words = _("The history cannot be read just now. Try again in a moment.")
        return JsonResponse({"refused": words}, status=503)
    document = {"at": begins.timestamp(), "told": told_kind, "tracks": [track.document() for track in tracks]}
    response = JsonResponse(document)
    response["Cache-Control"] = "private, max-age=60"
    return response


def lasted(kinds: Collection[str], begins: datetime, reach: Reach) -> list[past.Track]:
    """Reports that were open and incidents that were underway in that hour, as far as the live map shows them."""
    ends = begins + past.WINDOW
    found = []
    if "CitizenReport" in kinds:
        for one in reports.open_between(begins, ends, reach):
            place = one.longitude, one.latitude
            found.append(past.lasting("CitizenReport", one.ward_code, place, one.received_at, one.ended_at))
    if "Incident" in kinds:
        for each in incidents.underway_between(begins, ends, reach):
            place = each.longitude, each.latitude
            found.append(past.lasting("Incident", each.ward_code, place, each.began_at, each.ended_at))
    return found


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    now = clock.now()
    return at if at.tzinfo and now - LONGEST_PAST <= at <= now else None
