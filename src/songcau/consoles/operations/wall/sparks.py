"""The last hours of one number, for a small line: read from the broker in the background, for everybody once.

A tile does not wait for a history: at hundreds of readings a second other stations stand on top each time, and each
would be asked for while the wall waits for the number itself.
"""

import logging
import threading
import time
from collections import OrderedDict
from datetime import datetime, timedelta

from songcau.consoles.operations.live.things import seconds_of
from songcau.consoles.operations.past import points_of
from songcau.context.public import Context, ContextRefused, ContextUnavailable
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel import clock

SPAN = timedelta(hours=24)
KEPT_SECONDS = 60.0
# After that it is no more the line of the last hours, and none is shown.
OLD_SECONDS = 600.0
IDLE_SECONDS = 30.0
MOST_KEPT = 200
MOST_WAITING = 40
MOST_VALUES = 300
WIDTH, HEIGHT = 200, 48
Key = tuple[str, str]
_log = logging.getLogger(__name__)


class Sparks:
    """Lines by entity and attribute. One thread reads them; it ends when nothing was asked for a while."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._kept: OrderedDict[Key, tuple[float, str]] = OrderedDict()
        self._waiting: OrderedDict[Key, None] = OrderedDict()
        self._reader: threading.Thread | None = None

    def line(self, entity_id: str, attribute: str, patience: float = 0.0) -> str:
        """The `points` of an SVG line of 24 hours; empty where there is no history, none can be read, or it is not
        read yet. patience: seconds that a page waits which shows it for the first time.
        """
        key = (entity_id, attribute)
        with self._news:
            age, line = self._known(key)
            if age >= KEPT_SECONDS:
                self._want(key)
            if age >= OLD_SECONDS:
                self._news.wait_for(lambda: self._known(key)[0] < OLD_SECONDS, patience)
                _age, line = self._known(key)
            return line

    def _known(self, key: Key) -> tuple[float, str]:
        kept = self._kept.get(key)
        if kept is None:
            return OLD_SECONDS, ""
        age = time.monotonic() - kept[0]
        return age, kept[1] if age < OLD_SECONDS else ""

    def _want(self, key: Key) -> None:
        self._waiting[key] = None
        self._waiting.move_to_end(key)
        if len(self._waiting) > MOST_WAITING:
            # What stood on top a while ago, and does no more.
            self._waiting.popitem(last=False)
        if self._reader is None:
            self._reader = threading.Thread(target=self._read, name="operations-sparks", daemon=True)
            self._reader.start()
        self._news.notify_all()

    def _read(self) -> None:
        while (key := self._next()) is not None:
            try:
                with city_context() as context:
                    line = points_of(values_of(context, *key), WIDTH, HEIGHT)
            except (ContextUnavailable, ContextRefused):
                line = ""
            except Exception:
                _log.exception("the history of %s cannot be drawn", key[0])
                line = ""
            self._keep(key, line)

    def _next(self) -> Key | None:
        """What is wanted, the newest first; None when the thread may end."""
        with self._news:
            while self._news.wait_for(lambda: bool(self._waiting), IDLE_SECONDS):
                key = self._waiting.popitem()[0]
                # It may have been asked for again while it was being read.
                if self._known(key)[0] >= KEPT_SECONDS:
                    return key
            self._reader = None
            return None

    def _keep(self, key: Key, line: str) -> None:
        with self._news:
            self._kept[key] = (time.monotonic(), line)
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            self._news.notify_all()


def values_of(context: Context, entity_id: str, attribute: str) -> list[tuple[float, float]]:
    """(seconds since 1970, value) of the last hours, in order. Raises ContextUnavailable, ContextRefused."""
    begins: datetime = clock.now() - SPAN
    found = context.history(entity_id, after=begins.isoformat(), attributes=[attribute], last=MOST_VALUES)
    instances = (found or {}).get(attribute, [])
    told = [
        (seconds_of(one.get("observedAt")), float(one["value"]))
        for one in (instances if isinstance(instances, list) else [instances])
        if isinstance(one, dict) and isinstance(one.get("value"), int | float)
    ]
    return sorted(told)


SPARKS = Sparks()
