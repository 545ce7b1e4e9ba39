"""HTTP as clients speak it: one request, several, in pieces, in a row."""

import asyncio
import gc
import json
from collections.abc import Awaitable

import pytest

from songcau.context.problems import AlreadyExists
from songcau.context.server.connection import Connection
from songcau.context.server.messages import After, Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.tests.talking import echo, echoing, run, serving


def test_a_request_is_heard_whole_and_answered() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            answer = await client.heard(
                "POST", "/things/urn%3Aa%20b?q=x%3D%3D1&type=A+B&&flag", "Link: <a>", "LINK: <b>", body=b"hello"
            )
            heard = json.loads(answer.body)
            assert answer.status == 200
            assert heard["arguments"] == ["urn:a b"]
            assert heard["params"] == {"q": "x==1", "type": "A B", "flag": ""}
            assert heard["body"] == "hello"
            assert heard["headers"]["link"] == "<a>, <b>"
            assert answer.headers["date"].endswith("GMT")
            assert "connection" not in answer.headers

    run(case)


def test_a_request_in_single_bytes_is_heard() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            raw = (
                b"POST /things/a?x=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer-Of-It: x\r\n\r\n"
            )
            for at in range(len(raw)):
                client.send(raw[at : at + 1])
                await asyncio.sleep(0)
            heard = json.loads((await client.hear()).body)
            assert heard["body"] == "abcde"
            assert "trailer-of-it" not in heard["headers"]

    run(case)


def test_many_requests_sent_at_once_are_answered_in_order() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            for number in range(200):
                client.ask("GET", f"/things/{number}")
            for number in range(200):
                assert json.loads((await client.hear()).body)["arguments"] == [str(number)]

    run(case)


def test_a_later_request_waits_for_the_one_before() -> None:
    order: list[str] = []

    async def slow(_request: Request, name: str) -> Response:
        order.append(f"{name} begins")
        await asyncio.sleep(0.01)
        order.append(f"{name} ends")
        return Response(200, name.encode())

    async def case() -> None:
        router = Router()
        router.add("GET", "/slow/{name}", slow)
        router.add("GET", "/quick/{name}", echo)
        async with serving(router) as place:
            client = await place.client()
            for path in ("/slow/one", "/quick/two", "/slow/three"):
                client.ask("GET", path)
            bodies = [(await client.hear()).body for _ in range(3)]
            assert bodies[0] == b"one"
            assert json.loads(bodies[1])["arguments"] == ["two"]
            assert bodies[2] == b"three"
            assert order == ["one begins", "one ends", "three begins", "three ends"]
            # More after the connection was held back.
            assert (await client.heard("GET", "/slow/four")).body == b"four"

    run(case)


@pytest.mark.parametrize("is_made_later", [False, True])
def test_an_answer_may_wait_for_a_future(is_made_later: bool) -> None:
    async def case() -> None:
        loop = asyncio.get_running_loop()

        def stored(_request: Request) -> After:
            future: asyncio.Future[int] = loop.create_future()
            loop.call_later(0.01, future.set_result, 7)
            return After(future, (lambda number: Response(200, b"%d" % number)) if is_made_later else Response(204))

        router = Router()
        router.add("POST", "/", stored)
        async with serving(router) as place:
            client = await place.client()
            answer = await client.heard("POST", "/")
            assert (answer.status, answer.body) == ((200, b"7") if is_made_later else (204, b""))
            assert ("content-length" in answer.headers) is is_made_later

    run(case)


def failing_at_once(_request: Request) -> Response:
    raise AlreadyExists("There is one.")


async def failing_later(_request: Request) -> Response:
    raise AlreadyExists("There is one.")


def failing_future(_request: Request) -> Awaitable[Response]:
    future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    future.set_exception(AlreadyExists("There is one."))
    return future


@pytest.mark.parametrize("handler", [failing_at_once, failing_later, failing_future])
def test_a_refusal_is_told_in_the_standards_form(handler: object) -> None:
    async def case() -> None:
        router = Router()
        router.add("POST", "/", handler)  # type: ignore[arg-type]
        async with serving(router) as place:
            client = await place.client()
            answer = await client.heard("POST", "/")
            assert (answer.status, answer.problem) == (409, "AlreadyExists")
            assert (await client.heard("POST", "/")).status == 409  # the connection goes on

    run(case)


