"""Every request gets an id of our own making, which logs, audit, events and error pages carry."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from songcau.kernel import trace
from songcau.kernel.ids import new_id

HEADER = "X-Request-ID"
Answer = Callable[[HttpRequest], HttpResponseBase]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def RequestIdMiddleware(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:  # noqa: N802 — named in settings
    """Works inside `trace.tracing`. An id sent from outside is not taken over: it could point at another's traces."""
    if iscoroutinefunction(get_response):

        async def wait(request: HttpRequest) -> HttpResponseBase:
            identifier = str(new_id())
            with trace.tracing(identifier):
                response = await cast(AsyncAnswer, get_response)(request)
            response.headers[HEADER] = identifier
            return response

        return wait

    def answer(request: HttpRequest) -> HttpResponseBase:
        identifier = str(new_id())
        with trace.tracing(identifier):
            response = cast(Answer, get_response)(request)
        response.headers[HEADER] = identifier
        return response

    return answer
