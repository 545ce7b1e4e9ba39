"""Whom news of a directive concerns, and what they are told of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songcau.foundation.accounts.queries import holders_of
from songcau.systems.directives.models import Directive
from songcau.systems.directives.rules import AGENCY, GIVER, State


@dataclass(frozen=True, slots=True)
class DirectiveFacts:
    """What others may know of a directive that they may see."""

    id: UUID
    code: str
    title: str
    state: State
    is_urgent: bool
    lead_id: UUID
    lead: str
    percent: int
    due_at: datetime | None
    address: str


def address_of(directive_id: UUID) -> str:
    return f"/directives/{directive_id}/"


def facts(directive: Directive) -> DirectiveFacts:
    return DirectiveFacts(
        directive.pk,
        directive.code,
        directive.title,
        State(directive.state),
        directive.is_urgent,
        directive.lead_id,
        directive.lead.name,
        directive.percent,
        directive.due_at,
        address_of(directive.pk),
    )


def facts_of(directive_id: UUID) -> DirectiveFacts | None:
    """For flows: without asking who may see it."""
    directive = _found(directive_id)
    return facts(directive) if directive else None


def _found(directive_id: UUID) -> Directive | None:
    rows = Directive.objects.select_related("lead", "giver_agency")
    found: Directive | None = rows.filter(pk=directive_id).first()
    return found


def leaders_of(directive_id: UUID) -> list[UUID]:
    """Who gave it, while they lead there; else all who lead the agency in whose name it is given."""
    directive = _found(directive_id)
    if directive is None:
        return []
    there = holders_of(GIVER, directive.giver_agency.path)
    return [directive.giver_id] if directive.giver_id in there else there


def drafter_of(directive_id: UUID) -> list[UUID]:
    directive = _found(directive_id)
    return [directive.drafter_id] if directive and directive.drafter_id else []


def workers_of(directive_id: UUID) -> list[UUID]:
    """The officer who has it; else all who report for the leading agency."""
    directive = _found(directive_id)
    if directive is None:
        return []
    there = holders_of(AGENCY, directive.lead.path)
    return [directive.officer_id] if directive.officer_id in there else there


def supporters_of(directive_id: UUID, agency_ids: tuple[UUID, ...] | None = None) -> list[UUID]:
    """Who reports for the supporting agencies, or for those of them that are named."""
    directive = _found(directive_id)
    if directive is None:
        return []
    rows = directive.supporting.select_related("agency")
    paths = [row.agency.path for row in rows if agency_ids is None or row.agency_id in agency_ids]
    return list(dict.fromkeys(person for path in paths for person in holders_of(AGENCY, path)))
