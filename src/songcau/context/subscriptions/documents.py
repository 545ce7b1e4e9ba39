"""A subscription as a client writes it, as it is stored, and as it is shown (clauses 5.2.12 to 5.2.15, 5.2.33).

The stored document is what the client sent, with the names of types and attributes expanded and nothing filled in:
what is shown must be what was sent. `q` stays as it is; the subscription remembers the @context it was written in.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from songcau.context.problems import BadRequestData
from songcau.context.subscriptions.endpoints import read_endpoint

Document = dict[str, Any]
NULL = "urn:ngsi-ld:null"
TRIGGERS = (
    "entityCreated",
    "entityUpdated",
    "entityDeleted",
    "attributeCreated",
    "attributeUpdated",
    "attributeDeleted",
)
DEFAULT_TRIGGERS = ("attributeCreated", "attributeUpdated")
FORMATS = ("normalized", "concise", "simplified", "keyValues")
JOINS = ("flat", "inline", "@none")

LONGEST_TEXT = 16_384
MOST_LISTED = 500
LONGEST_PERIOD = 366 * 24 * 3600  # seconds
DEEPEST_JOIN = 10

# Filled in by the broker; a client that sends back what it was shown changes nothing by them.
_SHOWN_ONLY = frozenset({"status", "createdAt", "modifiedAt"})
_SHOWN_ONLY_OF_NOTIFICATION = frozenset(
    {"status", "timesSent", "timesFailed", "lastNotification", "lastSuccess", "lastFailure"}
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f]+")
_TYPE_NAME = re.compile(r"[^()|;,\s]+")


class Names(Protocol):
    """The part of a @context's terms that a subscription needs."""

    expand: Callable[[str], str]
    compact: Callable[[str], str]


Reader = Callable[[str, Any, Names], Any]


def read_subscription(payload: Mapping[str, Any], names: Names, now: datetime) -> Document:
    """The document to store of a new subscription. Raises BadRequestData."""
    if "type" not in payload:
        raise BadRequestData("A subscription has the type Subscription")
    document = _members(payload, names)
    check(document, now)
    return document


def patched(document: Document, fragment: Mapping[str, Any], names: Names, now: datetime) -> Document:
    """The document after a fragment (5.8.2): a member given replaces, one that is null goes. Raises BadRequestData."""
    gone = {member for member, value in fragment.items() if value is None or value == NULL}
    given = {member: value for member, value in fragment.items() if member not in gone}
    if "id" in given and given["id"] != document["id"]:
        raise BadRequestData("A subscription keeps its id")
    changed = {member: value for member, value in document.items() if member not in gone}
    changed.update(_members(given, names))
    check(changed, now, is_expiry_given="expiresAt" in given)
    return changed


def shown(document: Document, names: Names) -> Document:
    """What a client is shown of a stored document: its names under the client's @context."""
    told = dict(document)
    if "entities" in told:
        told["entities"] = [
            {**one, "type": type_selection(one["type"], names.compact)} if "type" in one else one
            for one in told["entities"]
        ]
    if "watchedAttributes" in told:
        told["watchedAttributes"] = [names.compact(name) for name in told["watchedAttributes"]]
    geo = told.get("geoQ")
    if geo and "geoproperty" in geo:
        told["geoQ"] = {**geo, "geoproperty": names.compact(geo["geoproperty"])}
    notification = dict(told["notification"])
    for member in ("attributes", "pick", "omit"):
        if member in notification:
            notification[member] = [_attribute(name, names.compact) for name in notification[member]]
    told["notification"] = notification
    told.setdefault("notificationTrigger", list(DEFAULT_TRIGGERS))
    return told


def check(document: Document, now: datetime, *, is_expiry_given: bool = True) -> None:
    """What members together must obey. Raises BadRequestData."""
    if "entities" not in document and "watchedAttributes" not in document:
        raise BadRequestData("A subscription says which entities or which watchedAttributes it is about")
    if "notification" not in document:
        raise BadRequestData("A subscription has a notification, with the endpoint to tell")
    if "timeInterval" in document:
        for other in ("throttling", "watchedAttributes"):
            if other in document:
                raise BadRequestData(f"timeInterval and {other} exclude each other")
    if is_expiry_given and "expiresAt" in document and instant(document["expiresAt"], "expiresAt") <= now:
        raise BadRequestData("expiresAt lies in the past")


