"""From stored entities to answers and notifications.

The pieces that are written are kept on the entity they were made from, so that an entity that is read often is
written once. An entity never changes, hence a piece never becomes wrong; it goes with its entity.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

from songcau.context.entities.entity import Answers, Attribute, Entity, instances
from songcau.context.entities.styles import Writer
from songcau.context.terms.core_context import NGSI_LD
from songcau.context.terms.terms import Terms

Style = Literal["normalized", "concise", "simplified"]

LOCATION: Final = NGSI_LD + "location"
MOST_ANSWERS: Final = 8
MOST_ENTITIES_WITH_ANSWERS: Final = 8192
MOST_BYTES_OF_ANSWERS: Final = 32 * 1024 * 1024  # of all entities together


class Kept:
    """The pieces that are kept, those of the entity that was first written first.

    Not the entities: those that have changed meanwhile would stay in memory for their pieces.
    """

    def __init__(self) -> None:
        self.answers: deque[Answers] = deque()
        self.size = 0

    def add(self, answers: Answers, key: object, answer: bytes) -> None:
        """Keep one more piece of an entity."""
        size = len(answer)
        if size > MOST_BYTES_OF_ANSWERS // 64:
            return
        if not answers:
            self.answers.append(answers)
        elif len(answers) >= MOST_ANSWERS:
            self._clear(answers)
        answers[key] = answer
        self.size += size
        while len(self.answers) > MOST_ENTITIES_WITH_ANSWERS or self.size > MOST_BYTES_OF_ANSWERS:
            self._clear(self.answers.popleft())

    def _clear(self, answers: Answers) -> None:
        self.size -= sum(map(len, answers.values()))
        answers.clear()


_kept = Kept()


@dataclass(frozen=True, slots=True)
class Form:
    """How a reader wants entities. Keep a form for the requests that ask alike: it is quickest found as itself.

    geometry: the expanded name of the GeoProperty that becomes the geometry of a GeoJSON Feature. lang: as in the
    parameter `lang`. attrs, pick: the only attributes to show; omit: those not to show (all expanded); pick and omit
    may also name id, type, scope. datasets: the instances to show, "@none" for those without a dataset.
    """

    style: Style = "normalized"
    geojson: bool = False
    geometry: str = LOCATION
    sys_attrs: bool = False
    lang: str | None = None
    pick: tuple[str, ...] | None = None
    omit: tuple[str, ...] | None = None
    attrs: tuple[str, ...] | None = None
    datasets: tuple[str, ...] | None = None
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        parts = (self.style, self.geojson, self.geometry, self.sys_attrs, self.lang, self.pick, self.omit, self.attrs)
        object.__setattr__(self, "_hash", hash((parts, self.datasets)))

    def __hash__(self) -> int:
        return self._hash

    def shows(self, name: str) -> bool:
        """Whether it shows an attribute, by its expanded name, or id, type, scope."""
        if self.pick is not None and name not in self.pick:
            return False
        return self.omit is None or name not in self.omit


NORMALIZED: Final = Form()


def write_entity(entity: Entity, terms: Terms, form: Form) -> bytes:
    """A JSON object without "@context" (see `with_context`)."""
    key = (terms.key, form)
    answers = entity.answers
    if answers is not None:
        answer = answers.get(key)
        if answer is not None:
            return answer
    answer = orjson.dumps(write_document(entity, terms, form))
    if answers is None:
        answers = entity.answers = {}
    _kept.add(answers, key, answer)
    return answer


def with_context(entity: bytes, terms: Terms) -> bytes:
    """The JSON object that `write_entity` made, with the "@context" in it that its names need."""
    separator = b'"@context":' if entity == b"{}" else b',"@context":'
    return b"%b%b%b}" % (entity[:-1], separator, terms.reference_json)


def write_document(entity: Entity, terms: Terms, form: Form) -> dict[str, Any]:
    """The same as an object. Its values are the entity's own: not to be changed."""
    written: dict[str, Any] = {}
    if form.shows("id"):
        written["id"] = entity.id
    body = written
    if form.geojson:
        written["type"] = "Feature"
        written["geometry"] = _geometry(entity, form)
        body = written["properties"] = {}
    if form.shows("type"):
        types = [terms.compact(name) for name in entity.types]
        body["type"] = types[0] if len(types) == 1 else types
    if entity.scopes and form.shows("scope") and (form.attrs is None or "scope" in form.attrs):
        body["scope"] = entity.scopes[0] if len(entity.scopes) == 1 else list(entity.scopes)
    _write_attributes(body, entity, terms, form)
    if form.sys_attrs:
        body["createdAt"] = entity.created_at
        body["modifiedAt"] = entity.modified_at
    return written


def write_attribute(attribute: Attribute, terms: Terms, form: Form) -> Any:
    """An attribute as it stands in an entity of the form."""
    return Writer(terms, form.style, sys_attrs=form.sys_attrs, lang=form.lang).attribute(attribute)


def _write_attributes(body: dict[str, Any], entity: Entity, terms: Terms, form: Form) -> None:
    compact = terms.compact
    write = Writer(terms, form.style, sys_attrs=form.sys_attrs, lang=form.lang).attribute
    everything = form.pick is None and form.omit is None and form.attrs is None and form.datasets is None
    for name, attribute in entity.attributes.items():
        if everything:
            body[compact(name)] = write(attribute)
        elif form.shows(name) and (form.attrs is None or name in form.attrs):
            shown = attribute if form.datasets is None else of_datasets(attribute, form.datasets)
            if shown:
                body[compact(name)] = write(shown)


def of_datasets(attribute: Attribute, datasets: tuple[str, ...]) -> Attribute:
    """The instances of an attribute that are of the datasets; an empty list when none is."""
    found = [instance for instance in instances(attribute) if instance.get("datasetId", "@none") in datasets]
    return found[0] if len(found) == 1 else found


def _geometry(entity: Entity, form: Form) -> Any:
    """The geometry of a Feature: of the default instance, or of one of the datasets asked for (clause 4.5.16.1)."""
    attribute = entity.attributes.get(form.geometry, [])
    found = instances(of_datasets(attribute, form.datasets or ("@none",)))
    return found[0]["value"] if found and found[0]["type"] == "GeoProperty" else None
