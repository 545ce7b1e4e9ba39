"""What can be done with entities: one method a use case of the standard (clauses 5.6 and 5.7).

A method is called on the event loop, checks, makes the next entity, lets the present state take it over and hands the
change to the journal. What it returns is a result and a future: the future is done when the change is on disk, and only
then may anybody be told of success. If the journal fails, the state takes the changes back by itself.
"""

import logging
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from songcau.context.entities import merging
from songcau.context.entities.entity import Attribute, Change, Entity, Instance, Kind
from songcau.context.entities.merging import Outcome
from songcau.context.entities.reading import Draft
from songcau.context.journal.journal import Journal
from songcau.context.language.selection import Selection
from songcau.context.memory.state import State
from songcau.context.problems import (
    AlreadyExists,
    NonexistentTenant,
    NotAllowed,
    ResourceNotFound,
    StorageUnavailable,
)
from songcau.context.quality.examining import Quality
from songcau.context.rights.caller import Caller
from songcau.kernel import clock

_log = logging.getLogger(__name__)

DEFAULT_TENANT = ""
PURGED_AT_ONCE = 500
Committed = Future[int]
Listener = Callable[[str, Sequence[Change], int], None]


class Broker:
    """All tenants' present state, and the way into it."""

    def __init__(self, journal: Journal, *, loop: AbstractEventLoop, quality: Quality | None = None) -> None:
        self._journal = journal
        self._loop = loop
        self._quality = quality
        self._tenants: dict[str, State] = {DEFAULT_TENANT: State()}
        self._latest = journal.newest_instant
        self._listeners: list[Listener] = []
        journal.on_failed(self._take_back)
        journal.knows(self.find)

    def on_changes(self, listener: Listener) -> None:
        """Tell `listener` after each commit: the tenant, its changes, the sequence number of the last of them.

        The listeners are told in the order of the commits, before whoever asked for the change is answered.
        """
        self._listeners.append(listener)

    # --- tenants ------------------------------------------------------------------------------------

    def state(self, tenant: str) -> State:
        """The present state of a tenant. Raises NonexistentTenant."""
        try:
            return self._tenants[tenant]
        except KeyError:
            raise NonexistentTenant(f"There is no tenant {tenant}") from None

    def tenants(self) -> Iterable[str]:
        return self._tenants.keys()

    def load(self, tenant: str, entities: Iterable[Entity]) -> None:
        """Take over what the journal kept, before anybody is served."""
        kept = list(entities)
        self._latest = max([self._latest, *(entity.modified_at for entity in kept)])
        self._state_for_writing(tenant).restore(kept)

    def _state_for_writing(self, tenant: str) -> State:
        """A tenant begins with the first entity that is created in it (6.3.14)."""
        state = self._tenants.get(tenant)
        if state is None:
            state = self._tenants[tenant] = State()
        return state

    # --- one entity ---------------------------------------------------------------------------------

    def entity(self, tenant: str, entity_id: str, by: Caller) -> Entity:
        """The entity to be changed. Raises NonexistentTenant, ResourceNotFound (also for what is out of reach)."""
        entity = self.state(tenant).get(entity_id)
        if entity is None or not by.may_reach(entity):
            raise ResourceNotFound(f"There is no entity {entity_id}")
        return entity

    def entity_to_change(self, tenant: str, entity_id: str, by: Caller, names: Iterable[str]) -> Entity:
        """The same, when the caller may change the attributes at all. Raises NonexistentTenant, ResourceNotFound,
        NotAllowed.

        It is asked before anybody looks what is there: a refusal must not tell what the entity hides.
        """
        entity = self.entity(tenant, entity_id, by)
        self.require_right(entity, names, by)
        return entity

    def require_right(self, entity: Entity, names: Iterable[str], by: Caller) -> None:
        """Raises NotAllowed when the caller may not change these attributes of the entity, whatever the change is."""
        if not by.writes_all and not by.may_write(entity, entity, names):
            raise _not_allowed(entity.id, by)

    def find(self, tenant: str, entity_id: str) -> Entity | None:
        """The entity, if there is one, whoever asks."""
        state = self._tenants.get(tenant)
        return state.get(entity_id) if state is not None else None

    def create(self, tenant: str, draft: Draft, by: Caller) -> Committed:
        """5.6.1. Raises AlreadyExists, NotAllowed."""
        return self.commit(tenant, [self.creation(tenant, draft, by, self.instant())])

    def replace(self, tenant: str, entity_id: str, draft: Draft, by: Caller) -> Committed:
        """5.6.18. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, draft.attributes)
        return self.commit(tenant, [self.replacement(tenant, before, draft, by, at)])

    def delete(self, tenant: str, entity_id: str, by: Caller) -> Committed:
        """5.6.6. Raises ResourceNotFound, NotAllowed."""
        return self.commit(tenant, [self.deletion(tenant, self.entity(tenant, entity_id, by), by, self.instant())])

    def merge(
        self,
        tenant: str,
        entity_id: str,
        draft: Draft,
        by: Caller,
        *,
        observed_at: str | None = None,
        lang: str | None = None,
    ) -> Committed:
        """5.6.17. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, draft.attributes)
        outcome = merging.merged(before, draft, at, observed_at=observed_at, lang=lang)
        return self._settle(tenant, before, outcome, by, at)[1]

    # --- attributes ---------------------------------------------------------------------------------

    def append_attributes(
        self, tenant: str, entity_id: str, draft: Draft, by: Caller, *, overwrite: bool
    ) -> tuple[Outcome, Committed]:
        """5.6.3. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, draft.attributes)
        return self._settle(tenant, before, merging.appended(before, draft, at, overwrite=overwrite), by, at)

    def update_attributes(self, tenant: str, entity_id: str, draft: Draft, by: Caller) -> tuple[Outcome, Committed]:
        """5.6.2. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, draft.attributes)
        return self._settle(tenant, before, merging.updated(before, draft, at), by, at)

    def patch_attribute(self, tenant: str, entity_id: str, name: str, patch: Instance, by: Caller) -> Committed:
        """5.6.4. Raises ResourceNotFound, BadRequestData, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, (name,))
        return self._settle(tenant, before, merging.patched_attribute(before, name, patch, at), by, at)[1]

    def replace_attribute(self, tenant: str, entity_id: str, name: str, value: Attribute, by: Caller) -> Committed:
        """5.6.19. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, (name,))
        return self._settle(tenant, before, merging.replaced_attribute(before, name, value, at), by, at)[1]

    def delete_attribute(
        self, tenant: str, entity_id: str, name: str, by: Caller, *, dataset: str | None, every: bool
    ) -> Committed:
        """5.6.5. Raises ResourceNotFound, NotAllowed."""
        at = self.instant()
        before = self.entity_to_change(tenant, entity_id, by, (name,))
        outcome = merging.deleted_attribute(before, name, at, dataset=dataset, every=every)
        return self._settle(tenant, before, outcome, by, at)[1]

    # --- many entities ------------------------------------------------------------------------------

    async def purge(
        self, tenant: str, selection: Selection, by: Caller, *, keep: frozenset[str] | None, drop: frozenset[str]
    ) -> None:
        """Delete what matches, or only attributes of it (5.6.21). What the caller may not see stays.

        It goes on disk by some entities at once, between the changes of everybody else: a whole city at once would
        keep all others waiting. Each part is on disk whole or not at all, those created first before the others.
        Raises NotAllowed, StorageUnavailable: either before anything is changed, or saying how many entities were.
        """
        if not by.can_write or len(by.readable_names(drop)) < len(drop):
            raise NotAllowed(f"{by.label} may not purge this")
        state, permitted = self.state(tenant), permission(by, selection)
        matching = state.select(selection, limit=len(state), permitted=permitted)
        if not by.writes_all:
            for entity in matching:
                self._purging(tenant, entity, by, keep, drop, self._latest)
        ids = [entity.id for entity in matching]
        del matching
        done = 0
        for begin in range(0, len(ids), PURGED_AT_ONCE):
            found = (state.get(entity_id) for entity_id in ids[begin : begin + PURGED_AT_ONCE])
            there = [one for one in found if one is not None and selection.matches(by.view(one)) and by.may_read(one)]
            at = self.instant()
            try:
                changes = [change for one in there if (change := self._purging(tenant, one, by, keep, drop, at))]
                await self.commit(tenant, changes)
            except (StorageUnavailable, NotAllowed) as problem:
                if not done:
                    raise
                so_far = f"{done} entities were purged, which is on disk; all others are as they were. Ask again."
                raise type(problem)(f"The purge stopped: {so_far}") from problem
            done += len(changes)

    def _purging(
        self, tenant: str, entity: Entity, by: Caller, keep: frozenset[str] | None, drop: frozenset[str], at: str
    ) -> Change | None:
        """The change that purges an entity, or None when nothing of it goes. Raises NotAllowed."""
        if keep is None and not drop:
            return self.deletion(tenant, entity, by, at)
        if keep is not None and by.limits_attributes:
            # Of what is not to be kept, only what the caller may see: the rest, and the scopes, are not its own.
            drop, keep = frozenset(by.readable_names(entity.attributes)) - keep, None
        outcome = merging.only_attributes(entity, at, keep=keep, drop=drop)
        if not outcome.names and outcome.entity.scopes == entity.scopes:
            return None
        return self.change(tenant, entity, outcome, by, at)

    # --- pieces that batches are made of ------------------------------------------------------------

    def instant(self) -> str:
        """The instant of a change as it is stored: UTC, microseconds, `Z`; later than that of every change before it.

        So the order of instants is the order of changes, also when the machine's clock is set back.
        """
        text = clock.now().isoformat(timespec="microseconds")[:26] + "Z"
        if text <= self._latest:
            later = datetime.fromisoformat(self._latest) + timedelta(microseconds=1)
            text = later.isoformat(timespec="microseconds")[:26] + "Z"
        self._latest = text
        return text

    def instant_after(self, before: Entity, at: str) -> str:
        """The instant `at` of a batch, or a later one if it has changed this entity at `at` already.

        Which instances a row of the history brought is told by their instant: two rows of one entity need two.
        """
        return at if before.modified_at != at else self.instant()

    def creation(self, tenant: str, draft: Draft, by: Caller, at: str) -> Change:
        """Raises AlreadyExists, NotAllowed."""
        state = self._tenants.get(tenant)
        if state is not None and state.get(draft.id or "") is not None:
            raise AlreadyExists(f"There is an entity {draft.id} already")
        after = merging.created(draft, at)
        return self._checked(Change(tenant, Kind.PUT, after.id, None, after, tuple(after.attributes), at, by.label), by)

    def replacement(self, tenant: str, before: Entity, draft: Draft, by: Caller, at: str) -> Change:
        """Raises NotAllowed."""
        after = merging.replaced(before, draft, at)
        after.id = before.id
        gone = tuple(name for name in before.attributes if name not in after.attributes)
        names = (*after.attributes, *gone)
        return self._checked(Change(tenant, Kind.PUT, before.id, before, after, names, at, by.label), by)

    def deletion(self, tenant: str, before: Entity, by: Caller, at: str) -> Change:
        """Raises NotAllowed."""
        names = tuple(before.attributes)
        return self._checked(Change(tenant, Kind.DELETE, before.id, before, None, names, at, by.label), by)

    def change(self, tenant: str, before: Entity, outcome: Outcome, by: Caller, at: str) -> Change:
        """Raises NotAllowed."""
        return self._checked(
            Change(tenant, Kind.SET, before.id, before, outcome.entity, outcome.names, at, by.label), by
        )

    def apply(self, change: Change) -> None:
        """Let the present state take a change over that `commit_applied` will put on disk in this same step."""
        self._state_for_writing(change.tenant).apply(change)

    def commit(self, tenant: str, changes: list[Change]) -> Committed:
        """Apply the changes and put them on disk together: all or none."""
        state = self._state_for_writing(tenant)
        for change in changes:
            state.apply(change)
        return self.commit_applied(changes)

    def commit_applied(self, changes: list[Change]) -> Committed:
        """Put changes on disk that the present state has taken over already. No change: done at once."""
        if not changes:
            done: Committed = self._loop.create_future()
            done.set_result(0)
            return done
        committed = self._journal.append(changes)
        if self._listeners:
            committed.add_done_callback(partial(self._tell, changes))
        return committed

    def _tell(self, changes: Sequence[Change], committed: Committed) -> None:
        if committed.exception() is None:
            for listener in self._listeners:
                try:
                    listener(changes[0].tenant, changes, committed.result())
                except Exception:  # a fault of one must not keep the change from the others
                    _log.exception("a listener failed to take a change")

    # --- inside -------------------------------------------------------------------------------------

    def _settle(self, tenant: str, before: Entity, outcome: Outcome, by: Caller, at: str) -> tuple[Outcome, Committed]:
        after = outcome.entity
        if outcome.names or after.types != before.types or after.scopes != before.scopes:
            return outcome, self.commit(tenant, [self.change(tenant, before, outcome, by, at)])
        return outcome, self.commit_applied([])

    def _checked(self, change: Change, by: Caller) -> Change:
        if not by.writes_all and not by.may_write(change.before, change.after, change.names):
            raise _not_allowed(change.entity_id, by)
        if self._quality is not None:
            self._quality.examine(change)
        return change

    def _take_back(self, changes: list[Change]) -> None:
        """The journal could not keep these, newest first: the present state is again what the disk says."""
        for change in changes:
            self._tenants[change.tenant].undo(change)
        kept = {DEFAULT_TENANT, *self._journal.tenants}
        for tenant in {change.tenant for change in changes} - kept:
            if not len(self._tenants[tenant]):
                del self._tenants[tenant]  # it began with what could not be kept


def _not_allowed(entity_id: str, by: Caller) -> NotAllowed:
    return NotAllowed(f"{by.label} may not write this to {entity_id}")


def permission(by: Caller, selection: Selection) -> Callable[[Entity], bool] | None:
    """What the caller may find. An attribute that is hidden must not be found by what it holds either."""
    if by.sees_all:
        return None
    if not by.limits_attributes:
        return by.may_read
    return lambda entity: by.may_read(entity) and selection.matches(by.view(entity))
