"""Entities of the live city for the tests."""

from typing import Any

from songcau.consoles.operations.live.things import Thing, thing_of

AT = "2026-11-25T02:00:00Z"
SECONDS = 1_795_572_000.0


def prop(value: object, *, unit: str = "", at: str = AT) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "Property", "value": value, "observedAt": at}
    return made | ({"unitCode": unit} if unit else {})


def station(
    number: int, *, kind: str = "WeatherObserved", ward: str = "05443", at: str = AT, **more: Any
) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [105.84 + number / 1000, 21.59]}
    return {
        "id": f"urn:ngsi-ld:{kind}:{number}",
        "type": kind,
        "scope": f"/wards/W{ward}",
        "location": {"type": "GeoProperty", "value": place},
        "name": {"type": "Property", "value": f"Trạm {number}"},
        "temperature": prop(20.0 + number, unit="CEL", at=at),
        **more,
    }


def thing(number: int, **more: Any) -> Thing:
    return thing_of(station(number, **more))
