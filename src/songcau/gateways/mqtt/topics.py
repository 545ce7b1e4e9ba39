"""Topics of the mapping: `weather/{station}/reading`, with named levels, `+` and `#`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from songcau.gateways.faults import MappingFault

LONGEST = 512
_NAMED = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True)
class Topic:
    """A pattern of topics. filter: what is subscribed to. names: of the named levels, in order."""

    text: str
    filter: str
    levels: tuple[str, ...]
    names: tuple[str, ...]

    def levels_in(self, topic: Sequence[str]) -> dict[str, str] | None:
        """The named levels of a topic that was split at its slashes, or None when the pattern does not fit it."""
        levels = self.levels
        if levels[-1] == "#":
            levels = levels[:-1]
            if len(topic) < len(levels):
                return None
        elif len(topic) != len(levels):
            return None
        found = {}
        for pattern, level in zip(levels, topic, strict=False):
            if pattern.startswith("{"):
                found[pattern[1:-1]] = level
            elif pattern not in ("+", level):
                return None
        return found


def parsed_topic(text: str, where: str) -> Topic:
    """Raises MappingFault, also for `$share/…`: a shared subscription would break the order of a device's messages."""
    levels = tuple(text.split("/"))
    fault = MappingFault("TOPIC_MALFORMED", where=where, topic=text)
    if not text or len(text) > LONGEST or text.startswith("$") or "\0" in text:
        raise fault
    names, plain = [], []
    for number, level in enumerate(levels, 1):
        named = _NAMED.fullmatch(level)
        if named is not None:
            names.append(named.group(1))
        elif any(sign in level for sign in "{}+#") and level != "+" and not (level == "#" and number == len(levels)):
            raise fault
        plain.append("+" if named is not None else level)
    if len(set(names)) < len(names):
        raise fault
    return Topic(text, "/".join(plain), levels, tuple(names))
