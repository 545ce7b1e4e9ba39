"""Boxes of pictures: what a reviewer may send, and how a detector's boxes become few."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.systems.citizen_reports.rules.boxes import (
    MOST_BOXES,
    SHARED,
    Box,
    BoxesMalformed,
    BoxKind,
    BoxOutside,
    TooManyBoxes,
    merged,
    padded,
    require_boxes,
    strongest,
)

WHOLE = {"x": 0, "y": 0, "width": 1, "height": 1}
PARTS = st.floats(0, 0.9)
SIDES = st.floats(0.01, 0.1)
BOXES = st.lists(
    st.builds(Box, PARTS, PARTS, SIDES, SIDES, st.sampled_from(list(BoxKind)), st.floats(0, 1)), max_size=40
)


def test_what_a_reviewer_drew_is_taken_as_drawn_and_certain() -> None:
    assert require_boxes([WHOLE]) == [Box(0, 0, 1, 1, BoxKind.DRAWN, 1.0)]
    assert require_boxes([]) == []


def test_what_was_kept_comes_back_as_it_was() -> None:
    box = Box(0.25, 0.5, 0.125, 0.0625, BoxKind.PLATE, 0.5)
    assert require_boxes([box.as_json()]) == [box]


@pytest.mark.parametrize(
    "data",
    [
        None,
        "boxes",
        {"x": 1},
        [1],
        [None],
        [[0, 0, 1, 1]],
        [{"x": 0, "y": 0, "width": 1}],
        [WHOLE | {"x": "0"}],
        [WHOLE | {"x": True}],
        [WHOLE | {"x": float("nan")}],
        [WHOLE | {"width": float("inf")}],
        [WHOLE | {"width": 10**400}],
        [WHOLE | {"kind": "HAT"}],
        [WHOLE | {"kind": ["FACE"]}],
        [WHOLE | {"score": None}],
    ],
)
def test_what_is_no_list_of_boxes_is_refused_with_the_number_of_the_box(data: Any) -> None:
    with pytest.raises(BoxesMalformed) as refusal:
        require_boxes(data)
    assert refusal.value.params["number"] == (1 if isinstance(data, list) else 0)


@pytest.mark.parametrize(
    "outside",
    [
        {"x": -0.1, "width": 0.5},
        {"y": -0.1, "height": 0.5},
        {"x": 0.6, "width": 0.5},
        {"y": 0.6, "height": 0.5},
        {"width": 0},
        {"height": 0.001},
        {"width": -0.5},
        {"x": 0.9995},
    ],
)
def test_a_box_outside_of_the_picture_or_of_no_size_is_refused(outside: dict[str, float]) -> None:
    with pytest.raises(BoxOutside) as refusal:
        require_boxes([WHOLE, {"x": 0, "y": 0, "width": 0.2, "height": 0.2} | outside])
    assert refusal.value.params["number"] == 2


def test_a_pointer_that_left_the_picture_by_a_hair_is_brought_back() -> None:
    assert require_boxes([{"x": -0.001, "y": 0.5, "width": 0.501, "height": 0.501}]) == [Box(0, 0.5, 0.5, 0.5)]


def test_more_boxes_than_can_be_reviewed_are_refused() -> None:
    with pytest.raises(TooManyBoxes):
        require_boxes([WHOLE] * (MOST_BOXES + 1))
    assert len(require_boxes([WHOLE] * MOST_BOXES)) == MOST_BOXES


@given(BOXES)
def test_merged_boxes_cover_all_and_no_longer_overlap(boxes: list[Box]) -> None:
    together = merged(boxes)
    for box in boxes:
        assert any(
            one.x <= box.x + 1e-9
            and one.y <= box.y + 1e-9
            and one.x + one.width >= box.x + box.width - 1e-9
            and one.y + one.height >= box.y + box.height - 1e-9
            for one in together
        )
    for number, one in enumerate(together):
        assert all(one.shared_with(other) <= SHARED + 1e-6 for other in together[number + 1 :])


def test_of_two_boxes_that_become_one_the_surer_detector_names_the_kind() -> None:
    face, plate = Box(0, 0, 0.2, 0.2, BoxKind.FACE, 0.4), Box(0.05, 0, 0.2, 0.2, BoxKind.PLATE, 0.9)
    assert [(one.kind, one.score) for one in merged([face, plate])] == [(BoxKind.PLATE, 0.9)]
    assert [one.kind for one in merged([plate, face])] == [BoxKind.PLATE]


def test_a_box_without_size_shares_nothing() -> None:
    assert Box(0, 0, 0, 0).shared_with(Box(0, 0, 1, 1)) == 0.0


def test_padding_ends_at_the_edge_of_the_picture() -> None:
    assert padded(Box(0.0, 0.9, 0.2, 0.1), 0.5) == Box(
        0.0, pytest.approx(0.85), pytest.approx(0.3), pytest.approx(0.15)
    )


def test_where_too_much_was_found_the_surest_is_suggested() -> None:
    boxes = [Box(0, 0, 0.1, 0.1, BoxKind.FACE, number / 200) for number in range(200)]
    kept = strongest(boxes)
    assert len(kept) == MOST_BOXES
    assert min(box.score for box in kept) == 0.5
