"""`/entityOperations`: create, upsert, update, merge, delete many entities (clauses 6.14–6.17, 6.31)."""

from collections.abc import Iterator
from typing import Any

from songcau.context.api import answering
from songcau.context.api.asking import LD_JSON, Asked, linked_context
from songcau.context.api.door import after
from songcau.context.broker.batch import Batch, Item, Result
from songcau.context.broker.broker import Committed
from songcau.context.entities.reading import read_entity, read_fragment
from songcau.context.entities.values import read_uri
from songcau.context.problems import BadRequestData, InvalidRequest, Problem
from songcau.context.server.messages import Answer, Response

PARAMS = frozenset({"options", "local", "format"})
MOST_ENTITIES = 10_000


class Batches:
    """The handlers of the batch operations."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def create(self, asked: Asked) -> Answer:
        _option(asked, frozenset())
        result, committed = self._batch.create(asked.tenant, _drafts(asked), asked.by)
        return _answer(result, committed, created=True)

    def upsert(self, asked: Asked) -> Answer:
        update = _option(asked, frozenset({"replace", "update"})) == "update"
        items = _drafts(asked, types=not update)
        result, committed = self._batch.upsert(asked.tenant, items, asked.by, update=update)
        return _answer(result, committed, created=True)

    def update(self, asked: Asked) -> Answer:
        overwrite = _option(asked, frozenset({"noOverwrite"})) != "noOverwrite"
        items = _drafts(asked, types=False)
        result, committed = self._batch.update(asked.tenant, items, asked.by, overwrite=overwrite)
        return _answer(result, committed)

    def merge(self, asked: Asked) -> Answer:
        _option(asked, frozenset())
        items = _drafts(asked, types=False, nulls=True)
        return _answer(*self._batch.merge(asked.tenant, items, asked.by))

    def delete(self, asked: Asked) -> Answer:
        _option(asked, frozenset())
        asked.media_type()
        ids = _array(asked)
        for entity_id in ids:
            if not isinstance(entity_id, str):
                raise BadRequestData("The body must be an array of ids")
            read_uri(entity_id, "The id of the entity")
        return _answer(*self._batch.delete(asked.tenant, ids, asked.by))


def _option(asked: Asked, allowed: frozenset[str]) -> str:
    option = asked.params(PARAMS).get("options", "") if asked.request.query else ""
    if option and option not in allowed:
        raise InvalidRequest(f"There is no option {option}")
    return option


def _array(asked: Asked) -> list[Any]:
    payload = asked.json()
    if type(payload) is not list:
        raise InvalidRequest("The body must be a JSON array")
    if not payload:
        raise BadRequestData("The body must not be an empty array")
    if len(payload) > MOST_ENTITIES:
        raise BadRequestData(f"One request holds at most {MOST_ENTITIES} entities")
    return payload


def _drafts(asked: Asked, *, types: bool = True, nulls: bool = False) -> Iterator[Item]:
    """Each entity of the body as a draft, or the reason why it is none; whole-body faults raise at once."""
    media = asked.media_type()
    if media == LD_JSON and linked_context(asked.request) is not None:
        raise BadRequestData("A body of application/ld+json brings its own @context: no Link header beside it")
    payload = _array(asked)
    # Contexts are asked for before the first entity is applied: the handler may be begun anew for one.
    prepared = [_with_terms(asked, one, media) for one in payload]
    read = read_entity if types else read_fragment

    def drafts() -> Iterator[Item]:
        for one, terms in prepared:
            entity_id = one.get("id") if type(one) is dict else None
            name = entity_id if isinstance(entity_id, str) else ""
            if isinstance(terms, Problem):
                yield name, terms
                continue
            try:
                draft = read(one, terms, nulls=nulls)
                if draft.id is None:
                    raise BadRequestData("An entity of a batch needs an id")
            except Problem as problem:
                yield name, problem
            else:
                yield name, draft

    return drafts()


def _with_terms(asked: Asked, one: Any, media: bytes) -> tuple[Any, Any]:
    if type(one) is not dict:
        return one, BadRequestData("Each element of the array must be a JSON object")
    try:
        return one, asked.terms_within(one, media)
    except Problem as problem:
        return one, problem


def _answer(result: Result, committed: Committed, *, created: bool = False) -> Answer:
    if result.failed:
        failed = [{"entityId": name, "error": problem.body()} for name, problem in result.failed]
        return after(committed, answering.plain({"success": result.succeeded, "errors": failed}, 207))
    if created and result.created:
        return after(committed, answering.plain(result.created, 201))
    return after(committed, Response(204))
