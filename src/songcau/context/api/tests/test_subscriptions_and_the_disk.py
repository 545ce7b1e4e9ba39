"""A subscription that the disk does not take is not there, and one that was cannot be lost by it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from songcau.context.api.tests.client import prop, room
from songcau.context.api.tests.notified import City, letters, subscribe, subscription
from songcau.context.memory import state
from songcau.context.problems import LdContextNotAvailable, StorageUnavailable
from songcau.context.subscriptions import subscriptions, telling
from songcau.context.subscriptions.delivery import Patience
from songcau.context.subscriptions.tests.receiver import UNAVAILABLE
from songcau.context.terms.contexts import Contexts

ID = "urn:ngsi-ld:Subscription:1"
PATH = f"/subscriptions/{ID}"


class Disk:
    """Lets the journal refuse documents of some kinds."""

    def __init__(self, city: City, monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
        kinds = kinds or ("subscription",)
        self.is_full = False
        self.refusals = 0
        put = city.journal.put_document

        def put_document(kind: str, tenant: str, name: str, document: dict[str, Any] | None) -> "asyncio.Future[int]":
            if not (self.is_full and kind in kinds):
                return put(kind, tenant, name, document)
            self.refusals += 1
            future: asyncio.Future[int] = city.loop.create_future()
            city.loop.call_soon(future.set_exception, StorageUnavailable("The disk is full"))
            return future

        monkeypatch.setattr(city.journal, "put_document", put_document)


def test_what_the_disk_refuses_is_taken_back(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(city, monkeypatch)
    receiver = city.receiver()
    disk.is_full = True
    assert city.ask("POST", "/subscriptions", subscription(receiver.url(), id=ID)).status == 503
    assert city.ask("GET", PATH).status == 404
    disk.is_full = False
    assert city.ask("POST", "/subscriptions", subscription(receiver.url(), id=ID, q="a>1")).status == 201
    disk.is_full = True
    assert city.ask("PATCH", PATH, {"q": "a>100"}).status == 503
    assert city.ask("DELETE", PATH).status == 503
    assert city.ask("GET", PATH).json["q"] == "a>1"
    city.ask("POST", "/entities", room(1, a=prop(5)))
    [told] = city.wait(receiver, 1)
    assert told["data"][0]["a"]["value"] == 5


def test_a_letter_that_was_given_up_while_the_disk_was_full_is_there_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SAVE_SECONDS", 0.01)
    city = City(tmp_path)
    disk = Disk(city, monkeypatch, "dead-letter", "notified", "notified-head")
    receiver = city.receiver(lambda _path, _body: b"HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 0\r\n\r\n")
    subscribe(city, receiver)
    disk.is_full = True
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.until(lambda: len(city.subscriptions.dead_letters) == 1 and disk.refusals > 1)
    assert not city.journal.documents("dead-letter")
    disk.is_full = False
    city.until(lambda: bool(city.journal.documents("dead-letter")))
    city.kill()
    city = City(tmp_path)
    assert [one["reason"] for one in letters(city)] == ["answered 422"]
    city.close()


def test_a_place_that_the_disk_refused_is_put_again_before_a_newer_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SAVE_SECONDS", 0.01)
    city = City(tmp_path, Patience(first=30, longest=30))
    disk = Disk(city, monkeypatch, "notified", "notified-head")
    receiver = city.receiver()
    made = subscribe(city, receiver)
    city.run(receiver.stop)
    disk.is_full = True
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.until(lambda: city.subscriptions.get("", made).tally.times_failed > 0)
    city.until(lambda: disk.refusals > 3)
    disk.is_full = False
    city.ask("POST", "/entities", {"id": "urn:ngsi-ld:Bus:1", "type": "Bus"})  # moves the head, and no line
    city.until(lambda: bool(city.journal.documents("notified-head")))
    [[_, name, place]] = city.journal.documents("notified")
    assert (name, place["owedAfter"]) == (made, 0)
    city.kill()


def test_a_subscription_whose_context_is_away_at_a_start_is_taken_up_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "RETRY_SECONDS", 0.02)
    city = City(tmp_path)
    receiver = city.receiver()
    made = subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.wait(receiver, 1)
    port = receiver.port
    city.run(receiver.stop)
    city.close()

    failures = 3
    whole = Contexts.resolve

    async def away(self: Contexts, reference: object) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise LdContextNotAvailable("away")
        return await whole(self, reference)

    monkeypatch.setattr(Contexts, "resolve", away)
    city = City(tmp_path)
    assert city.ask("GET", f"/subscriptions/{made}").status == 200  # it is listed, and waits
    city.ask("POST", "/entities", room(2, a=prop(0)))
    receiver = city.receiver(port=port)
    told = city.wait(receiver, 1)
    assert told[0]["data"][0]["id"] == "urn:ngsi-ld:Room:2"
    city.close()


def test_nothing_is_left_of_a_subscription_that_was_deleted_while_it_was_told(city: City) -> None:
    receiver = city.receiver(lambda _path, _body: None)
    made = subscribe(city, receiver)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.wait(receiver, 1)
    city.ask("DELETE", f"/subscriptions/{made}")
    receiver.answer_all(UNAVAILABLE)
    other = city.receiver()
    subscribe(city, other)
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 1})
    city.wait(other, 1)
    city.run(city.subscriptions.stop)
    assert city.journal.documents("subscription")[0][1] != made
    assert [name for _, name, _ in city.journal.documents("notified")] != [made]
    assert made not in {name for _, name, _ in city.journal.documents("notified")}


def test_an_owner_who_may_not_read_any_more_is_told_nothing_after_a_start(tmp_path: Path) -> None:
    city = City(tmp_path)
    receiver = city.receiver()
    subscribe(city, receiver)
    city.close()
    city = City(tmp_path, owners={})
    city.ask("POST", "/entities", room(1, a=prop(0)))
    made = city.ask("GET", "/subscriptions").json[0]["id"]
    assert city.ask("PATCH", f"/subscriptions/{made}", {"q": "a>1"}).status == 403
    assert receiver.bodies == []
    city.close()


def test_a_subscription_that_was_paused_goes_on_with_what_comes(city: City) -> None:
    receiver = city.receiver()
    made = subscribe(city, receiver, isActive=False)
    subscribe(city, city.receiver(), entities=[{"type": "House"}])  # others are told meanwhile
    path = f"/subscriptions/{made}"
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.ask("PATCH", path, {"isActive": True})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 1})
    city.wait(receiver, 1)
    city.ask("PATCH", path, {"isActive": False})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 2})
    city.ask("PATCH", path, {"isActive": True})
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 3})
    told = city.wait(receiver, 2)
    assert [one["data"][0]["a"]["value"] for one in told] == [1, 3]


def test_a_subscription_that_expires_is_told_nothing_more(city: City) -> None:
    receiver = city.receiver()
    made = subscribe(city, receiver)
    subscribe(city, receiver)  # tells when the first would have been told, too
    entry = city.subscriptions.get("", made)
    assert entry.subscription is not None
    entry.subscription.expires = 1.0
    city.ask("POST", "/entities", room(1, a=prop(0)))
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 1})
    told = city.wait(receiver, 2)
    assert made not in {one["subscriptionId"] for one in told}


def test_throttling_can_be_given_and_taken_while_something_waits(tmp_path: Path) -> None:
    city = City(tmp_path, Patience(first=30, longest=30))
    receiver = city.receiver()
    made = subscribe(city, receiver)
    city.run(receiver.stop)
    city.ask("POST", "/entities", room(1, a=prop(0)))
    for value in range(1, 5):
        city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": value})
    other = city.receiver()
    elsewhere = {"endpoint": {"uri": other.url()}}
    assert city.ask("PATCH", f"/subscriptions/{made}", {"throttling": 0.01, "notification": elsewhere}).status == 204
    first, newest = city.wait(other, 2)
    assert [one["data"][0]["a"]["value"] for one in (first, newest)] == [0, 4]
    assert city.ask("PATCH", f"/subscriptions/{made}", {"throttling": None}).status == 204
    city.ask("PATCH", "/entities/urn:ngsi-ld:Room:1/attrs/a", {"value": 5})
    assert city.wait(other, 3)[2]["data"][0]["a"]["value"] == 5
    city.close()


def test_a_tenant_has_a_bounded_number_of_subscriptions(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_OF_A_TENANT", 2)
    answers = [city.ask("POST", "/subscriptions", subscription("http://a.example/")) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 403]


def test_nobody_is_told_of_a_subscription_of_time_that_asks_too_much(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = city.receiver()
    heavy = "|".join(f"a=={number}" for number in range(2, 102))
    monkeypatch.setattr(state, "_MOST_TESTS", 1000)
    city.ask("POST", "/entityOperations/create", [room(number, a=prop(1)) for number in range(1000)])
    city.ask("POST", "/subscriptions", subscription(receiver.url(), id=ID, timeInterval=0.02, q=heavy))

    async def until_it_fails() -> None:
        async with asyncio.timeout(5):
            while not city.subscriptions.get("", ID).tally.is_failing:
                await asyncio.sleep(0.01)

    city.run(until_it_fails)
    assert "conditions" in city.subscriptions.get("", ID).tally.last_error
    assert receiver.bodies == []
