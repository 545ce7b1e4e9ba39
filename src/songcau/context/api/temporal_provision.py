"""`/temporal/entities`: tell and correct what was so (clauses 6.18 to 6.22)."""

from typing import Any
from urllib.parse import quote

from songcau.context.api import answering
from songcau.context.api.asking import PATCHES, Asked, flag
from songcau.context.api.attributes import dataset_of
from songcau.context.broker.histories import Histories
from songcau.context.entities.entity import Instance
from songcau.context.entities.reading import read_attribute, read_fragment
from songcau.context.entities.values import read_uri
from songcau.context.journal.history import SCOPE
from songcau.context.problems import BadRequestData, MethodNotAllowed
from songcau.context.server.messages import Answer, Response
from songcau.context.terms.terms import Terms

PREFIX = "/ngsi-ld/v1/temporal/entities/"
WRITE_PARAMS = frozenset({"local"})
DELETE_PARAMS = WRITE_PARAMS | {"datasetId", "deleteAll"}
MOST_INSTANCES = 10_000
_NO_ATTRIBUTES = frozenset(("id", "@id", "type", "@type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt"))

Told = list[tuple[str, Instance]]


class TemporalProvision:
    """The handlers that add to histories, hide from them, and correct them."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories

    def create(self, asked: Asked) -> Answer:
        """What was so of an entity; one that was never told of before is known afterwards, and is not there."""
        asked.params(WRITE_PARAMS)
        payload, terms = asked.payload()
        draft = read_fragment({name: payload[name] for name in payload if name in _NO_ATTRIBUTES}, terms)
        if draft.id is None:
            raise BadRequestData("The entity has no id")
        if not draft.types:
            raise BadRequestData("The entity has no type")
        told = _told(payload, terms, draft.scopes)
        if not told:
            raise BadRequestData("The body tells nothing of the entity's past: it names no attribute")
        return self._create(asked, draft.id, draft.types, told)

    async def _create(self, asked: Asked, entity_id: str, types: tuple[str, ...], told: Told) -> Response:
        if await self._histories.add(asked.tenant, entity_id, types, told, asked.by):
            location = PREFIX + quote(entity_id, safe=":")
            return Response(201, b"", ((b"Location", location.encode()),))
        return answering.NO_CONTENT

    def append(self, asked: Asked, entity_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        payload, terms = asked.payload()
        draft = read_fragment({name: payload[name] for name in payload if name in _NO_ATTRIBUTES}, terms)
        if draft.id not in {None, entity_id}:
            raise BadRequestData(f"The body is about {draft.id}, the address about {entity_id}")
        told = _told(payload, terms, draft.scopes)
        if not told:
            raise BadRequestData("The body names no attribute")
        return self._append(asked, entity_id, told)

    async def _append(self, asked: Asked, entity_id: str, told: Told) -> Response:
        await self._histories.append(asked.tenant, entity_id, told, asked.by)
        return answering.NO_CONTENT

    def delete(self, asked: Asked, entity_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        return self._delete(asked, entity_id)

    async def _delete(self, asked: Asked, entity_id: str) -> Response:
        await self._histories.forget(asked.tenant, entity_id, asked.by)
        return answering.NO_CONTENT

    def delete_attribute(self, asked: Asked, entity_id: str, name: str) -> Answer:
        params = asked.params(DELETE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        every, dataset = flag(params, "deleteAll"), dataset_of(params)
        return self._hide(asked, entity_id, _name(name, asked.terms()), dataset, every)

    async def _hide(self, asked: Asked, entity_id: str, name: str, dataset: str | None, every: bool) -> Response:
        await self._histories.hide(asked.tenant, entity_id, name, asked.by, dataset=dataset, every=every)
        return answering.NO_CONTENT

    def patch_instance(self, asked: Asked, entity_id: str, name: str, instance_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        if not name:
            raise MethodNotAllowed("The address names no attribute")
        read_uri(entity_id, "The id of the entity")
        read_uri(instance_id, "The id of the instance")
        payload, terms = asked.payload(PATCHES)
        patch = read_attribute(payload, terms, name=name, partial=True)
        if isinstance(patch, list):
            raise BadRequestData("The body is of one instance")
        return self._patch(asked, entity_id, _name(name, terms), instance_id, patch)

    def delete_instance(self, asked: Asked, entity_id: str, name: str, instance_id: str) -> Answer:
        asked.params(WRITE_PARAMS)
        read_uri(entity_id, "The id of the entity")
        read_uri(instance_id, "The id of the instance")
        return self._patch(asked, entity_id, _name(name, asked.terms()), instance_id, None)

    async def _patch(
        self, asked: Asked, entity_id: str, name: str, instance_id: str, patch: Instance | None
    ) -> Response:
        await self._histories.replace_instance(asked.tenant, entity_id, name, instance_id, patch, asked.by)
        return answering.NO_CONTENT


def _name(name: str, terms: Terms) -> str:
    if not name:
        raise BadRequestData("The address names no attribute")
    return name if name == SCOPE else terms.expand(name)


def _told(payload: dict[str, Any], terms: Terms, scopes: tuple[str, ...] | None) -> Told:
    """The instances of a temporal representation: of each attribute one, or a list of any number."""
    told: Told = []
    if scopes:
        told.append((SCOPE, {"type": "Property", "value": scopes[0] if len(scopes) == 1 else list(scopes)}))
    for name, value in payload.items():
        if name in _NO_ATTRIBUTES:
            continue
        expanded = terms.expand(name)
        for each in value if isinstance(value, list) else [value]:
            instance = read_attribute(each, terms, name=name)
            if isinstance(each, list) or isinstance(instance, list):
                raise BadRequestData(f"The attribute {name!r} has a list within its list of instances")
            told.append((expanded, instance))
    if len(told) > MOST_INSTANCES:
        raise BadRequestData(f"A request tells at most {MOST_INSTANCES:,} instances")
    return told
