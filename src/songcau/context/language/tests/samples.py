"""Entities and a @context for the tests of the query languages."""

from typing import Any

from songcau.context.entities.entity import Entity
from songcau.context.problems import BadRequestData

NAMESPACE = "https://example.org/terms/"


class Plain:
    """A @context in which every name is a term of one namespace."""

    key = "plain"
    stretch = len(NAMESPACE)

    def expand(self, term: str) -> str:
        if not term or any(sign in term for sign in " <>{}\"'=@;,()"):
            raise BadRequestData(f"'{term}' is no name.")
        return term if ":" in term else NAMESPACE + term


PLAIN = Plain()


def expanded(name: str) -> str:
    return PLAIN.expand(name)


def prop(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


def link(target: Any) -> dict[str, Any]:
    return {"type": "Relationship", "object": target}


def entity(
    entity_id: str = "urn:ngsi-ld:Detector:1",
    types: str | tuple[str, ...] = "Detector",
    scopes: tuple[str, ...] = (),
    /,
    **attributes: Any,
) -> Entity:
    """An entity whose attributes are given by short names, as instances or as plain values."""
    names = (types,) if isinstance(types, str) else types
    stored = {
        expanded(key): value if isinstance(value, list | dict) else prop(value) for key, value in attributes.items()
    }
    stamp = "2026-11-28T01:00:00.000000Z"
    return Entity(entity_id, tuple(expanded(one) for one in names), scopes, stored, stamp, stamp)