def bug_at_once(_request: Request) -> Response:
    raise RuntimeError("secret words")


async def bug_later(_request: Request) -> Response:
    raise RuntimeError("secret words")


async def no_answer(_request: Request) -> str:
    return "secret words"


@pytest.mark.parametrize("handler", [bug_at_once, bug_later, no_answer])
def test_a_bug_is_logged_under_a_trace_and_told_without_its_words(
    handler: object, caplog: pytest.LogCaptureFixture
) -> None:
    async def case() -> None:
        router = Router()
        router.add("GET", "/", handler)  # type: ignore[arg-type]
        async with serving(router) as place:
            answer = await (await place.client()).heard("GET", "/?q=private")
            assert (answer.status, answer.problem) == (500, "InternalError")
            assert b"secret" not in answer.body
            assert json.loads(answer.body)["trace"] in caplog.records[-1].getMessage()
            assert "private" not in caplog.text

    run(case)


def test_a_bug_that_every_request_meets_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def case() -> None:
        router = Router()
        router.add("GET", "/", bug_at_once)
        async with serving(router) as place:
            assert place.service.timer is not None
            place.service.timer.cancel()
            client = await place.client()
            for _ in range(40):
                assert (await client.heard("GET", "/")).status == 500
            place.service._tick()
            assert len(caplog.records) == 11
            assert "30 further faults" in caplog.records[-1].getMessage()

    run(case)


def test_head_is_answered_as_get_without_the_body() -> None:
    async def case() -> None:
        async with serving(echoing("GET")) as place:
            client = await place.client()
            answer = await client.heard("HEAD", "/things/a")
            assert answer.status == 200
            assert int(answer.headers["content-length"]) > 10
            assert (await client.heard("GET", "/things/b")).status == 200

    run(case)


def test_http_1_0_is_answered_and_closed_unless_it_asks_to_stay() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.send(b"GET /things/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert (await client.hear()).headers["connection"] == "keep-alive"
            client.send(b"GET /things/a HTTP/1.0\r\n\r\n")
            assert (await client.hear()).headers["connection"] == "close"
            assert await client.is_closed()

    run(case)


def test_a_client_that_asks_to_close_is_answered_and_nothing_after_is_heard() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.ask("GET", "/things/a", "Connection: close")
            client.ask("GET", "/things/b")
            assert (await client.hear()).headers["connection"] == "close"
            assert await client.is_closed()

    run(case)


def test_a_client_that_has_closed_its_side_still_gets_its_answers() -> None:
    async def slow(_request: Request) -> Response:
        await asyncio.sleep(0.01)
        return Response(200, b"late")

    async def case() -> None:
        router = echoing()
        router.add("GET", "/slow", slow)
        async with serving(router) as place:
            client = await place.client()
            client.ask("GET", "/slow")
            client.ask("GET", "/things/a")
            client.writer.write_eof()
            assert (await client.hear()).body == b"late"
            assert (await client.hear()).status == 200
            assert await client.is_closed()

    run(case)


def test_a_client_that_waits_to_send_its_body_is_told_to_go_ahead() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.ask("POST", "/things/a", "Expect: 100-continue", "Content-Length: 3")
            assert (await client.hear()).status == 100
            client.send(b"abc")
            assert json.loads((await client.hear()).body)["body"] == "abc"
            other = await client.heard("POST", "/things/a", "Expect: miracles", body=b"abc")
            assert (other.status, other.problem) == (417, "InvalidRequest")

    run(case)


def test_an_upgrade_is_not_taken_and_the_request_is_answered() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            answer = await client.heard("GET", "/things/a", "Connection: Upgrade", "Upgrade: websocket")
            assert (answer.status, answer.headers["connection"]) == (200, "close")
            assert await client.is_closed()

    run(case)


def test_a_proxys_form_of_the_address_is_understood() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            answer = await (await place.client()).heard("GET", "http://localhost:9090/things/a?x=1#part")
            heard = json.loads(answer.body)
            assert (heard["arguments"], heard["params"]) == (["a"], {"x": "1"})

    run(case)


def test_a_connection_that_is_over_is_not_left_to_the_collector_of_cycles() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            assert (await client.heard("GET", "/things/a")).status == 200
            assert any(type(one) is Connection for one in gc.get_objects())
            client.close()
            while place.service.connections:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0)
        assert not any(type(one) is Connection for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        run(case)
    finally:
        gc.enable()
