"""What stands in a letter: what is, what was, what is gone."""

from typing import Any

import orjson
import pytest

from songcau.context.entities.entity import Change, Entity
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.lines import Letter
from songcau.context.subscriptions.notifications import Writer, recipient_of
from songcau.context.subscriptions.occurrences import occurrence
from songcau.context.subscriptions.subscription import Subscription
from songcau.context.subscriptions.tests.making import LATER, change, entity, made, name, prop

FRENCH, GERMAN = "urn:ngsi-ld:Dataset:french", "urn:ngsi-ld:Dataset:german"
NULL = "urn:ngsi-ld:null"


def no_join(*_arguments: Any) -> list[bytes]:
    raise AssertionError("nothing was to be joined")


def told(subscription: Subscription, *changes: Change, join: Any = no_join) -> dict[str, Any]:
    occurrences = [one for number, each in enumerate(changes) if (one := occurrence(number, each)) is not None]
    letter: dict[str, Any] = orjson.loads(Writer(subscription, join)(Letter("urn:n:1", "now", occurrences)))
    return letter


def one(subscription: Subscription, happened: Change, **more: Any) -> dict[str, Any]:
    [found] = told(subscription, happened, **more)["data"]
    return dict(found)


BEFORE = entity(name=[prop("Tower"), prop("Tour", FRENCH), prop("Turm", GERMAN)], height=prop(300))


def test_a_letter_names_itself_its_subscription_and_its_instant() -> None:
    letter = told(made(), change(None, entity(a=prop(1))), change(None, entity("urn:ngsi-ld:Room:2", a=prop(2))))
    assert letter == {
        "id": "urn:n:1",
        "type": "Notification",
        "subscriptionId": "urn:s:1",
        "notifiedAt": "now",
        "data": [
            {"id": "urn:ngsi-ld:Room:1", "type": "Room", "a": {"type": "Property", "value": 1}},
            {"id": "urn:ngsi-ld:Room:2", "type": "Room", "a": {"type": "Property", "value": 2}},
        ],
    }


def test_one_instance_that_is_gone_is_shown_beside_those_that_are_left() -> None:
    left = entity(name=[prop("Tower"), prop("Turm", GERMAN)], height=prop(300))
    found = one(made(notificationTrigger=["attributeDeleted"]), change(BEFORE, left, "name"))
    assert found["name"] == [
        {"type": "Property", "value": "Tower"},
        {"type": "Property", "value": "Turm", "datasetId": GERMAN},
        {"type": "Property", "value": NULL, "datasetId": FRENCH},
    ]
    changes = made(notificationTrigger=["entityUpdated"], notification={"showChanges": True})
    assert one(changes, change(BEFORE, left, "name"))["name"][2]["previousValue"] == "Tour"


def test_one_null_stands_for_all_instances_of_an_attribute_that_is_gone() -> None:
    deleted = change(BEFORE, entity(height=prop(300)), "name")
    found = one(made(notificationTrigger=["attributeDeleted"]), deleted)
    assert found["name"] == {"type": "Property", "value": NULL}
    only_others = change(entity(name=[prop("Tour", FRENCH), prop("Turm", GERMAN)]), entity(), "name")
    assert one(made(notificationTrigger=["attributeDeleted"]), only_others)["name"] == {
        "type": "Property",
        "value": NULL,
    }
    with_changes = made(notificationTrigger=["attributeDeleted"], notification={"showChanges": True})
    assert [each["previousValue"] for each in one(with_changes, deleted)["name"]] == ["Tower", "Tour", "Turm"]


def test_only_what_is_watched_is_shown_as_gone() -> None:
    subscription = made(notificationTrigger=["attributeDeleted"], watchedAttributes=["name"])
    found = one(subscription, change(BEFORE, entity(), "name", "height"))
    assert "height" not in found
    whole = one(subscription, change(BEFORE, None))
    assert whole == {
        "id": "urn:ngsi-ld:Room:1",
        "type": "Room",
        "name": {"type": "Property", "value": NULL},
        "deletedAt": LATER,
    }


