"""What one reading is taken from, and the paths that lead to a value in it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from songcau.gateways.faults import Fault, MappingFault

MISSING: Final = object()
Step = str | int
_STEP = re.compile(r"""\.?([^\s.\[\]'"]+)|\[(\d{1,6})\]|\[(?:'([^']+)'|"([^"]+)")\]""")


@dataclass(slots=True)
class Record:
    """One reading as it came.

    content: the reading itself; whole: the payload that it is a part of, or the same. levels: what the named levels of
    the topic were. arrived_at: when it came, aware; None when nobody can say (a message that the server had kept).
    """

    content: Any
    whole: Any
    arrived_at: datetime | None
    levels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a value: names and positions, from the reading, or from the whole payload.

    text: as it is named to people.
    """

    text: str
    steps: tuple[Step, ...]
    from_whole: bool = False

    def value(self, record: Record) -> Any:
        """The value at the end, or MISSING. JSON's null is as good as nothing."""
        found = record.whole if self.from_whole else record.content
        for step in self.steps:
            if isinstance(step, str):
                found = found.get(step, MISSING) if isinstance(found, dict) else MISSING
            else:
                found = found[step] if isinstance(found, list) and step < len(found) else MISSING
            if found is MISSING:
                return MISSING
        return MISSING if found is None else found

    def required(self, record: Record) -> Any:
        """The value at the end. Raises Fault."""
        found = self.value(record)
        if found is MISSING:
            raise Fault("NO_MEMBER", path=self.text)
        return found


def column(name: str) -> Path:
    """The path to a column of a table, whatever is in its name."""
    return Path(name, (name,))


def parsed_path(text: str, where: str) -> Path:
    """`a.b[0]['c d']` from the reading, `$.a.b` from the whole payload, `.` or `$` alone for all of it.

    Raises MappingFault.
    """
    from_whole = text.startswith("$")
    rest = text[1:] if from_whole else text
    steps: list[Step] = []
    position = 0
    if rest == ".":
        rest = ""
    while position < len(rest):
        found = _STEP.match(rest, position)
        if found is None or (not steps and not from_whole and rest[position] == "."):
            raise MappingFault("PATH_MALFORMED", where=where, path=text)
        name, number, single, double = found.groups()
        steps.append(int(number) if number is not None else name or single or double)
        position = found.end()
    if not text or (from_whole and rest and rest[0] not in ".["):
        raise MappingFault("PATH_MALFORMED", where=where, path=text)
    return Path(text, tuple(steps), from_whole)
