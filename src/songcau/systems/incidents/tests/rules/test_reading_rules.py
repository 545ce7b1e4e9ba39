"""A condition is read from JSON, and what is wrong with it is said field by field."""

from typing import Any

import pytest

from songcau.systems.incidents.rules.alert_rules import (
    AlertRuleUnfit,
    FaultCode,
    document_of,
    read_condition,
    types_of,
)
from songcau.systems.incidents.tests.rules.readings import FLOODED, THRESHOLD

RATE = {"kind": "RATE", "type": "WaterLevelObserved", "attribute": "level", "side": "RISE", "change": 1, "minutes": 60}
ABSENCE = {"kind": "ABSENCE", "type": "Device", "attribute": "value", "minutes": 10}
USUAL = {"kind": "DEVIATION", "type": "TrafficFlowObserved", "attribute": "intensity"}
OFFLINE = {"kind": "STATE", "type": "Camera", "attribute": "status", "values": ["OFFLINE"], "hold_minutes": 5}
CIRCLE = {"longitude": 105.84, "latitude": 21.59, "metres": 500}
BOTH = {"kind": "ALL", "parts": [{"condition": THRESHOLD, "anywhere": True}, {"condition": FLOODED}]}
KINDS: list[dict[str, Any]] = [THRESHOLD, RATE, ABSENCE, USUAL, OFFLINE, FLOODED, BOTH]


@pytest.mark.parametrize("document", KINDS, ids=lambda one: one["kind"])
def test_a_condition_goes_to_json_and_comes_back(document: dict[str, Any]) -> None:
    condition = read_condition(document)
    written = document_of(condition)
    assert read_condition(written) == condition
    assert written.items() >= {k: v for k, v in document.items() if isinstance(v, str)}.items()


def test_it_says_which_types_it_watches() -> None:
    assert types_of(read_condition(THRESHOLD)) == ("WaterLevelObserved",)
    assert types_of(read_condition(BOTH)) == ("WaterLevelObserved", "CitizenReport")


FAULTS: list[tuple[object, FaultCode, str]] = [
    (5, FaultCode.UNFIT, ""),
    ({}, FaultCode.UNKNOWN_KIND, ""),
    ({"kind": "MAGIC"}, FaultCode.UNKNOWN_KIND, ""),
    ({**THRESHOLD, "limit": "high"}, FaultCode.NOT_A_NUMBER, "limit"),
    ({**THRESHOLD, "limit": float("nan")}, FaultCode.NOT_A_NUMBER, "limit"),
    ({k: v for k, v in THRESHOLD.items() if k != "limit"}, FaultCode.MISSING, "limit"),
    ({**THRESHOLD, "colour": "red"}, FaultCode.UNKNOWN_FIELD, "colour"),
    ({**THRESHOLD, "side": "LEFT"}, FaultCode.NOT_OFFERED, "side"),
    ({**THRESHOLD, "type": "Alert"}, FaultCode.FIRES_ON_ITSELF, ""),
    ({**THRESHOLD, "type": "Incident"}, FaultCode.FIRES_ON_ITSELF, ""),
    ({**THRESHOLD, "type": "a b"}, FaultCode.UNFIT_NAME, "type"),
    ({**THRESHOLD, "scope": "wards"}, FaultCode.UNFIT_NAME, "scope"),
    ({**THRESHOLD, "unit": "M" * 21}, FaultCode.UNFIT_NAME, "unit"),
    ({**THRESHOLD, "need": 0}, FaultCode.OUT_OF_BOUNDS, "need"),
    ({**THRESHOLD, "need": 1.5}, FaultCode.NOT_A_NUMBER, "need"),
    ({**THRESHOLD, "need": 3, "of": 2}, FaultCode.NEED_ABOVE_OF, ""),
    ({**THRESHOLD, "clear": 27}, FaultCode.CLEAR_BEYOND_LIMIT, ""),
    ({**THRESHOLD, "side": "BELOW"}, FaultCode.CLEAR_BEYOND_LIMIT, ""),
    ({**THRESHOLD, "highest": 20}, FaultCode.LIMIT_OUT_OF_RANGE, ""),
    ({**THRESHOLD, "lowest": 30}, FaultCode.LIMIT_OUT_OF_RANGE, ""),
    ({**THRESHOLD, "lowest": 3, "highest": 3}, FaultCode.RANGE_EMPTY, ""),
    ({**THRESHOLD, "hold_minutes": -1}, FaultCode.OUT_OF_BOUNDS, "hold_minutes"),
    ({**THRESHOLD, "ids": ["urn:x:1"] * 201}, FaultCode.TOO_MANY, "ids"),
    ({**RATE, "clear": 2}, FaultCode.CLEAR_BEYOND_LIMIT, ""),
    ({**USUAL, "clear": 4}, FaultCode.CLEAR_BEYOND_LIMIT, ""),
    ({**FLOODED, "values": []}, FaultCode.TOO_FEW, "values"),
    ({**FLOODED, "clear": 4}, FaultCode.CLEAR_BEYOND_LIMIT, ""),
    ({**FLOODED, "by": "CIRCLE"}, FaultCode.CIRCLE_MISSING, ""),
    ({**FLOODED, "circle": CIRCLE}, FaultCode.CIRCLE_MISSING, ""),
    ({"kind": "ALL", "parts": [{"condition": THRESHOLD}]}, FaultCode.TOO_FEW, "parts"),
    ({"kind": "ALL", "parts": [{"condition": BOTH}] * 2}, FaultCode.UNKNOWN_KIND, "parts.0.condition"),
    ({"kind": "ALL", "parts": [{"condition": RATE, "anywhere": True}] * 2}, FaultCode.ALL_ANYWHERE, ""),
    ({**BOTH, "join": "ENTITY"}, FaultCode.COUNT_OF_ENTITY, ""),
    ({**BOTH, "parts": [{"condition": {**RATE, "of": "x"}}] * 2}, FaultCode.NOT_A_NUMBER, "parts.0.condition.of"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "code", "where"), FAULTS)
def test_what_cannot_be_meant_is_refused_with_its_reason(document: object, code: FaultCode, where: str) -> None:
    with pytest.raises(AlertRuleUnfit) as refusal:
        read_condition(document)
    first = refusal.value.faults[0]
    assert (first.code, first.where) == (code, where)
    assert refusal.value.params["first"] == str(code)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(AlertRuleUnfit) as refusal:
        read_condition({**THRESHOLD, "limit": "x", "of": 99, "side": "UP"})
    assert {one.field: str(one.code) for one in refusal.value.faults} == {
        "limit": "NOT_A_NUMBER",
        "of": "OUT_OF_BOUNDS",
        "side": "NOT_OFFERED",
    }


def test_every_code_of_a_fault_is_met_here() -> None:
    assert {code for _document, code, _where in FAULTS} == set(FaultCode)


def test_what_fits_is_read() -> None:
    assert read_condition({**FLOODED, "by": "CIRCLE", "circle": CIRCLE})
    assert read_condition({**THRESHOLD, "lowest": 0, "highest": 40})
    assert read_condition({**RATE, "clear": 0.5})
    assert read_condition({**USUAL, "clear": 1})
