"""Which values of an entity a path of the query language means (clause 4.9, Attribute).

`speed` is an attribute, `speed.accuracy` a sub-attribute, `speed.observedAt` a member of an instance,
`address[city.ward]` a place inside a compound value, `title[en]` one language of a LanguageProperty (`[*]` any).
What a path reaches is a list of groups: a group for each attribute instance that the path ends in, holding every
value found there; an array counts as its elements.
"""

from dataclasses import dataclass
from typing import Any

from songcau.context.entities.entity import Attribute, Entity, Instance, instances
from songcau.context.language.names import ENTITY_MEMBERS, MEMBERS, TIMES, Names, dotted
from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 10

Group = list[Any]


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute (expanded), sub-attributes (expanded), perhaps a member of the instance, keys inside the value.

    `attribute` is empty when the path is a time of the entity itself (`createdAt`, `modifiedAt`).
    """

    text: str
    attribute: str
    inner: tuple[str, ...] = ()
    member: str = ""
    keys: tuple[str, ...] = ()

    @property
    def is_time(self) -> bool:
        return self.member in TIMES

    @property
    def is_plain(self) -> bool:
        return not (self.inner or self.member or self.keys)

    def groups(self, entity: Entity) -> list[Group]:
        """What the path reaches in an entity; an empty list when it reaches nothing."""
        if not self.attribute:
            return [[entity.created_at if self.member == "createdAt" else entity.modified_at]]
        attribute = entity.attributes.get(self.attribute)
        return [] if attribute is None else self.groups_of(attribute)

    def groups_of(self, attribute: Attribute) -> list[Group]:
        """What the path reaches in the attribute it begins with."""
        found = instances(attribute)
        for name in self.inner:
            found = [inside for one in found if name in one for inside in _instances_at(one[name])]
        if self.member:
            return [_elements(one[self.member]) for one in found if self.member in one]
        if not self.keys:
            return [targets(one) for one in found]
        reached = [_inside(one, self.keys) for one in found]
        return [group for group in reached if group is not None]


def parse(names: str, keys: tuple[str, ...], terms: Names) -> Path:
    """The path `names`, a dotted text, with the keys that stood in its brackets."""
    elements = dotted(names)
    text = names if not keys else f"{names}[{'.'.join(keys)}]"
    if len(elements) + len(keys) > LONGEST:
        raise TooComplexQuery(f"A path has at most {LONGEST} names.")
    first, *rest = elements
    if first in ENTITY_MEMBERS:
        raise BadRequestData(f"'{first}' is no attribute; entities are chosen by it with a parameter of that name.")
    if first in ("createdAt", "modifiedAt") and not rest:
        return Path(text, "", (), first, keys)
    member = rest.pop() if rest and rest[-1] in MEMBERS else ""
    wrong = next((name for name in rest if name in MEMBERS), "")
    if wrong or (member and keys):
        raise BadRequestData(f"Nothing can follow '{wrong or member}' in the path '{text[:80]}'.")
    return Path(text, terms.expand(first), tuple(terms.expand(name) for name in rest), member, keys)


def targets(instance: Instance) -> Group:
    """The values of an instance that a comparison looks at, by the kind of the attribute."""
    if "value" in instance:
        return _elements(instance["value"])
    if "object" in instance:
        return _elements(instance["object"])
    if "languageMap" in instance:
        return [text for texts in _languages(instance) for text in _elements(texts)]
    for member in ("vocab", "json", "valueList"):
        if member in instance:
            return _elements(instance[member])
    linked = instance.get("objectList")
    return [one.get("object") if isinstance(one, dict) else one for one in linked] if isinstance(linked, list) else []


def _languages(instance: Instance) -> list[Any]:
    languages = instance["languageMap"]
    return list(languages.values()) if isinstance(languages, dict) else [languages]


def _elements(value: Any) -> Group:
    if isinstance(value, list):
        return [_unwrapped(element) for element in value]
    return [_unwrapped(value)]


def _unwrapped(value: Any) -> Any:
    """A JSON-LD typed value such as {"@type": "DateTime", "@value": …} counts as the value in it."""
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def _instances_at(found: Any) -> list[Instance]:
    """The instances of a sub-attribute; a member of another form has none."""
    if isinstance(found, dict):
        return [found]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _inside(instance: Instance, keys: tuple[str, ...]) -> Group | None:
    """The values at `keys` inside an instance's value, through arrays; None when there is no such place."""
    if "languageMap" in instance:
        return _in_language(instance["languageMap"], keys)
    start = next((instance[member] for member in ("value", "json", "valueList", "vocab") if member in instance), None)
    reached = [start]
    for key in keys:
        reached = [one[key] for value in reached for one in _objects(value) if key in one]
    return [element for value in reached for element in _elements(value)] if reached else None


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _in_language(languages: Any, keys: tuple[str, ...]) -> Group | None:
    """The texts of one language; tags are compared without regard to case (RFC 5646, 2.1.1)."""
    if not isinstance(languages, dict) or len(keys) != 1:
        return None
    if keys[0] == "*":
        return [text for texts in languages.values() for text in _elements(texts)]
    if keys[0] in languages:
        return _elements(languages[keys[0]])
    wanted = keys[0].lower()
    found = [texts for tag, texts in languages.items() if tag.lower() == wanted]
    return _elements(found[0]) if found else None
