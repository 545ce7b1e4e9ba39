"""An upsert of any size goes in parts, and tells of every refused entity after each part had its turn."""

from typing import Any

import orjson
import pytest

from songcau.context import calls
from songcau.context.calls import upsert_calls
from songcau.context.public import ContextRefused, Refusals


def sizes(count: int, length: int = 1) -> list[int]:
    made = upsert_calls([{"id": f"urn:x:{n}", "t": "x" * length} for n in range(count)], replace=False)
    return [len(orjson.loads(call.content or b"")) for call in made]


def test_parts_are_bounded_by_count_and_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sizes(1200) == [500, 500, 200]
    assert sizes(0) == []
    monkeypatch.setattr(calls, "MOST_BYTES_IN_ONE", 1000)
    assert sizes(5, 400) == [2, 2, 1]
    assert sizes(2, 4000) == [1, 1], "one that is too large goes alone"


def refused(status: int, *ids: str) -> ContextRefused:
    failed: list[dict[str, Any]] = [{"entityId": name, "error": {"detail": name}} for name in ids]
    return ContextRefused(status, {"detail": "first"}, failed)


def test_refusals_of_all_parts_are_told_together() -> None:
    refusals = Refusals()
    refusals.end()
    for part in (refused(207, "a"), refused(207, "b", "c")):
        refusals.add(part)
    with pytest.raises(ContextRefused) as told:
        refusals.end()
    assert [one["entityId"] for one in told.value.failed] == ["a", "b", "c"]


def test_a_refusal_of_everything_is_told_at_once() -> None:
    with pytest.raises(ContextRefused):
        Refusals().add(refused(401))
