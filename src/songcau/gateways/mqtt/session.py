"""The connection to the MQTT server: persistent session, QoS 1, acknowledged by hand, made again for ever.

The library's own thread receives and reconnects. A message is acknowledged only on the connection that it came by:
after a new connection the server sends again what it has no acknowledgement of.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from songcau.gateways.mqtt.arrivals import Arrivals
from songcau.gateways.mqtt.inbox import Inbox, Message
from songcau.gateways.mqtt.server import Server
from songcau.gateways.report import replace_file
from songcau.kernel import clock

CONNECT_SECONDS = 5.0
KEEPALIVE_SECONDS = 30
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1, 30
_ONLY_IF_NEW = 1

log = structlog.get_logger()


class Session:
    """Puts what comes into the inbox. `start` returns at once; whether the server is there shows in `trouble`.

    folder: where the topics of the session are remembered, so that those that left the mapping can be given up.
    connections, forgotten: how often it was connected, and how often the server had forgotten the session.
    spilt: messages of QoS 0 that found no room.
    """

    def __init__(self, server: Server, filters: Sequence[str], inbox: Inbox, folder: Path) -> None:
        self._server = server
        self._filters = tuple(filters)
        self._inbox = inbox
        self._file = folder / "subscribed.json"
        self._number = 0
        self._arrivals = Arrivals()
        self._is_full = False
        self.is_connected = False
        self.trouble: str | None = "not connected yet"
        self.connections = 0
        self.forgotten = 0
        self.spilt = 0
        self._client = self._made()

    def _made(self) -> mqtt.Client:
        server = self._server
        is_5 = server.version == "5"
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=server.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if is_5 else MQTTProtocolVersion.MQTTv311,
            clean_session=None if is_5 else False,
            manual_ack=True,
        )
        if server.user is not None:
            client.username_pw_set(server.user, server.password)
        if server.tls is not None:
            client.tls_set_context(server.tls)
        client.connect_timeout = CONNECT_SECONDS
        client.reconnect_delay_set(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def start(self) -> None:
        """Begin to connect, for as long as it takes."""
        properties = None
        clean_start: Any = mqtt.MQTT_CLEAN_START_FIRST_ONLY
        if self._server.version == "5":
            clean_start = False
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = self._server.session_seconds
            properties.ReceiveMaximum = self._server.in_flight
        self._client.connect_async(
            self._server.host, self._server.port, KEEPALIVE_SECONDS, clean_start=clean_start, properties=properties
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Leave in an orderly way; the server keeps the session."""
        self._client.disconnect()
        self._client.loop_stop()
        self.is_connected = False

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the server that these are in safe hands; in the order in which they came (MQTT 4.6)."""
        for message in messages:
            if message.qos and message.connection == self._number and self.is_connected:
                self._client.ack(message.mid, message.qos)

    def make_room(self) -> None:
        """After the inbox was full: connect anew, so that the server sends again what found no room."""
        if self._is_full and not len(self._inbox):
            log.warning("connecting anew for the messages that found no room")
            self._client.disconnect()
            self._client.loop_stop()
            self._is_full = False
            self.start()

    # --- called by the library's thread -------------------------------------------------------------

    def _on_connect(
        self, client: mqtt.Client, _data: object, flags: mqtt.ConnectFlags, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._troubled(f"the server refuses: {reason}")
            return
        self._number += 1
        self.connections += 1
        self._is_full = False
        if flags.session_present:
            self._inbox.forget_unacknowledged()
        else:
            self._arrivals.forget()
            self._tell_forgotten()
        self._subscribe(client, is_new=not flags.session_present)
        self.is_connected = True
        self.trouble = None
        log.info("connected", session_was_kept=flags.session_present, **self._who())

    def _tell_forgotten(self) -> None:
        if self.connections > 1 or self._remembered():
            self.forgotten += 1
            log.warning("the MQTT server has forgotten the session: what came meanwhile is lost", **self._who())

    def _on_connect_fail(self, _client: mqtt.Client, _data: object) -> None:
        self._troubled("the server does not answer")

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        was_connected, self.is_connected = self.is_connected, False
        if reason.is_failure and was_connected:  # after a refusal the refusal is what matters
            self._troubled(f"the connection was lost: {reason}")

    def _on_subscribe(
        self, _client: mqtt.Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [name for name, reason in zip(self._filters, reasons, strict=False) if reason.is_failure]
        if refused:
            self._troubled(f"the server refuses the topics {', '.join(refused)}")
            return
        try:
            replace_file(self._file, orjson.dumps({self._key(): self._filters}))
        except OSError as error:  # it is said again at the next start, which costs kept messages once more
            log.warning("the topics of the session cannot be remembered", why=str(error))

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "�"
        payload, arrived_at = bytes(message.payload), None if message.retain else clock.now()
        if arrived_at is not None and message.qos:
            arrived_at = self._arrivals.first(message.mid, topic, payload, arrived_at, is_again=message.dup)
        received = Message(topic, payload, message.mid, message.qos, self._number, arrived_at)
        # Once one found no room, the later ones must wait too: they would overtake it.
        if self._is_full and received.qos:
            return
        if not self._inbox.put(received):
            if received.qos:
                self._is_full = True
            else:
                self.spilt += 1

    # --- inside -------------------------------------------------------------------------------------

    def _subscribe(self, client: mqtt.Client, *, is_new: bool) -> None:
        """A session that was kept knows its topics: only what the mapping changed is said."""
        known = self._remembered()
        gone = [name for name in known if name not in self._filters]
        if gone and not is_new:
            client.unsubscribe(gone)
        if not is_new and tuple(known) == self._filters:
            return
        if self._server.version == "5":
            options = SubscribeOptions(qos=1, retainHandling=_ONLY_IF_NEW)
            client.subscribe([(name, options) for name in self._filters])
        else:
            client.subscribe([(name, 1) for name in self._filters])

    def _remembered(self) -> list[str]:
        """The topics that this client asked this server for, as far as is known here."""
        try:
            known = orjson.loads(self._file.read_bytes())
            return list(known.get(self._key(), ()))
        except (OSError, ValueError, AttributeError):
            return []

    def _key(self) -> str:
        return f"{self._server.client_id} {self._server.host}:{self._server.port}"

    def _troubled(self, what: str) -> None:
        if what != self.trouble:
            log.warning(what, **self._who())
        self.trouble = what

    def _who(self) -> dict[str, str]:
        return {"server": self._server.address, "client": self._server.client_id}
