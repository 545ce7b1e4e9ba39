"""From the payload of one member of an attribute to what is stored of it, by the attribute's kind.

Each reader takes how to read (`Manner`), the name of the member and its payload, and returns what is stored, or None
for what is not. It raises `Misfit`.
"""

from collections.abc import Callable
from sys import intern
from typing import Any, Final

from songcau.context.entities.geojson import read_geometry
from songcau.context.entities.kinds import PREVIOUS_MEMBERS, STAMPS, VALUE_MEMBERS
from songcau.context.entities.values import (
    NULL,
    SCALARS,
    Misfit,
    check_depth,
    check_json,
    known,
    read_instant,
    read_text,
    read_uri,
)
from songcau.context.terms.terms import Terms


class Manner:
    """terms: what names mean. simplified: whether the payload is in the simplified form. nulls: whether an NGSI-LD Null
    may stand in it. partial: whether the outermost level may leave out its value."""

    __slots__ = ("nulls", "partial", "simplified", "terms")

    def __init__(self, terms: Terms, *, simplified: bool = False, nulls: bool = False, partial: bool = False) -> None:
        self.terms = terms
        self.simplified = simplified
        self.nulls = nulls
        self.partial = partial


Reader = Callable[[Manner, str, Any], Any]


def read_value(manner: Manner, member: str, value: Any) -> Any:
    """The value of a Property: any JSON but null."""
    if value.__class__ is str and value != NULL:
        return known(value)
    if value.__class__ not in SCALARS:
        check_json(value, member, nulls=manner.nulls)
    return value


def _geometry(manner: Manner, member: str, value: Any) -> Any:
    return read_geometry(value, member)


def _uri(member: str, value: Any) -> str:
    if value == NULL:
        raise Misfit(f"{member} is an NGSI-LD Null, which has no place here")
    return known(read_uri(value, member))


def _object(manner: Manner, member: str, value: Any) -> Any:
    if value.__class__ is not list:
        return _uri(member, value)
    if not value:
        raise Misfit(f"{member} is an empty list")
    return [_uri(member, part) for part in value]


def _object_list(manner: Manner, member: str, value: Any) -> Any:
    """Stored as the normalized form has it, objects with the one member "object", also when sent as plain URIs."""
    if value.__class__ is not list:
        raise Misfit(f"{member} is not a list")
    return [{"object": _uri(member, _listed_object(member, part))} for part in value]


def _listed_object(member: str, part: Any) -> Any:
    if part.__class__ is not dict:
        return part
    if part.keys() != {"object"}:
        raise Misfit(f"a part of {member} has other members than 'object'")
    return part["object"]


def _value_list(manner: Manner, member: str, value: Any) -> Any:
    if value.__class__ is not list:
        raise Misfit(f"{member} is not a list")
    check_json(value, member)
    return value


def _language_map(manner: Manner, member: str, value: Any) -> Any:
    if value.__class__ is not dict or not value:
        raise Misfit(f"{member} is not an object of texts by language")
    for language, texts in value.items():
        if not language or len(language) > 64 or " " in language:
            raise Misfit(f"{member} has {language[:40]!r}, which is no language")
        for text in texts if texts.__class__ is list and texts else (texts,):
            if text.__class__ is not str or (text == NULL and not manner.nulls):
                raise Misfit(f"{member} has something else than text in {language!r}")
    return value


def _vocabulary_value(manner: Manner, member: str, value: Any) -> Any:
    return _expanded(manner.terms.expand_value, member, value)


def _type_names(manner: Manner, member: str, value: Any) -> Any:
    return _expanded(manner.terms.expand, member, value)


def _expanded(expand: Callable[[str], str], member: str, value: Any) -> Any:
    parts = value if value.__class__ is list else [value]
    if not parts or any(part.__class__ is not str or part == NULL for part in parts):
        raise Misfit(f"{member} is neither a text nor a list of texts")
    expanded = [expand(part) for part in parts]
    return expanded if value.__class__ is list else expanded[0]


def _json(manner: Manner, member: str, value: Any) -> Any:
    if value is None or value == NULL:
        raise Misfit(f"{member} is null")
    check_depth(value, member)
    return value


def read_dataset_id(manner: Manner, member: str, value: Any) -> str | None:
    """None for the default instance, which has no dataset."""
    return None if value == "@none" else _uri(member, value)


def _instant(manner: Manner, member: str, value: Any) -> str:
    return NULL if value == NULL and manner.nulls else read_instant(value, member)


def _text(manner: Manner, member: str, value: Any) -> str:
    text = read_text(value, member)
    if text == NULL and not manner.nulls:
        raise Misfit(f"{member} is an NGSI-LD Null, which has no place here")
    return text


def _unit(manner: Manner, member: str, value: Any) -> str:
    """One of a few codes: all entities share the text of it."""
    return intern(_text(manner, member, value))


def _sealed_id(manner: Manner, member: str, value: Any) -> str:
    return _uri(member, value)


def _unstored(manner: Manner, member: str, value: Any) -> None:
    """What only the broker says: left out, so that an answer can be sent back as it came."""


def _readers(kind: str, value_reader: Reader, **more: Reader) -> dict[str, Reader]:
    member = VALUE_MEMBERS[kind]
    readers: dict[str, Reader] = {
        member: value_reader,
        "observedAt": _instant,
        "datasetId": read_dataset_id,
        "expiresAt": _instant,
        "instanceId": _unstored,
        PREVIOUS_MEMBERS[member]: _unstored,
        **dict.fromkeys(STAMPS, _unstored),
        **more,
    }
    return readers


_UNIT: Final[dict[str, Reader]] = {"unitCode": _unit, "valueType": _type_names}

READERS: Final = {
    "Property": _readers("Property", read_value, lang=_text, **_UNIT),
    "GeoProperty": _readers("GeoProperty", _geometry, **_UNIT),
    "Relationship": _readers("Relationship", _object, objectType=_type_names, entity=_unstored),
    "LanguageProperty": _readers("LanguageProperty", _language_map, lang=_text),
    "VocabProperty": _readers("VocabProperty", _vocabulary_value),
    "JsonProperty": _readers("JsonProperty", _json),
    "ListProperty": _readers("ListProperty", _value_list, **_UNIT),
    "ListRelationship": _readers("ListRelationship", _object_list, objectType=_type_names, entityList=_unstored),
}
"""Kind of attribute → member → its reader. What is in none of them is an attribute of the attribute."""

SEALS: Final[dict[str, Reader]] = {"entityIdSealed": _sealed_id, "entityTypeSealed": _type_names}
"""What a proof (`ngsildproof`) has besides what a Property has."""
