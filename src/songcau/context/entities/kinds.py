"""The kinds of attributes, and what each of them consists of (ETSI GS CIM 009, clauses 4.5.2 to 4.5.24)."""

from typing import Final

VALUE_MEMBERS: Final = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
"""Kind of attribute → the member that holds what it says."""

NAMES_OF_KINDS: Final = {kind: kind for kind in VALUE_MEMBERS}
"""Each name to itself: so that all entities share eight texts instead of having one for each attribute."""

KINDS_BY_MEMBER: Final = {
    "value": "Property",
    "object": "Relationship",
    "languageMap": "LanguageProperty",
    "vocab": "VocabProperty",
    "json": "JsonProperty",
    "valueList": "ListProperty",
    "objectList": "ListRelationship",
}
"""The way back, for the concise form, which leaves the kind out. A `value` may be a GeoProperty's as well."""

PREVIOUS_MEMBERS: Final = {
    "value": "previousValue",
    "object": "previousObject",
    "languageMap": "previousLanguageMap",
    "vocab": "previousVocab",
    "json": "previousJson",
    "valueList": "previousValueList",
    "objectList": "previousObjectList",
}

STAMPS: Final = ("createdAt", "modifiedAt", "deletedAt")
"""What the broker says of an entity or an attribute by itself; shown when asked for."""

DETAILS: Final = frozenset(
    (
        "type",
        "dataset",
        "datasetId",
        "entity",
        "entityIdSealed",
        "entityList",
        "entityTypeSealed",
        "expiresAt",
        "instanceId",
        "lang",
        "objectType",
        "observedAt",
        "unitCode",
        "valueType",
        *VALUE_MEMBERS.values(),
        *PREVIOUS_MEMBERS.values(),
        *STAMPS,
    )
)
"""Members of an instance that are no attributes of the attribute."""
