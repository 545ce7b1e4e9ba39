"""A whole broker without sockets: requests go through the router, answers wait for the journal's disk."""

import asyncio
from pathlib import Path
from typing import Any

import orjson

from songcau.context.api.routes import add_entity_routes
from songcau.context.api.stored_contexts import add_context_routes
from songcau.context.api.temporal_routes import add_temporal_routes
from songcau.context.broker.broker import Broker
from songcau.context.broker.histories import Histories
from songcau.context.journal.journal import Journal
from songcau.context.journal.store import Store
from songcau.context.problems import Problem
from songcau.context.quality.examining import Quality
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.server.answers import problem_answer
from songcau.context.server.messages import After, Request, Response
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts

API = "/ngsi-ld/v1"
MOST_INSTANCES = 30


class Answered:
    """What came back: status, headers in lower case, the body as JSON (None when empty)."""

    def __init__(self, response: Response) -> None:
        assert isinstance(response.body, bytes)
        self.status = response.status
        self.all_headers = [(name.decode().lower(), value.decode()) for name, value in response.headers]
        self.headers = dict(self.all_headers)
        self.raw = response.body
        self.json: Any = orjson.loads(response.body) if response.body else None


class Client:
    """Asks the broker as a client would; `by` says who asks."""

    def __init__(
        self,
        folder: Path,
        store: Store | None = None,
        quality: Quality | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self._quality = quality
        self.journal = Journal(folder, store=store)
        self.loop.run_until_complete(self.journal.open())
        self.contexts = contexts or Contexts()
        self.broker = self.loop.run_until_complete(self._broker())
        for tenant, entities in self.journal.recovered.items():
            self.broker.load(tenant, entities.values())
        self.router = Router()
        add_entity_routes(self.router, self.broker, self.contexts)
        add_context_routes(self.router, self.contexts)
        add_temporal_routes(self.router, Histories(self.broker, self.journal), self.contexts, most=MOST_INSTANCES)

    async def _broker(self) -> Broker:
        return Broker(self.journal, loop=self.loop, quality=self._quality)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        by: Caller = EVERYTHING,
        raw: bytes | None = None,
        **headers: str,
    ) -> Answered:
        """`content_type`, `accept`, `ngsild_tenant` … are headers; a body is JSON unless `content_type` says."""
        path, _, query = path.partition("?")
        content = raw if raw is not None else b"" if body is None else orjson.dumps(body)
        given = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        if content and b"content-type" not in given:
            given[b"content-type"] = b"application/json"
        request = Request(method, API + path, query, given, content)
        request.caller = by
        return Answered(self.loop.run_until_complete(self._answer(request)))

    async def _answer(self, request: Request) -> Response:
        try:
            route, arguments = self.router.find(request.method, request.path)
            answer = route.handler(request, *arguments)
            if isinstance(answer, After):
                done = await answer.future
                return answer.answer if isinstance(answer.answer, Response) else answer.answer(done)
            return answer if isinstance(answer, Response) else await answer
        except Problem as problem:
            return problem_answer(problem)

    def close(self) -> None:
        self.loop.run_until_complete(self.journal.close())
        self.loop.run_until_complete(self.contexts.close())
        self.loop.close()


def room(number: int, **attributes: object) -> dict[str, object]:
    return {"id": f"urn:ngsi-ld:Room:{number}", "type": "Room", **attributes}


def prop(value: object, **more: object) -> dict[str, object]:
    return {"type": "Property", "value": value, **more}
