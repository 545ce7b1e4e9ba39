"""Roles lent, as lines of a table."""

from typing import Any

from django.db.models import QuerySet

from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import OPEN, DelegationState
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import DELEGATION_STATES, ROLES
from songcau.kernel import clock


def lines_of(rows: QuerySet[Delegation]) -> list[dict[str, Any]]:
    """Past, present and to come, in words; the state by the clock."""
    return [line_of(row) for row in rows.with_facts()]  # type: ignore[attr-defined]


def line_of(row: Delegation) -> dict[str, Any]:
    state = row.state_at(clock.now())
    return {
        "delegation": row,
        "role": ROLES[Role(row.grant.role)],
        "agency": row.grant.agency,
        "state": DELEGATION_STATES[state],
        "is_open": state in OPEN,
        "is_in_force": state is DelegationState.IN_FORCE,
    }
