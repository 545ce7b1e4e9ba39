"""Carries events to NATS JetStream, for processes on other machines.

nats-py speaks asyncio only, so one thread of its own holds the loop and the connection; delivery threads hand a
message over and wait for the acknowledgement of the stream.
"""

import asyncio
import json
import threading
from collections.abc import Coroutine
from typing import Any

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError

from songcau.foundation.outbox.reactions import DeliveryFacts
from songcau.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

STREAM = "SONGCAU_EVENTS"
SUBJECTS = "songcau.events"
# The stream forgets ids after this long; a repetition later than that reaches consumers, who know the event's id.
DUPLICATE_WINDOW_SECONDS = 600.0


class NatsUnavailable(Unavailable):
    """No acknowledgement from JetStream in time. The event stays in the outbox and is sent again."""

    code = "NATS_UNAVAILABLE"


class JetStream:
    """A connection to one server, made at the first event and made again when it was lost."""

    def __init__(
        self, url: str, *, stream: str = STREAM, subjects: str = SUBJECTS, timeout_seconds: float = 5.0
    ) -> None:
        self._url = url
        self._stream = stream
        self._subjects = subjects
        self._timeout = timeout_seconds
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    def carry(self, facts: DeliveryFacts) -> None:
        """Publish the event and wait until the stream has stored it. Raises NatsUnavailable."""
        try:
            self._run(self._publish(facts), self._timeout * 3)
        except (NatsError, OSError, TimeoutError) as error:
            raise NatsUnavailable(cause=type(error).__name__) from error

    def close(self) -> None:
        """End the connection and its thread."""
        if self._loop is None:
            return
        self._run(self._disconnect(), self._timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._loop = None

    def _run(self, work: Coroutine[Any, Any, None], timeout: float) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._running_loop())
        try:
            future.result(timeout)
        finally:
            future.cancel()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="nats", daemon=True).start()
            return self._loop

    async def _publish(self, facts: DeliveryFacts) -> None:
        client = await self._connected()
        try:
            await client.jetstream().publish(
                f"{self._subjects}.{facts.name}",
                message_of(facts),
                timeout=self._timeout,
                stream=self._stream,
                headers={"Nats-Msg-Id": str(facts.event_id)},
            )
        except NatsError:
            await self._disconnect()  # also when the stream is gone: connecting makes it again
            raise

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                await self._disconnect()
                client = await asyncio.wait_for(
                    nats.connect(self._url, allow_reconnect=False, error_cb=_log_error), self._timeout
                )
                self._client = client
                await self._ensure_stream(client)
            return self._client

    async def _ensure_stream(self, client: Client) -> None:
        streams = client.jetstream(timeout=self._timeout)
        try:
            await streams.stream_info(self._stream)
        except NotFoundError:
            await streams.add_stream(
                StreamConfig(
                    name=self._stream, subjects=[f"{self._subjects}.>"], duplicate_window=DUPLICATE_WINDOW_SECONDS
                )
            )

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None and not client.is_closed:
            await client.close()


def message_of(facts: DeliveryFacts) -> bytes:
    """The event as JSON: id, sequence, name, subject, at, actor (id only), trace, payload."""
    return json.dumps(
        {
            "id": str(facts.event_id),
            "sequence": facts.sequence,
            "name": facts.name,
            "subject": facts.subject,
            "at": facts.at.isoformat(),
            "actor": str(facts.actor_id),
            "trace": facts.trace,
            "payload": facts.payload,
        },
        ensure_ascii=False,
    ).encode()


async def _log_error(error: Exception) -> None:
    log.warning("nats.error", error=type(error).__name__)
