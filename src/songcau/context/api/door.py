"""Between the server and the handlers: what must be fetched or loaded first, and waiting for the disk."""

from asyncio import Future
from collections.abc import Callable
from typing import Any

import orjson

from songcau.context import geometry_library
from songcau.context.api.asking import Asked, ContextNeeded
from songcau.context.problems import LdContextNotAvailable, Problem
from songcau.context.server.messages import After, Answer, Request, Response
from songcau.context.terms.contexts import Contexts

Handler = Callable[..., Answer]
MOST_CONTEXTS = 50


class Door:
    """Wraps a handler of `Asked` into one of `Request`."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts

    def __call__(self, handler: Handler) -> Callable[..., Answer]:
        contexts = self._contexts

        def enter(request: Request, *arguments: str) -> Answer:
            asked = Asked(request, contexts)
            if not geometry_library.is_loaded() and asked.may_need_geometry():
                return self._after_loading(handler, asked, arguments)
            try:
                return handler(asked, *arguments)
            except ContextNeeded as needed:
                return self._after_fetching(handler, asked, arguments, needed.reference)

        return enter

    async def _after_loading(self, handler: Handler, asked: Asked, arguments: tuple[str, ...]) -> Response:
        await geometry_library.load()
        try:
            answer = handler(asked, *arguments)
        except ContextNeeded as needed:
            return await self._after_fetching(handler, asked, arguments, needed.reference)
        return await _settled(answer)

    async def _after_fetching(
        self, handler: Handler, asked: Asked, arguments: tuple[str, ...], reference: object
    ) -> Response:
        """Fetch what is missing, then begin anew; a request may need several, a batch one for each entity."""
        for _ in range(MOST_CONTEXTS):
            try:
                await self._contexts.resolve(reference)
            except Problem as problem:
                asked.unavailable[orjson.dumps(reference)] = problem
            try:
                answer = handler(asked, *arguments)
            except ContextNeeded as needed:
                reference = needed.reference
                continue
            return await _settled(answer)
        raise LdContextNotAvailable(f"The request needs more than {MOST_CONTEXTS} remote @contexts")


async def _settled(answer: Answer) -> Response:
    if isinstance(answer, After):
        done = await answer.future
        return answer.answer if isinstance(answer.answer, Response) else answer.answer(done)
    return answer if isinstance(answer, Response) else await answer


def after(committed: Future[Any], response: Response) -> After:
    """The response, once the change is on disk; the journal's refusal, if it could not be put there."""
    return After(committed, response)