def instant(text: object, member: str) -> datetime:
    """An ISO 8601 instant with its zone. Raises BadRequestData."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise BadRequestData(f"{member} must be an instant with its zone, such as 2026-11-28T07:00:00Z")
    return read


def type_selection(text: str, one: Callable[[str], str]) -> str:
    """A type selection with `one` applied to each name in it: (A|B);C and the like."""
    return text if text == "*" else _TYPE_NAME.sub(lambda found: one(found.group()), text)


# --- members ----------------------------------------------------------------------------------------------


def _members(payload: Mapping[str, Any], names: Names) -> Document:
    document: Document = {}
    for member, value in payload.items():
        if member in _SHOWN_ONLY:
            continue
        reader = _READERS.get(member)
        if reader is None:
            raise BadRequestData(f"{member[:100]} is no member of a subscription")
        document[member] = reader(member, value, names)
    return document


def _type(_member: str, value: Any, _names: Names) -> str:
    if value != "Subscription":
        raise BadRequestData("A subscription has the type Subscription")
    return "Subscription"


def _text(member: str, value: Any, _names: Names) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise BadRequestData(f"{member} must be a text of at most {LONGEST_TEXT} characters")
    return value


def _uri(member: str, value: Any, _names: Names) -> str:
    return uri(value, member)


def uri(value: object, member: str) -> str:
    """A URI. Raises BadRequestData."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _URI.fullmatch(value):
        raise BadRequestData(f"{member} must be a URI")
    return value


def _boolean(member: str, value: Any, _names: Names) -> bool:
    if not isinstance(value, bool):
        raise BadRequestData(f"{member} must be true or false")
    return value


def _period(member: str, value: Any, _names: Names) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST_PERIOD:
        raise BadRequestData(f"{member} must be a number of seconds above 0, at most a year")
    return value


def _expiry(member: str, value: Any, _names: Names) -> str:
    instant(value, member)
    return str(value)


def _listed(member: str, value: Any, *, what: str) -> list[Any]:
    if not isinstance(value, list) or not value or len(value) > MOST_LISTED:
        raise BadRequestData(f"{member} must be a list of {what}: at least one, at most {MOST_LISTED}")
    return value


def _triggers(member: str, value: Any, _names: Names) -> list[str]:
    for trigger in _listed(member, value, what="triggers"):
        if trigger not in TRIGGERS:
            raise BadRequestData(f"{member} can be {', '.join(TRIGGERS)}")
    return list(dict.fromkeys(value))


def _watched(member: str, value: Any, names: Names) -> list[str]:
    return [names.expand(_text(member, name, names)) for name in _listed(member, value, what="attribute names")]


def _projected(member: str, value: Any, names: Names) -> list[str]:
    listed = _listed(member, value, what="names")
    return [_attribute(_text(member, name, names), names.expand) for name in listed]


def _attribute(name: str, one: Callable[[str], str]) -> str:
    """Members of an entity that are no attributes keep their names."""
    return name if name in {"id", "type", "scope"} else one(name)


def _datasets(member: str, value: Any, _names: Names) -> list[str] | str:
    for dataset in [value] if isinstance(value, str) else _listed(member, value, what="URIs or @none"):
        if dataset != "@none":
            uri(dataset, member)
    return value  # type: ignore[no-any-return]  # checked just now


def _entities(member: str, value: Any, names: Names) -> list[Document]:
    return [_selector(one, names) for one in _listed(member, value, what="entity selectors")]


def _selector(one: object, names: Names) -> Document:
    if not isinstance(one, dict) or not one or not set(one) <= {"id", "idPattern", "type"}:
        raise BadRequestData("An entity selector has a type, and perhaps an id or an idPattern")
    if "type" not in one:
        raise BadRequestData("An entity selector needs a type; * stands for any")
    selected = dict(one)
    selected["type"] = type_selection(_text("type", one["type"], names), names.expand)
    if "id" in one:
        for entity_id in [one["id"]] if isinstance(one["id"], str) else _listed("id", one["id"], what="URIs"):
            uri(entity_id, "The id of an entity selector")
    if "idPattern" in one:
        _text("idPattern", one["idPattern"], names)
    return selected


