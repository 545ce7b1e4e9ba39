"""What the values of each kind of condition are about, and what stays of them when the condition has ended."""

import pytest

from songcau.systems.incidents.rules.evidence import Shape, drawn_limit, parts_of, says_something, shape_of, shown_after

LEVEL = {"value": 27.4, "limit": 27.0, "unit": "MTR"}
CHANGE = {"value": 24.28, "change": 2.74, "limit": 0.8, "minutes": 60, "unit": "MTR"}
UNUSUAL = {"value": 80, "usual": 40.0, "spread": 8.0, "score": 5.0, "limit": 3.5, "unit": ""}
SILENCE = {"minutes": 30, "last": 1000.0}
COUNT = {"value": 5, "limit": 3, "minutes": 60}
BOTH = {"1.value": 43.5, "1.limit": 20, "1.unit": "H67", "2.value": 5, "2.limit": 3, "2.minutes": 60}


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (LEVEL, Shape.LIMIT),
        (CHANGE, Shape.CHANGE),
        (UNUSUAL, Shape.UNUSUAL),
        (SILENCE, Shape.SILENCE),
        (COUNT, Shape.COUNT),
        ({"value": "OFFLINE"}, Shape.STATE),
        (BOTH, None),
        ({"reason": "RULE_STOPPED"}, None),
    ],
)
def test_the_kind_of_a_condition_is_read_from_its_values(values: dict[str, object], shape: Shape | None) -> None:
    assert shape_of(values) == shape


def test_a_conjunction_has_parts_in_their_order() -> None:
    assert [shape_of(part) for part in parts_of({**BOTH, "name": "Trưng Vương", "x.y": 1})] == [
        Shape.LIMIT,
        Shape.COUNT,
    ]
    assert says_something(BOTH)
    assert not says_something({})


@pytest.mark.parametrize(
    ("values", "limit"),
    [(LEVEL, 27.0), (CHANGE, None), (UNUSUAL, None), (COUNT, None), ({**LEVEL, "limit": True}, None)],
)
def test_only_a_limit_of_the_readings_themselves_is_drawn(values: dict[str, object], limit: float | None) -> None:
    assert drawn_limit(values) == limit


def test_what_raised_an_alert_stays_when_its_end_says_nothing_of_it() -> None:
    assert shown_after(BOTH, {}, has_ended=True) == BOTH
    assert shown_after(LEVEL, {"reason": "RULE_STOPPED"}, has_ended=True) == {**LEVEL, "reason": "RULE_STOPPED"}
    # What a silence says at its end is when somebody was heard again.
    assert shown_after(SILENCE, {**SILENCE, "last": 9000.0}, has_ended=True) == SILENCE
    assert shown_after(SILENCE, {**SILENCE, "last": 9000.0}, has_ended=False)["last"] == 9000.0
    assert shown_after({}, {"reason": "RULE_STOPPED"}, has_ended=True) == {"reason": "RULE_STOPPED"}


def test_what_is_said_anew_replaces_what_was_shown() -> None:
    assert shown_after({**LEVEL, "reason": "x"}, {**LEVEL, "value": 26.0}, has_ended=True) == {**LEVEL, "value": 26.0}
