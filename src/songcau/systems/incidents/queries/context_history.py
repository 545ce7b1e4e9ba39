"""What entities said before, from the history of the live city, as documents to be shown to the engine one by one."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from songcau.context.public import Context
from songcau.systems.incidents.rules.engine.reading import seconds_of

Document = Mapping[str, Any]
# Of an entity what stays with each of its readings: which it is and where.
_KEPT = ("id", "type", "scope", "location")
_LONGEST_TURNS = 10_000


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def history_of(
    context: Context, entity: Document, attributes: Iterable[str], *, after: datetime, before: datetime | None = None
) -> Iterator[tuple[float, Document]]:
    """Each reading after an instant, the oldest first: POSIX seconds, and a document with that one attribute.

    Raises ContextUnavailable, ContextRefused.
    """
    kept = {name: entity[name] for name in _KEPT if name in entity}
    return heapq.merge(
        *(_of_attribute(context, kept, name, after, before) for name in attributes), key=lambda one: one[0]
    )


def _of_attribute(
    context: Context, kept: Document, attribute: str, after: datetime, before: datetime | None
) -> Iterator[tuple[float, Document]]:
    """The broker gives a long history in parts, the oldest first."""
    for _turn in range(_LONGEST_TURNS):
        found = context.history(
            kept["id"], after=iso(after), before=iso(before) if before else None, attributes=[attribute]
        )
        instances = _instances(found, attribute)
        for at, instance in instances:
            yield at, {**kept, attribute: instance}
        if not instances:
            return
        # The end of a part is not the beginning of the next.
        after = datetime.fromtimestamp(instances[-1][0], UTC) + timedelta(microseconds=1)
        if before is not None and after >= before:
            return


def _instances(found: Document | None, attribute: str) -> list[tuple[float, dict[str, Any]]]:
    """In the order in which they were observed."""
    raw = (found or {}).get(attribute, [])
    timed = []
    for one in raw if isinstance(raw, list) else [raw]:
        at = seconds_of(str(one.get("observedAt", "")))
        if at is not None:
            timed.append((at, one))
    return sorted(timed, key=lambda one: one[0])