def _geo_query(member: str, value: Any, names: Names) -> Document:
    if not isinstance(value, dict) or not {"georel", "geometry", "coordinates"} <= set(value):
        raise BadRequestData(f"{member} has georel, geometry and coordinates")
    if not set(value) <= {"georel", "geometry", "coordinates", "geoproperty"}:
        raise BadRequestData(f"{member} has no members but georel, geometry, coordinates and geoproperty")
    if not isinstance(value["coordinates"], list | str):
        raise BadRequestData(f"The coordinates of {member} are a list, or the text of one")
    read = {**value, "georel": _text("georel", value["georel"], names)}
    read["geometry"] = _text("geometry", value["geometry"], names)
    if "geoproperty" in value:
        read["geoproperty"] = names.expand(_text("geoproperty", value["geoproperty"], names))
    return read


def _notification(member: str, value: Any, names: Names) -> Document:
    if not isinstance(value, dict):
        raise BadRequestData(f"{member} must be an object with an endpoint")
    document: Document = {}
    for name, part in value.items():
        if name in _SHOWN_ONLY_OF_NOTIFICATION:
            continue
        reader = _NOTIFICATION_READERS.get(name)
        if reader is None:
            raise BadRequestData(f"{name[:100]} is no member of a notification")
        document[name] = reader(name, part, names)
    if "endpoint" not in document:
        raise BadRequestData("The notification needs an endpoint")
    _check_projection(document)
    return document


def _check_projection(document: Document) -> None:
    attributes, pick, omit = (document.get(name) for name in ("attributes", "pick", "omit"))
    if attributes and (pick or omit):
        raise BadRequestData("attributes excludes pick and omit")
    if both := set(pick or ()) & set(omit or ()):
        raise BadRequestData(f"pick and omit both name {', '.join(sorted(both))}")
    if document.get("showChanges") and document.get("format") in {"simplified", "keyValues"}:
        raise BadRequestData("showChanges has no place in the simplified format")
    if "joinLevel" in document and document.get("join", "@none") == "@none":
        raise BadRequestData("joinLevel needs a join")


def _one_of(choices: Iterable[str]) -> Reader:
    def read(member: str, value: Any, _names: Names) -> str:
        if not isinstance(value, str) or value not in choices:
            raise BadRequestData(f"{member} can be {', '.join(choices)}")
        return value

    return read


def _endpoint(_member: str, value: Any, _names: Names) -> Document:
    read_endpoint(value)
    return value  # type: ignore[no-any-return]  # an object, as was checked just now


def _level(member: str, value: Any, _names: Names) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= DEEPEST_JOIN:
        raise BadRequestData(f"{member} must be a whole number from 1 to {DEEPEST_JOIN}")
    return value


_READERS: dict[str, Reader] = {
    "id": _uri,
    "type": _type,
    "subscriptionName": _text,
    "description": _text,
    "entities": _entities,
    "watchedAttributes": _watched,
    "notificationTrigger": _triggers,
    "timeInterval": _period,
    "throttling": _period,
    "q": _text,
    "scopeQ": _text,
    "geoQ": _geo_query,
    "csf": _text,
    "isActive": _boolean,
    "notification": _notification,
    "expiresAt": _expiry,
    "lang": _text,
    "datasetId": _datasets,
    "localOnly": _boolean,
    "splitEntities": _boolean,
    "jsonldContext": _uri,
}
_NOTIFICATION_READERS: dict[str, Reader] = {
    "attributes": _projected,
    "pick": _projected,
    "omit": _projected,
    "format": _one_of(FORMATS),
    "sysAttrs": _boolean,
    "showChanges": _boolean,
    "endpoint": _endpoint,
    "join": _one_of(JOINS),
    "joinLevel": _level,
}
