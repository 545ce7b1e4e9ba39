"""Whatever is sent as a subscription is either one, or refused in words."""

import math
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from songcau.context.problems import Problem
from songcau.context.rights.caller import EVERYTHING
from songcau.context.subscriptions.documents import NULL, TRIGGERS, patched, read_subscription, shown
from songcau.context.subscriptions.notifications import recipient_of
from songcau.context.subscriptions.subscription import Record, Subscription, status_of
from songcau.context.terms.terms import CORE

NOW = datetime(2026, 11, 28, tzinfo=UTC)

scalars = some.one_of(
    some.none(), some.booleans(), some.integers(), some.floats(), some.text(max_size=20), some.just(NULL),
    some.sampled_from(["urn:x:1", "Room", "http://a.example/x", "mqtt://a/b", "@none", "a>1", "2027-01-01T00:00:00Z"]),
)  # fmt: skip
anything = some.recursive(
    scalars,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4), some.dictionaries(some.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def either(likely: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """Mostly what belongs there, sometimes anything at all."""
    return some.one_of(likely, likely, anything)


names = some.sampled_from(["a", "temperature", "https://example.org/a#b", "id", "type", "ngsi-ld:x", "a b", "@id"])
selectors = some.fixed_dictionaries(
    {"type": either(some.sampled_from(["Room", "*", "(A|B);C", "A,,B", "((", ""]))},
    optional={
        "id": either(some.sampled_from(["urn:x:1", ["urn:x:1", "urn:x:2"], "x"])),
        "idPattern": either(some.sampled_from(["urn:.*", "(a+)+$", "[", "*"])),
    },
)
endpoints = some.fixed_dictionaries(
    {
        "uri": either(
            some.sampled_from(["http://a.example/x", "mqtt://a/b", "mqtts://u:p@h:1/t", "http://[::1]:8/", "x:"])
        )
    },
    optional={
        "accept": either(some.sampled_from(["application/json", "application/ld+json", "application/geo+json"])),
        "timeout": either(some.integers(-5, 100_000)),
        "cooldown": either(some.integers(-5, 100_000)),
        "receiverInfo": either(some.lists(some.fixed_dictionaries({"key": some.text(max_size=9), "value": scalars}))),
    },
)
notifications = some.fixed_dictionaries(
    {"endpoint": either(endpoints)},
    optional={
        "format": either(some.sampled_from(["normalized", "concise", "keyValues", "simplified"])),
        "attributes": either(some.lists(names, min_size=1, max_size=3)),
        "pick": either(some.lists(names, min_size=1, max_size=3)),
        "omit": either(some.lists(names, min_size=1, max_size=3)),
        "sysAttrs": either(some.booleans()),
        "showChanges": either(some.booleans()),
        "join": either(some.sampled_from(["inline", "flat", "@none"])),
        "joinLevel": either(some.integers(-1, 20)),
    },
)
members = {
    "id": either(some.just("urn:ngsi-ld:Subscription:1")),
    "entities": either(some.lists(selectors, min_size=1, max_size=3)),
    "watchedAttributes": either(some.lists(names, min_size=1, max_size=3)),
    "notificationTrigger": either(some.lists(some.sampled_from(TRIGGERS), min_size=1)),
    "timeInterval": either(some.integers(-1, 100)),
    "throttling": either(some.floats()),
    "q": either(some.sampled_from(["a>1", "a==%22x%22;(b|c)", "((", "%", "a~=(x+)+", "a[b.c]<2027-01-01"])),
    "scopeQ": either(some.sampled_from(["/a/#", "/+/b,/c", "a", "/a;;"])),
    "geoQ": either(
        some.fixed_dictionaries(
            {
                "georel": either(some.sampled_from(["within", "near;maxDistance==5", "near", "touches"])),
                "geometry": either(some.sampled_from(["Point", "Polygon", "Circle"])),
                "coordinates": either(some.sampled_from([[1, 2], "[1,2]", "[[[", [[[0, 0], [0, 1], [1, 1], [0, 0]]]])),
            },
            optional={"geoproperty": either(names)},
        )
    ),
    "isActive": either(some.booleans()),
    "expiresAt": either(some.sampled_from(["2027-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2027-01-01"])),
    "lang": either(some.sampled_from(["vi", "*", "fr-CH,fr;q=0.9"])),
    "datasetId": either(some.lists(some.sampled_from(["@none", "urn:d:1"]), min_size=1)),
    "jsonldContext": either(some.just("https://example.org/c.jsonld")),
}
documents = some.fixed_dictionaries(
    {"type": either(some.just("Subscription")), "notification": either(notifications)}, optional=members
)
fragments = some.fixed_dictionaries({}, optional={**members, "notification": either(notifications)})


def compiled(document: dict[str, Any]) -> Subscription:
    made = Subscription("", Record(document, None, None, "x", "", "", ""), CORE, CORE, (EVERYTHING, math.inf))
    recipient_of(made)
    shown(document, CORE)
    status_of(document, NOW)
    return made


@given(documents, fragments)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_only_refusals_come_of_it(document: dict[str, Any], fragment: dict[str, Any]) -> None:
    with suppress(Problem):
        read = read_subscription(document, CORE, NOW)
        read.setdefault("id", "urn:x:s")
        compiled(read)
        compiled(patched(read, fragment, CORE, NOW))


@given(anything)
@settings(max_examples=80, deadline=None)
def test_anything_in_the_place_of_a_notification_is_refused_or_understood(value: Any) -> None:
    with suppress(Problem):
        read = read_subscription(
            {"type": "Subscription", "id": "urn:x:s", "entities": [{"type": "A"}], "notification": value}, CORE, NOW
        )
        compiled(read)
