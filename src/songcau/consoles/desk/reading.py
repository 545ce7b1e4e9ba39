"""What the desk shows of a person: posts, roles, sessions, and what the log knows about the account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songcau.consoles.administration.audit import words
from songcau.consoles.administration.delegations.lines import lines_of
from songcau.foundation.accounts import second_factor
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.models import Holding, Person, RoleGrant
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.queries import entries_on
from songcau.kernel import clock

ENTRIES_SHOWN = 20
WEEKDAYS = (
    pgettext_lazy("day of the week", "Monday"),
    pgettext_lazy("day of the week", "Tuesday"),
    pgettext_lazy("day of the week", "Wednesday"),
    pgettext_lazy("day of the week", "Thursday"),
    pgettext_lazy("day of the week", "Friday"),
    pgettext_lazy("day of the week", "Saturday"),
    pgettext_lazy("day of the week", "Sunday"),
)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role in force or granted for later. `ends_soon`: within 30 days."""

    role: str | Promise
    agency: str
    begins_at: datetime | None
    ends_at: datetime | None
    ends_soon: bool
    granted_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the log about one's own account."""

    at: datetime
    what: str | Promise
    who: str
    is_own: bool
    address: str
    reason: str


def posts_of(person: Person) -> tuple[Holding, ...]:
    return tuple(Holding.objects.current().filter(person=person).select_related("post__agency"))


def roles_of(person: Person) -> tuple[RoleLine, ...]:
    """Roles that count now or will, the first to end first."""
    now = clock.now()
    grants = RoleGrant.objects.not_ended(now).filter(person=person).select_related("agency", "granted_by")
    lines = [_role_line(grant, now) for grant in grants]
    return tuple(sorted(lines, key=lambda line: (line.ends_at is None, line.ends_at or now, str(line.role))))


def lent_to(person: Person) -> list[dict[str, Any]]:
    """Roles of others that the person may use now."""
    return lines_of(Delegation.objects.in_force().filter(delegate=person))


def sessions_of(request: HttpRequest) -> list[UserSession]:
    """Where the person is signed in, this session first, then the last used."""
    sessions = UserSession.objects.purge_and_list(request.user)
    return sorted(sessions, key=lambda one: (not one.is_current(), -one.last_seen_at.timestamp()))


def log_of(person: Person) -> tuple[Line, ...]:
    """The newest entries about the account: sign-ins, and who changed what."""
    return tuple(_line(entry, person) for entry in entries_on(f"accounts.person:{person.pk}", most=ENTRIES_SHOWN))


def has_second_factor(person: Person) -> bool:
    return second_factor.is_set_up(person)


def _role_line(grant: RoleGrant, now: datetime) -> RoleLine:
    return RoleLine(
        role=ROLES[Role(grant.role)],
        agency=grant.agency.name if grant.agency else "",
        begins_at=grant.valid_from if grant.valid_from > now else None,
        ends_at=grant.valid_to,
        ends_soon=grant.valid_to is not None and (grant.valid_to - now).days < 30,
        granted_by=grant.granted_by.full_name if grant.granted_by else "songcau",
        reason=grant.reason,
    )


def _line(entry: Entry, person: Person) -> Line:
    return Line(
        at=entry.at,
        what=words.said(entry.action),
        who=entry.actor_label,
        is_own=entry.actor_id == person.pk,
        address=str(entry.details.get("address", "")),
        reason=str(entry.details.get("reason", "")),
    )
