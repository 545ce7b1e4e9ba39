"""Feeds the live city of this process from the broker: loads it whole, follows it, says when it is cut off."""

import logging
import threading
import time
from collections.abc import Callable

from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.things import thing_of
from songcau.context.public import Context, ContextRefused, ContextUnavailable, Event
from songcau.foundation.accounts.context_grants import city_context

PULSE_SECONDS = 2.0
AGAIN_SECONDS = 1.0
# No broker has come so far: it answers with its newest number, and that all is to be loaded.
FROM_NOTHING = 10**17
_NOTHING = "urn:ngsi-ld:Nothing:1"
_log = logging.getLogger(__name__)


class Feed:
    """`open_context` makes a connection with rights of some minutes: when they run out a new one is made."""

    def __init__(self, city: LiveCity, open_context: Callable[[], Context] = city_context) -> None:
        self.city = city
        self._open = open_context
        self._begun = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._stopped = threading.Event()
        self._filled = threading.Event()
        self._tried = threading.Event()
        self._cut_off_since: float | None = None

    def begin(self) -> None:
        """Once in each process, when the first screen asks."""
        with self._begun:
            if self._threads:
                return
            for name, work in (("operations-feed", self._follow), ("operations-pulse", self._feel)):
                thread = threading.Thread(target=work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def is_filled(self, patience: float = 0.0) -> bool:
        """Whether it was loaded at least once; waits so many seconds, but not for a broker that is known to be away."""
        if not self._filled.is_set():
            self._tried.wait(patience)
        return self._filled.is_set()

    @property
    def cut_off_seconds(self) -> float:
        """For how long the broker has not answered; 0: it answers."""
        since = self._cut_off_since
        return 0.0 if since is None else max(time.monotonic() - since, 0.001)

    def _follow(self) -> None:
        after = FROM_NOTHING
        while not self._stopped.is_set():
            try:
                with self._open() as context:
                    after = self._take(context, after)
            except ContextUnavailable:
                self._tried.set()
                self._stopped.wait(AGAIN_SECONDS)
            except Exception:
                _log.exception("the live city cannot be followed")
                self._tried.set()
                after = FROM_NOTHING
                self._stopped.wait(AGAIN_SECONDS)

    def _take(self, context: Context, after: int) -> int:
        """Follow until the rights run out. Gives the number to go on after."""
        try:
            for event in context.follow(after=after, local="true"):
                if self._stopped.is_set():
                    return after
                self._apply(context, event)
                after = event.number
        except ContextRefused as refused:
            if refused.status not in (401, 403):
                raise
        return after

    def _apply(self, context: Context, event: Event) -> None:
        if event.kind == "reset":
            self._load(context, event.number)
        elif event.kind == "entity":
            self.city.put(thing_of(event.entity), event.number)
        else:
            self.city.take(str(event.entity.get("id", "")), event.number)

    def _load(self, context: Context, number: int) -> None:
        self.city.fill((thing_of(entity) for entity in context.query(local="true")), number)
        self._filled.set()
        self._tried.set()

    def _feel(self) -> None:
        """Ask the broker something small, again and again: the stream itself says nothing while nothing happens."""
        while not self._stopped.is_set():
            try:
                with self._open() as context:
                    while not self._stopped.is_set():
                        context.get(_NOTHING)
                        self._cut_off_since = None
                        self._stopped.wait(PULSE_SECONDS)
            except ContextRefused:
                continue  # its rights ran out
            except Exception as error:
                if not isinstance(error, ContextUnavailable):
                    _log.exception("the broker cannot be asked")
                self._cut_off_since = self._cut_off_since or time.monotonic()
                self._stopped.wait(AGAIN_SECONDS)


FEED = Feed(LiveCity())


def live_city() -> LiveCity:
    """The live city of this process; the first asking begins to load it."""
    FEED.begin()
    return FEED.city
