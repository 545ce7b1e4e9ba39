"""Every kind of tile a wall may have: what it is called, what it draws, and from what.

A tile's key is its kind, and for some what of it: `FIGURE:reports_late`, `MEASURE:WeatherObserved`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.consoles.operations import measures
from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.readings import address_of
from songcau.consoles.operations.wall import figures
from songcau.consoles.operations.wall.sparks import HEIGHT, WIDTH
from songcau.consoles.operations.wall.watcher import Watcher
from songcau.consoles.operations.words import Words, attribute_words, kind_words
from songcau.foundation.calendar.queries import local
from songcau.systems.citizen_reports.public import received_by_hour

Content = dict[str, Any]
LEVELS = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATION")
LEVEL_WORDS: Mapping[str, Words] = {
    "CRITICAL": gettext_lazy("critical"),
    "HIGH": gettext_lazy("high"),
    "MEDIUM": gettext_lazy("medium"),
    "LOW": gettext_lazy("low"),
    "INFORMATION": gettext_lazy("information"),
}
MOST_LINES = 12
MOST_JUNCTIONS = 4
FLOW = "TrafficFlowObserved"
MEASURED = ("WeatherObserved", "WaterObserved", "AirQualityObserved", FLOW, "CrowdFlowObserved")


@dataclass(frozen=True, slots=True)
class Kind:
    """`makes` gives what the template shows; None: it is not for this person, or there is no such thing.

    `touched_by`: kinds of the live city whose change makes the tile new; alerts and directives are none of its
    entities, and their tiles are asked for now and then.
    """

    title: Words
    template: str
    makes: Callable[[str, Watcher], Content | None]
    touched_by: tuple[str, ...] = ()


def _figure(what: str, watcher: Watcher) -> Content | None:
    found = figures.figure(what, watcher)
    return None if found is None else {"figure": found, "title": found.label}


def _measure(what: str, watcher: Watcher) -> Content:
    kind, _dot, attribute = what.partition(".")
    attribute = attribute or measures.main_attribute(kind, watcher.things)
    found = measures.stations_figure(kind, attribute, watcher.reach)
    return {
        "title": kind_words(kind),
        "what": attribute_words(attribute) if attribute else "",
        "found": found if found.stations else None,
        "is_stale": found.is_stale or watcher.is_cut_off,
        "href": address_of(kind, attribute),
        "spark": watcher.line(found.main_id, attribute) if found.stations else "",
        "width": WIDTH,
        "height": HEIGHT,
        "source": kind_words(kind),
    }


def _flow(_what: str, watcher: Watcher) -> Content:
    attribute = measures.main_attribute(FLOW, watcher.things)
    busy = sorted(
        (one for one in watcher.things if one.kind == FLOW and attribute in one.readings),
        key=lambda one: -one.readings[attribute].value,
    )
    now = watcher.now.timestamp()
    return {
        "title": _("Flow at junctions"),
        "what": attribute_words(attribute) if attribute else "",
        "lines": [
            {
                "name": one.name or one.id.rpartition(":")[2],
                "value": round(one.readings[attribute].value),
                "is_stale": one.is_stale(now) or watcher.is_cut_off,
                "as_of": measures.instant(one.observed),
                "spark": watcher.line(one.id, attribute),
            }
            for one in busy[:MOST_JUNCTIONS]
        ],
        "count": len(busy),
        "href": address_of(FLOW, attribute),
        "as_of": measures.instant(max((one.observed for one in busy), default=0.0)),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _hours(_what: str, watcher: Watcher) -> Content | None:
    if not watcher.by.may("citizen_reports.view_reports"):
        return None
    now = local(watcher.now)
    hours = received_by_hour(watcher.by, now.date())
    most = max(*hours, 1)
    day = now.date().isoformat()
    query = urlencode({"received_from": day, "received_to": day})
    return {
        "title": _("Reports by hour, today"),
        "bars": [
            {"x": hour * 20 + 2, "height": round(many / most * 100), "is_now": hour == now.hour}
            for hour, many in enumerate(hours)
        ],
        "total": sum(hours),
        "most": most,
        "as_of": watcher.now,
        "href": f"{reverse('citizen_reports:reports')}?{query}",
    }


def _alerts(_what: str, watcher: Watcher) -> Content:
    content: Content = {"title": _("Alerts"), "is_shown": incidents.sees(watcher.by)}
    if not content["is_shown"]:
        return content
    counts = incidents.alert_counts(watcher.by)
    return content | {
        "total": sum(counts.values()),
        "href": incidents.alerts_address(),
        "counts": [
            (level, LEVEL_WORDS[level], counts[level], incidents.alerts_address(level))
            for level in LEVELS
            if counts.get(level)
        ],
        "lines": [(one, LEVEL_WORDS[one.level]) for one in incidents.newest_alerts(watcher.by, MOST_LINES)],
        "as_of": watcher.now,
    }


def _incidents(_what: str, watcher: Watcher) -> Content:
    content: Content = {"title": _("Incidents being handled"), "is_shown": incidents.sees(watcher.by)}
    if not content["is_shown"]:
        return content
    total, lines = incidents.open_incidents(watcher.by, MOST_LINES)
    return content | {
        "total": total,
        "lines": [(one, LEVEL_WORDS[one.level]) for one in lines],
        "href": incidents.incidents_address(),
        "as_of": watcher.now,
    }


def _directives(_what: str, watcher: Watcher) -> Content:
    content: Content = {"title": _("Directives that are due"), "is_shown": directives.sees(watcher.by)}
    if not content["is_shown"]:
        return content
    found = directives.figures(watcher.by)
    return content | {
        "late": found["LATE"],
        "soon": found["SOON"],
        "lines": directives.due(watcher.by, MOST_LINES),
        "now": watcher.now,
        "as_of": watcher.now,
    }


def _map(_what: str, watcher: Watcher) -> Content:
    return {"title": _("Live map"), "indicators": measures.indicators(watcher.things)}


KINDS: Mapping[str, Kind] = {
    "MAP": Kind(gettext_lazy("Live map"), "map", _map),
    "FIGURE": Kind(gettext_lazy("Figure"), "figure", _figure, ("CitizenReport",)),
    "MEASURE": Kind(gettext_lazy("Measurement"), "measure", _measure, MEASURED),
    "FLOW": Kind(gettext_lazy("Flow at junctions"), "flow", _flow, (FLOW,)),
    "HOURS": Kind(gettext_lazy("Reports by hour, today"), "hours", _hours, ("CitizenReport",)),
    "ALERTS": Kind(gettext_lazy("Alerts"), "alerts", _alerts),
    "INCIDENTS": Kind(gettext_lazy("Incidents being handled"), "incidents", _incidents, ("Incident",)),
    "DIRECTIVES": Kind(gettext_lazy("Directives that are due"), "directives", _directives),
}


def choices(watcher: Watcher) -> list[tuple[str, Words]]:
    """Every tile that can be put on a wall: its key and what it is called."""
    found: list[tuple[str, Words]] = [(f"FIGURE:{code}", words) for code, words in figures.CODES.items()]
    kinds = sorted({one.kind for one in watcher.things if one.readings} | set(MEASURED[:3]))
    found += [(f"MEASURE:{kind}", kind_words(kind)) for kind in kinds]
    found += [(code, kind.title) for code, kind in KINDS.items() if code not in ("FIGURE", "MEASURE")]
    return found


def key_of(tile: Mapping[str, Any]) -> str:
    """The key of a tile of a saved wall."""
    what = (tile.get("options") or {}).get("what", "")
    return f"{tile['kind']}:{what}" if what else str(tile["kind"])


def is_known(key: str) -> bool:
    return key.partition(":")[0] in KINDS


def drawn(key: str, watcher: Watcher) -> str:
    """The tile's inside as HTML."""
    code, _colon, what = key.partition(":")
    kind = KINDS[code]
    content = kind.makes(what, watcher)
    if content is None:
        content = {"title": kind.title}
        return render_to_string("operations/tiles/nothing.html", content)
    return render_to_string(f"operations/tiles/{kind.template}.html", {**content, "key": key})


def drawn_all(keys: Iterable[str], watcher: Watcher) -> dict[str, str]:
    """By key; the map draws itself and is left out."""
    return {key: drawn(key, watcher) for key in dict.fromkeys(keys) if is_known(key) and key != "MAP"}
