"""What a limited token learns by subscribing, and who may see and change whose subscriptions."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from songcau.context.api.tests.client import prop, room
from songcau.context.api.tests.notified import City, ask_of_letters, letters, subscription
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.subscriptions.subscription import Owner
from songcau.context.subscriptions.tests.receiver import Receiver
from songcau.context.terms.terms import CORE

A = CORE.expand("a")
BLIND = Caller("token:display", attributes=[A], token="t1")
WARD = Caller("token:ward", wards=["/wards/W1"], token="t2")
NAMESAKE = Caller("token:ward", wards=["/wards/W2"], writes=True, token="t3")
READER = Caller("token:archive", token="t4")
WRITER = Caller("token:platform", writes=True, token="t5")
ADMINISTRATOR = Caller("operator", reads=False, may_administer=True)
OWNERS: dict[str, Owner] = {str(caller.token): (caller, math.inf) for caller in (BLIND, WARD, NAMESAKE, READER, WRITER)}
ONE = "/entities/urn:ngsi-ld:Room:1"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path, owners=OWNERS | {"": (EVERYTHING, math.inf)})
    yield made
    made.close()


def subscribe(city: City, by: Caller, receiver: Receiver, **members: object) -> str:
    made = city.ask("POST", "/subscriptions", subscription(receiver.url(), **members), by=by)
    assert made.status == 201, made.json
    return made.headers["location"].removeprefix("/ngsi-ld/v1")


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"watchedAttributes": ["hidden"]},
        {"notificationTrigger": ["entityUpdated"]},
        {"notificationTrigger": ["attributeDeleted", "attributeUpdated"], "notification": {"showChanges": True}},
        {"notification": {"attributes": ["hidden"]}},
        {"q": "hidden>0"},
    ],
)
def test_a_change_of_something_hidden_is_not_told(town: City, members: dict[str, object]) -> None:
    town.ask("POST", "/entities", room(1, a=prop(1), hidden=prop(1)))
    with_hidden = town.receiver()
    subscribe(town, BLIND, with_hidden, **members)
    town.ask("PATCH", f"{ONE}/attrs/hidden", {"value": 2})
    town.ask("DELETE", f"{ONE}/attrs/hidden")
    assert town.all_told(with_hidden) == []


def test_a_change_of_something_seen_beside_something_hidden_is_told(town: City) -> None:
    town.ask("POST", "/entities", room(1, a=prop(1), hidden=prop(1)))
    receiver = town.receiver()
    subscribe(town, BLIND, receiver, notificationTrigger=["entityUpdated"], notification={"showChanges": True})
    town.ask("PATCH", ONE, {"a": {"value": 2}, "hidden": {"value": 2}})
    [told] = town.all_told(receiver)
    assert told["data"] == [room(1, a=prop(2, previousValue=1))]


def test_what_was_or_will_be_out_of_reach_is_not_told(town: City) -> None:
    triggers = ["attributeDeleted", "attributeUpdated", "attributeCreated"]
    town.ask("POST", "/entities", room(1, a=prop(1), b=prop(1), scope="/wards/W2"))
    receiver = town.receiver()
    subscribe(town, WARD, receiver, notificationTrigger=triggers, notification={"showChanges": True})
    town.ask("PATCH", ONE, {"a": {"value": 2}, "scope": "/wards/W1"})
    town.ask("PATCH", ONE, {"a": {"value": 3}})
    town.ask("PATCH", ONE, {"a": {"value": 4}, "b": "urn:ngsi-ld:null", "scope": "/wards/W2"})
    told = town.all_told(receiver)
    assert [one["data"][0]["a"] for one in told] == [prop(2), prop(3, previousValue=2)]


def test_a_subscription_belongs_to_its_token_and_not_to_a_label(town: City) -> None:
    endpoint = {"uri": "http://me:secret@127.0.0.1:1/x", "receiverInfo": [{"key": "Authorization", "value": "s3"}]}
    made = town.ask("POST", "/subscriptions", subscription("", notification={"endpoint": endpoint}), by=WARD)
    path = made.headers["location"].removeprefix("/ngsi-ld/v1")
    assert town.ask("GET", path, by=WARD).json["notification"]["endpoint"] == endpoint
    assert town.ask("GET", path, by=NAMESAKE).status == 404
    assert town.ask("GET", "/subscriptions", by=NAMESAKE).json == []
    for caller in (READER, WRITER, ADMINISTRATOR):
        for shown in (town.ask("GET", path, by=caller).json, *town.ask("GET", "/subscriptions", by=caller).json):
            assert shown["notification"]["endpoint"] == {"uri": "http://127.0.0.1:1/x"}
    change = {"notification": {"endpoint": {"uri": "http://127.0.0.1:2/"}}}
    for caller, status in ((NAMESAKE, 404), (READER, 403), (ADMINISTRATOR, 204), (WRITER, 204), (WARD, 204)):
        assert town.ask("PATCH", path, change, by=caller).status == status
    for caller, status in ((NAMESAKE, 404), (READER, 403), (WRITER, 204)):
        assert town.ask("DELETE", path, by=caller).status == status


def test_what_was_given_up_is_touched_by_who_may_write(town: City) -> None:
    refusing = town.receiver(lambda _path, _body: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    path = subscribe(town, WARD, refusing)
    town.ask("POST", "/entities", room(1, a=prop(1), scope="/wards/W1"))
    town.until(lambda: len(town.subscriptions.dead_letters) == 1)
    [letter] = letters(town)
    own = f"/{letter['id']}"
    for caller, statuses in ((WARD, (403, 403, 403)), (READER, (200, 403, 403)), (WRITER, (200, 202, 204))):
        asked = ("GET", own), ("POST", f"{own}/replay"), ("DELETE", own)
        assert tuple(ask_of_letters(town, method, where, caller).status for method, where in asked) == statuses
    assert town.ask("DELETE", path, by=WARD).status == 204


def test_who_is_revoked_while_the_disk_works_is_told_nothing(town: City) -> None:
    receiver = town.receiver()
    path = subscribe(town, WARD, receiver)
    settle = town.subscriptions._put

    def put(*arguments: object) -> object:
        town.owners.pop("t2", None)
        town.subscriptions.owners_ended()
        return settle(*arguments)  # type: ignore[arg-type]

    town.subscriptions._put = put  # type: ignore[method-assign,assignment]
    assert town.ask("PATCH", path, {"description": "new"}, by=WARD).status == 204
    town.owners["t2"] = OWNERS["t2"]
    assert town.ask("POST", "/subscriptions", subscription(receiver.url()), by=WARD).status == 201
    town.subscriptions._put = settle  # type: ignore[method-assign]
    town.ask("POST", "/entities", room(1, a=prop(1), scope="/wards/W1"))
    assert town.all_told(receiver) == []
