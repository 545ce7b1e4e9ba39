"""`/temporal/entities` and `/temporal/entityOperations/query`: what was so (clauses 6.18, 6.19, 6.24)."""

from collections.abc import Mapping
from typing import Any

import orjson

from songcau.context.api import answering
from songcau.context.api.asking import Asked
from songcau.context.api.forms import PLAIN_MEDIA, media_of
from songcau.context.api.ordered import ORDER_PARAMS, ordering_of, ordering_of_body
from songcau.context.api.paging import PAGE_PARAMS, Page, page_headers, page_of
from songcau.context.api.queries import SELECTING, SELECTION_PARAMS, query_as_params
from songcau.context.api.temporal_forms import TEMPORAL_PARAMS, TemporalWanted, cut, of_datasets, temporal_wanted
from songcau.context.broker.histories import Asked as AskedOfThePast
from songcau.context.broker.histories import Histories, Past
from songcau.context.entities.evolutions import write_history
from songcau.context.entities.values import read_uri
from songcau.context.language.ordering import Ordering
from songcau.context.language.selection import Selection
from songcau.context.problems import BadRequestData, ResourceNotFound
from songcau.context.server.messages import Answer, Response
from songcau.context.terms.terms import Terms

RETRIEVE_PARAMS = TEMPORAL_PARAMS
QUERY_PARAMS = TEMPORAL_PARAMS | SELECTION_PARAMS | PAGE_PARAMS | ORDER_PARAMS
POST_PARAMS = TEMPORAL_PARAMS | PAGE_PARAMS | ORDER_PARAMS
QUERY_MEMBERS = frozenset(
    {
        "type", "entities", "attrs", "pick", "omit", "q", "geoQ", "scopeQ", "lang", "datasetId", "orderBy", "ordering",
        "csf", "local", "temporalQ", "title", "description",
    }
)  # fmt: skip
PARTIAL_CONTENT = 206


