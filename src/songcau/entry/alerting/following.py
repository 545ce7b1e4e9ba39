"""The events of the live city, read by a thread of its own into a queue, whatever happens to the connection."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from songcau.context.public import Context, ContextRefused

log = structlog.get_logger(__name__)

MOST_WAITING = 5_000
PAUSE_SECONDS = 1.0
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Happening:
    """kind: as of an event of the context, or `broken`: of what follows only the newest states are told."""

    kind: str
    number: int
    entity: dict[str, Any]


class Follower:
    """Follows entities of some types after an event. A grant ends after some minutes: then a new one is taken."""

    def __init__(self, connect: Callable[[], Context], types: tuple[str, ...], after: int) -> None:
        self.types = types
        self.waiting: queue.Queue[Happening] = queue.Queue(MOST_WAITING)
        self._connect = connect
        self._after = after
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="follow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What it still reads goes nowhere."""
        self._stop.set()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as context:
                    self._read(context)
            except ContextRefused as refused:
                if refused.status not in (401, 403):
                    log.warning("alerts.follow_refused", reason=str(refused))
                self._put(Happening(BROKEN, self._after, {}))
            except OSError as error:  # the key of the grants is not there yet
                log.warning("alerts.cannot_connect", reason=str(error))
            self._stop.wait(PAUSE_SECONDS)

    def _read(self, context: Context) -> None:
        events = context.follow(
            after=self._after,
            type=",".join(self.types),
            broken=lambda: self._put(Happening(BROKEN, self._after, {})),
        )
        for event in events:
            self._after = event.number
            self._put(Happening(event.kind, event.number, event.entity))
            if self._stop.is_set():
                return

    def _put(self, happening: Happening) -> None:
        """A full queue makes the broker wait, which then tells the newest states only."""
        while not self._stop.is_set():
            with suppress(queue.Full):
                self.waiting.put(happening, timeout=PAUSE_SECONDS)
                return
