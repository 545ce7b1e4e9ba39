"""A body that reaches its reader as it comes in, over a connection that may break or fall silent."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from songcau.foundation.files import streaming
from songcau.foundation.files.streaming import STREAMED, Message, StreamedBody, StreamingHandler


def piece(content: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": content, "more_body": more}


def read_from(messages: list[Message], read: Callable[[StreamedBody], Any]) -> Any:
    """What `read`, in a thread as a view is, makes of these messages; after the last one nothing comes."""

    async def scene() -> Any:
        waiting = list(messages)

        async def receive() -> Message:
            if not waiting:
                await asyncio.Event().wait()
            return waiting.pop(0)

        return await asyncio.to_thread(read, StreamedBody(receive, asyncio.get_running_loop()))

    return asyncio.run(scene())


def test_a_body_is_read_in_the_pieces_asked_for() -> None:
    messages = [piece(b"abc"), piece(b""), piece(b"defg", more=False)]
    assert read_from(messages, lambda body: [body.read(2), body.read(5), body.read(9), body.read(9)]) == [
        b"ab",
        b"c",
        b"defg",
        b"",
    ]
    assert read_from(messages, lambda body: body.read()) == b"abcdefg"


def test_what_came_before_the_connection_broke_is_read() -> None:
    def read(body: StreamedBody) -> bytes:
        first = body.read(100)
        with pytest.raises(ConnectionResetError):
            body.read(100)
        return first + body.read(100)

    assert read_from([piece(b"abc"), {"type": "http.disconnect"}], read) == b"abc"


def test_a_silent_connection_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PATIENCE_SECONDS", 0.05)

    def read(body: StreamedBody) -> None:
        with pytest.raises(OSError, match=r"^$"):
            body.read(1)

    read_from([], read)


def test_a_reader_is_woken_when_the_server_goes_down() -> None:
    async def scene() -> None:
        async def receive() -> Message:
            await asyncio.Event().wait()
            return {}

        body = StreamedBody(receive, asyncio.get_running_loop())
        reading = asyncio.create_task(asyncio.to_thread(body.read, 1))
        await asyncio.sleep(0.05)
        body.close()
        with pytest.raises(ConnectionAbortedError):
            await reading
        assert body.read(1) == b""

    asyncio.run(scene())


def test_only_an_upload_is_streamed() -> None:
    assert STREAMED.fullmatch("/files/uploads/0190c3a0-0000-7000-8000-000000000000")
    assert not STREAMED.fullmatch("/files/uploads/")
    assert not STREAMED.fullmatch("/administration/")


def test_the_handler_answers_before_the_body_has_come(settings: Any) -> None:
    """Somebody who has not signed in is told so at once, with not one byte of the body taken in."""
    told: list[Any] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        told.append(message)

    async def scene(path: str) -> None:
        scope = {"type": "http", "method": "PATCH", "path": path, "headers": [(b"host", b"localhost")]}
        await StreamingHandler()(scope | {"query_string": b"", "server": ("localhost", 80)}, receive, send)

    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "songcau.foundation.files.tests.no_addresses"
    asyncio.run(scene("/files/uploads/0190c3a0-0000-7000-8000-000000000000"))
    assert told[0]["status"] == 404
    with pytest.raises(AssertionError, match="asked for"):
        asyncio.run(scene("/elsewhere"))


@pytest.mark.parametrize("is_announced", [True, False])
@pytest.mark.parametrize("path", ["/elsewhere", "/files/uploads/0190c3a0-0000-7000-8000-000000000000"])
def test_a_form_without_end_fills_no_disk_of_ours(
    settings: Any, monkeypatch: pytest.MonkeyPatch, path: str, is_announced: bool
) -> None:
    """Neither elsewhere nor where an upload would be streamed; whoever sends it need not even have signed in."""
    monkeypatch.setattr(streaming, "MOST_OF_A_FORM", 1000)
    taken, told = 0, []

    async def receive() -> Message:
        nonlocal taken
        if taken > 5000:
            await asyncio.Event().wait()
        taken += 100
        return piece(b"x" * 100)

    async def send(message: Any) -> None:
        told.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"multipart/form-data; boundary=x")]
    headers += [(b"content-length", b"1000000")] if is_announced else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "songcau.foundation.files.tests.no_addresses"
    asyncio.run(StreamingHandler()(scope | {"query_string": b"", "server": ("localhost", 80)}, receive, send))
    assert taken <= 1100
    assert [message["status"] for message in told[:1]] == ([413] if is_announced else [])
