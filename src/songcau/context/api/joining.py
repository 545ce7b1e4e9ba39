"""Linked entities in the answer: `join=inline` puts them where they are linked, `join=flat` beside (clause 4.5.23)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from songcau.context.api.forms import Wanted, with_projection
from songcau.context.api.projecting import Projection
from songcau.context.entities.entity import Entity, Instance, instances
from songcau.context.entities.writing import Form, write_document
from songcau.context.memory.state import State
from songcau.context.rights.caller import Caller
from songcau.context.terms.terms import Terms

Document = dict[str, Any]
MOST_LINKED = 1000


class Joiner:
    """Writes entities with those they link to, for one answer."""

    def __init__(self, state: State, terms: Terms, wanted: Wanted, by: Caller) -> None:
        self._state = state
        self._terms = terms
        self._wanted = wanted
        self._by = by
        self._left = MOST_LINKED

    def inline(self, entity: Entity) -> Document:
        wanted = self._wanted
        return self._inline(entity, wanted.form, wanted.pick, wanted.omit, wanted.join_level)

    def flat(self, entities: list[Entity]) -> list[Document]:
        """The entities, then those they link to, each once."""
        wanted, found = self._wanted, {}
        for entity in entities:
            found[entity.id] = write_document(entity, self._terms, wanted.form)
        for entity in entities:
            self._gather(entity, wanted.form, wanted.pick, wanted.omit, wanted.join_level, found)
        return [document for document in found.values() if document]

    def _inline(
        self, entity: Entity, form: Form, pick: Projection | None, omit: Projection | None, level: int
    ) -> Document:
        document = write_document(entity, self._terms, form)
        if level == 0:
            return document
        for name, instance, targets in self._links(entity, form):
            next_form, next_pick, next_omit = self._next(form, name, pick, omit)
            inside = [self._inline(one, next_form, next_pick, next_omit, level - 1) for one in targets]
            _put(document, self._terms.compact(name), instance, inside, simplified=form.style == "simplified")
        return document

    def _gather(
        self,
        entity: Entity,
        form: Form,
        pick: Projection | None,
        omit: Projection | None,
        level: int,
        found: dict[str, Document],
    ) -> None:
        if level == 0:
            return
        for name, _, targets in self._links(entity, form):
            next_form, next_pick, next_omit = self._next(form, name, pick, omit)
            for one in targets:
                if one.id not in found:
                    found[one.id] = write_document(one, self._terms, next_form)
                    self._gather(one, next_form, next_pick, next_omit, level - 1, found)

    def _links(self, entity: Entity, form: Form) -> Iterator[tuple[str, Instance, list[Entity]]]:
        """Each relationship that the form shows, with the entities it leads to that are here and may be seen."""
        for name, attribute in entity.attributes.items():
            if not form.shows(name):
                continue
            for instance in instances(attribute):
                objects = instance.get("object", instance.get("objectList"))
                if instance["type"] in {"Relationship", "ListRelationship"} and objects is not None:
                    targets = [one for target in _ids(objects) if (one := self._entity(target)) is not None]
                    if targets:
                        yield name, instance, targets

    def _entity(self, entity_id: str) -> Entity | None:
        """The linked entity; the answer holds a bounded number of them, so that a web of links stays finite."""
        entity = self._state.get(entity_id)
        if entity is None or self._left == 0 or not self._by.may_read(entity):
            return None
        self._left -= 1
        return self._by.view(entity)

    def _next(
        self, form: Form, name: str, pick: Projection | None, omit: Projection | None
    ) -> tuple[Form, Projection | None, Projection | None]:
        next_pick = pick.of_linked(name) if pick is not None else None
        next_omit = omit.of_linked(name) if omit is not None else None
        return with_projection(replace(form, attrs=None), next_pick, next_omit), next_pick, next_omit


def _ids(objects: object) -> list[str]:
    if isinstance(objects, str):
        return [objects]
    if isinstance(objects, list):
        return [one["object"] if isinstance(one, dict) else one for one in objects]
    return []


def _put(document: Document, name: str, instance: Instance, inside: list[Document], *, simplified: bool) -> None:
    written = document.get(name)
    if simplified:
        document[name] = inside[0] if isinstance(written, str) else inside
        return
    dataset = instance.get("datasetId")
    for one in written if isinstance(written, list) else [written]:
        if isinstance(one, dict) and one.get("datasetId") == dataset:
            if isinstance(one.get("object"), str):
                one["entity"] = inside[0]
            else:
                one["entityList"] = inside
