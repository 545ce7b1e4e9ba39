"""An observation that was written twice is read once."""

from typing import Any

import pytest

from songcau.context.entities.entity import Instance
from songcau.context.journal.history import Wanted, gathered
from songcau.context.journal.rows import microseconds
from songcau.context.quality.flags import FLAGS_NAME

NAME = "https://example.org/temperature"


def seen(minute: int, value: object, written: int = 0, **more: Any) -> Instance:
    observed = f"2026-11-28T00:{minute:02}:00Z"
    at = f"2026-11-28T01:00:{written:02}.000000Z"
    stamps = {"observedAt": observed, "modifiedAt": at, "createdAt": at, "instanceId": f"urn:x:{written}"}
    return {"type": "Property", "value": value, **stamps, **more}


def told(*instances: Instance, **wanted: Any) -> list[Any]:
    found = gathered("urn:x:1", ("urn:x:T",), [(NAME, each) for each in instances], Wanted(**wanted))
    return [(each["value"], each["instanceId"]) for each in found.attributes[NAME]]


def test_messages_delivered_again_are_counted_once_and_the_first_writing_is_shown() -> None:
    again = [seen(1, 20, 4, **{FLAGS_NAME: {"type": "Property", "value": ["OUT_OF_ORDER"]}}), seen(2, 21, 5)]
    assert told(seen(1, 20, 1), seen(2, 21, 2), seen(3, 20, 3), *again) == [
        (20, "urn:x:1"),
        (21, "urn:x:2"),
        (20, "urn:x:3"),
    ]


@pytest.mark.parametrize(
    "more", [{"unitCode": "FAH"}, {"datasetId": "urn:x:d"}, {"urn:x:accuracy": {"type": "Property", "value": 1}}]
)
def test_what_says_something_else_of_the_same_instant_stays(more: dict[str, Any]) -> None:
    assert len(told(seen(1, 20, 1), seen(1, 20, 2, **more))) == 2
    assert len(told(seen(1, 20, 1), seen(1, 21, 2))) == 2


def test_only_observations_are_counted_once() -> None:
    unseen = [{"type": "Property", "value": 7, "modifiedAt": "2026-11-28T01:00:00Z", "instanceId": "x"}] * 2
    assert len(told(*unseen)) == 2
    assert len(told(seen(1, 20, 1), seen(1, 20, 2), time="modifiedAt")) == 2


def test_the_last_ones_are_the_last_different_ones() -> None:
    assert told(seen(1, 20, 1), seen(2, 21, 2), seen(2, 21, 3), last=2) == [(20, "urn:x:1"), (21, "urn:x:2")]


def test_a_thousand_values_of_one_instant_are_all_there() -> None:
    many = [seen(1, value, 1) for value in range(1000)]
    assert len(told(*many, *many, since=microseconds("2026-11-28T00:00:00Z"))) == 1000
