"""Many entities in one request (clauses 5.6.7–5.6.10, 5.6.20): each succeeds or fails by itself, one commit for all.

A batch is given as items: a draft, or the reason why the payload could not be read as one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from songcau.context.broker.broker import Broker, Committed
from songcau.context.entities import merging
from songcau.context.entities.entity import Change
from songcau.context.entities.reading import Draft
from songcau.context.problems import BadRequestData, InvalidRequest, Problem
from songcau.context.rights.caller import Caller

Item = tuple[str, Draft | Problem]


@dataclass(slots=True)
class Result:
    """BatchOperationResult of 5.2.16: ids that succeeded (those that were created apart), and each failure."""

    succeeded: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    failed: list[tuple[str, Problem]] = field(default_factory=list)


class Batch:
    """The batch operations over a broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def create(self, tenant: str, items: Iterable[Item], by: Caller) -> tuple[Result, Committed]:
        at = self._broker.instant()
        return self._run(items, lambda draft: self._broker.creation(tenant, draft, by, at))

    def upsert(self, tenant: str, items: Iterable[Item], by: Caller, *, update: bool) -> tuple[Result, Committed]:
        """Create what is not there; what is there is replaced, or with `update` its attributes are updated."""
        broker, at = self._broker, self._broker.instant()

        def one(draft: Draft) -> Change:
            nonlocal at
            before = broker.find(tenant, draft.id or "")
            if before is None:
                if not draft.types:
                    raise BadRequestData("An entity that is created needs a type")
                return broker.creation(tenant, draft, by, at)
            broker.require_right(before, draft.attributes, by)
            at = broker.instant_after(before, at)
            if update:
                return broker.change(tenant, before, merging.appended(before, draft, at), by, at)
            return broker.replacement(tenant, before, draft, by, at)

        return self._run(items, one)

    def update(self, tenant: str, items: Iterable[Item], by: Caller, *, overwrite: bool) -> tuple[Result, Committed]:
        broker, at = self._broker, self._broker.instant()
        left_alone: list[tuple[str, Problem]] = []

        def one(draft: Draft) -> Change:
            nonlocal at
            before = broker.entity_to_change(tenant, draft.id or "", by, draft.attributes)
            at = broker.instant_after(before, at)
            outcome = merging.appended(before, draft, at, overwrite=overwrite)
            change = broker.change(tenant, before, outcome, by, at)
            if outcome.refused:
                names = ", ".join(name for name, _ in outcome.refused)
                left_alone.append((before.id, InvalidRequest(f"Already there and not overwritten: {names}")))
            return change

        result, committed = self._run(items, one)
        refused = {entity_id for entity_id, _ in left_alone}
        result.succeeded = [entity_id for entity_id in result.succeeded if entity_id not in refused]
        result.failed += left_alone
        return result, committed

    def merge(self, tenant: str, items: Iterable[Item], by: Caller) -> tuple[Result, Committed]:
        broker, at = self._broker, self._broker.instant()

        def one(draft: Draft) -> Change:
            nonlocal at
            before = broker.entity_to_change(tenant, draft.id or "", by, draft.attributes)
            at = broker.instant_after(before, at)
            return broker.change(tenant, before, merging.merged(before, draft, at), by, at)

        return self._run(items, one)

    def delete(self, tenant: str, ids: Sequence[str], by: Caller) -> tuple[Result, Committed]:
        broker, at, result = self._broker, self._broker.instant(), Result()
        applied: list[Change] = []
        for entity_id in ids:
            try:
                change = broker.deletion(tenant, broker.entity(tenant, entity_id, by), by, at)
            except Problem as problem:
                result.failed.append((entity_id, problem))
                continue
            broker.apply(change)
            applied.append(change)
            result.succeeded.append(entity_id)
        return result, broker.commit_applied(applied)

    def _run(self, items: Iterable[Item], one: Callable[[Draft], Change]) -> tuple[Result, Committed]:
        """Each draft sees what those before it in the batch did. What was applied is always handed to the journal."""
        result = Result()
        applied: list[Change] = []
        apply = self._broker.apply
        try:
            for entity_id, draft in items:
                if isinstance(draft, Problem):
                    result.failed.append((entity_id, draft))
                    continue
                try:
                    change = one(draft)
                except Problem as problem:
                    result.failed.append((entity_id, problem))
                    continue
                apply(change)
                applied.append(change)
                result.succeeded.append(change.entity_id)
                if change.before is None:
                    result.created.append(change.entity_id)
        finally:
            committed = self._broker.commit_applied(applied)
        return result, committed
