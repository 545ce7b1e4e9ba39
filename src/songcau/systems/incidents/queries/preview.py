"""How often a rule would have fired: its condition run over the history of the live city, by the same engine."""

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from songcau.context.public import Context
from songcau.systems.incidents.queries.context_history import Document, history_of
from songcau.systems.incidents.rules.alert_rules import All, Condition, Count
from songcau.systems.incidents.rules.alert_rules.conditions import Leaf
from songcau.systems.incidents.rules.engine import Engine, RuleSpec
from songcau.systems.incidents.rules.engine.reading import is_within, place_of
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, Finding, Value

MOST_ENTITIES = 300
MOST_READINGS = 300_000
MOST_SECONDS = 8.0
MOST_FIRINGS = 500
_RULE = UUID(int=1)


@dataclass(slots=True)
class Firing:
    """Once that it would have fired. ended_at None: it would still stand."""

    subject: str
    scope: str
    began_at: datetime
    values: dict[str, Value]
    ended_at: datetime | None = None


@dataclass(slots=True)
class Preview:
    """What would have been. `is_partial`: there was more history than could be looked through in the time."""

    days: int
    entities: int = 0
    readings: int = 0
    firings: list[Firing] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    is_partial: bool = False


def preview(context: Context, condition: Condition, *, days: int, now: datetime, offset: float) -> Preview:
    """Over the last `days`; a rule that learns begins to learn where the history begins.

    Raises ContextUnavailable, ContextRefused.
    """
    found = Preview(days)
    engine = Engine([RuleSpec(_RULE, 1, condition)], offset=offset)
    after = now - timedelta(days=days)
    until = time.monotonic() + MOST_SECONDS
    standing: dict[str, Firing] = {}
    for at, document in heapq.merge(*_histories(context, condition, after, now, found), key=lambda one: one[0]):
        engine.advance(at)
        engine.see(document, at)
        _note(found, standing, engine.take())
        found.readings += 1
        if found.readings >= MOST_READINGS or len(found.firings) >= MOST_FIRINGS or time.monotonic() > until:
            found.is_partial = True
            break
    else:
        engine.advance(now.timestamp())
        _note(found, standing, engine.take())
    found.refused = {why: count for (_rule, why), (count, _last) in engine.refused.items()}
    found.firings.sort(key=lambda one: one.began_at, reverse=True)
    return found


def _histories(
    context: Context, condition: Condition, after: datetime, before: datetime, found: Preview
) -> list[Iterator[tuple[float, Document]]]:
    """Of each entity that it watches."""
    leaves: list[Leaf] = [one.condition for one in condition.parts] if isinstance(condition, All) else [condition]
    wanted: dict[str, set[str]] = {}
    for leaf in leaves:
        wanted.setdefault(leaf.type, set()).update(_attributes(leaf))
    histories: list[Iterator[tuple[float, Document]]] = []
    for kind, names in sorted(wanted.items()):
        asked = [leaf for leaf in leaves if leaf.type == kind]
        entities = (one for one in context.query(type=kind) if any(_concerns(leaf, one) for leaf in asked))
        for entity in islice(entities, MOST_ENTITIES + 1):
            if len(histories) >= MOST_ENTITIES:
                found.is_partial = True
                break
            histories.append(_whole(history_of(context, entity, sorted(names), after=after, before=before)))
    found.entities = len(histories)
    return histories


def _concerns(leaf: Leaf, entity: Document) -> bool:
    return (not leaf.ids or entity["id"] in leaf.ids) and (
        not leaf.scope or is_within(place_of(entity).scope, leaf.scope)
    )


def _attributes(leaf: Leaf) -> set[str]:
    if not isinstance(leaf, Count):
        return {leaf.attribute}
    return {leaf.attribute, *leaf.also, *([leaf.time_attribute] if leaf.time_attribute else [])}


def _whole(history: Iterator[tuple[float, Document]]) -> Iterator[tuple[float, Document]]:
    """Each reading beside what the entity had said by then of its other attributes."""
    said: dict[str, object] = {}
    for at, document in history:
        said |= document
        yield at, dict(said)


def _note(found: Preview, standing: dict[str, Firing], findings: list[Finding]) -> None:
    for finding in findings:
        if finding.kind == RAISED:
            firing = Firing(finding.subject, finding.scope, finding.began_at.astimezone(UTC), dict(finding.values))
            standing[finding.subject] = firing
            found.firings.append(firing)
        elif finding.kind == CLEARED:
            standing.pop(finding.subject).ended_at = finding.at
