"""Roles lent, as lines of a table."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import OPEN, DelegationState
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import DELEGATION_STATES, ROLES
from songcau.foundation.shell import written
from songcau.kernel import clock


def lines_of(rows: QuerySet[Delegation]) -> list[dict[str, Any]]:
    """Past, present and to come, in words; the state by the clock."""
    return [line_of(row) for row in rows.with_facts()]  # type: ignore[attr-defined]


def until(row: Delegation) -> str:
    """An end at midnight is the end of the day before it."""
    end = timezone.localtime(row.ends_at)
    if (end.hour, end.minute) != (0, 0):
        return written.moment(end)
    return _("the end of %(day)s") % {"day": written.day(end.date() - timedelta(days=1))}


def line_of(row: Delegation) -> dict[str, Any]:
    state = row.state_at(clock.now())
    return {
        "delegation": row,
        "role": ROLES[Role(row.grant.role)],
        "agency": row.grant.agency,
        "state": DELEGATION_STATES[state],
        "until": until(row),
        "is_open": state in OPEN,
        "is_in_force": state is DelegationState.IN_FORCE,
    }
