"""Where something is: fixed by the mapping, or said by the reading."""

from dataclasses import dataclass
from typing import Any

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.document import Members
from songcau.gateways.mapping.manner import Manner
from songcau.gateways.mapping.records import MISSING, Path, Record
from songcau.gateways.mapping.values import number

GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Place:
    """A location: a GeoJSON geometry in the reading, or two numbers in degrees (WGS 84), each fixed or read."""

    geometry: Path | None
    longitude: Path | float
    latitude: Path | float
    manner: Manner
    is_optional: bool

    @property
    def is_read(self) -> bool:
        """Whether any of it stands in the reading."""
        return self.geometry is not None or isinstance(self.longitude, Path) or isinstance(self.latitude, Path)

    def read(self, record: Record) -> dict[str, Any] | None:
        """The GeoJSON geometry, or None when it may be missing and is. Raises Fault."""
        if self.geometry is not None:
            return self._geometry(self.geometry, record)
        longitude, latitude = self._degrees(self.longitude, record), self._degrees(self.latitude, record)
        if longitude is None or latitude is None:
            return None
        if abs(longitude) > 180 or abs(latitude) > 90:
            raise Fault("PLACE_OUTSIDE", longitude=longitude, latitude=latitude)
        return {"type": "Point", "coordinates": [longitude, latitude]}

    def _degrees(self, source: Path | float, record: Record) -> float | None:
        if not isinstance(source, Path):
            return source
        value = source.value(record)
        if value is MISSING or value == "":
            if self.is_optional:
                return None
            raise Fault("NO_MEMBER", path=source.text)
        return number(value, source.text, is_written=self.manner.is_written, decimal=self.manner.decimal)

    def _geometry(self, path: Path, record: Record) -> dict[str, Any] | None:
        value = path.value(record)
        if value is MISSING and self.is_optional:
            return None
        if value is MISSING:
            raise Fault("NO_MEMBER", path=path.text)
        if not isinstance(value, dict) or value.get("type") not in GEOMETRIES or "coordinates" not in value:
            raise Fault("NOT_GEOJSON", path=path.text)
        return value


def place_of(members: Members, manner: Manner) -> Place:
    """The table `location`. Raises MappingFault."""
    optional = members.flag("optional")
    if "from" in members:
        path = manner.path(members.text("from"), members.place("from"))
        if "longitude" in members or "latitude" in members:
            raise MappingFault("MEMBERS_EXCLUDE", where=members.where, first="from", second="longitude, latitude")
        members.end()
        return Place(path, 0.0, 0.0, manner, optional)
    longitude, latitude = (_degrees(members, name, manner) for name in ("longitude", "latitude"))
    members.end()
    if isinstance(longitude, float) and isinstance(latitude, float) and (abs(longitude) > 180 or abs(latitude) > 90):
        raise MappingFault("PLACE_OUTSIDE", longitude=longitude, latitude=latitude)
    return Place(None, longitude, latitude, manner, optional)


def _degrees(members: Members, name: str, manner: Manner) -> Path | float:
    value = members.value(name)
    if value is None:
        raise MappingFault("MEMBER_MISSING", where=members.place(name))
    if isinstance(value, str):
        return manner.path(value, members.place(name))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MappingFault("MEMBER_NOT_NUMBER", where=members.place(name))
    return float(value)
