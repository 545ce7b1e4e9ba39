"""What happens on an event: the registry that `songcau.entry` fills once when a process starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from songcau.foundation.outbox.events import JobDue
from songcau.foundation.outbox.payloads import name_of
from songcau.foundation.outbox.rules import Schedule
from songcau.kernel.actor import Actor

RUN_JOB = "outbox.run_job"


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """What a handler is told besides the event. `attempt` counts from 1."""

    event_id: UUID
    sequence: int
    name: str
    subject: str
    payload: Mapping[str, Any]
    at: datetime
    actor_id: UUID
    actor_label: str
    trace: str
    reaction: str
    attempt: int

    @property
    def idempotency_key(self) -> str:
        """For calls to the outside, which may be repeated: the same at every attempt of this delivery."""
        return f"{self.event_id}:{self.reaction}"


@dataclass(frozen=True, slots=True)
class Reaction:
    """`handle` is called with each event of the class `event`, in order per subject, until it returns.

    Its effects in the database are committed together with the delivery, so they happen exactly once. With
    `outside=True` it is called outside of any transaction, for calls to other systems: at least once, with
    `facts.idempotency_key` to recognise a repetition. Raise `kernel.errors.Unavailable` when waiting may help.
    `is_slow`: it may work for seconds, as on pictures; what is quick is not held up by many of them.
    """

    event: type
    handle: Callable[[Any, DeliveryFacts], None]
    name: str
    outside: bool = False
    lease_seconds: int | None = None
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called for each due instant, at least once, outside of any transaction: it must bear repetition.

    After `lease_seconds` without an end it is taken for lost and run again.
    """

    name: str
    schedule: Schedule
    run: Callable[[], None]
    lease_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Carrier:
    """Takes every event somewhere else as it is stored; `outside` in the sense of a reaction."""

    name: str
    carry: Callable[[DeliveryFacts], None]


class Recorder(Protocol):
    """`songcau.foundation.audit.actions.record_entry`, which this app must not import."""

    def __call__(
        self, *, by: Actor, action: str, subject: str, details: Mapping[str, object] | None = None
    ) -> None: ...


class NotInstalled(RuntimeError):
    """The process announces or delivers before `install` was called: its events would reach nobody."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All reactions, jobs and carriers of this process."""

    reactions: Mapping[str, Reaction]
    jobs: Mapping[str, Job]
    carriers: Mapping[str, Carrier]
    record: Recorder
    events: Mapping[str, type] = field(default_factory=dict)

    def names_for(self, event: str) -> list[str]:
        """The reactions and carriers an event of this name goes to. What is internal to the outbox is not carried."""
        names = [r.name for r in self.reactions.values() if name_of(r.event) == event]
        return names if event.startswith("outbox.") else names + list(self.carriers)

    @property
    def slow(self) -> tuple[str, ...]:
        """Names of those that may work for seconds."""
        return tuple(name for name, one in self.reactions.items() if one.is_slow)

    def lease_seconds(self, reaction: str, payload: Mapping[str, Any]) -> int | None:
        """The lease a reaction or the job it runs asks for; None: the usual one."""
        if reaction == RUN_JOB and (job := self.jobs.get(payload.get("job", ""))):
            return job.lease_seconds
        known = self.reactions.get(reaction)
        return known.lease_seconds if known else None


_installed: list[Registry] = []


def install(
    reactions: Iterable[Reaction], jobs: Iterable[Job], *, record: Recorder, carriers: Iterable[Carrier] = ()
) -> None:
    """Make these the reactions, jobs and carriers of the process; called again, it replaces them.

    The outbox's own (`tasks.REACTIONS`, `tasks.JOBS`, `tasks.carriers()`) are given like those of any app.
    `record` is `audit.actions.record_entry`. Raises ValueError when a name stands twice, and for jobs that
    nothing would run.
    """
    all_jobs = _by_name(jobs)
    all_reactions = _by_name(reactions)
    all_carriers = _by_name(carriers)
    if both := all_reactions.keys() & all_carriers.keys():
        raise ValueError(f"a reaction and a carrier are both named {', '.join(sorted(both))}")
    events: dict[str, type] = {}
    for reaction in all_reactions.values():
        known = events.setdefault(name_of(reaction.event), reaction.event)
        if known is not reaction.event:
            raise ValueError(f"{known} and {reaction.event} are both named {name_of(known)}")
    if all_jobs and name_of(JobDue) not in events:
        raise ValueError("jobs without songcau.foundation.outbox.tasks.REACTIONS would never run")
    _installed[:] = [Registry(all_reactions, all_jobs, all_carriers, record, events)]


def installed() -> Registry:
    """The registry of this process. Raises NotInstalled."""
    if not _installed:
        raise NotInstalled("call songcau.foundation.outbox.reactions.install before announcing or delivering")
    return _installed[0]


def _by_name(things: Iterable[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for thing in things:
        if thing.name in named:
            raise ValueError(f"{type(thing).__name__} {thing.name} stands twice")
        named[thing.name] = thing
    return named
