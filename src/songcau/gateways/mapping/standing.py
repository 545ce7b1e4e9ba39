"""What a mapping says of an entity with every reading: written when it is new, and now and then, not each time.

A place or a note that the mapping itself gives stays as it is for years. Written with each reading it would fill the
entity's history with nothing but itself.
"""

from collections import OrderedDict
from typing import Any, Final

MOST_ENTITIES: Final = 100_000
SAID_SECONDS: Final = 3600.0
"""So often it is written again though it is known: somebody may have deleted the entity, or changed it."""

Document = dict[str, Any]


class Standing:
    """What was said of each entity. Bounded: of those of which nothing came longest, it is said anew.

    seconds: after which what is known is said again.
    """

    def __init__(self, seconds: float = SAID_SECONDS, most: int = MOST_ENTITIES) -> None:
        self._seconds = seconds
        self._most = most
        self._said: OrderedDict[str, dict[str, tuple[Document, float]]] = OrderedDict()

    def trim(self, document: Document, names: frozenset[str], now: float) -> None:
        """Take out of a document what of these attributes was said already, whenever it was observed.

        now: seconds of a clock that only goes on.
        """
        if not names:
            return
        entity_id = document["id"]
        said = self._said.get(entity_id)
        if said is None:
            said = self._said[entity_id] = {}
            if len(self._said) > self._most:
                self._said.popitem(last=False)
        self._said.move_to_end(entity_id)
        for name in names & document.keys():
            content = {member: value for member, value in document[name].items() if member != "observedAt"}
            known = said.get(name)
            if known is not None and known[0] == content and now < known[1]:
                del document[name]
            else:
                said[name] = content, now + self._seconds

    def forget(self, entity_id: str) -> None:
        """It was not taken after all: say everything with the next reading."""
        self._said.pop(entity_id, None)
