"""The stored form of an entity, and of a change to one.

Names of types and attributes are expanded IRIs; everything that the core @context defines keeps its short name, so
that a stored instance can go to disk and come back by plain JSON. An attribute is one instance (a dict) or, when it
has several by `datasetId`, a list of them; an instance looks like

    {"type": "Property", "value": 27.5, "unitCode": "CEL", "observedAt": "2026-11-28T01:00:00Z",
     "https://…/accuracy": {"type": "Property", "value": 0.1}, "createdAt": "…", "modifiedAt": "…"}

with the values exactly as they were sent (a VocabProperty's `vocab` and a Relationship's `objectType` are expanded).

Entities and instances are never changed in place: a change makes a new entity that shares what did not change. So an
answer being written, a notification waiting and a change being undone each hold the state they need, and pieces of
an answer can be kept on the entity they were made from.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

Instance = dict[str, Any]
Attribute = Instance | list[Instance]
Attributes = dict[str, Attribute]
Answers = dict[object, bytes]


class Entity:
    """One entity as it is at one moment. Treat as frozen.

    types: expanded IRIs, at least one. scopes: paths such as `/wards/W05512`, may be empty. created_at, modified_at:
    ISO 8601 in UTC, microseconds, `Z`. `answers`: pieces of answers made from this entity, by form; never stored.
    `order`: the place in the order of creation that memory gives, and that pages of a query follow; never stored.
    """

    __slots__ = ("answers", "attributes", "created_at", "id", "modified_at", "order", "scopes", "types")

    def __init__(
        self,
        id: str,  # noqa: A002  # the standard's name
        types: tuple[str, ...],
        scopes: tuple[str, ...],
        attributes: Attributes,
        created_at: str,
        modified_at: str,
    ) -> None:
        self.id = id
        self.types = types
        self.scopes = scopes
        self.attributes = attributes
        self.created_at = created_at
        self.modified_at = modified_at
        self.answers: Answers | None = None
        self.order = 0

    def document(self) -> dict[str, Any]:
        """What is put on disk; `Entity.restored` is the way back."""
        return {
            "id": self.id,
            "type": self.types,
            "scope": self.scopes,
            "createdAt": self.created_at,
            "modifiedAt": self.modified_at,
            "attributes": self.attributes,
        }

    @classmethod
    def restored(cls, document: Mapping[str, Any]) -> "Entity":
        return cls(
            document["id"],
            tuple(document["type"]),
            tuple(document["scope"]),
            document["attributes"],
            document["createdAt"],
            document["modifiedAt"],
        )


class Kind(IntEnum):
    """What a change did: the numbers are stored."""

    SET = 0  # named attributes were set or removed, types or scopes perhaps changed
    PUT = 1  # the whole entity was created or replaced
    DELETE = 2  # the entity is gone


class Change:
    """One entity before and after: what the journal writes, the indexes follow and subscribers are told.

    names: the attributes written by this change (also those that are gone after it). by: who, as a label.
    late: instances that are older than what the entity holds; they go into the history only.
    """

    __slots__ = ("after", "at", "before", "by", "entity_id", "kind", "late", "names", "tenant")

    def __init__(
        self,
        tenant: str,
        kind: Kind,
        entity_id: str,
        before: Entity | None,
        after: Entity | None,
        names: tuple[str, ...],
        at: str,
        by: str,
    ) -> None:
        self.tenant = tenant
        self.kind = kind
        self.entity_id = entity_id
        self.before = before
        self.after = after
        self.names = names
        self.at = at
        self.by = by
        self.late: list[tuple[str, Instance]] | None = None


def instances(attribute: Attribute) -> list[Instance]:
    """The instances of an attribute, one or several."""
    return attribute if isinstance(attribute, list) else [attribute]
