"""From a payload to a draft of an entity in the stored form: names expanded, every value checked.

A refusal is a BadRequestData whose sentence names the attribute; a payload that is no object at all is an
InvalidRequest. What only the broker says (createdAt, instanceId …) is left out wherever a client sends it.
"""

from dataclasses import dataclass
from typing import Any, Final

from songcau.context.entities.entity import Attribute, Attributes
from songcau.context.entities.instances import (
    DELETED,
    check_part,
    deleted_of,
    is_deletion,
    of_kind,
    read_instances,
    read_part,
)
from songcau.context.entities.kinds import DETAILS, STAMPS
from songcau.context.entities.members import Manner
from songcau.context.entities.values import NULL, Misfit, alone, read_scopes, read_uri
from songcau.context.problems import BadRequestData, InvalidRequest, OperationNotSupported
from songcau.context.terms.terms import Terms

__all__ = [
    "DELETED",
    "NULL",
    "Draft",
    "check_part",
    "deleted_of",
    "is_deletion",
    "of_kind",
    "read_attribute",
    "read_entity",
    "read_fragment",
    "read_types",
]

MOST_ATTRIBUTES: Final = 10_000


@dataclass(slots=True)
class Draft:
    """What a payload says of an entity. Values are those of the payload, which must not be changed afterwards.

    id, scopes: None when not given; no scopes (an empty tuple) when they are to be deleted. types: may be empty in a
    fragment. attributes: expanded name → instance or instances, without stamps. simplified: the payload said no kinds
    of attributes. nulls: NGSI-LD Nulls may stand in it.
    """

    id: str | None
    types: tuple[str, ...]
    scopes: tuple[str, ...] | None
    attributes: Attributes
    simplified: bool = False
    nulls: bool = False


def read_entity(payload: object, terms: Terms, *, simplified: bool = False, nulls: bool = False) -> Draft:
    """A whole entity: id and type are demanded."""
    draft = read_fragment(payload, terms, simplified=simplified, nulls=nulls)
    if draft.id is None:
        raise BadRequestData("The entity has no id")
    if not draft.types:
        raise BadRequestData("The entity has no type")
    return draft


def read_fragment(payload: object, terms: Terms, *, simplified: bool = False, nulls: bool = False) -> Draft:
    """A part of an entity, for appending, updating and merging. nulls: whether an NGSI-LD Null may delete."""
    if not isinstance(payload, dict):
        raise InvalidRequest("The entity is not a JSON object")
    if len(payload) > MOST_ATTRIBUTES:
        raise BadRequestData(f"The entity has more than {MOST_ATTRIBUTES:,} attributes")
    manner = Manner(terms, simplified=simplified, nulls=nulls)
    expand = terms.expand
    attributes: Attributes = {}
    special: dict[str, Any] = {}
    for name, value in payload.items():
        if name in _NOT_ATTRIBUTES:
            special[name] = value
            continue
        iri = expand(name)
        if iri in attributes:
            raise BadRequestData(f"The entity has the attribute {name!r} twice")
        try:
            attributes[iri] = read_instances(manner, value)
        except Misfit as misfit:
            raise misfit.of(name) from None
    draft = Draft(None, (), None, attributes, simplified, nulls)
    _add_special(draft, special, terms)
    return draft


def read_attribute(
    payload: object, terms: Terms, *, name: str = "", partial: bool = False, nulls: bool = False
) -> Attribute:
    """The body of a request about one attribute. name: as the client wrote it, for refusals.

    partial: a fragment of one instance, which may leave out its kind (then there is no "type" in what is returned)
    and its value. Otherwise the attribute must be whole; a list of instances is taken too.
    """
    manner = Manner(terms, nulls=nulls, partial=partial)
    try:
        if partial:
            return read_part(manner, payload)
        if isinstance(payload, dict) and "@context" in payload:
            payload = {member: part for member, part in payload.items() if member != "@context"}
        return read_instances(manner, payload)
    except Misfit as misfit:
        raise misfit.of(name or "of the request") from None


def read_types(value: object, terms: Terms) -> tuple[str, ...]:
    """An entity's type or types, expanded, each once."""
    if isinstance(value, str):
        return alone(terms.expand(value))
    if not isinstance(value, list) or not value:
        raise BadRequestData("The type of the entity is neither a name nor a list of names")
    types: dict[str, None] = {}
    for name in value:
        if not isinstance(name, str):
            raise BadRequestData("The type of the entity is neither a name nor a list of names")
        types[terms.expand(name)] = None
    return tuple(types)


_NOT_ATTRIBUTES: Final = frozenset(("id", "@id", "type", "@type", "scope", "@context", *DETAILS))


def _add_special(draft: Draft, special: dict[str, Any], terms: Terms) -> None:
    """What remains beside the attributes, each thing in its place."""
    for name, value in special.items():
        if name in ("id", "@id"):
            draft.id = read_uri(value, "The id of the entity")
        elif name in ("type", "@type"):
            draft.types = read_types(value, terms)
        elif name == "scope":
            draft.scopes = read_scopes(value)
        elif name == "expiresAt":
            raise OperationNotSupported("This broker keeps no transient entities: leave expiresAt out")
        elif name != "@context" and name not in STAMPS:
            raise BadRequestData(f"{name!r} says something of an attribute and cannot be one")
