"""What subscribers are told, as it arrives at a receiver on loopback."""

import asyncio

import pytest

from songcau.context.api.tests.client import prop, room
from songcau.context.api.tests.notified import City, subscribe, subscription
from songcau.context.subscriptions.tests.receiver import Receiver


def test_a_change_is_told_with_the_whole_entity(city: City) -> None:
    receiver = city.receiver()
    made = subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, temperature=prop(20), humidity=prop(0.5)))
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/temperature", {"value": 21})
    first, second = city.wait(receiver, 2)
    assert first["type"] == "Notification"
    assert first["subscriptionId"] == made
    assert first["id"] != second["id"]
    assert first["data"] == [room(1, temperature=prop(20), humidity=prop(0.5))]
    assert second["data"] == [room(1, temperature=prop(21), humidity=prop(0.5))]
    headers = receiver.headers[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["Link"].endswith('; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"')
    shown = city.ask("GET", f"/subscriptions/{made}").json["notification"]
    assert (shown["status"], shown["timesSent"], shown["timesFailed"]) == ("ok", 2, 0)
    assert shown["lastSuccess"] >= shown["lastNotification"]
    assert "lastFailure" not in shown


def test_the_form_of_a_notification_is_the_subscriber_s_choice(city: City) -> None:
    receiver = city.receiver()
    subscribe(
        city,
        receiver,
        notification={
            "format": "simplified",
            "pick": ["id", "temperature"],
            "endpoint": {
                "uri": receiver.url("/here?x=1"),
                "accept": "application/ld+json",
                "receiverInfo": [{"key": "X-Secret", "value": "s3"}],
            },
        },
    )
    city.ask("POST", "/entities", room(1, temperature=prop(20), humidity=prop(0.5)))
    [told] = city.wait(receiver, 1)
    [entity] = told["data"]
    assert entity.pop("@context").startswith("https://uri.etsi.org/ngsi-ld/")
    assert entity == {"id": "urn:ngsi-ld:Room:1", "temperature": 20}
    assert receiver.paths == ["/here?x=1"]
    assert receiver.headers[0]["X-Secret"] == "s3"
    assert "Link" not in receiver.headers[0]


def test_a_notification_as_geojson_is_a_feature_collection(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver, notification={"endpoint": {"uri": receiver.url(), "accept": "application/geo+json"}})
    point = {"type": "Point", "coordinates": [105.84, 21.59]}
    city.ask("POST", "/entities", room(1, location={"type": "GeoProperty", "value": point}))
    [told] = city.wait(receiver, 1)
    assert told["data"]["type"] == "FeatureCollection"
    assert told["data"]["features"][0]["geometry"] == point


def test_only_changes_that_were_asked_for_are_told(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver, watchedAttributes=["temperature"], q="temperature>25")
    city.ask("POST", "/entities", room(1, temperature=prop(20), humidity=prop(0.5)))
    city.ask("POST", "/entities", {"id": "urn:ngsi-ld:House:1", "type": "House", "temperature": prop(40)})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/temperature", {"value": 26})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/humidity", {"value": 0.6})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/temperature", {"value": 27})
    told = city.all_told(receiver)
    assert [one["data"][0]["temperature"]["value"] for one in told] == [26, 27]


@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        (["entityCreated"], ["created"]),
        (["entityDeleted"], ["deleted"]),
        (["attributeCreated"], ["created", "appended"]),
        (["attributeUpdated"], ["updated"]),
        (["attributeDeleted"], ["attribute gone", "deleted"]),
        (["entityUpdated"], ["updated", "appended", "attribute gone"]),
    ],
)
def test_each_trigger_tells_of_its_kind_of_change(city: City, triggers: list[str], expected: list[str]) -> None:
    receiver = city.receiver()
    subscribe(city, receiver, notificationTrigger=triggers, notification={"format": "keyValues"})
    steps = {
        "created": ("POST", "/entities", room(1, a=prop(1), b=prop(2))),
        "updated": ("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 3}),
        "appended": ("POST", "/entities/urn:ngsi-ld:Room:1/attrs", {"c": prop(4)}),
        "attribute gone": ("DELETE", "/entities/urn:ngsi-ld:Room:1/attrs/c", None),
        "deleted": ("DELETE", "/entities/urn:ngsi-ld:Room:1", None),
    }
    told: list[str] = []
    for name, (method, path, body) in steps.items():
        before = len(receiver.bodies)
        assert city.ask(method, path, body).status < 300
        told += [name] * (len(city.all_told(receiver)) - before)
    assert told == expected


def test_what_is_gone_is_shown_as_null(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver, notificationTrigger=["attributeDeleted"], notification={"sysAttrs": True})
    city.ask("POST", "/entities", room(1, a=prop(1), b={"type": "LanguageProperty", "languageMap": {"vi": "x"}}))
    city.ask("DELETE", "/entities/urn:ngsi-ld:Room:1/attrs/b")
    city.ask("DELETE", "/entities/urn:ngsi-ld:Room:1")
    attribute, whole = (one["data"][0] for one in city.wait(receiver, 2))
    assert attribute["b"]["languageMap"] == {"@none": "urn:ngsi-ld:null"}
    assert attribute["b"].keys() >= {"createdAt", "modifiedAt", "deletedAt"}
    assert attribute["a"]["value"] == 1
    assert whole["a"]["value"] == "urn:ngsi-ld:null"
    assert whole.keys() == {"id", "type", "createdAt", "modifiedAt", "deletedAt", "a"}


def test_changes_are_shown_with_what_was_before(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver, notification={"showChanges": True})
    city.ask("POST", "/entities", room(1, a=prop(1), b=prop(2)))
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 3})
    created, updated = (one["data"][0] for one in city.wait(receiver, 2))
    assert created == room(1, a=prop(1), b=prop(2))
    assert updated == room(1, a=prop(3, previousValue=1), b=prop(2))


