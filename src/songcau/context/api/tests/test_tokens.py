"""Tokens over HTTP: who may manage them, and what is refused."""

import asyncio
import json
from typing import Any

import pytest

from songcau.context.api.tokens import PATH, add_token_routes
from songcau.context.problems import Problem
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.rights.tokens import Tokens
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.terms.contexts import Contexts


async def kept(_name: str, _document: dict[str, Any] | None) -> None:
    """A disk that takes everything."""


def asked(router: Router, method: str, path: str = PATH, body: bytes = b"", by: Caller | None = EVERYTHING) -> Response:
    async def answered() -> Response:
        request = Request(method, path, body=body)
        request.caller = by
        route, arguments = router.find(method, path)
        answer = route.handler(request, *arguments)
        if isinstance(answer, Response):
            return answer
        result = await answer  # type: ignore[misc]
        assert isinstance(result, Response)
        return result

    return asyncio.run(answered())


def tokens_at_a_router() -> Router:
    router = Router()
    add_token_routes(router, Tokens([], kept), lambda name: f"https://example.org/{name}", Contexts())
    return router


def test_names_of_types_and_attributes_are_expanded() -> None:
    made = asked(tokens_at_a_router(), "POST", body=b'{"label":"x","types":["A"],"attributes":["b"],"wards":["/w/a1"]}')
    assert isinstance(made.body, bytes)
    document = json.loads(made.body)
    assert (made.status, document["types"], document["attributes"]) == (
        201,
        ["https://example.org/A"],
        ["https://example.org/b"],
    )
    assert document["wards"] == ["/w/a1"]
    assert document["createdBy"] == "anonymous"


@pytest.mark.parametrize(("by", "status"), [(None, 401), (Caller("lamp", writes=True), 403)])
@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/1")])
def test_only_who_may_administer_manages_tokens(by: Caller | None, status: int, method: str, path: str) -> None:
    with pytest.raises(Problem) as problem:
        asked(tokens_at_a_router(), method, path, b'{"label":"x"}', by)
    assert problem.value.status == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "InvalidRequest"),
        (b"{", "InvalidRequest"),
        (b"[]", "InvalidRequest"),
        (b'"\xff"', "InvalidRequest"),
        (b'{"label":"x","wings":2}', "BadRequestData"),
        (b'{"label":"x","types":[null]}', "BadRequestData"),
        (b"{}", "BadRequestData"),
    ],
)
def test_a_body_that_is_no_token_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(Problem) as problem:
        asked(tokens_at_a_router(), "POST", body=body)
    assert problem.value.kind == kind


def test_a_token_that_is_not_there_cannot_be_revoked() -> None:
    with pytest.raises(Problem) as problem:
        asked(tokens_at_a_router(), "DELETE", f"{PATH}/nobody")
    assert problem.value.status == 404
