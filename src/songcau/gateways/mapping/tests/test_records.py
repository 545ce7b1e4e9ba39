"""Paths lead to values; templates make ids of them."""

from datetime import UTC, datetime

import pytest

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.manner import Manner
from songcau.gateways.mapping.records import MISSING, Record, column, parsed_path
from songcau.gateways.mapping.templates import parsed_template

WHOLE = {"device": "t 1/β", "n": 7, "half": 7.5, "readings": [{"t": 1}, {"t": {"v w": 2}, "none": None}]}
RECORD = Record(WHOLE["readings"][1], WHOLE, datetime(2026, 11, 28, tzinfo=UTC), {"station": "Trạm 1"})  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("t['v w']", 2),
        ('t["v w"]', 2),
        ("$.readings[0].t", 1),
        ("$['readings'][0]['t']", 1),
        ("$", WHOLE),
        (".", RECORD.content),
        ("none", MISSING),
        ("t.x", MISSING),
        ("t[0]", MISSING),
        ("$.readings[7]", MISSING),
        ("$.readings.t", MISSING),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path: str, value: object) -> None:
    assert parsed_path(path, "x").value(RECORD) == value


@pytest.mark.parametrize("path", ["", "a..b", ".a", "a[", "a[-1]", "a b", "a['b]", "$a", "a.", "[x]", "a[1234567]"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(MappingFault) as fault:
        parsed_path(path, "readings[1].from")
    assert fault.value.code == "PATH_MALFORMED"


def test_a_column_may_be_called_anything() -> None:
    record = Record({"Nhiệt độ (°C). [1]": "27"}, {}, None)
    assert column("Nhiệt độ (°C). [1]").required(record) == "27"
    with pytest.raises(Fault, match="no humidity"):
        column("humidity").required(record)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("urn:ngsi-ld:T:{station}", "urn:ngsi-ld:T:Trạm%201"),
        ("urn:x:{$.device}-{$.n}", "urn:x:t%201%2Fβ-7"),
        ("urn:x:{.t['v w']}", "urn:x:2"),
    ],
)
def test_a_template_is_filled_with_what_an_id_can_hold(template: str, filled: str) -> None:
    assert parsed_template(template, "x", levels=("station",), is_id=True).filled(RECORD) == filled


def test_a_scope_is_filled_as_it_is() -> None:
    assert parsed_template("/wards/W{$.n}", "x", levels=(), is_id=False).filled(RECORD) == "/wards/W7"


@pytest.mark.parametrize("name", ["$.half", "$.none", "$.readings", "station"])
def test_what_is_no_part_of_an_id_is_refused(name: str) -> None:
    template = parsed_template(f"urn:x:{{{name}}}", "x", levels=("station",), is_id=True)
    with pytest.raises(Fault) as fault:
        template.filled(Record(WHOLE, WHOLE, None, {"station": ""}))
    assert fault.value.code in ("PART_UNUSABLE", "NO_MEMBER")


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("urn:x:{station", "TEMPLATE_MALFORMED"),
        ("urn:x:{}", "TEMPLATE_MALFORMED"),
        ("urn:x:}", "TEMPLATE_MALFORMED"),
        ("urn:x:{statoin}", "TEMPLATE_NAME_UNKNOWN"),
        ("{station}", "ID_NO_URI"),
        ("device {station}", "ID_NO_URI"),
        ("urn:x:{$.a..b}", "PATH_MALFORMED"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_beforehand(template: str, code: str) -> None:
    with pytest.raises(MappingFault) as fault:
        parsed_template(template, "x", levels=("station",), is_id=True)
    assert fault.value.code == code


def test_in_a_table_names_are_columns() -> None:
    manner = Manner(has_columns=True)
    record = Record({"Mã trạm": "TN 1"}, {}, None)
    assert manner.template("urn:x:{Mã trạm}", "x", is_id=True).filled(record) == "urn:x:TN%201"
