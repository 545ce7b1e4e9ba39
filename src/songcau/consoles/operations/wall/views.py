"""The wall: its page, its tiles as they are now, and saving how they stand."""

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from songcau.consoles.operations import measures
from songcau.consoles.operations.doors import incidents
from songcau.consoles.operations.live.feeding import FEED
from songcau.consoles.operations.map.views import facts, reach_of, seen_things
from songcau.consoles.operations.wall import arrangements, tiles
from songcau.consoles.operations.wall.watcher import Watcher
from songcau.consoles.operations.wall.words import refusal
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.calendar.queries import local
from songcau.foundation.shell.typed import JsonUnreadable, read_json
from songcau.kernel import clock
from songcau.kernel.errors import Refused

MOST_KEYS = 60
# So long the page waits for the lines of its numbers; later ones come with the next look.
LINES_SECONDS = 0.5
WEATHER = "WeatherObserved"
IN_HEAD = ("temperature", "precipitation")


def _watcher(request: HttpRequest, patience: float = 0.0) -> Watcher:
    seen_things(frozenset())
    return Watcher(actor_of(request), reach_of(request), clock.now(), time.monotonic() + patience)


@requires("context.read")
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """`?wall=` names a saved one; with `?turn=1` the walls follow each other."""
    watcher = _watcher(request, LINES_SECONDS)
    walls = arrangements.walls()
    asked = request.GET.get("wall", "")
    known = {one.id: one for one in [*walls, arrangements.usual()]}
    shown = known.get(asked, walls[0])
    keys = [tiles.key_of(tile) for tile in shown.tiles]
    drawn = tiles.drawn_all(keys, watcher)
    context = {
        "theme": "dark",
        "wall": shown,
        "walls": list(known.values()),
        "tiles": [
            {"key": key, "place": tile, "html": drawn.get(key, ""), "is_map": key == "MAP"}
            for key, tile in zip(keys, shown.tiles, strict=True)
        ],
        "head": render_to_string("operations/tiles/head.html", _head(watcher)),
        "facts": facts(watcher.things)
        | {
            "next": _next(walls, shown) if request.GET.get("turn") == "1" else "",
            "touchedBy": {code: kind.touched_by for code, kind in tiles.KINDS.items()},
        },
        "choices": tiles.choices(watcher),
        "may_save": incidents.may_save_walls(watcher.by),
        "indicators": measures.indicators(watcher.things),
        "has_turn": len(walls) > 1,
    }
    return render(request, "operations/wall.html", context)


def _next(walls: list[incidents.Wall], shown: incidents.Wall) -> str:
    """Which wall comes after this one; empty where there is no other."""
    ids = [one.id for one in walls]
    if len(ids) < 2:
        return ""
    return ids[(ids.index(shown.id) + 1) % len(ids)] if shown.id in ids else ids[0]


@requires("context.read")
@require_GET
@gzip_page
def fresh_tiles(request: HttpRequest) -> HttpResponse:
    """`?of=FIGURE:reports_late,ALERTS`: those tiles as HTML, with the head; each is made anew."""
    keys = [key for key in request.GET.get("of", "").split(",") if key][:MOST_KEYS]
    watcher = _watcher(request)
    document = {
        "tiles": tiles.drawn_all(keys, watcher),
        "head": render_to_string("operations/tiles/head.html", _head(watcher)),
        "begun": watcher.now.timestamp(),
        "now": clock.now().timestamp(),
    }
    response = JsonResponse(document)
    response["Cache-Control"] = "private, no-store"
    return response


def _head(watcher: Watcher) -> dict[str, Any]:
    weather = [measures.stations_figure(WEATHER, name, watcher.reach) for name in IN_HEAD]
    return {
        "today": local(watcher.now).date(),
        "city_name": settings.SONGCAU.city_name,
        "demo": settings.SONGCAU.demo,
        "weather": [one for one in weather if one.stations],
        "weather_is_stale": watcher.is_cut_off or all(one.is_stale for one in weather),
        "shift": incidents.shift_now(),
        "cut_off": FEED.cut_off_seconds > 0,
    }


@requires("incidents.operate")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep how the tiles stand, under a name. The body is JSON; a refusal comes back in words."""
    try:
        asked: Any = read_json(request)
        wall_id = UUID(asked["id"]) if asked.get("id") else None
        version = int(asked["version"]) if wall_id else None
        name, placed, seconds = str(asked["name"]), asked["tiles"], int(asked.get("rotation", 0))
    except (JsonUnreadable, KeyError, TypeError, ValueError, AttributeError):
        return JsonResponse({"refused": _("What was sent is no wall.")}, status=400)
    try:
        saved = incidents.save_wall(
            by=actor_of(request), wall_id=wall_id, version=version, name=name, tiles=placed, rotation_seconds=seconds
        )
    except Refused as refused:
        return JsonResponse({"refused": refusal(refused)}, status=409 if refused.conflict else 422)
    return JsonResponse({"id": saved})
