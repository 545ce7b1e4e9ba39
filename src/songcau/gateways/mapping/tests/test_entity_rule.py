"""A reading becomes an entity in the normalized form, or is refused with the reason."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.document import Members
from songcau.gateways.mapping.entity_rule import EntityRule, entity_rule
from songcau.gateways.mapping.manner import Manner
from songcau.gateways.mapping.records import Record

ARRIVED = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
AT = "2026-11-28T06:00:00Z"
LEVELS = Manner(levels=("station",))


def rule(manner: Manner = LEVELS, **members: Any) -> EntityRule:
    whole = {"id": "urn:ngsi-ld:Air:{station}", "type": "Air", "attributes": {"t": {}}, **members}
    table = Members({name: value for name, value in whole.items() if value is not None}, "r", folder=Path())
    made = entity_rule(table, manner)
    table.end()
    return made


def entity(content: Any, made: EntityRule, arrived_at: datetime | None = ARRIVED) -> dict[str, Any]:
    return made.entity(Record(content, content, arrived_at, {"station": "tn"}))


def attribute(value: Any, **members: Any) -> Any:
    """What one attribute `t` becomes, from the member `t` of a payload."""
    return entity({"t": value}, rule(attributes={"t": members}))["t"]["value"]


def refused(value: Any, **members: Any) -> str:
    with pytest.raises(Fault) as fault:
        attribute(value, **members)
    assert fault.value.sentence("vi") != fault.value.sentence("en")
    return fault.value.code


def test_every_part_of_a_rule_is_carried_out() -> None:
    made = rule(
        scope="/wards/W{$.ward}",
        observed_at={"from": "at", "form": "seconds"},
        location={"longitude": "lon", "latitude": 21.59},
        attributes={
            "temperature": {"from": "t", "unit": "CEL"},
            "humidity": {"from": "h", "factor": 0.01, "offset": 0.1},
            "state": {"from": "s", "values": {"1": "ok"}},
            "refDevice": {"to": "urn:ngsi-ld:Device:{station}"},
            "source": {"value": "city"},
            "wind": {"optional": True},
            "level": "l",
        },
    )
    content = {"ward": 5512, "at": 1795845600, "lon": 105.84, "t": 27.5, "h": 93, "s": 1, "l": 2}
    assert entity(content, made) == {
        "id": "urn:ngsi-ld:Air:tn",
        "type": "Air",
        "scope": "/wards/W5512",
        "temperature": {"type": "Property", "value": 27.5, "unitCode": "CEL", "observedAt": AT},
        "humidity": {"type": "Property", "value": 1.03, "observedAt": AT},
        "state": {"type": "Property", "value": "ok", "observedAt": AT},
        "refDevice": {"type": "Relationship", "object": "urn:ngsi-ld:Device:tn", "observedAt": AT},
        "source": {"type": "Property", "value": "city", "observedAt": AT},
        "level": {"type": "Property", "value": 2, "observedAt": AT},
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [105.84, 21.59]},
            "observedAt": AT,
        },
    }


def test_without_a_time_of_its_own_a_reading_has_that_of_its_arrival() -> None:
    assert entity({"t": 1}, rule())["t"]["observedAt"] == AT
    assert "observedAt" not in entity({"t": 1}, rule(), arrived_at=None)["t"]
    optional = rule(observed_at={"from": "at", "optional": True})
    assert entity({"t": 1}, optional)["t"]["observedAt"] == AT


@pytest.mark.parametrize(
    ("value", "members", "read"),
    [
        (7, {}, 7),
        ("7.50", {"written": True}, 7.5),
        (" -7 ", {"written": True}, -7),
        ("1e3", {"written": True}, 1000.0),
        (265, {"factor": 0.1}, 26.5),
        ("Rain", {"kind": "text"}, "Rain"),
        (True, {"kind": "flag"}, True),
        ("off", {"kind": "flag", "written": True}, False),
        ({"a": [1]}, {"kind": "json"}, {"a": [1]}),
        (1795845600, {"kind": "time", "form": "seconds"}, {"@type": "DateTime", "@value": AT}),
        (True, {"values": {"true": 5}}, 5),
    ],
)
def test_a_value_is_read_as_its_kind(value: Any, members: dict[str, Any], read: Any) -> None:
    assert attribute(value, **members) == read


@pytest.mark.parametrize(
    ("value", "members", "code"),
    [
        ("27.5", {}, "NOT_A_NUMBER"),
        (True, {}, "NOT_A_NUMBER"),
        ([1], {}, "NOT_A_NUMBER"),
        (float("nan"), {}, "NOT_A_NUMBER"),
        ("27,5", {"written": True}, "NOT_A_NUMBER"),
        ("1_000", {"written": True}, "NOT_A_NUMBER"),
        ("NaN", {"written": True}, "NOT_A_NUMBER"),
        ("1e999", {"written": True}, "NOT_A_NUMBER"),
        ("", {"written": True}, "NOT_A_NUMBER"),
        (5, {"kind": "text"}, "NOT_TEXT"),
        ("  ", {"kind": "text"}, "NOT_TEXT"),
        ("true", {"kind": "flag"}, "NOT_A_FLAG"),
        ("maybe", {"kind": "flag", "written": True}, "NOT_A_FLAG"),
        ("soon", {"kind": "time"}, "TIME_UNREADABLE"),
        (2, {"values": {"1": "ok"}}, "NOT_LISTED"),
        (None, {}, "NO_MEMBER"),
        (None, {"optional": True}, "NOTHING_IN_IT"),
    ],
)
def test_a_value_of_another_kind_is_refused(value: Any, members: dict[str, Any], code: str) -> None:
    assert refused(value, **members) == code


def test_in_a_table_decimal_commas_are_read_and_empty_cells_are_nothing() -> None:
    table = Manner(has_columns=True, is_written=True, decimal=",")
    made = rule(table, id="urn:x:{Trạm}", attributes={"t": "Nhiệt độ (°C)", "u": {"optional": True}})
    read = made.entity(Record({"Trạm": "1", "Nhiệt độ (°C)": "27,5", "u": ""}, {}, ARRIVED))
    assert (read["t"]["value"], "u" in read) == (27.5, False)
    assert [path.text for path in made.paths()] == ["Trạm", "Nhiệt độ (°C)", "u"]
    with pytest.raises(Fault, match="not a number"):
        made.entity(Record({"Trạm": "1", "Nhiệt độ (°C)": "1.234,5"}, {}, ARRIVED))


def test_a_place_is_read_or_refused() -> None:
    point = {"type": "Point", "coordinates": [105.8, 21.5]}
    moving = rule(attributes=None, location={"from": "where"})
    assert entity({"where": point}, moving)["location"]["value"] == point
    degrees = rule(attributes=None, location={"longitude": "x", "latitude": "y", "optional": True})
    assert entity({"x": 105.8, "y": 21.5}, degrees)["location"]["value"] == point
    for content, made, code in (
        ({"where": [105.8, 21.5]}, moving, "NOT_GEOJSON"),
        ({}, moving, "NO_MEMBER"),
        ({"x": 21.5, "y": 105.8}, degrees, "PLACE_OUTSIDE"),
        ({"x": "105"}, degrees, "NOT_A_NUMBER"),
        ({"x": 105}, degrees, "NOTHING_IN_IT"),
        ({}, rule(attributes=None, location={"longitude": "x", "latitude": "y"}), "NO_MEMBER"),
        ({}, rule(attributes=None, location={"from": "x", "optional": True}), "NOTHING_IN_IT"),
        ({}, rule(attributes=None, location={"longitude": 105.8, "latitude": 21.5}), "NOTHING_IN_IT"),
    ):
        with pytest.raises(Fault) as fault:
            entity(content, made)
        assert fault.value.code == code


@pytest.mark.parametrize(
    ("members", "code", "where"),
    [
        ({"id": None}, "MEMBER_MISSING", "r.id"),
        ({"type": None}, "MEMBER_MISSING", "r.type"),
        ({"type": "an Air"}, "NAME_MALFORMED", "r.type"),
        ({"attributes": None}, "MEMBER_MISSING", "r.attributes"),
        ({"attributes": {}}, "MEMBER_MISSING", "r.attributes"),
        ({"attributes": {"a b": {}}}, "NAME_MALFORMED", "a b"),
        ({"attributes": {"type": {}}}, "NAME_MALFORMED", "r.attributes.type"),
        ({"attributes": {"t": 7}}, "MEMBER_NOT_TABLE", "r.attributes.t"),
        ({"attributes": {"t": {"kind": "float"}}}, "MEMBER_NOT_OF", "r.attributes.t.kind"),
        ({"attributes": {"t": {"unitCode": "CEL"}}}, "MEMBER_UNKNOWN", "there are unit"),
        ({"attributes": {"t": {"kind": "relationship"}}}, "MEMBER_MISSING", "r.attributes.t.to"),
        ({"attributes": {"t": {"kind": "text", "to": "urn:x:1"}}}, "MEMBER_MISSING", "r.attributes.t.to"),
        ({"observed_at": {}}, "MEMBER_MISSING", "r.observed_at.from"),
        ({"location": {"longitude": 105}}, "MEMBER_MISSING", "r.location.latitude"),
        ({"location": {"longitude": True, "latitude": 1}}, "MEMBER_NOT_NUMBER", "r.location.longitude"),
        ({"location": {"longitude": 21, "latitude": 105}}, "PLACE_OUTSIDE", "105"),
        ({"location": {"from": "a", "longitude": 1}}, "MEMBERS_EXCLUDE", "r.location"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_named_with_its_place(
    members: dict[str, Any], code: str, where: str
) -> None:
    with pytest.raises(MappingFault) as fault:
        rule(**members)
    assert fault.value.code == code
    assert where in str(fault.value)
