"""Accounts of people: added, changed, switched off and on."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from songcau.foundation.accounts import permissions, rules, sessions
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import PersonAdded, PersonChanged, PersonDeactivated, PersonReactivated
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class UsernameTaken(Refused):
    code = "USERNAME_TAKEN"
    conflict = True


class EmailTaken(Refused):
    code = "EMAIL_TAKEN"
    conflict = True


class AlreadyInactive(Refused):
    code = "ALREADY_INACTIVE"
    conflict = True


class AlreadyActive(Refused):
    code = "ALREADY_ACTIVE"
    conflict = True


class PersonInactive(Refused):
    """Nothing is given to an account that is switched off."""

    code = "PERSON_INACTIVE"


class AgencyIsClosed(Refused):
    """Nothing is added to a closed agency."""

    code = "AGENCY_IS_CLOSED"


@transaction.atomic
def add_person(
    *,
    by: Actor,
    username: str,
    full_name: str,
    home_id: UUID | None,
    email: str = "",
    phone: str = "",
    language: str = "",
    is_demo: bool = False,
) -> Person:
    """An account without roles and without a password; `set_temporary_password` opens it.

    Raises NotYours, AgencyIsClosed, the refusals of what is written badly, UsernameTaken, EmailTaken.
    """
    home = home_agency(home_id)
    permissions.require(by, "accounts.manage_people", home)
    person = Person(
        username=rules.usable_username(username),
        full_name=rules.usable_name(full_name),
        home=home,
        email=rules.usable_email(email),
        phone=rules.usable_phone(phone),
        language=language,
        is_demo=is_demo,
    )
    person.set_unusable_password()
    _save(person)
    event = PersonAdded(person.id, home_id)
    done(by, "add_person", person, event, username=person.username, home=home and home.code)
    return person


@transaction.atomic
def change_person(
    *, by: Actor, person_id: UUID, version: int, full_name: str, email: str, phone: str, home_id: UUID | None
) -> Person:
    """Save a form opened at `version`. Raises as `add_person`, and ChangedMeanwhile, AboveYou."""
    home = locked_agency(home_id)
    person = locked_person(person_id)
    permissions.require_act_on(by, "accounts.manage_people", person)
    if home != person.home:
        permissions.require(by, "accounts.manage_people", home)
        require_open(home)
    _rewrite(by, person, version, {**_facts(person, full_name, email, phone), "home": home})
    return person


@transaction.atomic
def correct_person(
    *, by: Actor, person_id: UUID, version: int, full_name: str, email: str, phone: str, basis: str
) -> Person:
    """Put a person's own facts right because the person asked; `basis` names the request in the audit log.

    For data protection officers, who change nothing else of an account. Raises NotYours, NotToOneself,
    ChangedMeanwhile and the refusals of what is written badly.
    """
    person = locked_person(person_id)
    permissions.require(by, "personal_data.answer_requests", person.home)
    permissions.require_another(by, person)
    _rewrite(by, person, version, _facts(person, full_name, email, phone), basis=basis)
    return person


@transaction.atomic
def set_preferences(*, by: Actor, language: str, theme: str) -> None:
    """A person's own language ("" for the city's) and theme."""
    Person.objects.filter(pk=by.id).update(language=language, theme=theme)


@transaction.atomic
def deactivate_person(*, by: Actor, person_id: UUID, reason: str) -> Person:
    """No roles and no sign-in from this moment; open sessions end. Raises also LastAdministrator, ReasonMissing."""
    lock_administrators()
    person = locked_person(person_id)
    permissions.require_another(by, person)
    permissions.require_act_on(by, "accounts.manage_people", person)
    if not person.is_active:
        raise AlreadyInactive()
    if person.grants.administrators().not_ended().filter(valid_to=None).exists():
        rules.require_administrator_left(lasting_administrators_besides(person))
    why = rules.require_reason(reason)
    person.is_active = False
    end_sessions(person)
    person.save(update_fields=["is_active"])
    done(by, "deactivate_person", person, PersonDeactivated(person.id), reason=why)
    return person


@transaction.atomic
def reactivate_person(*, by: Actor, person_id: UUID, reason: str) -> Person:
    """Roles that have not ended count again."""
    person = locked_person(person_id)
    permissions.require_another(by, person)
    permissions.require_act_on(by, "accounts.manage_people", person)
    if person.is_active:
        raise AlreadyActive()
    why = rules.require_reason(reason)
    person.is_active = True
    person.save(update_fields=["is_active"])
    done(by, "reactivate_person", person, PersonReactivated(person.id), reason=why)
    return person


def locked_person(person_id: UUID) -> Person:
    people = Person.objects.select_related("home").select_for_update(of=("self",), no_key=True)
    person: Person = people.get(pk=person_id)
    return person


def home_agency(home_id: UUID | None) -> Agency | None:
    """The open agency, kept from closing until the transaction ends."""
    agency = locked_agency(home_id)
    require_open(agency)
    return agency


# Locks are taken in one order (agencies, roles, people, then audit and outbox), and never against foreign keys
# (`no_key`), so that two actions wait for each other and do not block each other.


def locked_agency(agency_id: UUID | None) -> Agency | None:
    return None if agency_id is None else Agency.objects.select_for_update(no_key=True).get(pk=agency_id)


def require_open(agency: Agency | None) -> None:
    if agency is not None and agency.closed_on is not None:
        raise AgencyIsClosed(name=agency.name)


def lock_administrators() -> None:
    """Before anything that could take away the last administrator: two who remove each other must not both succeed."""
    list(RoleGrant.objects.administrators().select_for_update(no_key=True).order_by("id"))


def lasting_administrators_besides(person: Person) -> int:
    """How many others administer the system now and without an end in sight."""
    grants = RoleGrant.objects.administrators().in_force(clock.now())
    lasting = grants.filter(valid_to=None, person__is_active=True).exclude(person=person)
    return lasting.values("person").distinct().count()


def end_sessions(person: Person) -> int:
    """Every session of the person, at once; how many were known."""
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    return sessions.delete_all(person)


def _facts(person: Person, full_name: str, email: str, phone: str) -> dict[str, object]:
    return {
        "full_name": rules.usable_name(full_name),
        "email": rules.usable_email(email),
        "phone": rules.usable_phone(phone, person.phone),
    }


def _rewrite(by: Actor, person: Person, version: int, values: dict[str, object], **details: object) -> None:
    person.require_unchanged(version)
    if changed := person.take(values):
        _save(person)
        done(by, "change_person", person, PersonChanged(person.id, changed), fields=changed, **details)


def _save(person: Person) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        others = Person.objects.exclude(pk=person.pk)
        if person.email and others.filter(email=person.email).exists():
            raise EmailTaken(email=person.email) from None
        raise UsernameTaken(username=person.username) from None
