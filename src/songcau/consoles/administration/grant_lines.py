"""Roles given, as lines of a table on another page."""

from typing import Any

from django.db.models import QuerySet

from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import GrantState
from songcau.foundation.accounts.words import GRANT_STATES, ROLES
from songcau.kernel import clock


def state_of(grant: RoleGrant) -> GrantState:
    """The state by the clock: a role whose time is over has expired, whether or not the job has come by."""
    over = grant.valid_to is not None and grant.valid_to <= clock.now()
    state = GrantState(grant.state)
    return GrantState.EXPIRED if over and state is GrantState.GRANTED else state


def lines_of(grants: QuerySet[RoleGrant]) -> list[dict[str, Any]]:
    """Past, present and to come, in words."""
    now = clock.now()
    return [
        {
            "grant": grant,
            "role": ROLES[Role(grant.role)],
            "state": GRANT_STATES[state_of(grant)],
            "is_over": state_of(grant) is not GrantState.GRANTED,
            "is_future": grant.valid_from > now,
        }
        for grant in grants.select_related("person", "agency", "granted_by")
    ]
