"""What a rule would have done, over the history in a real broker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from songcau.context.public import Context
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel import clock
from songcau.systems.incidents.queries import context_history
from songcau.systems.incidents.queries import preview as previewing
from songcau.systems.incidents.queries.preview import Preview, preview
from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.tests.rules.readings import FLOODED, RIVER, THRESHOLD, WARD
from tests.incidents.city import city_broker, instant, say_levels, say_report

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def _broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with city_broker(tmp_path, monkeypatch):
        yield


def seen(document: dict[str, Any], days: int = 30) -> Preview:
    with city_context() as context:
        return preview(context, read_condition(document), days=days, now=clock.now(), offset=25_200)


@pytest.mark.usefixtures("_broker")
def test_it_says_how_often_when_and_for_how_long() -> None:
    say_levels([25, 26.5, 27, 25, 25, 26.2], ago=3 * DAY, every=HOUR)
    say_levels([30], ago=40 * DAY, every=HOUR, entity=f"{RIVER}2")
    say_levels([99], ago=HOUR, every=HOUR, entity=f"{RIVER}3")
    found = seen({**THRESHOLD, "highest": 40})
    assert (found.entities, found.readings, found.is_partial) == (3, 7, False)
    assert found.refused == {"IMPOSSIBLE": 1}
    newest, oldest = found.firings
    assert (newest.subject, newest.scope, newest.ended_at) == (RIVER, WARD, None)
    assert oldest.ended_at is not None
    assert oldest.ended_at - oldest.began_at == 2 * HOUR
    assert oldest.values == {"value": 26.5, "limit": 26.0, "unit": "MTR"}
    assert seen(THRESHOLD, days=1).firings[0].subject == f"{RIVER}3"


@pytest.mark.usefixtures("_broker")
def test_only_what_the_rule_watches_is_looked_at() -> None:
    say_levels([30], ago=DAY, every=HOUR)
    assert seen({**THRESHOLD, "ids": [f"{RIVER}9"]}).entities == 0
    assert seen({**THRESHOLD, "scope": "/wards/W00001"}).entities == 0
    assert seen({**THRESHOLD, "scope": WARD}).entities == 1


@pytest.mark.usefixtures("_broker")
def test_counts_and_conjunctions_have_a_history_too() -> None:
    for number in range(4):
        say_report(number, ago=3 * HOUR - number * MINUTE)
    assert [one.subject for one in seen(FLOODED).firings] == [f"area:{WARD}"]
    assert seen({**FLOODED, "time_attribute": ""}).firings[0].ended_at is not None
    both = {"kind": "ALL", "parts": [{"condition": THRESHOLD, "anywhere": True}, {"condition": FLOODED}]}
    assert seen(both).firings == []
    say_levels([27, 27], ago=3 * HOUR, every=30 * MINUTE)
    [firing] = seen(both).firings
    assert firing.values["2.value"] == 3


@pytest.mark.usefixtures("_broker")
def test_a_silent_feed_would_still_stand() -> None:
    say_levels([20, 20], ago=2 * HOUR, every=MINUTE)
    silent = {"kind": "ABSENCE", "type": "WaterLevelObserved", "attribute": "level", "minutes": 30}
    [firing] = seen(silent).firings
    assert firing.ended_at is None


@pytest.mark.usefixtures("_broker")
def test_what_is_too_much_is_looked_at_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    say_levels([25, 27, 25, 27], ago=2 * HOUR, every=MINUTE)
    say_levels([25, 27, 25, 27], ago=2 * HOUR, every=MINUTE, entity=f"{RIVER}2")
    for name, most in (("MOST_READINGS", 2), ("MOST_FIRINGS", 1), ("MOST_ENTITIES", 1), ("MOST_SECONDS", -1.0)):
        with monkeypatch.context() as patch:
            patch.setattr(previewing, name, most)
            assert seen(THRESHOLD).is_partial


class InParts:
    """A broker that gives at most two values at once, the oldest first."""

    def __init__(self, values: list[tuple[str, float]]) -> None:
        self.values = values
        self.calls = 0

    def history(
        self, _entity_id: str, *, after: str, before: str | None, attributes: list[str]
    ) -> dict[str, Any] | None:
        self.calls += 1
        found = [(at, value) for at, value in self.values if at > after and (before is None or at < before)]
        instances = [{"type": "Property", "value": value, "observedAt": at} for at, value in found[:2]]
        return {attributes[0]: instances if len(instances) != 1 else instances[0]} if instances else None


def test_a_long_history_comes_in_parts() -> None:
    first = clock.now() - DAY
    broker = InParts([(instant(first + number * HOUR), float(number)) for number in range(7)])
    broker.values.append(("never", 9.0))
    context, entity = cast(Context, broker), {"id": RIVER, "type": "WaterLevelObserved"}
    every = list(context_history.history_of(context, entity, ["level"], after=first - HOUR))
    assert [document["level"]["value"] for _at, document in every] == [float(number) for number in range(7)]
    part = list(context_history.history_of(context, entity, ["level"], after=first - HOUR, before=first + 4 * HOUR))
    assert [document["level"]["value"] for _at, document in part] == [0.0, 1.0, 2.0, 3.0]
    assert broker.calls > 5
