"""Against a real NATS with JetStream on 127.0.0.1:4222."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import nats
import pytest

from songcau.foundation.outbox.jetstream import JetStream, NatsUnavailable
from songcau.foundation.outbox.reactions import DeliveryFacts
from songcau.kernel import clock

URL = "nats://127.0.0.1:4222"


def facts() -> DeliveryFacts:
    return DeliveryFacts(
        event_id=uuid4(),
        sequence=7,
        name="lamps.LampBroke",
        subject="lamp:1",
        payload={"phường": "Phan Đình Phùng"},
        at=clock.now(),
        actor_id=uuid4(),
        actor_label="Nguyễn Văn A",
        trace="t",
        reaction="outbox.nats",
        attempt=1,
    )


def asking(ask: Callable[[Any], Any]) -> Any:
    async def asked() -> Any:
        client = await nats.connect(URL)
        try:
            return await ask(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(asked())


@pytest.fixture
def stream() -> Iterator[JetStream]:
    try:
        socket.create_connection(("127.0.0.1", 4222), 1).close()
    except OSError:
        pytest.skip("NOT RUN: no NATS answers on 127.0.0.1:4222")
    name = f"SONGCAU_TEST_{uuid4().hex[:8].upper()}"
    carrier = JetStream(URL, stream=name, subjects=f"songcau-test.{name}", timeout_seconds=3)
    yield carrier
    carrier.close()
    asking(lambda jetstream: jetstream.delete_stream(name))


def test_an_event_is_stored_once_however_often_it_is_sent(stream: JetStream) -> None:
    sent = facts()
    stream.carry(sent)
    stream.carry(sent)
    stream.carry(replace(sent, event_id=uuid4(), sequence=8))
    assert asking(lambda js: js.stream_info(stream._stream)).state.messages == 2
    message = asking(lambda js: js.get_msg(stream._stream, 1))
    assert message.subject.endswith(".lamps.LampBroke")
    assert message.headers["Nats-Msg-Id"] == str(sent.event_id)
    told = json.loads(message.data)
    assert (told["id"], told["subject"], told["payload"]) == (str(sent.event_id), "lamp:1", sent.payload)
    assert "Nguyễn Văn A" not in message.data.decode()


def test_it_goes_on_after_the_connection_and_the_stream_were_lost(stream: JetStream) -> None:
    stream.carry(facts())
    stream._run(stream._client.close(), 3)
    stream.carry(facts())
    asking(lambda js: js.delete_stream(stream._stream))
    with pytest.raises(NatsUnavailable):
        stream.carry(facts())
    stream.carry(facts())
    assert asking(lambda js: js.stream_info(stream._stream)).state.messages == 1


def test_a_server_that_is_not_there_is_unavailable() -> None:
    carrier = JetStream("nats://127.0.0.1:9", timeout_seconds=1)
    with pytest.raises(NatsUnavailable):
        carrier.carry(facts())
    carrier.close()


def test_a_server_that_does_not_answer_is_unavailable_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        carrier = JetStream(f"nats://127.0.0.1:{deaf.getsockname()[1]}", timeout_seconds=0.5)
        with pytest.raises(NatsUnavailable):
            carrier.carry(facts())
        carrier.close()


def test_closing_what_was_never_opened_is_nothing() -> None:
    JetStream(URL).close()
