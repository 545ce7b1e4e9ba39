"""Letters over MQTT, with a real Mosquitto."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import orjson
import pytest

from songcau.context.subscriptions.carriers import Failure, Reach, Recipient
from songcau.context.subscriptions.endpoints import read_endpoint
from songcau.context.subscriptions.publishing import IDLE_SECONDS, Publisher
from tests.mosquitto import Mosquitto

HEAD = b'{"metadata":{},"body":'


class Sender:
    def __init__(self, uri: str, *choices: tuple[str, str], allow_private: bool = True) -> None:
        self.loop = asyncio.get_running_loop()
        info = [{"key": key, "value": value} for key, value in choices]
        endpoint = read_endpoint({"uri": uri, "notifierInfo": info, "timeout": 3000})
        self.recipient = Recipient(endpoint, HEAD)
        self.publisher = Publisher(self.loop, endpoint, tls=None, allow_private=allow_private, has_room=lambda: None)

    def send(self, body: bytes) -> "asyncio.Future[Failure | None]":
        future: asyncio.Future[Failure | None] = self.loop.create_future()
        self.publisher.send(self.recipient, body, future.set_result)
        return future


@asynccontextmanager
async def listening(port: int, topic: str) -> AsyncIterator[AsyncIterator[aiomqtt.Message]]:
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe(topic, qos=2)
        yield aiter(client.messages)


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 20))  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["mqtt3.1.1", "mqtt5.0"])
@pytest.mark.parametrize("qos", ["0", "1", "2"])
def test_letters_arrive_with_each_version_and_quality(tmp_path: Path, version: str, qos: str) -> None:
    async def case() -> None:
        with Mosquitto(tmp_path) as server:
            async with listening(server.port, "city/rooms") as messages:
                uri = f"mqtt://127.0.0.1:{server.port}/city/rooms"
                sender = Sender(uri, ("MQTT-QoS", qos), ("MQTT-Version", version))
                for number in range(3):
                    assert await sender.send(b"%d" % number) is None
                for number in range(3):
                    message = await anext(messages)
                    assert orjson.loads(message.payload) == {"metadata": {}, "body": number}
                assert sender.publisher.is_idle
                sender.publisher.close()

    run(case)


def test_user_and_password_are_told(tmp_path: Path) -> None:
    async def case() -> None:
        (tmp_path / "acl").write_text("user ward\ntopic write city/ward\n")
        rules = ("allow_anonymous true", f"acl_file {tmp_path}/acl")
        with Mosquitto(tmp_path / "server", settings=rules) as server:
            sender = Sender(f"mqtt://ward@127.0.0.1:{server.port}/city/ward", ("MQTT-QoS", "1"))
            assert await sender.send(b"1") is None
            sender.publisher.close()

    run(case)


def test_a_server_that_is_away_is_out_of_reach_and_found_when_it_is_back(tmp_path: Path) -> None:
    async def case() -> None:
        server = Mosquitto(tmp_path)
        sender = Sender(f"mqtt://127.0.0.1:{server.port}/city", ("MQTT-QoS", "1"))
        failure = await sender.send(b"1")
        assert failure is not None
        assert failure.reach is Reach.HOST
        with server:
            assert await sender.send(b"2") is None
        with server:  # it was restarted while nothing was told
            await asyncio.sleep(0.1)
            assert await sender.send(b"3") is None
        sender.publisher.close()

    run(case)


def test_an_idle_connection_is_closed_and_opened_anew(tmp_path: Path) -> None:
    async def case() -> None:
        with Mosquitto(tmp_path) as server:
            sender = Sender(f"mqtt://127.0.0.1:{server.port}/city")
            assert await sender.send(b"1") is None
            sender.publisher.sweep(sender.loop.time() + IDLE_SECONDS + 1)
            await asyncio.sleep(0.1)
            assert await sender.send(b"2") is None
            sender.publisher.close()

    run(case)


def test_many_letters_at_once_arrive_in_order(tmp_path: Path) -> None:
    async def case() -> None:
        with Mosquitto(tmp_path) as server:
            async with listening(server.port, "city/#") as messages:
                sender = Sender(f"mqtt://127.0.0.1:{server.port}/city/a", ("MQTT-QoS", "1"))
                answers = [sender.send(b"%d" % number) for number in range(90)]
                assert await asyncio.gather(*answers) == [None] * 90
                bodies = [orjson.loads((await anext(messages)).payload)["body"] for _ in range(90)]
                assert bodies == list(range(90))
                sender.publisher.close()

    run(case)


def test_private_addresses_are_not_called_when_a_setting_says_so(tmp_path: Path) -> None:
    async def case() -> None:
        with Mosquitto(tmp_path) as server:
            failure = await Sender(f"mqtt://localhost:{server.port}/city", allow_private=False).send(b"1")
            assert failure is not None
            assert "private address" in failure.reason

    run(case)
