"""Addresses and first notices of the demonstration city. Without servers every channel is simulated."""

from django.db import transaction

from songcau.foundation.accounts.actions import change_person
from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.actions import link_zalo, notify
from songcau.foundation.notifications.models import ZaloFollower
from songcau.foundation.notifications.own_kinds import TEST
from songcau.foundation.notifications.rules import OUTSIDE
from songcau.kernel.actor import Actor

# A number of a range kept for stories (North America's; Viet Nam keeps none), and a domain that is nobody's (RFC 2606).
_PHONE = "+120255501{number:02d}"
_EMAIL = "{username}@songcau.example"


@transaction.atomic
def seed_notices(by: Actor) -> int:
    """Give made-up people made-up addresses, and each a first test on every channel; how many were told. Once only."""
    people = list(Person.objects.filter(is_demo=True).order_by("username"))
    for number, person in enumerate(people, start=1):
        if not person.email and not person.phone:
            change_person(
                by=by,
                person_id=person.pk,
                version=person.version,
                full_name=person.full_name,
                email=_EMAIL.format(username=person.username),
                phone=_PHONE.format(number=number),
                home_id=person.home_id,
            )
        if not ZaloFollower.objects.filter(person=person).exists():
            link_zalo(by=by, person_id=person.pk, user_id=f"demo-{person.username}")
    return notify(
        by=by,
        people=[person.pk for person in people],
        kind=TEST,
        params={},
        subject="notifications.channel:demo",
        key="demo",
        only=OUTSIDE,
        link="/notices/preferences/",
    )
