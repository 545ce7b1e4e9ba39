"""Notifications over MQTT (clause 7): one connection to each server and user, kept while it is used.

A letter is one message on the endpoint's topic. With QoS 1 or 2 it has arrived when the server acknowledges it; with
QoS 0 when it is handed to the connection, which is all that QoS 0 can say.
"""

import asyncio
import logging
import ssl
from asyncio import AbstractEventLoop, Task
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from songcau.context.addresses import addresses_of
from songcau.context.subscriptions.carriers import Done, Failure, Reach, Recipient
from songcau.context.subscriptions.endpoints import Endpoint
from songcau.kernel.ids import new_id

if TYPE_CHECKING:
    import aiomqtt

_log = logging.getLogger(__name__)

MOST_UNDER_WAY = 100
IDLE_SECONDS = 60.0
CONNECT_SECONDS = 5.0

Letter = tuple[Recipient, bytes, Done]


class Publisher:
    """One connection to an MQTT server. The library is loaded with the first letter: most cities have no such endpoint.

    has_room: called when `is_full` has ended.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        endpoint: Endpoint,
        *,
        tls: ssl.SSLContext | None,
        allow_private: bool,
        has_room: Callable[[], None],
    ) -> None:
        if endpoint.is_secure and tls is None:
            raise ValueError("an mqtts endpoint needs a TLS context")
        self._loop = loop
        self._endpoint = endpoint
        self._tls = tls if endpoint.is_secure else None
        self._allow_private = allow_private
        self._has_room = has_room
        self._letters: deque[Letter] = deque()
        self._news = asyncio.Event()
        self._under_way = 0
        self._last_use = 0.0
        self._session: Task[None] | None = None
        self._tasks: set[Task[None]] = set()
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        return self._under_way >= MOST_UNDER_WAY

    @property
    def is_idle(self) -> bool:
        return self._under_way == 0

    def send(self, recipient: Recipient, body: bytes, done: Done) -> None:
        self._under_way += 1
        self._last_use = self._loop.time()
        self._letters.append((recipient, body, done))
        self._news.set()
        if self._session is None or self._session.done():
            self._session = self._loop.create_task(self._serve())

    def sweep(self, now: float) -> None:
        if self.is_idle and now - self._last_use > IDLE_SECONDS and self._session is not None:
            self._session.cancel()
            self._session = None

    def close(self) -> None:
        self._is_closed = True
        for task in (*self._tasks, self._session):
            if task is not None:
                task.cancel()

    async def _serve(self) -> None:
        """Connect, publish what comes, and connect anew when the connection is lost and something waits."""
        import aiomqtt

        try:
            is_needed = True
            while is_needed:
                async with await self._client() as client:
                    await self._carry(client)
                is_needed = bool(self._letters)
        except (aiomqtt.MqttError, OSError, TimeoutError, ValueError) as error:
            reason = f"{self._endpoint.host}:{self._endpoint.port}: {error or type(error).__name__}"
            while self._letters:
                self._end(self._letters.popleft()[2], Failure(reason, Reach.HOST))

    async def _carry(self, client: "aiomqtt.Client") -> None:
        """Publish until the connection is lost."""
        lost = self._loop.create_task(_lost(client))
        lost.add_done_callback(lambda _lost: self._news.set())
        try:
            while not lost.done():
                self._news.clear()
                while self._letters:
                    task = self._loop.create_task(self._publish(client, self._letters.popleft()))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                await self._news.wait()
        finally:
            lost.cancel()

    async def _client(self) -> "aiomqtt.Client":
        import aiomqtt

        endpoint = self._endpoint
        async with asyncio.timeout(CONNECT_SECONDS):
            addresses = await addresses_of(self._loop, endpoint.host, endpoint.port, allow_private=self._allow_private)
        choices: dict[str, Any] = {"tls_context": self._tls} if self._tls is not None else {}
        return aiomqtt.Client(
            # With TLS the name is needed for the certificate, which then also says that the right one answers.
            endpoint.host if self._tls is not None else addresses[0],
            endpoint.port,
            username=endpoint.user,
            password=endpoint.password,
            identifier=f"songcau-{new_id().hex}",
            protocol=aiomqtt.ProtocolVersion(endpoint.version),
            timeout=CONNECT_SECONDS,
            **choices,
        )

    async def _publish(self, client: "aiomqtt.Client", letter: Letter) -> None:
        import aiomqtt

        recipient, body, done = letter
        endpoint = recipient.endpoint
        failure: Failure | None = None
        try:
            await client.publish(
                endpoint.target, recipient.head + body + b"}", qos=endpoint.qos, timeout=endpoint.timeout
            )
        except (aiomqtt.MqttError, OSError, TimeoutError, ValueError) as error:
            failure = Failure(f"not published: {error or type(error).__name__}", Reach.ENDPOINT)
        except Exception:
            _log.exception("a notification to %s cannot be published", endpoint.host)
            failure = Failure("a fault of ours", Reach.LETTER)
        self._end(done, failure)

    def _end(self, done: Done, failure: Failure | None) -> None:
        was_full = self.is_full
        self._under_way -= 1
        self._last_use = self._loop.time()
        if not self._is_closed:
            done(failure)
            if was_full:
                self._has_room()


async def _lost(client: "aiomqtt.Client") -> None:
    """Return when the connection is lost. Nothing is subscribed to, so no message comes."""
    import aiomqtt

    with suppress(aiomqtt.MqttError):
        async for _message in client.messages:
            pass
