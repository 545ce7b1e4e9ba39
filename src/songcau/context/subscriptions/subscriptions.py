"""All subscriptions: kept on disk, told of changes after the commit, shown with what became of their notifications.

What `create`, `update` and `delete` return is done when it is on disk; if the disk does not take it, it is taken back
here, too. A read sees the newest state, which may be a few milliseconds ahead of the disk.
"""

import logging
from asyncio import Future, Task
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from songcau.context.entities.entity import Change
from songcau.context.problems import (
    AlreadyExists,
    LdContextNotAvailable,
    NotAllowed,
    Problem,
    ResourceNotFound,
    TooManyResults,
)
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.dead_letters import DeadLetters
from songcau.context.subscriptions.documents import Document, Names, patched, read_subscription, shown
from songcau.context.subscriptions.lines import Tally
from songcau.context.subscriptions.places import restored_tally
from songcau.context.subscriptions.subscription import Owner, Record, Subscription, status_of
from songcau.context.subscriptions.telling import Parts, Telling
from songcau.context.terms.terms import Terms
from songcau.kernel import clock
from songcau.kernel.ids import new_id

KIND = "subscription"
MOST_OF_A_TENANT = 10_000
RETRY_SECONDS = 30.0

_log = logging.getLogger(__name__)
# The terms of a @context; raises LdContextNotAvailable, or what the API raises when it must be fetched first.
TermsOf = Callable[[object], Terms]


class Contexts(Protocol):
    """What is needed of the @contexts."""

    async def resolve(self, reference: object) -> Terms: ...


@dataclass(slots=True, eq=False)
class Entry:
    """A subscription as it is listed. subscription: None while its @context cannot be had after a start.

    committed: what is on disk of it, and what is told of changes. behind: of one that waits for its @context, after
    which change it has to be told.
    """

    tenant: str
    record: Record
    subscription: Subscription | None = None
    committed: tuple[Record, Subscription | None] | None = None
    tally: Tally = field(default_factory=Tally)
    behind: int | None = None

    @property
    def id(self) -> str:
        return str(self.record.document["id"])

    def shown(self, names: Names, *, with_stamps: bool = False) -> Document:
        """As a client sees it (5.2.12): what it sent, the status, and what became of its notifications."""
        told = shown(self.record.document, names)
        told_in = self.subscription.terms if self.subscription else None
        if told_in is not None and told_in.has_no_address:
            told.setdefault("jsonldContext", told_in.link)
        told["status"] = status_of(self.record.document, clock.now())
        if with_stamps:
            told["createdAt"] = self.record.created_at
            told["modifiedAt"] = self.record.modified_at
        tally = self.tally
        if tally.times_sent or tally.times_failed:
            counted: Document = {
                "status": "failed" if tally.is_failing else "ok",
                "timesSent": tally.times_sent,
                "timesFailed": tally.times_failed,
                "lastNotification": tally.last_notification,
                "lastSuccess": tally.last_success,
                "lastFailure": tally.last_failure,
            }
            told["notification"] |= {member: value for member, value in counted.items() if value or value == 0}
        return told


