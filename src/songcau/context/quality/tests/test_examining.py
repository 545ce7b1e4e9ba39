"""Doubts stand beside what is written; the present state stays at the newest observation; the file says what can be."""

from pathlib import Path

import orjson
import pytest

from songcau.context.entities.entity import Change, Entity, Instance, Kind
from songcau.context.quality.examining import ExpectationsUnreadable, Quality, expectations_in
from songcau.context.quality.flags import Expectation

AT = "2026-11-28T01:00:00.000000Z"
FLAGS = "urn:x:qualityFlags"


def seen(minute: int, value: object, **more: object) -> Instance:
    return {
        "type": "Property",
        "value": value,
        "observedAt": f"2026-11-28T00:{minute:02}:00Z",
        "createdAt": AT,
        "modifiedAt": AT,
        **more,
    }


def entity(**attributes: Instance | list[Instance]) -> Entity:
    return Entity("urn:x:1", ("urn:x:Air",), (), dict(attributes), AT, AT)


def changed(before: Entity | None, after: Entity, *names: str) -> Change:
    change = Change("", Kind.PUT if before is None else Kind.SET, after.id, before, after, names, AT, "device")
    Quality(FLAGS, {("urn:x:Air", "t"): Expectation(highest=50)}).examine(change)
    return change


def test_an_observation_in_doubt_is_kept_with_its_doubt() -> None:
    before, after = entity(t=seen(10, 20)), entity(t=seen(20, 400))
    change = changed(before, after, "t")
    assert after.attributes["t"][FLAGS]["value"] == ["OUT_OF_RANGE"]  # type: ignore[call-overload]
    assert change.late is None


def test_a_clock_that_is_fast_is_said_at_the_first_observation_too() -> None:
    after = entity(t={**seen(10, 20), "observedAt": "2099-01-01T00:00:00Z"})
    Quality(FLAGS).examine(Change("", Kind.PUT, after.id, None, after, ("t",), AT, "device"))
    assert after.attributes["t"][FLAGS]["value"] == ["AHEAD_OF_CLOCK"]  # type: ignore[call-overload]


def test_an_old_doubt_does_not_cling_to_a_new_observation() -> None:
    doubt = {"type": "Property", "value": ["SPIKE"]}
    before, after = entity(t=seen(10, 20, **{FLAGS: doubt})), entity(t=seen(20, 21, **{FLAGS: doubt}))
    changed(before, after, "t")
    assert FLAGS not in after.attributes["t"]


def test_what_comes_late_goes_into_the_history_and_not_into_the_present() -> None:
    newest, late = seen(20, 25), seen(10, 20)
    before, after = entity(t=newest), entity(t=late)
    change = changed(before, after, "t")
    assert after.attributes["t"] is newest
    assert change.late == [("t", late)]
    assert late[FLAGS]["value"] == ["OUT_OF_ORDER"]


def test_of_several_instances_only_the_late_one_is_held_back() -> None:
    first, second = seen(20, 1, datasetId="urn:x:d1"), seen(20, 2)
    late, newer = seen(10, 3, datasetId="urn:x:d1"), seen(30, 4)
    change = changed(entity(t=[second, first]), entity(t=[newer, late]), "t")
    assert change.after is not None
    assert change.after.attributes["t"] == [newer, first]
    assert change.late == [("t", late)]


def test_what_was_not_observed_or_not_written_is_not_judged() -> None:
    still = {"type": "Property", "value": 99, "createdAt": AT, "modifiedAt": AT}
    after = entity(t=still, u=seen(10, 1))
    changed(entity(u=seen(10, 1)), after, "t")
    assert FLAGS not in after.attributes["t"]
    assert FLAGS not in after.attributes["u"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "quality.json"),
        ("[]", "not an object"),
        ('{"Air": {"t": 7}}', "Air.t"),
        ('{"Air": {"t": {"colour": 1}}}', "colour"),
        ('{"Air": {"t": {"highest": "hot"}}}', "highest of Air.t"),
        ('{"Air": {"t": {"highest": true}}}', "highest of Air.t"),
    ],
)
def test_a_file_that_says_nothing_clear_is_refused(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "quality.json"
    file.write_text(content)
    with pytest.raises(ExpectationsUnreadable, match=says):
        expectations_in(file, str)


def test_a_file_is_read_with_its_names_expanded(tmp_path: Path) -> None:
    file = tmp_path / "quality.json"
    file.write_bytes(orjson.dumps({"Air": {"t": {"lowest": -10, "unit": "CEL"}}}))
    assert expectations_in(file, "urn:x:".__add__) == {("urn:x:Air", "urn:x:t"): Expectation(lowest=-10, unit="CEL")}