def test_a_deleted_entity_is_told_by_its_id_alone_unless_more_is_asked() -> None:
    assert one(made(notificationTrigger=["entityDeleted"]), change(BEFORE, None)).keys() == {"id", "type", "deletedAt"}
    changes = made(notificationTrigger=["entityDeleted"], notification={"showChanges": True})
    assert one(changes, change(BEFORE, None))["height"] == {"type": "Property", "value": NULL, "previousValue": 300}
    geo = made(
        notificationTrigger=["entityDeleted"],
        notification={"endpoint": {"uri": "http://a/", "accept": "application/geo+json"}},
    )
    [feature] = told(geo, change(BEFORE, None))["data"]["features"]
    assert feature["properties"] == {"type": "Room", "deletedAt": LATER}


def test_only_instances_that_changed_show_what_was_before() -> None:
    tower, turm = prop("Tower"), prop("Turm", GERMAN)
    before = entity(name=[tower, turm], height=prop(300))
    after = entity(name=[dict(tower), prop("Neuer Turm", GERMAN, LATER), prop("Tour", FRENCH, LATER)], height=prop(300))
    found = one(made(notification={"showChanges": True}), change(before, after, "name"))
    assert [each.get("previousValue") for each in found["name"]] == [None, "Turm", None]
    assert "previousValue" not in found["height"]


def test_who_may_see_some_attributes_is_told_of_these_before_and_after() -> None:
    by = Caller("x", attributes=[name("height")])
    subscription = made(by=by, notificationTrigger=["entityUpdated", "entityDeleted"])
    found = one(subscription, change(BEFORE, entity(height=prop(301, at=LATER)), "name", "height"))
    assert found.keys() == {"id", "type", "height"}
    changes = made(by=by, notificationTrigger=["entityDeleted"], notification={"showChanges": True})
    assert one(changes, change(BEFORE, None)).keys() == {"id", "type", "height", "deletedAt"}


def test_a_deleted_entity_is_told_without_those_it_was_linked_to() -> None:
    joined = made(notificationTrigger=["entityDeleted", "entityCreated"], notification={"join": "flat"})
    assert one(joined, change(BEFORE, None))["id"] == "urn:ngsi-ld:Room:1"
    letter = told(joined, change(None, BEFORE), join=lambda _tenant, entities, *_rest: [b'{"n":%d}' % len(entities)])
    assert letter["data"] == [{"n": 1}]


def test_the_present_is_told_joined_too() -> None:
    def join(_tenant: str, entities: list[Entity], *_rest: Any) -> list[bytes]:
        return [b'{"of":"%b"}' % each.id.encode() for each in entities]

    subscription = made(timeInterval=5, notification={"join": "inline"})
    letter = orjson.loads(Writer(subscription, join)(Letter("urn:n:1", "now", (), [BEFORE])))
    assert letter["data"] == [{"of": "urn:ngsi-ld:Room:1"}]


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("http://a.example/", "a.example"),
        ("http://a.example:8080/", "a.example:8080"),
        ("https://a.example:443/", "a.example"),
        ("http://[::1]:81/", "[::1]:81"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_the_head_names_the_host(uri: str, host: str) -> None:
    head = recipient_of(made(notification={"endpoint": {"uri": uri}})).head.decode()
    assert f"\r\nHost: {host}\r\n" in head
    assert head.startswith("POST / HTTP/1.1\r\n")
    assert head.endswith("Content-Length: ")


def test_credentials_of_the_address_become_a_header_and_pairs_become_headers() -> None:
    endpoint = {"uri": "http://me:s%3Ae@a/", "receiverInfo": [{"key": "X-A", "value": "b c"}]}
    head = recipient_of(made("west", notification={"endpoint": endpoint})).head.decode()
    assert "\r\nAuthorization: Basic bWU6czpl\r\n" in head
    assert "\r\nX-A: b c\r\n" in head
    assert "\r\nNGSILD-Tenant: west\r\n" in head


def test_over_mqtt_the_same_stands_in_the_metadata() -> None:
    endpoint = {"uri": "mqtt://a/t", "receiverInfo": [{"key": "X-A", "value": "b"}]}
    head = recipient_of(made("west", notification={"endpoint": endpoint})).head
    metadata = orjson.loads(head + b"0}")["metadata"]
    assert metadata["Content-Type"] == "application/json"
    assert metadata["NGSILD-Tenant"] == "west"
    assert metadata["X-A"] == "b"
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in metadata["Link"]
