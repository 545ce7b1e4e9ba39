"""`/jsonldContexts`: the @contexts that this broker stores (clauses 5.13, 6.29 and 6.30)."""

from urllib.parse import quote

import orjson

from songcau.context.api import answering
from songcau.context.api.asking import Asked, flag
from songcau.context.api.door import Door, after
from songcau.context.api.forms import media_of
from songcau.context.problems import (
    BadRequestData,
    InvalidRequest,
    NotAllowed,
    OperationNotSupported,
    ResourceNotFound,
)
from songcau.context.server.messages import Answer, Response
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts
from songcau.context.terms.core_context import CORE_URLS
from songcau.context.terms.shelf import PATH, Kind, Stored, stamp
from songcau.kernel import clock

LIST_PARAMS = frozenset({"details", "kind"})
ONE_PARAMS = frozenset({"details"})
DELETE_PARAMS = frozenset({"reload"})


def add_context_routes(router: Router, contexts: Contexts) -> None:
    """A single @context is served to everybody: who is sent a Link to it must be able to read it."""
    door, resource = Door(contexts), StoredContexts(contexts)
    router.add("POST", PATH.rstrip("/"), door(resource.add))
    router.add("GET", PATH.rstrip("/"), door(resource.all))
    router.add("GET", PATH + "{id}", door(resource.serve), is_open=True)
    router.add("DELETE", PATH + "{id}", door(resource.delete))


class StoredContexts:
    """The handlers of stored @contexts. An id may also be the address that a @context was fetched from."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._since = stamp(clock.now())

    def add(self, asked: Asked) -> Answer:
        asked.params(frozenset())
        _require_right(asked)
        asked.media_type()
        payload = asked.json()
        if not isinstance(payload, dict) or "@context" not in payload:
            raise InvalidRequest('The body must be an object with an "@context"')
        self._contexts.check(payload["@context"])
        stored, on_disk = self._contexts.shelf.host(payload["@context"])
        answer = Response(201, b"", ((b"Location", (PATH + quote(stored.local_id, safe=":")).encode()),))
        return answer if on_disk is None else after(on_disk, answer)

    def all(self, asked: Asked) -> Answer:
        params = asked.params(LIST_PARAMS)
        kind = params.get("kind")
        if kind is not None and kind not in tuple(Kind):
            raise BadRequestData(f"There is no kind {kind!r} of @contexts; there are {', '.join(Kind)}")
        base = self._contexts.base
        found = [stored for stored in self._contexts.shelf if kind in (None, stored.kind)]
        if flag(params, "details"):
            return answering.plain([stored.details(base) for stored in found], 200)
        return answering.plain([stored.address(base) for stored in found], 200)

    def serve(self, asked: Asked, name: str) -> Answer:
        params = asked.params(ONE_PARAMS)
        media = media_of(asked)
        detailed = flag(params, "details")
        if name in CORE_URLS and detailed:
            core = {"URL": name, "localId": name, "kind": Kind.CACHED.value, "createdAt": self._since}
            return answering.plain(core, 200)
        stored = self._stored(name)
        if detailed:
            return answering.plain(stored.details(self._contexts.base), 200)
        if stored.kind is Kind.CACHED:
            raise OperationNotSupported(f"The @context is not this broker's: it stands at {stored.url}")
        return Response(200, orjson.dumps({"@context": stored.context}), ((b"Content-Type", media),))

    def delete(self, asked: Asked, name: str) -> Answer:
        """Without a word about a @context that still uses it: what was read by it stays as it is."""
        reload = flag(asked.params(DELETE_PARAMS), "reload")
        _require_right(asked)
        if name in CORE_URLS:
            if reload:
                return answering.NO_CONTENT  # it is built in, so what would be fetched is here already
            raise BadRequestData("The core @context cannot be deleted")
        if reload:
            return self._reload(name)
        gone = self._contexts.forget(self._stored(name))
        return answering.NO_CONTENT if gone is None else after(gone, answering.NO_CONTENT)

    async def _reload(self, name: str) -> Response:
        stored = self._contexts.shelf.find(name)
        if stored is None or stored.kind is not Kind.CACHED:
            raise BadRequestData("Only a @context that was fetched can be fetched anew")
        await self._contexts.reload(stored)
        return answering.NO_CONTENT

    def _stored(self, name: str) -> Stored:
        stored = self._contexts.shelf.find(name)
        if stored is None:
            raise ResourceNotFound("This broker stores no such @context")
        return stored


def _require_right(asked: Asked) -> None:
    """What a @context says changes what names mean in every tenant: not for callers with limits, or of one tenant."""
    if not ((asked.by.writes_all and asked.by.may_enter("")) or asked.by.may_administer):
        raise NotAllowed("@contexts are for who may write everything, or administer")
