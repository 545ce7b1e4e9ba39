"""Citizens by what a provider or their telephone vouches for: found, made, joined, parted."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.accounts import rules as people
from songcau.foundation.accounts.actions.people import locked_person
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import IdentityLinked, IdentityUnlinked, PersonAdded
from songcau.foundation.accounts.identity_models import PHONE_PROVIDER, Identity
from songcau.foundation.accounts.keyed import keyed_hash
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.sign_on import rules
from songcau.foundation.accounts.sign_on.rules import Assurance, IdentityTaken, KnownOtherwise, StaffElsewhere, Vouched
from songcau.foundation.audit.actions import record_entry
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NameNeeded(Refused):
    """Nobody has said what the person is called; the page asks."""

    code = "NAME_NEEDED"


class NotYourWay(NotAllowed):
    """Ways to sign in are joined and parted by the person alone."""

    code = "NOT_YOUR_WAY"


@transaction.atomic
def receive_person(*, by: Actor, vouched: Vouched, staff_too: bool = False, full_name: str = "") -> Person:
    """Whom the vouched-for identity signs in; somebody unknown becomes a citizen. `by` is nobody yet.

    Never found by name, telephone or e-mail. Raises StaffElsewhere, KnownOtherwise, NameNeeded, NameUnusable.
    """
    identity = _locked(vouched)
    if identity is not None and _is_forgotten(identity):
        _part(by, identity, "unused")
        identity = None
    if identity is None:
        try:
            with transaction.atomic():
                return _new_citizen(by, vouched, full_name)
        except IdentityTaken:  # the same form, sent twice: the other one was faster
            identity = _locked(vouched)
            if identity is None:
                raise
    person = identity.person
    if not staff_too and (person.grants.not_ended().exists() or person.delegations.still_open().exists()):
        raise StaffElsewhere()
    _note(by, identity, vouched)
    return person


@transaction.atomic
def link_identity(*, by: Actor, vouched: Vouched, session: Assurance) -> Identity:
    """One more way for the person who is signed in, in a session of `session`.

    Raises IdentityTaken, SignInStronger, OtherNumber.
    """
    person = locked_person(by.id)
    known = _locked(vouched)
    if known is not None and known.person_id != person.id:
        if not _is_forgotten(known):
            raise IdentityTaken()
        _part(by, known, "unused")
        known = None
    if known is not None:
        _note(by, known, vouched)
        return known
    held = list(person.identities.all())
    rules.require_may_change_ways(session, [Assurance(one.assurance) for one in held])
    rules.require_same_number(_hash_of(vouched.number), [one.number_hash for one in held])
    return _link(by, person, vouched)


@transaction.atomic
def unlink_identity(*, by: Actor, identity_id: UUID, session: Assurance) -> None:
    """Raises NotYourWay, SignInStronger, LastWay."""
    person = locked_person(by.id)
    identity = Identity.objects.select_related("person").filter(pk=identity_id, person=person).first()
    if identity is None:
        raise NotYourWay()
    rules.require_may_change_ways(session, [Assurance(identity.assurance)])
    others = person.identities.exclude(pk=identity.pk).count() + person.has_usable_password()
    rules.require_way_left(others)
    _part(by, identity, "asked")


def _locked(vouched: Vouched) -> Identity | None:
    rows = Identity.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    return rows.filter(provider=vouched.provider, subject=vouched.subject).first()


def _is_forgotten(identity: Identity) -> bool:
    """A telephone number that may have another owner by now."""
    return identity.provider == PHONE_PROVIDER and not rules.phone_is_known(identity.last_used_at, clock.now())


def _new_citizen(by: Actor, vouched: Vouched, full_name: str) -> Person:
    number = _hash_of(vouched.number)
    # Known surely enough, on both sides, to say so; and never joined without the person doing it.
    sure = Identity.objects.filter(number_hash=number, assurance__gte=Assurance.SUBSTANTIAL)
    if number and vouched.assurance >= Assurance.SUBSTANTIAL and sure.exists():
        raise KnownOtherwise()
    name = full_name or vouched.full_name
    if not name:
        raise NameNeeded()
    username = "cd-" + "".join(secrets.choice(_LETTERS) for _ in range(16))
    person = Person(username=username, full_name=people.usable_name(name), phone=vouched.phone)
    person.set_unusable_password()
    person.save()
    done(by, "receive_person", person, PersonAdded(person.id, None), provider=vouched.provider)
    _link(by, person, vouched)
    return person


def _link(by: Actor, person: Person, vouched: Vouched) -> Identity:
    identity = Identity(person=person, provider=vouched.provider, subject=vouched.subject)
    _take(identity, vouched)
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError:  # the same one, at the same moment, in another window
        raise IdentityTaken() from None
    event = IdentityLinked(identity.id, person.id, vouched.provider)
    done(by, "link_identity", person, event, provider=vouched.provider, assurance=vouched.assurance.name)
    return identity


def _part(by: Actor, identity: Identity, why: str) -> None:
    event = IdentityUnlinked(identity.id, identity.person_id, identity.provider)
    details = {"provider": identity.provider, "why": why}
    identity.delete()
    done(by, "unlink_identity", identity.person, event, **details)


def _note(by: Actor, identity: Identity, vouched: Vouched) -> None:
    """The subject is the same, so it is the same person; another number (a new card) is written down."""
    number = _hash_of(vouched.number)
    if number and identity.number_hash and number != identity.number_hash:
        subject, details = f"accounts.person:{identity.person_id}", {"provider": identity.provider}
        record_entry(by=by, action="accounts.change_vouched_number", subject=subject, details=details)
    _take(identity, vouched)
    identity.save()


def _take(identity: Identity, vouched: Vouched) -> None:
    """What was vouched for now; what was not said this time stays."""
    identity.assurance = max(identity.assurance or Assurance.NONE, vouched.assurance)
    identity.full_name = vouched.full_name or identity.full_name
    identity.birth = vouched.birth or identity.birth
    identity.phone = vouched.phone or identity.phone
    identity.number_hash = _hash_of(vouched.number) or identity.number_hash
    identity.last_used_at = clock.now()


def _hash_of(number: str) -> str:
    return keyed_hash("identity_number", number) if number else ""
