"""A subscription as it is sent, stored and shown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from songcau.context.problems import BadRequestData
from songcau.context.subscriptions.documents import patched, read_subscription, shown
from songcau.context.terms.terms import CORE

NOW = datetime(2026, 11, 28, tzinfo=UTC)
VOCABULARY = "https://uri.etsi.org/ngsi-ld/default-context/"
ENDPOINT = {"endpoint": {"uri": "http://a.example/"}}


def document(**members: Any) -> dict[str, Any]:
    notification = ENDPOINT | members.pop("notification", {})
    return {"type": "Subscription", "entities": [{"type": "Room"}], "notification": notification, **members}


EVERYTHING = document(
    id="urn:ngsi-ld:Subscription:1",
    subscriptionName="rooms",
    description="of the town hall",
    entities=[{"type": "(Room|House);Place", "idPattern": "urn:.*"}, {"type": "*", "id": "urn:ngsi-ld:Room:1"}],
    watchedAttributes=["temperature", "https://example.org/voc#humidity"],
    notificationTrigger=["entityCreated", "attributeDeleted"],
    throttling=1.5,
    q="temperature>20",
    scopeQ="/wards/#",
    geoQ={"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": [105, 21], "geoproperty": "place"},
    isActive=True,
    expiresAt="2027-01-01T00:00:00+07:00",
    lang="vi",
    datasetId=["urn:ngsi-ld:Dataset:1", "@none"],
    localOnly=True,
    jsonldContext="https://example.org/context.jsonld",
    notification={
        "format": "concise",
        "pick": ["id", "temperature"],
        "omit": ["type"],
        "sysAttrs": True,
        "showChanges": True,
        "join": "inline",
        "joinLevel": 2,
    },
)


def test_names_are_stored_expanded_and_shown_as_they_were_sent() -> None:
    stored = read_subscription(EVERYTHING, CORE, NOW)
    assert stored["entities"][0]["type"] == f"({VOCABULARY}Room|{VOCABULARY}House);{VOCABULARY}Place"
    assert stored["entities"][1]["type"] == "*"
    assert stored["watchedAttributes"] == [f"{VOCABULARY}temperature", "https://example.org/voc#humidity"]
    assert stored["notification"]["pick"] == ["id", f"{VOCABULARY}temperature"]
    assert stored["geoQ"]["geoproperty"] == f"{VOCABULARY}place"
    assert shown(stored, CORE) == EVERYTHING


def test_what_the_broker_shows_may_be_sent_back() -> None:
    sent = document(status="active", createdAt="x", notification={"timesSent": 3, "lastSuccess": "x"})
    assert read_subscription(sent, CORE, NOW) == read_subscription(document(), CORE, NOW)


def test_the_kinds_of_change_that_are_told_by_default_are_shown() -> None:
    stored = read_subscription(document(), CORE, NOW)
    assert shown(stored, CORE)["notificationTrigger"] == ["attributeCreated", "attributeUpdated"]


def test_a_fragment_replaces_members_and_null_removes_them() -> None:
    stored = read_subscription(document(id="urn:s:1", q="a==1", throttling=5), CORE, NOW)
    changed = patched(stored, {"q": None, "throttling": "urn:ngsi-ld:null", "description": "x"}, CORE, NOW)
    assert changed.keys() - stored.keys() == {"description"}
    assert stored.keys() - changed.keys() == {"q", "throttling"}
    assert stored["q"] == "a==1"


def test_a_subscription_that_expired_can_be_changed_in_other_ways() -> None:
    stored = read_subscription(document(expiresAt="2026-11-29T00:00:00Z"), CORE, NOW)
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert patched(stored, {"description": "x"}, CORE, later)["description"] == "x"
    with pytest.raises(BadRequestData, match="past"):
        patched(stored, {"expiresAt": "2026-11-29T00:00:00Z"}, CORE, later)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "has the type Subscription"),
        (document(type="Subscriptions"), "has the type Subscription"),
        (document(colour="red"), "colour is no member"),
        (document(temporalQ={}), "temporalQ is no member"),
        ({"type": "Subscription", "notification": ENDPOINT}, "which entities or which watchedAttributes"),
        ({"type": "Subscription", "entities": [{"type": "A"}]}, "has a notification"),
        (document(id="1"), "id must be a URI"),
        (document(id=""), "id must be a URI"),
        (document(entities=[]), "at least one"),
        (document(entities=[{"id": "urn:a:1"}]), "needs a type"),
        (document(entities=[{"type": "A", "id": "1"}]), "must be a URI"),
        (document(entities=[{"type": "A", "name": "1"}]), "has a type, and perhaps an id"),
        (document(entities=[{"type": 'A"'}]), "is no name"),
        (document(watchedAttributes=[1]), "must be a text"),
        (document(notificationTrigger=["always"]), "can be entityCreated"),
        (document(timeInterval=5, throttling=5), "exclude each other"),
        (document(timeInterval=5, watchedAttributes=["a"]), "exclude each other"),
        (document(timeInterval=0), "above 0"),
        (document(throttling=-30), "above 0"),
        (document(throttling="5"), "above 0"),
        (document(throttling=1e300), "at most a year"),
        (document(expiresAt="2020-01-01T00:00:00Z"), "lies in the past"),
        (document(expiresAt="2027-01-01T00:00:00"), "with its zone"),
        (document(expiresAt=None), "with its zone"),
        (document(isActive="yes"), "true or false"),
        (document(datasetId=["x"]), "must be a URI"),
        (document(jsonldContext="unknownContext"), "must be a URI"),
        (document(q="x" * 20_000), "at most 16384"),
        (document(geoQ={"georel": "within"}), "has georel, geometry and coordinates"),
        (document(geoQ={"georel": "within", "geometry": "Point", "coordinates": 1}), "coordinates"),
        (document(geoQ={"georel": "a", "geometry": "b", "coordinates": [], "c": 1}), "no members but"),
        (document(notification={"format": "xml"}), "format can be"),
        (document(notification={"colour": 1}), "colour is no member"),
        (document(notification={"attributes": ["a"], "pick": ["a"]}), "excludes pick and omit"),
        (document(notification={"pick": ["a"], "omit": ["a"]}), "both name"),
        (document(notification={"showChanges": True, "format": "keyValues"}), "simplified"),
        (document(notification={"joinLevel": 1}), "needs a join"),
        (document(notification={"join": "flat", "joinLevel": 0}), "whole number"),
        (document(notification={"join": "round"}), "join can be"),
        ({"type": "Subscription", "entities": [{"type": "A"}], "notification": 3}, "an object"),
        ({"type": "Subscription", "entities": [{"type": "A"}], "notification": {}}, "needs an endpoint"),
    ],
)
def test_what_is_no_subscription_is_refused_with_the_reason(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequestData, match=says):
        read_subscription(wrong, CORE, NOW)


def test_a_subscription_keeps_its_id() -> None:
    stored = read_subscription(document(id="urn:s:1"), CORE, NOW)
    with pytest.raises(BadRequestData, match="keeps its id"):
        patched(stored, {"id": "urn:s:2"}, CORE, NOW)
