"""A workflow as a table: states, and transitions with who may take them and what must hold.

The table is data: rules ask it, pages list the buttons from it, and the state pictures in
`docs/generated/states.md` are drawn from it, so the picture cannot differ from the code.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from songcau.kernel.errors import Refused

Facts = Mapping[str, object]


class TransitionRefused(Refused):
    """The thing is in a state from which this step cannot be taken."""

    code = "TRANSITION_REFUSED"
    conflict = True


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the facts of a case; `code` says which words explain a refusal."""

    code: str
    holds: Callable[[Facts], bool]


class GuardRefused(Refused):
    """A guard of the transition does not hold; `guard` names its code."""

    code = "GUARD_REFUSED"


@dataclass(frozen=True, slots=True)
class Transition:
    """A named step. `who` is a permission code, or `songcau` where the system itself takes the step."""

    name: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    who: str
    guards: tuple[Guard, ...] = field(default=())


class Workflow:
    """A checked table of transitions over one enumeration of states.

    Raises ValueError when made from a table that cannot be right: a step named twice from one state,
    a state nobody can reach.
    """

    def __init__(self, name: str, *, start: StrEnum, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.start = start
        self.states = type(start)
        self.transitions = tuple(transitions)
        self._steps = self._indexed()
        self._refuse_unreachable_states()

    def step(self, state: StrEnum, name: str, facts: Facts | None = None) -> StrEnum:
        """The state after the step. Raises TransitionRefused or GuardRefused."""
        transition = self._steps.get((state, name))
        if transition is None:
            raise TransitionRefused(workflow=self.name, state=str(state), step=name)
        for guard in transition.guards:
            if not guard.holds(facts or {}):
                raise GuardRefused(workflow=self.name, step=name, guard=guard.code)
        return transition.target

    def steps_from(self, state: StrEnum) -> tuple[Transition, ...]:
        """Every step that can be taken from a state, in the table's order."""
        return tuple(t for t in self.transitions if state in t.sources)

    def mermaid(self) -> str:
        """The state picture, as a Mermaid `stateDiagram-v2`."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for transition in self.transitions:
            lines += [f"    {source} --> {transition.target}: {transition.name}" for source in transition.sources]
        final = [state for state in self.states if not self.steps_from(state)]
        return "\n".join(lines + [f"    {state} --> [*]" for state in final])

    def _indexed(self) -> dict[tuple[StrEnum, str], Transition]:
        steps: dict[tuple[StrEnum, str], Transition] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (source, transition.name) in steps:
                    raise ValueError(f"{self.name}: step {transition.name} from {source} stands twice")
                steps[source, transition.name] = transition
        return steps

    def _refuse_unreachable_states(self) -> None:
        reached = {self.start}
        while grown := {t.target for t in self.transitions if reached.intersection(t.sources)} - reached:
            reached |= grown
        if missing := set(self.states) - reached:
            raise ValueError(f"{self.name}: no step leads to {', '.join(sorted(missing))}")
