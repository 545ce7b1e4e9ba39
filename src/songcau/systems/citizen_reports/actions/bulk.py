"""The same step for many reports. Each is its own change: what can be done is done, and each refusal is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.citizen_reports.actions.assigning import assign_report
from songcau.systems.citizen_reports.actions.closing import close_report
from songcau.systems.citizen_reports.actions.moderating import accept_report, recategorise, refuse_report
from songcau.systems.citizen_reports.actions.showing import publish_report
from songcau.systems.citizen_reports.rules import RefusalReason

MOST_AT_ONCE = 200


class TooManyAtOnce(Refused):
    """At most `most`."""

    code = "TOO_MANY_REPORTS_AT_ONCE"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A report of a list, with the version the list showed; None: whatever it is now."""

    report_id: UUID
    version: int | None = None


@dataclass(slots=True)
class Outcome:
    """Which were done, and why each other was not."""

    done: list[UUID] = field(default_factory=list)
    refused: dict[UUID, Refused | NotAllowed] = field(default_factory=dict)


def in_bulk(chosen: Iterable[Chosen], act: Callable[[Chosen], object]) -> Outcome:
    """Do it for each. Raises TooManyAtOnce before anything is done."""
    wanted = list({one.report_id: one for one in chosen}.values())
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    outcome = Outcome()
    for one in wanted:
        try:
            act(one)
        except (Refused, NotAllowed) as refusal:
            outcome.refused[one.report_id] = refusal
        else:
            outcome.done.append(one.report_id)
    return outcome


def accept_reports(*, by: Actor, chosen: Iterable[Chosen]) -> Outcome:
    return in_bulk(chosen, lambda one: accept_report(by=by, report_id=one.report_id, version=one.version))


def refuse_reports(*, by: Actor, chosen: Iterable[Chosen], reason: RefusalReason, text: str = "") -> Outcome:
    return in_bulk(
        chosen,
        lambda one: refuse_report(by=by, report_id=one.report_id, version=one.version, reason=reason, text=text),
    )


def recategorise_reports(*, by: Actor, chosen: Iterable[Chosen], category: str) -> Outcome:
    return in_bulk(
        chosen,
        lambda one: recategorise(by=by, report_id=one.report_id, version=one.version, category=category),
    )


def assign_reports(*, by: Actor, chosen: Iterable[Chosen], agency_id: UUID) -> Outcome:
    return in_bulk(
        chosen,
        lambda one: assign_report(by=by, report_id=one.report_id, version=one.version, agency_id=agency_id),
    )


def publish_reports(*, by: Actor, chosen: Iterable[Chosen]) -> Outcome:
    return in_bulk(chosen, lambda one: publish_report(by=by, report_id=one.report_id, version=one.version))


def close_reports(*, by: Actor, chosen: Iterable[Chosen]) -> Outcome:
    return in_bulk(chosen, lambda one: close_report(by=by, report_id=one.report_id, version=one.version))
