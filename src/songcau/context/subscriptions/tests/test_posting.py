"""Letters over HTTP, against a receiver on loopback that behaves well, and ones that do not."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest

from songcau.context.subscriptions.carriers import Failure, Reach, Recipient
from songcau.context.subscriptions.endpoints import read_endpoint
from songcau.context.subscriptions.posting import IDLE_SECONDS, MOST_CONNECTIONS, Poster
from songcau.context.subscriptions.tests.receiver import OK, Receiver


class Sender:
    """A poster, and letters through it."""

    def __init__(self, uri: str, *, timeout: int = 2000, allow_private: bool = True) -> None:
        self.loop = asyncio.get_running_loop()
        endpoint = read_endpoint({"uri": uri, "timeout": timeout})
        self.recipient = Recipient(endpoint, b"POST /notify HTTP/1.1\r\nHost: x\r\nContent-Length: ")
        self.rooms = 0
        self.poster = Poster(self.loop, endpoint, tls=None, allow_private=allow_private, has_room=self.room)

    def room(self) -> None:
        self.rooms += 1

    def send(self, body: bytes = b"{}") -> "asyncio.Future[Failure | None]":
        future: asyncio.Future[Failure | None] = self.loop.create_future()
        self.poster.send(self.recipient, body, future.set_result)
        return future


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(case())  # type: ignore[arg-type]


def test_letters_go_over_one_kept_connection() -> None:
    async def case() -> None:
        async with Receiver() as receiver:
            sender = Sender(receiver.url())
            for number in range(5):
                assert await sender.send(b"%d" % number) is None
            assert receiver.bodies == [b"0", b"1", b"2", b"3", b"4"]
            assert receiver.connections == 1
            assert sender.poster.is_idle
            sender.poster.close()

    run(case)


def test_letters_at_once_go_over_several_connections_up_to_a_bound() -> None:
    async def case() -> None:
        async with Receiver(lambda _path, _body: None) as receiver:
            sender = Sender(receiver.url())
            for _ in range(MOST_CONNECTIONS):
                assert not sender.poster.is_full
                sender.send()
            assert sender.poster.is_full
            await receiver.wait_for(MOST_CONNECTIONS)
            assert receiver.connections == MOST_CONNECTIONS
            assert sender.rooms == 0
            receiver.answer_all()
            async with asyncio.timeout(5):
                while not sender.poster.is_idle:
                    await asyncio.sleep(0)
            assert sender.rooms == 1
            sender.poster.close()

    run(case)


@pytest.mark.parametrize(
    ("answer", "reason", "reach", "is_final"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno", "answered 500", Reach.LETTER, False),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "answered 404", Reach.LETTER, False),
        (b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", "answered 400", Reach.LETTER, True),
        (
            b"HTTP/1.1 302 Go\r\nLocation: http://other/\r\nContent-Length: 0\r\n\r\n",
            "answered 302",
            Reach.LETTER,
            False,
        ),
        (b"SSH-2.0-OpenSSH_9\r\n", "not HTTP", Reach.ENDPOINT, False),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 900_000, "", Reach.ENDPOINT, False),
    ],
)
def test_what_is_not_a_success_is_told_with_the_reason(
    answer: bytes, reason: str, reach: Reach, is_final: bool
) -> None:
    async def case() -> None:
        async with Receiver(lambda _path, _body: answer) as receiver:
            sender = Sender(receiver.url())
            failure = await sender.send()
            assert failure is not None
            assert reason in failure.reason
            assert (failure.reach, failure.is_final) == (reach, is_final)
            sender.poster.close()

    run(case)


def test_answers_of_old_and_talkative_servers_are_understood() -> None:
    async def case() -> None:
        answers = [
            b"HTTP/1.0 200 OK\r\n\r\nsome text until the end",
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 900_000,
        ]
        async with Receiver(lambda _path, _body: answers.pop(0)) as receiver:
            sender = Sender(receiver.url())
            for _ in range(5):
                assert await sender.send() is None
            assert receiver.connections == 3
            sender.poster.close()

    run(case)


def test_a_kept_connection_that_the_receiver_closed_is_no_failure() -> None:
    async def case() -> None:
        async with Receiver() as receiver:
            sender = Sender(receiver.url())
            assert await sender.send() is None
            for transport in tuple(receiver._transports):
                transport.close()
            await asyncio.sleep(0)
            assert await sender.send() is None
            assert receiver.connections == 2
            sender.poster.close()

    run(case)


def test_a_connection_that_is_closed_before_the_first_answer_is_a_failure() -> None:
    async def case() -> None:
        async with Receiver(lambda _path, _body: b"close") as receiver:
            sender = Sender(receiver.url())
            failure = await sender.send()
            assert failure is not None
            assert failure.reach is Reach.ENDPOINT
            assert len(receiver.bodies) == 1
            sender.poster.close()

    run(case)


def test_who_does_not_answer_in_time_is_given_up() -> None:
    async def case() -> None:
        async with Receiver(lambda _path, _body: None) as receiver:
            sender = Sender(receiver.url(), timeout=60_000)
            sending = asyncio.ensure_future(sender.send())
            await receiver.wait_for(1)
            [connection] = sender.poster._busy
            timer = connection._timer
            assert timer is not None
            assert timer.when() <= asyncio.get_running_loop().time() + 60
            connection._late()  # what the timer does, without the minute
            assert await sending == Failure("no answer within 60 seconds", Reach.ENDPOINT)
            assert (timer.cancelled(), sender.poster.is_idle) == (True, True)
            sender.poster.close()

    run(case)


def test_where_nobody_listens_the_host_is_out_of_reach() -> None:
    async def case() -> None:
        async with Receiver() as receiver:
            uri = receiver.url()
        sender = Sender(uri)
        failure = await sender.send()
        assert failure is not None
        assert failure.reach is Reach.HOST
        nowhere = Sender("http://nowhere.invalid/")
        failure = await nowhere.send()
        assert failure is not None
        assert failure.reach is Reach.HOST

    run(case)


def test_private_addresses_are_not_called_when_a_setting_says_so() -> None:
    async def case() -> None:
        async with Receiver() as receiver:
            for uri in (receiver.url(), f"http://localhost:{receiver.port}/", f"http://[::1]:{receiver.port}/"):
                failure = await Sender(uri, allow_private=False).send()
                assert failure is not None
                assert "private address" in failure.reason
            assert receiver.connections == 0

    run(case)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1", "[::ffff:169.254.169.254]"])  # noqa: S104
def test_some_addresses_are_never_called(host: str) -> None:
    async def case() -> None:
        failure = await Sender(f"http://{host}/latest/meta-data").send()
        assert failure is not None
        assert "no address that may be called" in failure.reason

    run(case)


def test_idle_connections_are_closed_after_a_while() -> None:
    async def case() -> None:
        async with Receiver() as receiver:
            sender = Sender(receiver.url())
            await sender.send()
            sender.poster.sweep(sender.loop.time())
            assert receiver._transports
            sender.poster.sweep(sender.loop.time() + IDLE_SECONDS + 1)
            async with asyncio.timeout(2):
                while receiver._transports:
                    await asyncio.sleep(0)

    run(case)


def test_what_is_under_way_at_the_end_is_not_reported_any_more() -> None:
    async def case() -> None:
        async with Receiver(lambda _path, _body: None) as receiver:
            sender = Sender(receiver.url())
            answer = sender.send()
            await receiver.wait_for(1)
            sender.poster.close()
            await asyncio.sleep(0.01)
            assert not answer.done()

    run(case)


def test_an_endpoint_with_tls_is_never_told_without_it() -> None:
    async def case() -> None:
        endpoint = read_endpoint({"uri": "https://localhost:1/"})
        with pytest.raises(ValueError, match="TLS"):
            Poster(asyncio.get_running_loop(), endpoint, tls=None, allow_private=True, has_room=lambda: None)
        async with Receiver(lambda _path, _body: OK) as receiver:  # it speaks no TLS
            secure = read_endpoint({"uri": f"https://127.0.0.1:{receiver.port}/"})
            loop, context = asyncio.get_running_loop(), ssl.create_default_context()
            poster = Poster(loop, secure, tls=context, allow_private=True, has_room=lambda: None)
            future: asyncio.Future[Failure | None] = loop.create_future()
            poster.send(Recipient(secure, b"POST / HTTP/1.1\r\nContent-Length: "), b"{}", future.set_result)
            failure = await future
            assert failure is not None
            assert failure.reach is Reach.HOST
            assert receiver.bodies == []

    run(case)
