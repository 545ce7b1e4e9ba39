"""`/entities` and `/entityOperations/query`: query entities, purge them (clauses 6.4.3, 6.23)."""

from collections.abc import Mapping
from typing import Any

import orjson

from songcau.context.api import answering
from songcau.context.api.asking import Asked
from songcau.context.api.forms import ENTITY_MEDIA, FORM_PARAMS, Wanted, media_of, wanted, wanted_of
from songcau.context.api.joining import Joiner
from songcau.context.api.ordered import ORDER_PARAMS, ordering_of, ordering_of_body
from songcau.context.api.paging import PAGE_PARAMS, Page, page_headers, page_of
from songcau.context.api.projecting import MEMBERS
from songcau.context.broker.broker import Broker, permission
from songcau.context.entities.entity import Entity
from songcau.context.entities.writing import write_entity
from songcau.context.language.ordering import Ordering
from songcau.context.language.selection import Selection
from songcau.context.problems import BadRequestData
from songcau.context.server.messages import Answer, Response, params_of
from songcau.context.terms.keeping import kept_by_terms
from songcau.context.terms.terms import Terms

SELECTION_PARAMS = frozenset(
    {"id", "type", "idPattern", "q", "scopeQ", "georel", "geometry", "coordinates", "geoproperty", "csf", "local"}
)
QUERY_PARAMS = FORM_PARAMS | PAGE_PARAMS | SELECTION_PARAMS | ORDER_PARAMS
POST_PARAMS = FORM_PARAMS | PAGE_PARAMS | ORDER_PARAMS | {"local"}
PURGE_PARAMS = SELECTION_PARAMS | {"attrs", "keep", "drop"}
SELECTING = ("type", "attrs", "q", "georel", "scopeQ")
QUERY_MEMBERS = frozenset(
    {
        "type", "entities", "attrs", "pick", "omit", "q", "geoQ", "scopeQ", "lang", "datasetId", "join", "joinLevel",
        "geometryProperty", "csf", "orderBy", "ordering", "containedBy", "local", "title", "description",
    }
)  # fmt: skip


class Queries:
    """The handlers that ask for, or purge, all entities that match."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def query(self, asked: Asked) -> Answer:
        params = asked.params(QUERY_PARAMS)
        media = media_of(asked, ENTITY_MEDIA)
        if not any(name in params for name in SELECTING) and params.get("local") != "true":
            raise BadRequestData("A query needs at least one of type, attrs, q, georel, scopeQ or local=true")
        terms = asked.terms()
        selection, ordering = _selection(terms, asked.request.query)
        return self._answer(asked, selection, ordering, page_of(params), wanted(asked, terms, media), terms)

    def query_by_body(self, asked: Asked) -> Answer:
        params = asked.params(POST_PARAMS)
        media = media_of(asked, ENTITY_MEDIA)
        payload, terms = asked.payload()
        if payload.get("type") != "Query":
            raise BadRequestData('The body must have the type "Query"')
        unknown = payload.keys() - QUERY_MEMBERS
        if unknown:
            raise BadRequestData(f"A query has no member {min(unknown)}")
        merged = {**params, **query_as_params(payload)}
        selection = Selection.of_body(
            terms=terms,
            entities=payload.get("entities"),
            attrs=payload.get("attrs") or None,
            q=payload.get("q"),
            scope_q=payload.get("scopeQ"),
            geo_q=payload.get("geoQ"),
        )
        ordering = ordering_of_body(payload, merged, terms)
        return self._answer(asked, selection, ordering, page_of(params), wanted_of(merged, terms, media), terms)

    def purge(self, asked: Asked) -> Answer:
        params = asked.params(PURGE_PARAMS)
        if not any(name in params for name in (*SELECTING, "id", "idPattern")) and params.get("local") != "true":
            raise BadRequestData("A purge needs a filter, or local=true to purge everything")
        if "keep" in params and "drop" in params:
            raise BadRequestData("keep and drop cannot stand together")
        terms = asked.terms()
        keep = _names(params["keep"], terms) if "keep" in params else None
        drop = _names(params.get("drop", ""), terms)
        selection, _ = _selection(terms, asked.request.query)
        return self._purge(asked, selection, keep, drop)

    async def _purge(
        self, asked: Asked, selection: Selection, keep: frozenset[str] | None, drop: frozenset[str]
    ) -> Response:
        await self._broker.purge(asked.tenant, selection, asked.by, keep=keep, drop=drop)
        return answering.NO_CONTENT

    def _answer(
        self,
        asked: Asked,
        selection: Selection,
        ordering: Ordering | None,
        page: Page,
        want: Wanted,
        terms: Terms,
    ) -> Response:
        state, by = self._broker.state(asked.tenant), asked.by
        permitted = permission(by, selection)
        if ordering is not None and by.limits_attributes:
            ordering = ordering.seen_through(by.view)
        total: int | None = None
        if page.counted:
            found, total = state.page(
                selection, offset=page.offset, limit=page.limit, permitted=permitted, ordering=ordering
            )
            more = total > page.offset + page.limit
        else:
            found = state.select(
                selection, offset=page.offset, limit=page.limit + 1, permitted=permitted, ordering=ordering
            )
            more = len(found) > page.limit
        request = asked.request
        extra = page_headers(page, request.path, request.query, more=more, total=total, media=want.media)
        entities = found[: page.limit]
        if not by.sees_all:
            entities = [by.view(entity) for entity in entities]
        return answering.several(self._pieces(asked, entities, want, terms), terms, want.media, extra=extra)

    def _pieces(self, asked: Asked, entities: list[Entity], want: Wanted, terms: Terms) -> list[bytes]:
        """Each entity as a JSON object; one of which nothing is left in this form is left out."""
        if want.join is not None:
            joiner = Joiner(self._broker.state(asked.tenant), terms, want, asked.by)
            if want.join == "flat":
                return [orjson.dumps(one) for one in joiner.flat(entities)]
            return [orjson.dumps(one) for one in map(joiner.inline, entities) if one]
        form = want.form
        pieces = [write_entity(entity, terms, form) for entity in entities]
        return [piece for piece in pieces if piece != b"{}"]


@kept_by_terms
def _selection(terms: Terms, query: str) -> tuple[Selection, Ordering | None]:
    params = params_of(query)
    selection = Selection.of(
        terms=terms,
        ids=params.get("id"),
        id_pattern=params.get("idPattern"),
        types=params.get("type"),
        attrs=params.get("attrs"),
        q=params.get("q"),
        scope_q=params.get("scopeQ"),
        georel=params.get("georel"),
        geometry=params.get("geometry"),
        coordinates=params.get("coordinates"),
        geoproperty=params.get("geoproperty"),
    )
    return selection, ordering_of(params, terms)


def _names(text: str, terms: Terms) -> frozenset[str]:
    found = (part.strip() for part in text.split(","))
    return frozenset(name if name in MEMBERS else terms.expand(name) for name in found if name)


def query_as_params(payload: Mapping[str, Any]) -> dict[str, str]:
    """The members of a Query body that say the form of the answer, as the parameters of the same names."""
    found = {}
    for name in ("attrs", "pick", "omit", "lang", "datasetId", "join", "joinLevel", "geometryProperty", "orderBy"):
        value = payload.get(name)
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            found[name] = ",".join(value)
        elif isinstance(value, str | int) and not isinstance(value, bool):
            found[name] = str(value)
        elif value is not None and value != []:
            raise BadRequestData(f"{name} in a query is a text or a list of texts")
    return found
