"""An entity in words: what it is, each thing it says with its age, where that comes from, which list it belongs to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songcau.consoles.operations.live.things import LASTING, Thing, fresh_seconds, seconds_of
from songcau.consoles.operations.measures import instant
from songcau.consoles.operations.words import Words, attribute_words, kind_words, measured
from songcau.foundation.shell.written import moment

_SHOWN_ELSEWHERE = frozenset(
    {"id", "type", "scope", "@context", "location", "createdAt", "modifiedAt", "name", "dataProvider", "source"}
)
LONGEST = 400
REPORT = "urn:ngsi-ld:CitizenReport:"


@dataclass(frozen=True, slots=True)
class Line:
    label: Words
    value: str
    as_of: datetime | None
    is_stale: bool


def described(thing: Thing, entity: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What `parts/thing.html` shows."""
    return {
        "kind": kind_words(thing.kind),
        "name": thing.name or thing.id.rpartition(":")[2],
        "lines": list(_lines(thing, entity, now)),
        "source": _source(thing, entity),
        "as_of": instant(thing.observed),
        "is_stale": thing.is_stale(now.timestamp()),
        "is_simulated": thing.is_simulated,
        "list": _list_of(thing),
        "case": _case_of(thing),
    }


def _lines(thing: Thing, entity: Mapping[str, Any], now: datetime) -> Iterator[Line]:
    for name, attribute in entity.items():
        one = attribute[0] if isinstance(attribute, list) and attribute else attribute
        if name in _SHOWN_ELSEWHERE or not isinstance(one, Mapping):
            continue
        value = _written(one)
        if value:
            at = seconds_of(one.get("observedAt"))
            is_stale = thing.kind not in LASTING and now.timestamp() - at > fresh_seconds(thing.kind)
            yield Line(attribute_words(name), value, instant(at), is_stale)


def _written(attribute: Mapping[str, Any]) -> str:
    if "languageMap" in attribute:
        by_language = attribute["languageMap"]
        return str(by_language.get(get_language() or "vi") or next(iter(by_language.values()), ""))
    value = attribute.get("value")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return measured(float(value), str(attribute.get("unitCode", "")))
    if not isinstance(value, str):
        return ""
    at = seconds_of(value)
    return moment(instant(at)) if at else value[:LONGEST]


def _source(thing: Thing, entity: Mapping[str, Any]) -> Words:
    for name in ("dataProvider", "source"):
        attribute = entity.get(name)
        if isinstance(attribute, Mapping) and isinstance(attribute.get("value"), str):
            return str(attribute["value"])
    return kind_words(thing.kind)


def _list_of(thing: Thing) -> str:
    """Where all of its kind stand."""
    if thing.kind == "CitizenReport":
        return reverse("citizen_reports:open")
    return f"{reverse('operations:readings')}?{urlencode({'kind': thing.kind})}"


def _case_of(thing: Thing) -> str:
    """Its own page, where a system has one."""
    if thing.id.startswith(REPORT):
        return reverse("citizen_reports:by_code", args=[thing.id.removeprefix(REPORT)])
    return ""
