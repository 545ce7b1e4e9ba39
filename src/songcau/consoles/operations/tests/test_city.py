"""The kept city: who was away is told all that changed, once; who sees a ward is told of it alone."""

from songcau.consoles.operations.live import city as kept
from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.tests.entities import thing

HERE, THERE = frozenset({"05443"}), frozenset({"05446"})


def filled(many: int = 3) -> LiveCity:
    city = LiveCity()
    city.fill([thing(number) for number in range(many)], 10)
    return city


def test_everything_and_what_came_since() -> None:
    city = filled()
    epoch, number, held = city.everything(None)
    assert (number, len(held), len(city)) == (10, 3, 3)
    city.put(thing(1), 11)
    city.put(thing(7), 12)
    city.take("urn:ngsi-ld:WeatherObserved:0", 13)
    found = city.since(epoch, 10, None)
    assert found is not None
    newest, changed = found
    assert newest == 13
    assert {one.thing.id if one.thing else None for one in changed} == {
        None,
        "urn:ngsi-ld:WeatherObserved:1",
        "urn:ngsi-ld:WeatherObserved:7",
    }
    assert len(city) == 3
    again = city.since(epoch, 12, None)
    assert again is not None
    assert [one.thing for one in again[1]] == [None]
    assert city.since(epoch, 13, None) == (13, [])


def test_a_thing_that_comes_back_is_told_under_its_number() -> None:
    city = filled(1)
    key = city.everything(None)[2][0].key
    city.take("urn:ngsi-ld:WeatherObserved:0", 11)
    city.take("urn:ngsi-ld:WeatherObserved:0", 12)
    city.take("urn:ngsi-ld:WeatherObserved:unknown", 12)
    city.put(thing(0), 13)
    assert city.everything(None)[2][0].key == key
    assert len(city) == 1


def test_who_names_another_filling_or_a_number_to_come_loads_anew() -> None:
    city = filled()
    epoch = city.epoch
    assert city.since("other", 10, None) is None
    assert city.since(epoch, 9, None) is None
    assert city.since(epoch, 11, None) is None
    city.fill([], 20)
    assert city.since(epoch, 20, None) is None


def test_a_ward_sees_its_own_and_learns_what_left_it() -> None:
    city = filled(2)
    epoch = city.epoch
    assert len(city.everything(HERE)[2]) == 2
    assert city.everything(THERE)[2] == []
    assert city.things(THERE) == []
    key = city.everything(HERE)[2][0].key
    city.put(thing(0, ward="05446"), 11)
    left = city.since(epoch, 10, HERE)
    assert left is not None
    assert [(one.key, one.thing) for one in left[1]] == [(key, None)]
    came = city.since(epoch, 10, THERE)
    assert came is not None
    assert [one.thing.ward for one in came[1] if one.thing] == ["05446"]
    assert came[1][0].key != key


def test_what_is_long_gone_is_forgotten_and_who_missed_it_loads_anew(monkeypatch: object) -> None:
    city = filled(0)
    epoch = city.epoch
    before, kept.MOST_GONE = kept.MOST_GONE, 10
    try:
        for number in range(12):
            city.put(thing(number), 11 + 2 * number)
            city.take(f"urn:ngsi-ld:WeatherObserved:{number}", 12 + 2 * number)
    finally:
        kept.MOST_GONE = before
    assert city.since(epoch, 10, None) is None
    assert city.since(epoch, city.number, None) is not None
    assert len(city) == 0
