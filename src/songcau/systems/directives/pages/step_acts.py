"""How each step is carried out: what a form gave, handed to the actions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from songcau.foundation.files.receiving import Held, drop_held, hold_bytes
from songcau.kernel.actor import Actor
from songcau.systems.directives import actions
from songcau.systems.directives.actions.evidence import EVIDENCE
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.forms import due_at

Values = Mapping[str, Any]
# Django's uploaded files, which its stubs call generic and Python does not.
Files = Sequence[Any]
Act = Callable[..., object]


def named(by: Actor, directive: Directive, values: Values) -> dict[str, Any]:
    return {"by": by, "directive_id": directive.pk, "version": values["version"]}


@contextmanager
def held_files(values: Values) -> Iterator[list[Held]]:
    """The bytes of a form's files, on disk before its own change; dropped when the form is refused.

    Raises the refusals of `hold_bytes`.
    """
    held: list[Held] = []
    try:
        for file in (*values["photos"], *values["documents"]):
            name, length = file.name or "file", file.size or 0
            held.append(hold_bytes(use=EVIDENCE, name=name, chunks=file.chunks(), length=length))
        yield held
    except BaseException:
        for one in held:
            drop_held(one)
        raise


def report(by: Actor, directive: Directive, values: Values) -> None:
    with held_files(values) as files:
        told = {"percent": values["percent"], "text": values["text"]}
        actions.report_progress(**named(by, directive, values), **told, files=files)


def finish(by: Actor, directive: Directive, values: Values) -> None:
    with held_files(values) as files:
        actions.finish_work(**named(by, directive, values), text=values["text"], files=files)


def contribute(by: Actor, directive: Directive, values: Values) -> None:
    """Beside the leading agency's own form: no version is compared."""
    with held_files(values) as files:
        actions.contribute(
            by=by, directive_id=directive.pk, agency_id=values["agency"].pk, text=values["text"], files=files
        )


def ask_extension(by: Actor, directive: Directive, values: Values) -> None:
    at = due_at(values["due_on"], values["due_hour"])
    actions.ask_extension(**named(by, directive, values), due_at=at, reason=values["reason"])


def decide_extension(by: Actor, directive: Directive, values: Values) -> None:
    actions.decide_extension(
        **named(by, directive, values),
        approved=values["decision"] == "APPROVE",
        due_at=due_at(values["due_on"], values["due_hour"]) if values["due_on"] else None,
        answer=values["answer"],
    )


def change_deadline(by: Actor, directive: Directive, values: Values) -> None:
    at = due_at(values["due_on"], values["due_hour"])
    actions.change_deadline(**named(by, directive, values), due_at=at, reason=values["reason"])


def change(by: Actor, directive: Directive, values: Values) -> None:
    actions.change_directive(
        **named(by, directive, values),
        title=values["title"],
        content=values["content"],
        supporting_ids=[agency.pk for agency in values["supporting"]],
        is_urgent=values["is_urgent"],
    )
