"""The roles of staff and what each may do. A table in code: it is reviewed, tested and printed, never edited in a form.

`permissions` is what the role itself may do. `hands_on` names roles whose permissions it may give to others without
holding them: a system administrator lets clerks open dossiers and opens none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

HAND_ON = "hand_on:"


class Role(StrEnum):
    """Stored codes; the official Vietnamese titles stand in `words`."""

    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
    AGENCY_ADMINISTRATOR = "AGENCY_ADMINISTRATOR"
    AUDITOR = "AUDITOR"
    CITY_LEADER = "CITY_LEADER"
    WARD_LEADER = "WARD_LEADER"
    OPERATOR = "OPERATOR"
    CLERK = "CLERK"
    SPECIALIST = "SPECIALIST"
    DATA_PROTECTION_OFFICER = "DATA_PROTECTION_OFFICER"


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """`whole_city`: the role may stand without an agency; `only_whole_city`: it must."""

    permissions: frozenset[str]
    hands_on: frozenset[Role] = frozenset()
    whole_city: bool = False
    only_whole_city: bool = False


_LOOK = frozenset({"accounts.view_agencies", "places.view_units"})
_LOOK_AT_PEOPLE = _LOOK | {"accounts.view_people"}
_ADMINISTER = _LOOK_AT_PEOPLE | {
    "accounts.manage_people",
    "accounts.manage_agencies",
    "accounts.grant_roles",
    "accounts.withdraw_roles",
    "accounts.sign_out_people",
    "accounts.unlock_people",
    "accounts.reset_credentials",
}
# Of the working calendar: hours and closures where one administers; dates once promised are moved by who leads.
_CALENDAR_ADMINISTER = frozenset({"calendar.manage_agency_hours", "calendar.decide_dates"})
_CALENDAR_LEAD = frozenset({"calendar.decide_dates"})
# Of the live city: who watches it reads, who runs the operations centre writes.
_WATCH = frozenset({"context.read"})
_CALENDAR_CITY = _CALENDAR_ADMINISTER | {"calendar.manage_calendar"}

_TABLE: Mapping[Role, RoleFacts] = {
    Role.SYSTEM_ADMINISTRATOR: RoleFacts(
        _ADMINISTER
        | _CALENDAR_CITY
        | {
            "accounts.open_django_admin",
            "places.import_boundaries",
            "files.view",
            "files.hold",
            "files.try_out",
            "outbox.view",
            "outbox.replay",
            "audit.view",
            "audit.verify",
            "notifications.view_deliveries",
            "notifications.retry_deliveries",
            "notifications.manage_channels",
            "context.read",
        },
        hands_on=frozenset(Role),
        whole_city=True,
        only_whole_city=True,
    ),
    Role.AGENCY_ADMINISTRATOR: RoleFacts(
        _ADMINISTER | _CALENDAR_ADMINISTER,
        hands_on=frozenset({Role.WARD_LEADER, Role.OPERATOR, Role.CLERK, Role.SPECIALIST}),
    ),
    Role.AUDITOR: RoleFacts(
        _LOOK_AT_PEOPLE | {"audit.view", "audit.export", "audit.verify", "outbox.view", "files.view"}, whole_city=True
    ),
    Role.CITY_LEADER: RoleFacts(_LOOK_AT_PEOPLE | _CALENDAR_LEAD | _WATCH),
    Role.WARD_LEADER: RoleFacts(_LOOK_AT_PEOPLE | _CALENDAR_LEAD | _WATCH),
    Role.OPERATOR: RoleFacts(_LOOK_AT_PEOPLE | _WATCH | {"context.write"}),
    Role.CLERK: RoleFacts(_LOOK),
    Role.SPECIALIST: RoleFacts(_LOOK),
    Role.DATA_PROTECTION_OFFICER: RoleFacts(
        _LOOK_AT_PEOPLE | {"personal_data.view_looks", "personal_data.answer_requests"}, whole_city=True
    ),
}
# What nobody lends while away: who holds a role is decided in person, and the log is read by those it was given to.
_NEVER_LENT = frozenset({"accounts.grant_roles", "accounts.withdraw_roles", "accounts.open_django_admin"})
_NEVER_LENT_PARTS = ("audit.",)
_NEVER_LENT_ROLES = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})
_added: dict[Role, frozenset[str]] = {}


def extend_roles(additions: Mapping[Role, Iterable[str]]) -> None:
    """Give roles the permissions of a city system. For its `AppConfig.ready`; twice is the same as once."""
    for role, permissions in additions.items():
        _added[role] = _added.get(role, frozenset()) | frozenset(permissions)


def facts_of(role: Role) -> RoleFacts:
    return _TABLE[role]


def permissions_of(role: Role) -> frozenset[str]:
    """What the role itself may do."""
    return _TABLE[role].permissions | _added.get(role, frozenset())


def carried_by(role: Role) -> frozenset[str]:
    """What an actor with the role carries: its own permissions, and `hand_on:…` for those it may only give."""
    own = permissions_of(role)
    given = frozenset().union(*(permissions_of(other) for other in _TABLE[role].hands_on))
    return own | {HAND_ON + permission for permission in given - own}


def may_be_lent(role: Role) -> bool:
    """Whether the role can be handed to another person for a leave."""
    return role not in _NEVER_LENT_ROLES


def lent_by(role: Role) -> frozenset[str]:
    """What somebody who stands in for the holder of the role may do: nothing that is handed on, nothing kept back."""
    lent = permissions_of(role) - _NEVER_LENT
    return frozenset(code for code in lent if not code.startswith(_NEVER_LENT_PARTS))


def matrix() -> dict[str, tuple[Role, ...]]:
    """Permission code → roles that hold it, codes in alphabetical order; for the generated page and the tests."""
    codes = sorted(set().union(*(permissions_of(role) for role in Role)))
    return {code: tuple(role for role in Role if code in permissions_of(role)) for code in codes}
