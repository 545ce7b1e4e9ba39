"""Two at once. On SQLite writers wait for each other from the beginning; PostgreSQL needs our locks."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from songcau.foundation.accounts import actions, second_factor
from songcau.foundation.accounts.delegation.rules import DelegatedAlready
from songcau.foundation.accounts.models import Agency, Identity, Person, RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import AgencyLoop, LastAdministrator
from songcau.foundation.accounts.sign_on.rules import Assurance, IdentityTaken, LastWay, Vouched
from songcau.foundation.accounts.tests.people import give, make_agency, make_person
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.kernel.errors import Refused

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(*deeds):
    """What each deed gave back or raised, all begun at the same moment."""
    barrier, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number):
        barrier.wait()
        try:
            results[number] = deeds[number]()
        except Refused as refused:
            results[number] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results


def move(agency, under):
    return lambda: actions.move_agency(by=SYSTEM, agency_id=agency.id, version=1, parent_id=under.id)


@pytest.mark.parametrize("_again", range(5))
def test_two_moves_cannot_make_a_loop_between_them(_again):
    a, b = make_agency("A"), make_agency("B")
    results = at_once(move(a, b), move(b, a))
    assert sorted(isinstance(one, AgencyLoop) for one in results) == [False, True]
    assert sorted(Agency.objects.values_list("path", flat=True)) in (["/A/", "/A/B/"], ["/B/", "/B/A/"])


@pytest.mark.parametrize("_again", range(5))
def test_two_administrators_cannot_remove_each_other(_again):
    people = [make_person(name) for name in ("mot", "hai")]
    grants = [give(person, Role.SYSTEM_ADMINISTRATOR) for person in people]
    results = at_once(
        lambda: actions.deactivate_person(by=SYSTEM, person_id=people[0].id, reason="thử"),
        lambda: actions.withdraw_role(by=SYSTEM, grant_id=grants[1].id, reason="thử"),
    )
    assert sorted(isinstance(one, LastAdministrator) for one in results) == [False, True]
    assert RoleGrant.objects.administrators().in_force().filter(person__is_active=True).count() == 1


def test_one_code_lets_one_in():
    person = make_person("lan")
    results = at_once(*[lambda: second_factor.spend(person, 1000)] * 8)
    assert sorted(results) == [False] * 7 + [True]


def test_one_role_is_granted_once_and_one_name_taken_once():
    agency, person = make_agency("A"), make_person("lan")
    results = at_once(
        *[
            lambda: actions.grant_role(
                by=SYSTEM, person_id=person.id, role=Role.CLERK, agency_id=agency.id, reason="thử"
            )
        ]
        * 4
    )
    assert sum(isinstance(one, actions.RoleGrantedAlready) for one in results) == 3
    results = at_once(*[lambda: actions.add_person(by=SYSTEM, username="hoa", full_name="Hoa", home_id=agency.id)] * 4)
    assert sum(isinstance(one, actions.UsernameTaken) for one in results) == 3
    assert Person.objects.filter(username="hoa").count() == 1


def test_nothing_is_added_to_an_agency_while_it_closes():
    agency = make_agency("A")
    closed, added = at_once(
        lambda: actions.close_agency(by=SYSTEM, agency_id=agency.id, closed_on=agency.opened_on, reason="thử"),
        lambda: actions.add_person(by=SYSTEM, username="hoa", full_name="Hoa", home_id=agency.id),
    )
    assert isinstance(closed, Refused) is not isinstance(added, Refused)


@pytest.mark.parametrize("_again", range(5))
def test_people_who_grant_to_each_other_do_not_block_each_other(_again):
    """Each holds the other's row while writing its own name into a foreign key."""
    pairs = [(make_person(name), make_agency(name.upper())) for name in ("mot", "hai")]
    for person, agency in pairs:
        give(person, Role.AGENCY_ADMINISTRATOR, agency)

    def to(giver, taker, agency):
        return lambda: actions.grant_role(
            by=actor_of(giver), person_id=taker.id, role=Role.CLERK, agency_id=agency.id, reason="thử"
        )

    (one, first), (other, second) = pairs
    results = at_once(to(one, other, first), to(other, one, second))
    assert all(isinstance(result, RoleGrant) for result in results)


PHONE = Vouched("phone", "+84912345678", Assurance.LOW, phone="+84912345678")


def test_a_name_sent_twice_makes_one_citizen_and_signs_in_both_times():
    results = at_once(*[lambda: actions.receive_person(by=NOBODY, vouched=PHONE, full_name="Ayun")] * 4)
    assert results == [Person.objects.get()] * 4
    assert Identity.objects.count() == 1


def test_two_ways_removed_at_the_same_moment_leave_one():
    person = actions.receive_person(by=NOBODY, vouched=PHONE, full_name="Ayun")
    other = actions.link_identity(
        by=actor_of(person), vouched=Vouched("vneid", "s1", Assurance.LOW), session=Assurance.HIGH
    )

    def remove(identity):
        return lambda: actions.unlink_identity(by=actor_of(person), identity_id=identity.pk, session=Assurance.HIGH)

    results = at_once(remove(other), remove(Identity.objects.get(provider="phone")))
    assert sorted(isinstance(one, LastWay) for one in results) == [False, True]
    assert person.identities.count() == 1


def test_one_way_joins_one_account():
    people = [make_person(name) for name in ("mot", "hai")]
    results = at_once(
        *[
            lambda who=who: actions.link_identity(by=actor_of(who), vouched=PHONE, session=Assurance.HIGH)
            for who in people
        ]
    )
    assert sorted(isinstance(one, IdentityTaken) for one in results) == [False, True]


def test_a_role_is_lent_once_and_not_while_it_is_withdrawn():
    agency = make_agency("A")
    chief, deputy, third = (make_person(name, agency) for name in ("mot", "hai", "bon"))
    role = give(chief, Role.WARD_LEADER, agency)

    def lend(to):
        return lambda: actions.delegate_role(
            by=actor_of(chief),
            grant_id=role.pk,
            delegate_id=to.pk,
            ends_at=clock.now() + timedelta(days=2),
            reason="Nghỉ phép",
        )

    results = at_once(lend(deputy), lend(third))
    assert sorted(isinstance(one, DelegatedAlready) for one in results) == [False, True]
    at_once(lend(third), lambda: actions.withdraw_role(by=SYSTEM, grant_id=role.pk, reason="thử"))
    assert not actor_of(deputy).grants
    assert not actor_of(third).grants