class Subscriptions:
    """Every method is called on the event loop.

    owner: who the owner of a token is now, and until when; None when the token was revoked. Without tokens it is asked
    for an empty id.
    """

    def __init__(self, parts: Parts, contexts: Contexts, owner: Callable[[str], Owner | None]) -> None:
        self._journal = parts.journal
        self._loop = parts.loop
        self._contexts = contexts
        self._owner = owner
        self._telling = Telling(parts)
        self._all: dict[str, dict[str, Entry]] = {}
        self._later: set[Task[None]] = set()

    @property
    def dead_letters(self) -> DeadLetters:
        return self._telling.dead_letters

    @property
    def ask_of_places(self) -> bool:
        """Whether any subscription has a geo-query."""
        return any("geoQ" in entry.record.document for some in self._all.values() for entry in some.values())

    def measures(self) -> Iterator[tuple[str, Literal["gauge", "counter"], str, Callable[[], float]]]:
        """What can be measured: name, kind, a sentence, how to read it."""
        delivery = self._telling.delivery
        yield "subscriptions", "gauge", "Subscriptions of all tenants.", lambda: sum(map(len, self._all.values()))
        yield "notifications_sent_total", "counter", "Attempts to notify.", lambda: delivery.sent
        yield "notifications_failed_total", "counter", "Attempts to notify that failed.", lambda: delivery.failed
        yield (
            "notifications_waiting",
            "gauge",
            "Changes that wait in memory for a subscriber.",
            lambda: delivery.waiting,
        )
        yield "dead_letters", "gauge", "Notifications that were given up.", lambda: len(self.dead_letters)

    # --- a start and an end ---------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take up what the journal kept, after the present state was loaded and before anybody is served."""
        head, places = self._telling.load()
        kept = [(tenant, Record.restored(stored)) for tenant, _, stored in self._journal.documents(KIND)]
        for tenant, record in sorted(kept, key=lambda one: one[1].created_at):
            entry = Entry(tenant, record, committed=(record, None))
            place = places.pop((tenant, entry.id), {})
            entry.tally = restored_tally(place)
            owed = place.get("owedAfter")
            entry.behind = max(head, record.since) if owed is None else owed
            self._all.setdefault(tenant, {})[entry.id] = entry
            await self._take_up(entry)
        for tenant, name in places:  # a kill came between the end of the subscription and that of its place
            self._telling.forget_place(tenant, name)

    async def _take_up(self, entry: Entry) -> None:
        record = entry.record
        owner = self._owner(record.token)
        if owner is None:
            _log.warning("subscription %s rests: its owner %s may not read here any more", entry.id, record.by)
            return
        try:
            terms = await self._contexts.resolve(record.context)
            told_in = await self._contexts.resolve(record.notification_context)
            subscription = Subscription(entry.tenant, record, terms, told_in, owner)
        except LdContextNotAvailable as problem:
            _log.warning("subscription %s waits for its @context: %s", entry.id, problem)
            self._loop.call_later(RETRY_SECONDS, self._take_up_later, entry)
        except Problem as problem:
            _log.error("subscription %s cannot be taken up: %s", entry.id, problem)
        else:
            if self._all.get(entry.tenant, {}).get(entry.id) is entry and entry.record is record:
                entry.subscription = subscription
                entry.committed = (record, subscription)
                self._begin(entry, subscription)

    def _begin(self, entry: Entry, subscription: Subscription) -> None:
        if self._owner(entry.record.token) is None:
            return  # its token was revoked while it was put on disk
        self._telling.line_of(subscription, entry.tally)
        self._telling.begin(subscription, entry.behind)
        entry.behind = None

    def _take_up_later(self, entry: Entry) -> None:
        task = self._loop.create_task(self._take_up(entry))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def stop(self) -> None:
        """Tell nothing more; what is owed is told after the next start."""
        for task in tuple(self._later):
            task.cancel()
        await self._telling.stop()

    def changed(self, tenant: str, changes: Sequence[Change], sequence: int) -> None:
        """Changes of a tenant were committed; `sequence` is that of the last one. In the order of the commits."""
        self._telling.changed(changes, sequence)

    def owners_ended(self) -> None:
        """A token was revoked: what was subscribed with it is told nothing more."""
        for entries in self._all.values():
            for entry in entries.values():
                if self._owner(entry.record.token) is None and entry.committed and entry.committed[1]:
                    self._telling.end(entry.committed[1])

    # --- what can be asked ------------------------------------------------------------------------------------

    def get(self, tenant: str, subscription_id: str) -> Entry:
        """Raises ResourceNotFound."""
        try:
            return self._all[tenant][subscription_id]
        except KeyError:
            raise ResourceNotFound(f"There is no subscription {subscription_id}") from None

    def of(self, tenant: str) -> Iterator[Entry]:
        """All of a tenant, in the order of their creation."""
        return iter(self._all.get(tenant, {}).values())

    # --- what can be done ---------------------------------------------------------------------------------------

    def create(
        self, tenant: str, payload: Mapping[str, Any], terms: Terms, terms_of: TermsOf, by: Caller
    ) -> tuple[Entry, "Future[int]"]:
        """5.8.1. Raises NotAllowed, BadRequestData, LdContextNotAvailable, AlreadyExists, TooManyResults."""
        document = read_subscription(payload, terms, clock.now())
        document.setdefault("id", f"urn:ngsi-ld:Subscription:{new_id()}")
        at = self._telling.instant()
        token, reference = by.token or "", terms.reference
        owner = self._owner(token)
        if owner is None or owner[0].label != by.label:
            raise NotAllowed("Subscriptions are made with a token: other rights end within minutes")
        record = Record(document, reference, reference, by.label, token, at, at, self._telling.head)
        subscription = Subscription(tenant, record, terms, _notification_terms(record, terms, terms_of), owner)
        entries = self._all.setdefault(tenant, {})
        if subscription.id in entries:
            raise AlreadyExists(f"There is a subscription {subscription.id} already")
        if len(entries) >= MOST_OF_A_TENANT:
            raise TooManyResults(f"A tenant has at most {MOST_OF_A_TENANT} subscriptions")
        entry = Entry(tenant, record, subscription)
        entries[subscription.id] = entry
        if subscription.terms.has_no_address:
            _ = subscription.terms.link  # hosted here from now on, so that it is on disk before the subscription

        def settle(done: "Future[int]") -> None:
            if _failed(done):
                self._take_back(entry)
            else:
                entry.committed = (record, subscription)
                self._begin(entry, subscription)

        return entry, self._put(entry, record.stored(), settle)

    def update(self, entry: Entry, fragment: Mapping[str, Any], terms: Terms, terms_of: TermsOf) -> "Future[int]":
        """5.8.2. Raises NotAllowed, BadRequestData, LdContextNotAvailable."""
        former = entry.record
        document = patched(former.document, fragment, terms, clock.now())
        context = terms.reference if "q" in fragment else former.context
        record = replace(former, document=document, context=context, modified_at=self._telling.instant())
        owner = self._owner(former.token)
        if owner is None:
            raise NotAllowed(f"The owner of the subscription, {former.by}, may not read here any more")
        told_in = _notification_terms(record, terms_of(record.told_in), terms_of)
        subscription = Subscription(entry.tenant, record, terms_of(context), told_in, owner)
        entry.record, entry.subscription = record, subscription

        def settle(done: "Future[int]") -> None:
            if _failed(done):
                self._take_back(entry)
                return
            was = entry.committed[1] if entry.committed is not None else None
            entry.committed = (record, subscription)
            if was is not None and self._owner(record.token) is not None:
                self._telling.replace(was, subscription)
            else:
                self._begin(entry, subscription)

        return self._put(entry, record.stored(), settle)

    def delete(self, entry: Entry) -> "Future[int]":
        """5.8.5."""
        del self._all[entry.tenant][entry.id]

        def settle(done: "Future[int]") -> None:
            if _failed(done):
                self._take_back(entry)
                return
            if entry.committed is not None and entry.committed[1] is not None:
                self._telling.forget(entry.committed[1])
            self._telling.forget_place(entry.tenant, entry.id)

        return self._put(entry, None, settle)

    def replay(self, tenant: str, letter_id: str) -> None:
        """Try a dead letter again. Raises ResourceNotFound."""
        letter = self.dead_letters.get(tenant, letter_id)
        committed = self.get(tenant, letter.subscription).committed
        if committed is None or committed[1] is None:
            raise ResourceNotFound(f"The subscription {letter.subscription} is not ready, so that nobody can be told")
        self._telling.replay(committed[1], letter)

    def _put(self, entry: Entry, stored: Document | None, settle: Callable[["Future[int]"], None]) -> "Future[int]":
        future = self._journal.put_document(KIND, entry.tenant, entry.id, stored)
        future.add_done_callback(settle)
        return future

    def _take_back(self, entry: Entry) -> None:
        """The disk did not take a change: the subscription is again what the disk says."""
        entries = self._all.setdefault(entry.tenant, {})
        if entry.committed is not None:
            entry.record, entry.subscription = entry.committed
            entries[entry.id] = entry
        elif entries.get(entry.id) is entry:
            del entries[entry.id]


def _notification_terms(record: Record, told_in: Terms, terms_of: TermsOf) -> Terms:
    return terms_of(record.document["jsonldContext"]) if "jsonldContext" in record.document else told_in


def _failed(done: "Future[int]") -> bool:
    return done.cancelled() or done.exception() is not None
