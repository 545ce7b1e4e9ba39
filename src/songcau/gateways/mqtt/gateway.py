"""The gateway at work: take what came, write it to the context, acknowledge it; report what cannot be taken.

A message is acknowledged when what it says is on the broker's disk, or when the reason why not is on this one's.
"""

import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import structlog

from songcau.gateways.carrying import Carrier, Document, Upserting
from songcau.gateways.faults import Fault, Stopped
from songcau.gateways.mapping.standing import Standing
from songcau.gateways.mqtt.devices import Devices
from songcau.gateways.mqtt.inbox import Inbox, Message
from songcau.gateways.mqtt.mapping import Mapping
from songcau.gateways.mqtt.session import Session
from songcau.gateways.mqtt.translating import Translator
from songcau.gateways.report import Report, excerpt, replace_file
from songcau.kernel import clock

PATIENCE_SECONDS = 0.5
STATE_SECONDS = 2.0
RETRY_SECONDS = 1.0

log = structlog.get_logger()


class Gateway:
    """One mapping at work until `stop` is set.

    folder: of `refused.jsonl` (what could not be taken, with the reason in both languages) and `state.json` (counters).
    """

    def __init__(self, mapping: Mapping, context: Upserting, folder: Path, stop: threading.Event) -> None:
        self._server = mapping.server
        self._stop = stop
        self._inbox = Inbox()
        self._session = Session(mapping.server, mapping.filters(), self._inbox, folder)
        self._devices = Devices()
        self._standing = Standing()
        self._translator = Translator(mapping, self._devices, self._standing)
        self._carrier = Carrier(context, stop)
        self._report = Report(folder / "refused.jsonl")
        self._state_file = folder / "state.json"
        self._state_due = 0.0
        self._spilt_told = 0
        self._trouble: str | None = None
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def run(self) -> None:
        """Until the stop is set; then what was not written yet is left to the server, which sends it again."""
        self._session.start()
        try:
            while not self._stop.is_set():
                messages = self._inbox.take(self._server.batch, self._server.tick_seconds, PATIENCE_SECONDS)
                if messages:
                    self._settle(messages)
                self._session.make_room()
                self._tell_state()
        except Stopped:
            pass
        finally:
            self._session.stop()
            self._tell_state(is_last=True)

    def wake(self) -> None:
        """Let `run` see a stop at once."""
        self._inbox.close()

    def _settle(self, messages: list[Message]) -> None:
        """Bring a batch to its end. Raises Stopped."""
        documents: list[Document] = []
        sources: list[Message] = []
        entries = []
        for message in messages:
            told = self._translator.told(message)
            documents += told.documents
            sources += [message] * len(told.documents)
            entries += [self._entry(fault, message) for fault in told.faults]
        for begin in range(0, len(documents), self._server.batch):
            for refusal in self._carrier.carry(documents[begin : begin + self._server.batch]):
                place = begin + refusal.place
                self._standing.forget(documents[place]["id"])
                entries.append(self._refusal(refusal.detail, documents[place], sources[place]))
        self._carrier.carry(self._devices.due(time.monotonic()))
        self._keep(entries)
        self._session.acknowledge(messages)
        self.counts["messages"] += len(messages)
        self.counts["entities"] += len(documents)
        self.counts["batches"] += 1
        self.refused.update(entry["code"] for entry in entries)

    def _refusal(self, detail: str, document: Document, message: Message) -> dict[str, Any]:
        return {**self._entry(Fault("BROKER_REFUSED", detail=detail), message), "entity": document["id"]}

    def _entry(self, fault: Fault, message: Message) -> dict[str, Any]:
        return {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "topic": message.topic,
            "code": fault.code,
            "en": fault.sentence("en"),
            "vi": fault.sentence("vi"),
            "payload": excerpt(message.payload),
            "bytes": len(message.payload),
        }

    def _keep(self, entries: list[dict[str, Any]]) -> None:
        """Put the report on disk, however long that takes. Raises Stopped."""
        if self._session.spilt > self._spilt_told:
            fault = Fault("SPILT", count=self._session.spilt - self._spilt_told)
            self._spilt_told = self._session.spilt
            entries.append(self._entry(fault, Message("#", b"", 0, 0, 0, None)))
        while True:
            try:
                self._report.write(entries)
            except OSError as error:
                self._trouble = f"the report of what was refused cannot be written: {error}"
                log.warning(self._trouble)
                if self._stop.wait(RETRY_SECONDS):
                    raise Stopped from None
            else:
                self._trouble = None
                return

    def _tell_state(self, *, is_last: bool = False) -> None:
        now = time.monotonic()
        if now < self._state_due and not is_last:
            return
        self._state_due = now + STATE_SECONDS
        try:
            replace_file(self._state_file, orjson.dumps(self.state(), option=orjson.OPT_INDENT_2))
        except OSError as error:
            log.warning("the state cannot be written", why=str(error))

    def state(self) -> dict[str, Any]:
        """How it is, for people: connection, counters since the start, what keeps it waiting."""
        return {
            "at": clock.now().isoformat(timespec="milliseconds"),
            "server": self._server.address,
            "connected": self._session.is_connected,
            "troubles": [one for one in (self._session.trouble, self._carrier.trouble, self._trouble) if one],
            "connections": self._session.connections,
            "sessions_forgotten": self._session.forgotten,
            "messages": self.counts["messages"],
            "entities": self.counts["entities"],
            "batches": self.counts["batches"],
            "refused": dict(self.refused),
            "waiting": len(self._inbox),
        }
