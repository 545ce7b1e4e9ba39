"""What a saved wall may be."""

from typing import Any

import pytest

from songcau.systems.incidents.rules import walls as rules

TILE = {"kind": "MAP", "x": 0, "y": 0, "width": 12, "height": 8}


def faults(document: Any) -> tuple[str, int]:
    with pytest.raises(rules.WallUnfit) as refusal:
        rules.arrangement(document)
    return refusal.value.params["why"], refusal.value.params["tile"]  # type: ignore[return-value]


def test_tiles_side_by_side_are_read_as_they_are() -> None:
    other = TILE | {"x": 12, "kind": "ALERTS", "options": {"level": "HIGH", "most": 5, "all": True, "none": None}}
    below = TILE | {"y": 8}
    tiles = rules.arrangement({"tiles": [TILE, other, below]})
    assert [one.as_json() for one in tiles] == [TILE | {"options": {}}, other, below | {"options": {}}]


@pytest.mark.parametrize("document", [None, [], {}, {"tiles": None}, {"tiles": []}, {"tiles": [TILE] * 41}])
def test_what_is_no_arrangement_is_refused(document: Any) -> None:
    assert faults(document) == ("SHAPE", 0)


@pytest.mark.parametrize(
    "more",
    [
        {"kind": None},
        {"kind": "map"},
        {"x": "0"},
        {"x": True},
        {"width": 1.5},
        {"options": []},
        {"options": {"Bad name": 1}},
        {"options": {1: 1}},
        {"options": {"a": {"deep": 1}}},
        {"options": {"a": "x" * 301}},
        {"options": {f"a{n}": n for n in range(21)}},
    ],
)
def test_a_tile_that_says_nothing_sensible_is_refused(more: dict[str, Any]) -> None:
    assert faults({"tiles": [TILE | more]}) == ("TILE", 1)


def test_a_tile_that_is_none_is_refused() -> None:
    assert faults({"tiles": ["MAP"]}) == ("TILE", 1)


@pytest.mark.parametrize("more", [{"x": -1}, {"y": -1}, {"width": 0}, {"height": 0}, {"x": 13}, {"y": 9}])
def test_a_tile_outside_the_grid_is_refused(more: dict[str, Any]) -> None:
    assert faults({"tiles": [TILE | more]}) == ("OUTSIDE", 1)


def test_tiles_do_not_lie_on_each_other() -> None:
    assert faults({"tiles": [TILE, TILE | {"x": 11}]}) == ("OVERLAP", 2)


def test_a_wall_turns_neither_too_fast_nor_too_slowly() -> None:
    assert [rules.require_rotation(one) for one in (0, 5, 3600)] == [0, 5, 3600]
    for seconds in (4, -1, 3601):
        with pytest.raises(rules.WallUnfit):
            rules.require_rotation(seconds)