def test_a_batch_is_told_in_few_notifications(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver)
    city.ask("POST", "/entityOperations/upsert", [room(number, a=prop(number)) for number in range(120)])
    city.run(lambda: _all_told(receiver, 120))
    assert len(receiver.bodies) == 3
    assert [one["a"]["value"] for told in receiver.notifications for one in told["data"]] == list(range(120))


async def _all_told(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(5):
        while sum(len(told["data"]) for told in receiver.notifications) < count:
            await receiver.wait_for(len(receiver.bodies) + 1)


def test_states_of_one_entity_come_one_after_the_other(city: City) -> None:
    receiver = city.receiver()
    subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    for value in range(1, 60):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    told = city.wait(receiver, 60)
    assert [one["data"][0]["a"]["value"] for one in told] == list(range(60))


def test_a_subscription_by_time_is_told_of_the_present(city: City) -> None:
    receiver = city.receiver()
    city.ask("POST", "/entities", room(1, a=prop(1)))
    city.ask("POST", "/entities", room(2, a=prop(2)))
    made = subscribe(city, receiver, timeInterval=0.05)
    first, second, *_ = city.wait(receiver, 2)
    assert [one["id"] for one in first["data"]] == ["urn:ngsi-ld:Room:1", "urn:ngsi-ld:Room:2"]
    assert second["data"] == first["data"]
    assert city.ask("PATCH", f"/subscriptions/{made}", {"timeInterval": 0.02}).status == 204
    city.wait(receiver, len(receiver.bodies) + 3)
    assert city.ask("DELETE", f"/subscriptions/{made}").status == 204
    count = len(receiver.bodies)
    assert len(city.all_told(receiver)) <= count + 1  # one may have been under way


def test_throttling_holds_back_and_tells_the_newest_state(city: City) -> None:
    receiver = city.receiver()
    made = subscribe(city, receiver, throttling=600)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.wait(receiver, 1)
    for value in range(1, 6):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    city.ask("POST", "/entities", room(2, a=prop(7)))
    assert len(city.all_told(receiver)) == 1
    city.let_ten_minutes_pass(made)
    _, second = city.wait(receiver, 2)
    assert [one["a"]["value"] for one in second["data"]] == [5, 7]


def test_linked_entities_come_with_the_notification(city: City) -> None:
    flat, inline = city.receiver(), city.receiver()
    subscribe(city, flat, notification={"join": "flat", "attributes": ["in"]})
    subscribe(city, inline, notification={"join": "inline", "format": "simplified"})
    city.ask("POST", "/entities", {"id": "urn:ngsi-ld:House:1", "type": "House", "name": prop("H")})
    city.ask("POST", "/entities", room(1, **{"in": {"type": "Relationship", "object": "urn:ngsi-ld:House:1"}}))
    [told] = city.wait(flat, 1)
    assert [one["id"] for one in told["data"]] == ["urn:ngsi-ld:Room:1", "urn:ngsi-ld:House:1"]
    assert told["data"][1]["name"] == prop("H")
    [told] = city.wait(inline, 1)
    assert told["data"][0]["in"] == {"id": "urn:ngsi-ld:House:1", "type": "House", "name": "H"}


def test_a_subscriber_of_a_tenant_is_told_of_that_tenant_only(city: City) -> None:
    receiver = city.receiver()
    body = subscription(receiver.url())
    made = city.ask("POST", "/subscriptions", body, ngsild_tenant="west")
    assert made.status == 201
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.ask("POST", "/entities", room(2, a=prop(0)), ngsild_tenant="west")
    [told] = city.wait(receiver, 1)
    assert told["data"][0]["id"] == "urn:ngsi-ld:Room:2"
    assert receiver.headers[0]["NGSILD-Tenant"] == "west"


def test_all_of_many_subscribers_on_one_host_are_told(city: City) -> None:
    receiver = city.receiver()
    for number in range(200):
        body = subscription(receiver.url(f"/{number}"))
        assert city.ask("POST", "/subscriptions", body).status == 201
    city.ask("POST", "/entities", room(1, a=prop(0)))
    for value in range(1, 4):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    city.wait(receiver, 800)
    assert receiver.connections <= 64
