"""All things of the live city, and since which event each is as it is. One object, one writer, many readers."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from songcau.consoles.operations.live.things import Thing

# Of things that are gone so many are remembered: who was away for longer loads everything anew.
MOST_GONE = 20_000
Reach = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Held:
    """A thing under a short number of ours, after which event it is as it is; `thing` None: it is gone."""

    key: int
    number: int
    thing: Thing | None
    # The ward it was last in, so that its going is told to those who saw it, and to them alone.
    ward: str


def sees(reach: Reach, ward: str) -> bool:
    """reach: codes of wards; None: the whole city."""
    return reach is None or ward in reach


class LiveCity:
    """`epoch` names this filling of it: numbers of another process, or of an earlier filling, mean nothing here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()  # the longest unchanged first
        self._keys = 0
        self._gone = 0
        self._known_from = 0
        self.epoch = ""
        self.number = 0

    def fill(self, things: Iterable[Thing], number: int) -> None:
        """Begin anew with these, as they are after the event of this number."""
        filled: OrderedDict[str, Held] = OrderedDict()
        for thing in things:
            self._keys += 1
            filled[thing.id] = Held(self._keys, number, thing, thing.ward)
        with self._lock:
            self._held, self._gone = filled, 0
            self.number = self._known_from = number
            self.epoch = secrets.token_hex(4)

    def put(self, thing: Thing, number: int) -> None:
        with self._lock:
            before = self._held.pop(thing.id, None)
            if before is None:
                self._keys += 1
            elif before.thing is None:
                self._gone -= 1
            key = before.key if before else self._keys
            if before and before.thing and before.ward != thing.ward:
                # Who saw it where it was must be told that it left, under its old number.
                self._keys += 1
                self._held[f"{thing.id}#{before.key}"] = Held(before.key, number, None, before.ward)
                self._gone += 1
                key = self._keys
            self._held[thing.id] = Held(key, number, thing, thing.ward)
            self.number = max(self.number, number)
            self._forget()

    def take(self, entity_id: str, number: int) -> None:
        """It is gone."""
        with self._lock:
            before = self._held.pop(entity_id, None)
            if before is not None:
                self._held[entity_id] = Held(before.key, number, None, before.ward)
                self._gone += before.thing is not None
            self.number = max(self.number, number)
            self._forget()

    def _forget(self) -> None:
        """Drop the oldest that are gone."""
        if self._gone <= MOST_GONE:
            return
        for name in [name for name, held in self._held.items() if held.thing is None][: MOST_GONE // 2]:
            self._known_from = max(self._known_from, self._held.pop(name).number)
            self._gone -= 1

    def everything(self, reach: Reach) -> tuple[str, int, list[Held]]:
        """Epoch, number and what there is now."""
        with self._lock:
            found = [held for held in self._held.values() if held.thing is not None and sees(reach, held.ward)]
            return self.epoch, self.number, found

    def since(self, epoch: str, number: int, reach: Reach) -> tuple[int, list[Held]] | None:
        """The newest number, and each thing that changed after `number`, once; None: load everything anew."""
        with self._lock:
            if epoch != self.epoch or number < self._known_from or number > self.number:
                return None
            changed = list(self._after(number))
            return self.number, [held for held in changed if sees(reach, held.ward)]

    def _after(self, number: int) -> Iterator[Held]:
        for held in reversed(self._held.values()):
            if held.number <= number:
                return
            yield held

    def things(self, reach: Reach, is_wanted: Callable[[Thing], bool] = lambda _thing: True) -> list[Thing]:
        """Those that may be seen and are wanted."""
        with self._lock:
            return [
                held.thing
                for held in self._held.values()
                if held.thing is not None and sees(reach, held.ward) and is_wanted(held.thing)
            ]

    def __len__(self) -> int:
        with self._lock:
            return len(self._held) - self._gone
