"""Entities on their way to the context broker: tried until it takes them, or says why it does not want one."""

import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from songcau.context.public import ContextRefused, ContextUnavailable
from songcau.gateways.faults import Stopped

Document = dict[str, Any]
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 15.0
# Whoever may not write at all must be given another token: the readings themselves are not at fault.
NOT_ABOUT_THE_ENTITIES = frozenset({401, 403, 404, 405, 408, 429})

log = structlog.get_logger()


class Upserting(Protocol):
    """What is needed of `context.public.Context`."""

    def upsert(self, entities: Sequence[Document]) -> None: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entity that the broker did not take: its place among those that were carried, and the broker's sentence."""

    place: int
    detail: str


class Carrier:
    """Brings entities to the broker in their order. One thread uses it.

    trouble: what keeps it waiting now, or None. patience: seconds that it waits for the broker; for ever without.
    """

    def __init__(self, context: Upserting, stop: threading.Event, *, patience: float = math.inf) -> None:
        self._context = context
        self._stop = stop
        self._patience = patience
        self.trouble: str | None = None

    def carry(self, documents: Sequence[Document]) -> list[Refusal]:
        """On return each of them is on the broker's disk or among the refusals. Raises Stopped, ContextUnavailable."""
        return self._carried(list(enumerate(documents)))

    def _carried(self, numbered: list[tuple[int, Document]]) -> list[Refusal]:
        if not numbered:
            return []
        try:
            self._until_answered([document for _, document in numbered])
        except ContextRefused as refused:
            if refused.status == 207:
                return self._some_refused(numbered, refused)
            if len(numbered) == 1:
                return [Refusal(numbered[0][0], _detail(refused.problem))]
            # One of them spoils the whole request: halves find it.
            middle = len(numbered) // 2
            return self._carried(numbered[:middle]) + self._carried(numbered[middle:])
        return []

    def _some_refused(self, numbered: list[tuple[int, Document]], refused: ContextRefused) -> list[Refusal]:
        """The answer names ids only. Of an entity that came several times each is written again alone, in order: what
        was taken already is then a repetition, which the history shows once."""
        problems = {one.get("entityId"): one.get("error", {}) for one in refused.failed}
        times = Counter(document["id"] for _, document in numbered)
        found: list[Refusal] = []
        for place, document in numbered:
            if document["id"] not in problems:
                continue
            if times[document["id"]] == 1 or len(numbered) == 1:
                found.append(Refusal(place, _detail(problems[document["id"]])))
            else:
                found += self._carried([(place, document)])
        return found

    def _until_answered(self, documents: list[Document]) -> None:
        """Raises ContextRefused for what the entities are to blame for, Stopped, ContextUnavailable."""
        wait, waited = FIRST_WAIT_SECONDS, 0.0
        while True:
            try:
                self._context.upsert(documents)
            except ContextUnavailable as error:
                self._troubled(f"the context broker is away: {error.params.get('detail', '')}")
            except ContextRefused as refused:
                if refused.status not in NOT_ABOUT_THE_ENTITIES:
                    self._well()
                    raise
                self._troubled(f"the context broker lets nobody in with this token: {refused}")
            else:
                self._well()
                return
            if waited >= self._patience:
                raise ContextUnavailable(detail=self.trouble)
            if self._stop.wait(wait):
                raise Stopped
            waited += wait
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def _troubled(self, what: str) -> None:
        if what != self.trouble:
            log.warning(what)
        self.trouble = what

    def _well(self) -> None:
        if self.trouble is not None:
            log.info("the context broker answers again")
        self.trouble = None


def _detail(problem: Document) -> str:
    return str(problem.get("detail") or problem.get("title") or "?")