class TemporalEntities:
    """The handlers that ask for the past. most: how many instances one answer holds, beyond which it is partial."""

    def __init__(self, histories: Histories, *, most: int) -> None:
        self._histories = histories
        self._most = most

    def retrieve(self, asked: Asked, entity_id: str) -> Answer:
        params = asked.params(RETRIEVE_PARAMS)
        media = media_of(asked, PLAIN_MEDIA)
        read_uri(entity_id, "The id of the entity")
        terms = asked.terms()
        wanted = temporal_wanted(params, terms, needs_period=False)
        return self._one(asked, entity_id, wanted, terms, media)

    async def _one(self, asked: Asked, entity_id: str, wanted: TemporalWanted, terms: Terms, media: bytes) -> Response:
        past = await self._histories.one(asked.tenant, entity_id, wanted.wanted, asked.by)
        of_datasets([past], wanted.datasets)
        if wanted.wanted.names is not None and not past.evolution.attributes:
            raise ResourceNotFound("The history holds none of the attributes asked for")
        extra = cut([past], wanted, self._most)
        document = written(past, terms, wanted)
        if not document:
            raise ResourceNotFound("The entity has none of the members asked for")
        status = 200 if extra is None else PARTIAL_CONTENT
        return answering.one(orjson.dumps(document), terms, media, status=status, extra=extra or ())

    def query(self, asked: Asked) -> Answer:
        params = asked.params(QUERY_PARAMS)
        media = media_of(asked, PLAIN_MEDIA)
        if not any(name in params for name in SELECTING) and params.get("local") != "true":
            raise BadRequestData("A query needs at least one of type, attrs, q, georel, scopeQ or local=true")
        terms = asked.terms()
        wanted = temporal_wanted(params, terms, needs_period=True)
        entities = Selection.of(
            terms=terms, ids=params.get("id"), id_pattern=params.get("idPattern"), types=params.get("type")
        )
        content = None
        if any(name in params for name in ("q", "georel", "scopeQ")):
            content = Selection.of(
                terms=terms,
                q=params.get("q"),
                scope_q=params.get("scopeQ"),
                georel=params.get("georel"),
                geometry=params.get("geometry"),
                coordinates=params.get("coordinates"),
                geoproperty=params.get("geoproperty"),
            )
        return self._many(asked, params, entities, content, ordering_of(params, terms), wanted, terms, media)

    def query_by_body(self, asked: Asked) -> Answer:
        params = asked.params(POST_PARAMS)
        media = media_of(asked, PLAIN_MEDIA)
        payload, terms = asked.payload()
        if payload.get("type") != "Query":
            raise BadRequestData('The body must have the type "Query"')
        unknown = payload.keys() - QUERY_MEMBERS
        if unknown:
            raise BadRequestData(f"A temporal query has no member {min(unknown)}")
        merged = {**params, **query_as_params(payload), **_period_as_params(payload.get("temporalQ"))}
        wanted = temporal_wanted(merged, terms, needs_period=True)
        entities = Selection.of_body(terms=terms, entities=payload.get("entities"))
        content = None
        if any(payload.get(name) is not None for name in ("q", "scopeQ", "geoQ")):
            content = Selection.of_body(
                terms=terms, q=payload.get("q"), scope_q=payload.get("scopeQ"), geo_q=payload.get("geoQ")
            )
        ordering = ordering_of_body(payload, merged, terms)
        return self._many(asked, merged, entities, content, ordering, wanted, terms, media)

    def _many(
        self,
        asked: Asked,
        params: Mapping[str, str],
        entities: Selection,
        content: Selection | None,
        ordering: Ordering | None,
        wanted: TemporalWanted,
        terms: Terms,
        media: bytes,
    ) -> Answer:
        page = page_of(params)
        question = AskedOfThePast(entities, content, wanted.wanted, ordering)
        return self._answer(asked, question, page, wanted, terms, media)

    async def _answer(
        self, asked: Asked, question: AskedOfThePast, page: Page, wanted: TemporalWanted, terms: Terms, media: bytes
    ) -> Response:
        limit = page.limit + 1
        if page.counted:
            every = await self._histories.many(asked.tenant, question, asked.by, offset=0, limit=COUNTED)
            every = of_datasets(every, wanted.datasets)
            found, total = every[page.offset : page.offset + limit], len(every)
        else:
            found = await self._histories.many(asked.tenant, question, asked.by, offset=page.offset, limit=limit)
            found, total = of_datasets(found, wanted.datasets), None
        more = len(found) > page.limit
        found = found[: page.limit]
        request = asked.request
        extra = page_headers(page, request.path, request.query, more=more, total=total, media=media)
        partial = cut(found, wanted, self._most)
        pieces = [orjson.dumps(document) for past in found if (document := written(past, terms, wanted))]
        answer = answering.several(pieces, terms, media, extra=(*extra, *(partial or ())))
        return answer if partial is None else Response(PARTIAL_CONTENT, answer.body, answer.headers)


COUNTED = 10_000


def written(past: Past, terms: Terms, wanted: TemporalWanted) -> dict[str, Any]:
    """The entity's document in the form asked for."""
    shown, evolution = wanted.shown, past.evolution
    document: dict[str, Any] = {}
    if shown.shows("id"):
        document["id"] = evolution.entity_id
    if shown.shows("type"):
        types = [terms.compact(name) for name in evolution.types]
        document["type"] = types[0] if len(types) == 1 else types
    attributes = {name: some for name, some in evolution.attributes.items() if shown.shows(name)}
    document |= write_history(attributes, terms, wanted.form, evolution.kinds)
    if wanted.form.sys_attrs and past.entity.created_at:
        document["createdAt"] = past.entity.created_at
        document["modifiedAt"] = past.entity.modified_at
    return document


def _period_as_params(member: object) -> dict[str, str]:
    """The members of a `temporalQ` as the parameters of the same names (clause 5.2.21)."""
    if member is None:
        return {}
    if not isinstance(member, dict):
        raise BadRequestData("temporalQ is an object with timerel, timeAt and perhaps endTimeAt and timeproperty")
    found: dict[str, str] = {}
    for name, value in member.items():
        if name in {"timerel", "timeAt", "endTimeAt", "timeproperty"} and isinstance(value, str):
            found[name] = value
        elif name in {"lastN"} and isinstance(value, int) and not isinstance(value, bool):
            found[name] = str(value)
        else:
            raise BadRequestData(f"temporalQ has no member {str(name)[:80]} of that kind")
    return found
