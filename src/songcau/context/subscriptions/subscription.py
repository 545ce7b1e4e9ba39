"""One subscription, ready for use: what it asks is compiled, where and how it is told is made up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from songcau.context.entities.entity import Change, Entity
from songcau.context.entities.writing import Form, Style
from songcau.context.language.selection import Selection
from songcau.context.problems import TooComplexQuery
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.documents import DEFAULT_TRIGGERS, Document, instant
from songcau.context.subscriptions.endpoints import Endpoint, read_endpoint
from songcau.context.subscriptions.lines import Line
from songcau.context.subscriptions.occurrences import ATTRIBUTE_DELETED, TRIGGER_BITS, Occurrence
from songcau.context.terms.terms import Terms
from songcau.kernel import clock

# What may be asked of an entity at each change, a plain comparison being 1.
MOST_WEIGHT = 500

# Who it is, and until when (seconds since 1970).
Owner = tuple[Caller, float]
STYLES: dict[str, Style] = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a subscription on disk.

    context: the @context in which `q` is read. told_in: the one its notifications are written in, unless the document
    names another by jsonldContext. by: label of the owner. token: the id of its token, empty in a broker without
    tokens. since: changes up to this sequence number were made before it.
    """

    document: Document
    context: Any
    told_in: Any
    by: str
    token: str
    created_at: str
    modified_at: str
    since: int = 0

    @property
    def notification_context(self) -> Any:
        return self.document.get("jsonldContext", self.told_in)

    def stored(self) -> Document:
        return {
            "document": self.document,
            "context": self.context,
            "toldIn": self.told_in,
            "by": self.by,
            "token": self.token,
            "createdAt": self.created_at,
            "modifiedAt": self.modified_at,
            "since": self.since,
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Record":
        return cls(
            stored["document"],
            stored["context"],
            stored["toldIn"],
            stored["by"],
            stored["token"],
            stored["createdAt"],
            stored["modifiedAt"],
            stored["since"],
        )


class Subscription:
    """A record and what follows from it. Treat as frozen: an update makes another one.

    selection: what the entities are like that it is about. watched: names of attributes, or None for any. expires: when
    it or its owner's token ends, in seconds since 1970. line: what it still has to be told.
    """

    __slots__ = (
        "_needs", "by", "endpoint", "expires", "form", "id", "interval", "is_active", "join", "join_level",
        "line", "record", "selection", "shows_changes", "tenant", "terms", "throttling", "triggers",
        "watched",
    )  # fmt: skip

    def __init__(self, tenant: str, record: Record, terms: Terms, told_in: Terms, owner: Owner) -> None:
        """Raises BadRequestData, InvalidRequest, TooComplexQuery for what cannot be asked."""
        document = record.document
        notification = document["notification"]
        self.id: str = document["id"]
        self.tenant = tenant
        self.line: Line | None = None
        self.record = record
        self.by, until = owner
        self.terms = told_in
        self.endpoint: Endpoint = read_endpoint(notification["endpoint"])
        self.form = _form(document, self.endpoint)
        self.join: str | None = notification.get("join") if notification.get("join") != "@none" else None
        self.join_level: int = notification.get("joinLevel", 1)
        self.shows_changes: bool = notification.get("showChanges", False)
        self._needs = _needs(self.form)
        self.is_active: bool = document.get("isActive", True)
        self.throttling = float(document.get("throttling", 0))
        self.interval = float(document.get("timeInterval", 0))
        expires = instant(document["expiresAt"], "expiresAt").timestamp() if "expiresAt" in document else math.inf
        self.expires = min(expires, until)
        self.triggers = 0
        for trigger in document.get("notificationTrigger", DEFAULT_TRIGGERS):
            self.triggers |= TRIGGER_BITS[trigger]
        watched = document.get("watchedAttributes")
        self.watched = None if watched is None else frozenset(watched)
        self.selection = _selection(document, terms)
        if self.selection.weight > MOST_WEIGHT:
            raise TooComplexQuery("The subscription asks too much of each entity; make several of it")

    def matches(self, entity: Entity) -> bool:
        """Whether it is about the entity as it is here, as far as its owner may see it."""
        by = self.by
        if not by.sees_all:
            if not by.may_read(entity):
                return False
            entity = by.view(entity)
        try:
            return self.selection.matches(entity)
        except TooComplexQuery:
            return False  # of two outlines that meet without end nobody can be told in time how they lie

    def is_expired(self) -> bool:
        return self.expires < math.inf and self.expires <= clock.now().timestamp()

    def wants(self, occurrence: Occurrence) -> bool:
        """Whether it is to be told of the change (5.8.6)."""
        change, by = occurrence.change, self.by
        if not occurrence.fires(self.triggers, seen_changes(by, change, self.watched)):
            return False
        if self._needs is not None and self._needs.isdisjoint(by.view(occurrence.entity).attributes):
            return False
        if self.matches(occurrence.entity):
            return True
        if not by.may_read(occurrence.entity):
            return False
        # What asks for an attribute in q is told, too, that this attribute is gone.
        return (
            change.before is not None
            and change.before is not occurrence.entity
            and bool(self.triggers & ATTRIBUTE_DELETED)
            and any(deed & ATTRIBUTE_DELETED for deed in occurrence.deeds.values())
            and self.matches(change.before)
        )


def seen_changes(by: Caller, change: Change, watched: frozenset[str] | None) -> frozenset[str] | None:
    """The attributes watched for changes: of all those of a change only what the watcher may see.

    None: any, as long as nothing of the change is hidden; that something hidden was changed must not be told either.
    """
    if not by.limits_attributes:
        return watched
    seen = by.readable_names(change.names if watched is None else watched)
    return None if watched is None and len(seen) == len(change.names) else frozenset(seen)


def status_of(document: Document, now: datetime) -> str:
    """5.2.12: active, paused or expired."""
    if "expiresAt" in document and instant(document["expiresAt"], "expiresAt") <= now:
        return "expired"
    return "active" if document.get("isActive", True) else "paused"


def _form(document: Document, endpoint: Endpoint) -> Form:
    notification = document["notification"]
    datasets = document.get("datasetId")
    geo_query = document.get("geoQ", {})
    choices: dict[str, Any] = {"geometry": geo_query["geoproperty"]} if "geoproperty" in geo_query else {}
    return Form(
        style=STYLES[notification.get("format", "normalized")],
        geojson=endpoint.accept == "application/geo+json",
        sys_attrs=notification.get("sysAttrs", False),
        lang=document.get("lang"),
        pick=_names(notification, "pick"),
        omit=_names(notification, "omit"),
        attrs=_names(notification, "attributes"),
        datasets=None if datasets is None else (datasets,) if isinstance(datasets, str) else tuple(datasets),
        **choices,
    )


def _needs(form: Form) -> frozenset[str] | None:
    """Attributes of which an entity must have one, since nothing of it would be told otherwise."""
    shown = form.attrs if form.attrs is not None else form.pick
    if shown is None or (form.attrs is None and not {"id", "type", "scope"}.isdisjoint(shown)):
        return None
    return frozenset(shown)


def _names(notification: Mapping[str, Any], member: str) -> tuple[str, ...] | None:
    listed = notification.get(member)
    return None if listed is None else tuple(listed)


def _selection(document: Document, terms: Terms) -> Selection:
    """What the entities must be like of which it is told."""
    entities = [_selector(one) for one in document.get("entities", [{}])]
    return Selection.of_body(
        terms=terms,
        # A selector of any type with nothing beside it selects everything, whatever the others say.
        entities=entities if all(entities) else None,
        q=document.get("q"),
        scope_q=document.get("scopeQ"),
        geo_q=document.get("geoQ"),
    )


def _selector(one: Mapping[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in one.items() if (member, value) != ("type", "*")}
