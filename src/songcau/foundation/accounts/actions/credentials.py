"""Passwords, second factors, sessions and lockouts of other people."""

import secrets
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts import lockout, permissions, rules, second_factor
from songcau.foundation.accounts.actions.people import PersonInactive, end_sessions, locked_person
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import PasswordReset, PersonSignedOut, PersonUnlocked, SecondFactorReset
from songcau.foundation.accounts.models import Person
from songcau.kernel.actor import Actor

# Without letters and digits that are taken for one another when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def set_temporary_password(*, by: Actor, person_id: UUID) -> str:
    """A new password, returned this once; it must be changed at the next sign-in. Open sessions end.

    Raises NotYours, AboveYou, NotToOneself, PersonInactive.
    """
    person = _reachable(by, person_id, "accounts.reset_credentials")
    permissions.require_another(by, person)
    if not person.is_active:
        raise PersonInactive(name=person.full_name)
    password = temporary_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    end_sessions(person)
    done(by, "set_temporary_password", person, PasswordReset(person.id))
    return password


@transaction.atomic
def reset_second_factor(*, by: Actor, person_id: UUID, reason: str) -> int:
    """Take away authenticator and recovery codes (a lost telephone); how many. Staff set up a new one at sign-in."""
    person = _reachable(by, person_id, "accounts.reset_credentials")
    permissions.require_another(by, person)
    why = rules.require_reason(reason)
    removed = second_factor.remove(person)
    end_sessions(person)
    done(by, "reset_second_factor", person, SecondFactorReset(person.id), reason=why, removed=removed)
    return removed


@transaction.atomic
def sign_out_everywhere(*, by: Actor, person_id: UUID) -> int:
    """End every session of a person at once; how many were known. Everybody may do it to themselves."""
    person = locked_person(person_id)
    if by.id != person.id:
        permissions.require_act_on(by, "accounts.sign_out_people", person)
    ended = end_sessions(person)
    done(by, "sign_out_everywhere", person, PersonSignedOut(person.id), sessions=ended)
    return ended


@transaction.atomic
def unlock_person(*, by: Actor, person_id: UUID) -> None:
    """Forget the wrong passwords and codes that keep a person locked out."""
    person = _reachable(by, person_id, "accounts.unlock_people")
    lockout.clear(person)
    done(by, "unlock_person", person, PersonUnlocked(person.id))


def temporary_password() -> str:
    """Four groups of five: 99 bits, readable over a telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def _reachable(by: Actor, person_id: UUID, permission: str) -> Person:
    person = locked_person(person_id)
    permissions.require_act_on(by, permission, person)
    return person
