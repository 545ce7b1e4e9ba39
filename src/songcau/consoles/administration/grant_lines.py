"""Roles given, as lines of a table on another page."""

from typing import Any

from django.db.models import QuerySet

from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import GRANT_STATES, ROLES
from songcau.kernel import clock


def lines_of(grants: QuerySet[RoleGrant]) -> list[dict[str, Any]]:
    """Past, present and to come, in words."""
    now = clock.now()
    return [
        {
            "grant": grant,
            "role": ROLES[Role(grant.role)],
            "state": GRANT_STATES[grant.state],
            "is_over": grant.state != "GRANTED" or (grant.valid_to is not None and grant.valid_to <= now),
            "is_future": grant.valid_from > now,
        }
        for grant in grants.select_related("person", "agency", "granted_by")
    ]
