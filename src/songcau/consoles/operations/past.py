"""One hour of the past for the map: where things were, what they said, in flat numbers."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from songcau.consoles.operations.live.things import WARD_TOTALS, Thing, fresh_seconds, seconds_of, ward_of
from songcau.context.public import Context

WINDOW = timedelta(hours=1)
AT_ONCE = 4
UNITS = 1_000_000


@dataclass(slots=True)
class Track:
    """`places`: instant, longitude, latitude, and again; `values`: instant, value, and again. In whole seconds.

    `lasts`: from when until when it was so, of what somebody wrote; until 0: it is so still.
    """

    kind: str
    ward: str
    fresh: int
    places: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lasts: tuple[int, int] | None = None

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "ward": self.ward,
            "fresh": self.fresh,
            "places": self.places,
            "values": self.values,
            "lasts": self.lasts,
        }


def hour_of(
    context: Context, begins: datetime, wanted: Mapping[str, str], now_there: Mapping[str, Thing]
) -> list[Track]:
    """wanted: kind → the attribute whose values are told, or empty. now_there: things by id, for those that never moved
    in that hour: they stand where they stand now. Raises ContextUnavailable, ContextRefused.
    """

    def of_kind(kind: str) -> list[Track]:
        attribute = wanted[kind]
        names = ",".join(name for name in ("location", attribute) if name)
        # What was said before the hour begins counts as long as it is fresh.
        since = begins - timedelta(seconds=fresh_seconds(kind))
        after, before = since.isoformat(), (begins + WINDOW).isoformat()
        found = context.histories(after=after, before=before, type=kind, attrs=names)
        return [_track(document, kind, attribute, now_there.get(str(document["id"]))) for document in found]

    # The broker reads for several kinds at a time what it would read for one after the other.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tracks = [track for some in pool.map(of_kind, wanted) for track in some]
    return [track for track in tracks if track.places or track.kind == WARD_TOTALS]


def lasting(kind: str, ward: str, place: tuple[float, float], began_at: datetime, ended_at: datetime | None) -> Track:
    """Of what stands from an instant until another. place: longitude, latitude."""
    began, ended = int(began_at.timestamp()), int(ended_at.timestamp()) if ended_at else 0
    places = [began, round(place[0] * UNITS), round(place[1] * UNITS)]
    return Track(kind, ward, fresh_seconds(kind), places, lasts=(began, ended))


def _track(document: Mapping[str, Any], kind: str, attribute: str, present: Thing | None) -> Track:
    ward = ward_of(_newest(document.get("scope"))) or (present.ward if present else "")
    track = Track(kind, ward, fresh_seconds(kind))
    for at, value in sorted(_numbers(document.get(attribute))) if attribute else ():
        track.values += (at, value)
    for at, place in sorted(_places(document.get("location"))):
        track.places += (at, *place)
    if present is not None and present.longitude is not None and present.latitude is not None and not track.places:
        place = (round(present.longitude * UNITS), round(present.latitude * UNITS))
        track.places = [0, *place]
    return track


def _newest(scope: Any) -> Any:
    if isinstance(scope, list) and scope and isinstance(scope[-1], Mapping):
        return scope[-1].get("value")
    return scope.get("value") if isinstance(scope, Mapping) else scope


def _instances(attribute: Any) -> Iterable[Mapping[str, Any]]:
    return [one for one in (attribute if isinstance(attribute, list) else [attribute]) if isinstance(one, Mapping)]


def _numbers(attribute: Any) -> list[tuple[int, float]]:
    return [
        (int(seconds_of(one.get("observedAt"))), float(one["value"]))
        for one in _instances(attribute)
        if isinstance(one.get("value"), int | float) and not isinstance(one.get("value"), bool)
    ]


def _places(attribute: Any) -> list[tuple[int, tuple[int, int]]]:
    found = []
    for one in _instances(attribute):
        shape = one.get("value")
        if isinstance(shape, Mapping) and shape.get("type") == "Point":
            longitude, latitude = shape["coordinates"][:2]
            at = int(seconds_of(one.get("observedAt")))
            found.append((at, (round(longitude * UNITS), round(latitude * UNITS))))
    return found


def points_of(values: Sequence[tuple[float, float]], width: int, height: int) -> str:
    """A line through (instant, value) in a box, as an SVG `points` attribute; empty for less than two."""
    if len(values) < 2:
        return ""
    first, last = values[0][0], values[-1][0]
    low, high = min(value for _at, value in values), max(value for _at, value in values)
    if last <= first:
        return ""
    tall = high - low or 1.0
    return " ".join(
        f"{(at - first) / (last - first) * width:.1f},{height - (value - low) / tall * height:.1f}"
        for at, value in values
    )
