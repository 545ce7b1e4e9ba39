"""What accounts announces. Ids and codes only: who may see the names asks for them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonAdded:
    person_id: UUID
    home_id: UUID | None


@dataclass(frozen=True, slots=True)
class PersonChanged:
    person_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonDeactivated:
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PersonReactivated:
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PasswordReset:
    person_id: UUID


@dataclass(frozen=True, slots=True)
class OwnPasswordChanged:
    """A person chose another password for themselves."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class OwnSecondFactorChanged:
    """A person set up, removed or renewed something of their own second step."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class SecondFactorReset:
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PersonSignedOut:
    """Every session of the person was ended by somebody."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class PersonUnlocked:
    person_id: UUID


@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """A person can sign in by one more provider or telephone number."""

    identity_id: UUID
    person_id: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    identity_id: UUID
    person_id: UUID
    provider: str


@dataclass(frozen=True, slots=True)
class AgencyAdded:
    agency_id: UUID
    code: str
    path: str


@dataclass(frozen=True, slots=True)
class AgencyChanged:
    agency_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyMoved:
    """All under the agency moved with it."""

    agency_id: UUID
    old_path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class AgencyClosed:
    agency_id: UUID
    closed_on: date
    successor_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PostAdded:
    post_id: UUID
    agency_id: UUID


@dataclass(frozen=True, slots=True)
class PostTaken:
    holding_id: UUID
    post_id: UUID
    person_id: UUID
    from_on: date


@dataclass(frozen=True, slots=True)
class PostLeft:
    holding_id: UUID
    post_id: UUID
    person_id: UUID
    until_on: date


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """`agency_id` None: in the whole city."""

    grant_id: UUID
    person_id: UUID
    role: str
    agency_id: UUID | None
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class RoleEndChanged:
    grant_id: UUID
    person_id: UUID
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class RoleWithdrawn:
    grant_id: UUID
    person_id: UUID
    role: str
    agency_id: UUID | None


@dataclass(frozen=True, slots=True)
class RoleExpired:
    grant_id: UUID
    person_id: UUID
    role: str
    agency_id: UUID | None


@dataclass(frozen=True, slots=True)
class RoleLent:
    """A role will be, or is, used by somebody else during a leave."""

    delegation_id: UUID
    person_id: UUID
    delegate_id: UUID
    role: str
    agency_id: UUID | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DelegationBegan:
    delegation_id: UUID
    person_id: UUID
    delegate_id: UUID


@dataclass(frozen=True, slots=True)
class DelegationEnded:
    """Its time is over, or the role it hung on has ended."""

    delegation_id: UUID
    person_id: UUID
    delegate_id: UUID


@dataclass(frozen=True, slots=True)
class DelegationWithdrawn:
    delegation_id: UUID
    person_id: UUID
    delegate_id: UUID
