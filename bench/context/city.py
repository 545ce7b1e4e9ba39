"""The entities of the measurements: detectors at lanes, spread over the city, each in a ward."""

import json
import random
from collections.abc import Iterator
from typing import Any

TYPE = "TrafficFlowObserved"
API = "/ngsi-ld/v1"
WARDS = 32
# Western, southern, eastern and northern edge of the city, in degrees.
BOX = (105.70, 21.50, 105.92, 21.67)


def entity_id(number: int) -> str:
    return f"urn:ngsi-ld:{TYPE}:{number:06}"


def place_of(number: int) -> tuple[float, float]:
    """Longitude and latitude; the same for the same number in every process."""
    dice = random.Random(number)
    west, south, east, north = BOX
    return round(dice.uniform(west, east), 6), round(dice.uniform(south, north), 6)


def speed_of(number: int, version: int = 0) -> int:
    """The average speed, 0 to 99 km/h."""
    return (number * 37 + version * 11) % 100


def entity(number: int, version: int = 0) -> dict[str, Any]:
    """A detector as its gateway sends it, about 900 bytes; `version` changes what it measures."""
    at = f"2026-11-28T{version % 24:02}:{number % 60:02}:00Z"
    return {
        "id": entity_id(number),
        "type": TYPE,
        "scope": f"/wards/W{number % WARDS:05}",
        "dateObserved": {"type": "Property", "value": at},
        "intensity": {"type": "Property", "value": (number + version) % 1800, "observedAt": at},
        "occupancy": {"type": "Property", "value": round((number % 90) / 100, 2), "observedAt": at},
        "averageVehicleSpeed": {
            "type": "Property",
            "value": speed_of(number, version),
            "unitCode": "KMH",
            "observedAt": at,
        },
        "laneId": {"type": "Property", "value": number % 4},
        "laneDirection": {"type": "Property", "value": "forward"},
        "congested": {"type": "Property", "value": number % 7 == 0},
        "refRoadSegment": {"type": "Relationship", "object": f"urn:ngsi-ld:RoadSegment:{number % 500}"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": list(place_of(number))}},
    }


def observed(number: int, version: int) -> dict[str, Any]:
    """Only what such a detector measures anew."""
    whole = entity(number, version)
    return {name: whole[name] for name in ("id", "type", "dateObserved", "intensity", "averageVehicleSpeed")}


def batches(first: int, count: int, size: int, version: int = 0, *, observed_only: bool = False) -> Iterator[bytes]:
    """Bodies of batch operations over `count` entities from `first` on."""
    made = observed if observed_only else entity
    for begin in range(first, first + count, size):
        end = min(begin + size, first + count)
        yield json.dumps([made(number, version) for number in range(begin, end)]).encode()


def raw(method: str, path: str, token: str, host: str, body: bytes = b"") -> bytes:
    """A whole request as it goes over the line."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
