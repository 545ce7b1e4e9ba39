"""From stored instances to what a reader sees: normalized, concise, simplified (clauses 4.5.2 to 4.5.4)."""

from collections.abc import Callable
from typing import Any, Final

from songcau.context.entities.entity import Attribute, Instance
from songcau.context.entities.geojson import is_geometry
from songcau.context.entities.kinds import DETAILS, KINDS_BY_MEMBER, STAMPS, VALUE_MEMBERS
from songcau.context.entities.languages import chosen_language
from songcau.context.terms.terms import Terms

Compact = Callable[[str], str]

_STAMPS: Final = frozenset(STAMPS)
_COMPACTED: Final = frozenset(("vocab", "previousVocab", "objectType", "valueType", "entityTypeSealed"))
_PLAIN: Final = DETAILS - _STAMPS - _COMPACTED


class Writer:
    """Writes attributes in one style for one @context. What it returns may share values with what it was given."""

    __slots__ = ("_compact", "_lang", "_sys_attrs", "_write")

    def __init__(self, terms: Terms, style: str, *, sys_attrs: bool = False, lang: str | None = None) -> None:
        self._compact = terms.compact
        self._sys_attrs = sys_attrs
        self._lang = lang
        # Not bound to this writer: it would hold itself, and each answer leave a circle for the collector of cycles.
        self._write = _STYLES[style]

    def instance(self, instance: Instance) -> Any:
        """One instance in the style."""
        return self._write(self, instance)

    def attribute(self, attribute: Attribute) -> Any:
        """An attribute of one instance or several."""
        if not isinstance(attribute, list):
            return self._write(self, attribute)
        if self._write is Writer._simplified:
            return {"dataset": {one.get("datasetId", "@none"): self._simplified(one) for one in attribute}}
        return [self._write(self, one) for one in attribute]

    def _normalized(self, instance: Instance) -> dict[str, Any]:
        if self._lang is not None and "languageMap" in instance:
            instance = in_language(instance, self._lang)
        written: dict[str, Any] = {}
        for member, value in instance.items():
            if member in _PLAIN:
                written[member] = value
            elif member in _STAMPS:
                if self._sys_attrs:
                    written[member] = value
            elif member in _COMPACTED:
                written[member] = self._compacted(value)
            else:
                written[self._compact(member)] = self.attribute(value)
        return written

    def _compacted(self, value: Any) -> Any:
        """One IRI or a list of them."""
        if value.__class__ is list:
            return [self._compact(part) for part in value]
        return self._compact(value)

    def _concise(self, instance: Instance) -> Any:
        """Without the type, which the value shows; a value alone when nothing else is said and none can mistake it."""
        written = self._normalized(instance)
        kind = written.pop("type")
        if len(written) == 1:
            value = written.get("value")
            if kind == "GeoProperty" or (kind == "Property" and _is_plainly_a_value(value)):
                return value
        if kind == "Property" and _is_taken_for_a_geometry(written.get("value")):
            written["type"] = kind
        return written

    def _simplified(self, instance: Instance) -> Any:
        if self._lang is not None and "languageMap" in instance:
            texts = instance["languageMap"]
            return texts[chosen_language(texts, self._lang)] if texts and texts.__class__ is dict else texts
        member = VALUE_MEMBERS[instance["type"]]
        value = instance[member]
        if member in ("languageMap", "json"):
            return {member: value}
        if member == "vocab":
            return {member: self._compacted(value)}
        if member == "objectList":
            return [part["object"] for part in value]
        return value


_STYLES: Final[dict[str, Callable[[Writer, Instance], Any]]] = {
    "normalized": Writer._normalized,
    "concise": Writer._concise,
    "simplified": Writer._simplified,
}


def in_language(instance: Instance, lang: str) -> Instance:
    """A LanguageProperty as a Property of one text, with the language of it."""
    texts = instance["languageMap"]
    if not texts or texts.__class__ is str:  # every text was deleted; or a Null, in a notification of what is gone
        return instance
    language = chosen_language(texts, lang)
    written: Instance = {}
    for member, value in instance.items():
        if member == "languageMap":
            written["value"] = texts[language]
            written["lang"] = language
        else:
            written[member] = value
    written["type"] = "Property"
    return written


def _is_plainly_a_value(value: Any) -> bool:
    """Whether a value that stands alone is read as just that value."""
    if value.__class__ is dict:
        return bool(value) and "type" not in value and not (DETAILS & value.keys() or "dataset" in value)
    if value.__class__ is list:
        return not any(
            part.__class__ is dict and ("type" in part or KINDS_BY_MEMBER.keys() & part.keys()) for part in value
        )
    return True


def _is_taken_for_a_geometry(value: Any) -> bool:
    return value.__class__ is dict and is_geometry(value)
