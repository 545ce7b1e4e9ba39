"""Which address leads where."""

import json

import pytest

from songcau.context.problems import BadRequestData
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.tests.talking import echo, run, serving


def named(name: str) -> Router:
    router = Router()
    for method, template in (
        ("GET", "/v1/entities"),
        ("POST", "/v1/entities"),
        ("PATCH", "/v1/entities/"),
        ("GET", "/v1/entities/{id}"),
        ("DELETE", "/v1/entities/{id}"),
        ("PATCH", "/v1/entities/{id}/attrs/{name}"),
        ("POST", "/v1/entities/{id}/attrs"),
        ("GET", "/v1/entities/all"),
    ):
        router.add(method, template, echo)
    return router


@pytest.mark.parametrize(
    ("method", "path", "template", "arguments"),
    [
        ("GET", "/v1/entities", "/v1/entities", ()),
        ("GET", "/v1/entities/", "/v1/entities", ()),
        ("POST", "/v1/entities/", "/v1/entities", ()),
        ("PATCH", "/v1/entities/", "/v1/entities/", ()),
        ("GET", "/v1/entities/urn:x:1", "/v1/entities/{id}", ("urn:x:1",)),
        ("GET", "/v1/entities/urn:x:1/", "/v1/entities/{id}", ("urn:x:1",)),
        ("GET", "/v1/entities/all", "/v1/entities/all", ()),
        ("GET", "/v1/entities/http%3A%2F%2Fa%2Fb", "/v1/entities/{id}", ("http://a/b",)),
        ("PATCH", "/v1/entities/a/attrs/t%C3%AAn", "/v1/entities/{id}/attrs/{name}", ("a", "tên")),
        ("PATCH", "/v1/entities//attrs/b", "/v1/entities/{id}/attrs/{name}", ("", "b")),
        ("POST", "/v1/entities/a/attrs/", "/v1/entities/{id}/attrs", ("a",)),
        ("GET", "/v1/entities/a+b", "/v1/entities/{id}", ("a+b",)),
    ],
)
def test_an_address_leads_to_its_handler(method: str, path: str, template: str, arguments: tuple[str, ...]) -> None:
    route, found = named("x").find(method, path)
    assert (route.template, found) == (template, arguments)
    assert route.handler is echo


@pytest.mark.parametrize(
    "path", ["/", "", "/v2", "/v1", "/v1/entities/a/b", "/v1/entities/a/attrs/b/c", "//v1/entities"]
)
def test_there_is_nothing_elsewhere(path: str) -> None:
    router = named("x")
    assert router.find("GET", path)[0] is router.unknown


def test_another_method_is_refused_with_what_the_address_takes() -> None:
    async def case() -> None:
        async with serving(named("x")) as place:
            client = await place.client()
            for method, path, allowed in (
                ("PUT", "/v1/entities/a", "DELETE, GET, HEAD, OPTIONS"),
                ("DELETE", "/v1/entities/a/attrs/", "OPTIONS, POST"),
                ("PURGE", "/v1/entities", "GET, HEAD, OPTIONS, POST"),
            ):
                answer = await client.heard(method, path)
                assert (answer.status, answer.headers["allow"]) == (405, allowed)
                assert answer.problem == "OperationNotSupported"
            options = await client.heard("OPTIONS", "/v1/entities/a")
            assert (options.status, options.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS")
            missing = await client.heard("GET", "/nowhere")
            assert (missing.status, missing.problem) == (404, "ResourceNotFound")

    run(case)


def test_a_header_that_is_not_utf8_is_refused() -> None:
    request = Request("GET", "/", headers={b"ngsild-tenant": b"\xff", b"link": "tên".encode()})
    assert request.header(b"link") == "tên"
    assert request.header(b"accept") is None
    with pytest.raises(BadRequestData):
        request.header(b"ngsild-tenant")


def test_long_queries_are_read_without_being_kept() -> None:
    request = Request("GET", "/", "q=" + "x" * 5000)
    assert len(request.params["q"]) == 5000
    assert request.params is request.params


def test_an_answers_header_cannot_begin_another() -> None:
    def trick(_request: Request) -> Response:
        return Response(200, b"{}", ((b"Location", b"/a\r\nSet-Cookie: x\0"),))

    async def case() -> None:
        router = Router()
        router.add("GET", "/", trick)
        async with serving(router) as place:
            answer = await (await place.client()).heard("GET", "/")
            assert "set-cookie" not in answer.headers
            assert json.loads(answer.body) == {}

    run(case)


def test_kept_heads_are_bounded() -> None:
    async def case() -> None:
        router = Router()
        router.add("GET", "/{id}", lambda _request, name: Response(200, b"", ((b"Location", name.encode()),)))
        async with serving(router) as place:
            client = await place.client()
            for number in range(1100):
                assert (await client.heard("GET", f"/{number}")).headers["location"] == str(number)

    run(case)
