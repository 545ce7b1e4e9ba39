"""The index of channels agrees with asking each of them."""

import asyncio
import random
from typing import Any

import pytest

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.entities.writing import Form
from songcau.context.language.selection import Selection
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.stream.channel import Channel, Wish
from songcau.context.stream.channels import Channels, paths_of
from songcau.context.subscriptions.occurrences import occurrence
from songcau.context.terms.terms import CORE

AT = "2026-11-28T00:00:00.000000Z"
SCOPES = ("/wards/W1", "/wards/W1/a", "/wards/W2", "/roads/R1")


def wish(dice: random.Random) -> Wish:
    given: dict[str, Any] = {}
    if dice.random() < 0.7:
        given["types"] = dice.choice(("Room", "Lamp", "Room,Lamp"))
    if dice.random() < 0.5:
        given["scope_q"] = dice.choice(
            ("/wards/W1", "/wards/W1/#", "/wards/W1,/roads/R1", "/wards/+", "/wards/W1;/roads/R1")
        )
    elif dice.random() < 0.5:
        given["georel"] = dice.choice(("near;maxDistance==2000", "within", "near;minDistance==2000"))
        is_near = given["georel"].startswith("near")
        given["geometry"] = "Point" if is_near else "Polygon"
        ring = "[[[105.8,21.5],[105.9,21.5],[105.9,21.6],[105.8,21.6],[105.8,21.5]]]"
        given["coordinates"] = "[105.84,21.59]" if is_near else ring
    if not given or dice.random() < 0.3:
        given["q"] = "a>2"
    selection = Selection.of(terms=CORE, **given)
    attributes = frozenset({CORE.expand("a")}) if dice.random() < 0.2 else None
    by = Caller("ward", wards=["/wards/W1"]) if dice.random() < 0.2 else EVERYTHING
    return Wish(dice.choice(("", "west")), selection, attributes, paths_of(given.get("scope_q")), CORE, Form(), by)


def state(dice: random.Random, entity_id: str) -> Entity:
    place = [round(dice.uniform(105.7, 106.0), 4), round(dice.uniform(21.4, 21.7), 4)]
    attributes: dict[str, Any] = {CORE.expand("a"): {"type": "Property", "value": dice.randint(0, 5)}}
    if dice.random() < 0.8:
        geometry = {"type": "Point", "coordinates": place}
        if dice.random() < 0.3:
            geometry = {"type": "LineString", "coordinates": [place, [place[0] + 0.1, place[1]]]}
        attributes[CORE.expand("location")] = {"type": "GeoProperty", "value": geometry}
    types = tuple(CORE.expand(one) for one in dice.sample(("Room", "Lamp"), dice.randint(1, 2)))
    return Entity(entity_id, types, tuple(dice.sample(SCOPES, dice.randint(0, 2))), attributes, AT, AT)


def some_change(dice: random.Random) -> Change:
    before = state(dice, "urn:x:1") if dice.random() < 0.8 else None
    after = state(dice, "urn:x:1") if before is None or dice.random() < 0.8 else None
    kind = Kind.DELETE if after is None else Kind.PUT if before is None else Kind.SET
    names = (CORE.expand("a"),) if dice.random() < 0.5 else (CORE.expand("location"),)
    return Change(dice.choice(("", "west")), kind, "urn:x:1", before, after, names, AT, "tester")


@pytest.mark.parametrize("seed", range(12))
def test_every_channel_that_has_an_event_of_a_change_is_found(seed: int) -> None:
    dice = random.Random(seed)
    loop = asyncio.new_event_loop()
    channels, every = Channels(), [Channel(wish(dice), loop) for _ in range(40)]
    for channel in every:
        channels.add(channel)
    found_any = 0
    for _ in range(150):
        happened = some_change(dice)
        told = occurrence(1, happened)
        assert told is not None
        concerned = {one for one in every if one.wish.tenant == happened.tenant and one.event_of(told) is not None}
        found = channels.of(happened)
        assert concerned <= set(found)
        found_any += len(concerned)
    assert found_any > 0
    for channel in every:
        channels.remove(channel)
    assert not channels._by_type
    assert channels.of(some_change(dice)) == {}
    loop.close()


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (None, None),
        ("/wards/W1", ("/wards/W1",)),
        ("/wards/W1/#", ("/wards/W1",)),
        ("/wards/W1,/roads/R1/#", ("/wards/W1", "/roads/R1")),
        ("/wards/+", None),
        ("/#", None),
        ("/wards/W1;/roads/R1", None),
        ("(/wards/W1)", None),
    ],
)
def test_simple_queries_of_scopes_are_indexed(text: str | None, paths: tuple[str, ...] | None) -> None:
    assert paths_of(text) == paths
