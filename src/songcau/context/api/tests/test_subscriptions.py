"""Subscriptions through the API."""

import math

from songcau.context.api.tests.client import prop, room
from songcau.context.api.tests.notified import City, subscription
from songcau.context.rights.caller import Caller


def test_a_subscription_is_shown_as_it_was_sent(city: City) -> None:
    sent = subscription(
        "http://127.0.0.1:9/notify",
        id="urn:ngsi-ld:Subscription:1",
        description="rooms",
        watchedAttributes=["temperature"],
        q="temperature>20",
        throttling=5,
        notification={"format": "keyValues", "attributes": ["temperature"]},
    )
    made = city.ask("POST", "/subscriptions", sent)
    assert (made.status, made.raw) == (201, b"")
    assert made.headers["location"] == "/ngsi-ld/v1/subscriptions/urn:ngsi-ld:Subscription:1"
    found = city.ask("GET", "/subscriptions/urn:ngsi-ld:Subscription:1")
    assert found.json == {
        **sent,
        "status": "active",
        "notificationTrigger": ["attributeCreated", "attributeUpdated"],
    }
    stamped = city.ask("GET", "/subscriptions/urn:ngsi-ld:Subscription:1?options=sysAttrs").json
    assert stamped["createdAt"] == stamped["modifiedAt"]


def test_a_context_that_came_with_a_subscription_is_hosted_for_its_notifications(city: City) -> None:
    context = [{"Room": "https://x.org/#Room"}, "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"]
    sent = {**subscription("http://a.example/", id="urn:ngsi-ld:Subscription:1"), "@context": context}
    assert city.ask("POST", "/subscriptions", sent, content_type="application/ld+json").status == 201
    (hosted,) = city.contexts.shelf
    assert (hosted.kind, hosted.context) == ("ImplicitlyCreated", context)
    found = city.ask("GET", "/subscriptions/urn:ngsi-ld:Subscription:1").json
    assert found["jsonldContext"] == hosted.address("")


def test_subscriptions_are_listed_by_pages(city: City) -> None:
    for number in range(3):
        city.ask("POST", "/subscriptions", subscription("http://a.example/", id=f"urn:ngsi-ld:Subscription:{number}"))
    page = city.ask("GET", "/subscriptions/?limit=1&offset=1&count=true", accept="application/ld+json")
    assert [one["id"] for one in page.json] == ["urn:ngsi-ld:Subscription:1"]
    assert page.headers["ngsild-results-count"] == "3"
    assert page.headers["link"] == (
        '</ngsi-ld/v1/subscriptions?count=true&limit=1&offset=0>;rel="prev";type="application/ld+json",'
        '</ngsi-ld/v1/subscriptions?count=true&limit=1&offset=2>;rel="next";type="application/ld+json"'
    )


def test_a_subscription_is_changed_and_deleted(city: City) -> None:
    city.ask("POST", "/subscriptions", subscription("http://a.example/", id="urn:ngsi-ld:Subscription:1", q="a==1"))
    path = "/subscriptions/urn:ngsi-ld:Subscription:1"
    assert (
        city.ask("POST", "/subscriptions", subscription("http://a.example/", id="urn:ngsi-ld:Subscription:1")).status
        == 409
    )
    assert city.ask("PATCH", path, {"isActive": False, "q": None}).status == 204
    found = city.ask("GET", path).json
    assert (found["status"], "q" in found) == ("paused", False)
    assert city.ask("PATCH", path, {"expiresAt": "2020-01-01T00:00:00Z"}).status == 400
    assert city.ask("PATCH", path, {"entities": [{"type": "House"}], "isActive": True}).status == 204
    assert city.ask("GET", path).json["entities"] == [{"type": "House"}]
    assert city.ask("PATCH", path, {"notification": {"format": "keyValues"}}).status == 400
    assert city.ask("DELETE", path).status == 204
    assert city.ask("GET", path).status == 404
    assert city.ask("DELETE", path).status == 404
    assert city.ask("DELETE", "/subscriptions/nothing").status == 400
    assert city.ask("DELETE", "/subscriptions/").status == 405


def test_who_may_see_part_of_the_city_is_told_of_that_part(city: City) -> None:
    receiver = city.receiver()
    name = "https://uri.etsi.org/ngsi-ld/default-context/a"
    ward = Caller("ward", wards=["/wards/w1"], attributes=[name], token="t1")
    city.owners["t1"] = (ward, math.inf)
    made = city.ask("POST", "/subscriptions", subscription(receiver.url()), by=ward)
    assert made.status == 201, made.json
    city.ask("POST", "/entities", room(1, a=prop(1), scope="/wards/w2"))
    city.ask("POST", "/entities", room(2, a=prop(2), b=prop(3), scope="/wards/w1"))
    [told] = city.wait(receiver, 1)
    assert told["data"] == [room(2, a=prop(2), scope="/wards/w1")]
    path = made.headers["location"].removeprefix("/ngsi-ld/v1")
    assert city.ask("GET", path, by=Caller("other", wards=["/wards/w1"])).status == 404
    assert city.ask("GET", path, by=ward).status == 200
    assert city.ask("GET", "/subscriptions", by=Caller("other", wards=["/wards/w1"])).json == []
    assert city.ask("GET", "/subscriptions").json != []
    grant = Caller("person:1")
    assert city.ask("POST", "/subscriptions", subscription(receiver.url()), by=grant).status == 403
    del city.owners["t1"]
    city.subscriptions.owners_ended()
    city.ask("POST", "/entities", room(3, a=prop(2), scope="/wards/w1"))
    assert len(city.all_told(receiver)) == 1
