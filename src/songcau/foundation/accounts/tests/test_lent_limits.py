"""What a role lent for a leave must not open: other people's accounts, a weaker door."""

from datetime import timedelta

import pytest

from songcau.foundation.accounts import actions
from songcau.foundation.accounts.delegation.rules import DelegateElsewhere
from songcau.foundation.accounts.identity_models import Identity
from songcau.foundation.accounts.permissions import AboveYou
from songcau.foundation.accounts.queries import actor_of, people_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.sign_on.rules import Assurance, StaffElsewhere, Vouched
from songcau.foundation.accounts.tests.people import AT, actor_with, give, make_person
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, NOBODY

PHONE = "+84912345678"


@pytest.fixture(autouse=True)
def now(db):
    with clock.frozen(AT):
        yield AT


@pytest.fixture
def officer(tree):
    """For data protection, in the whole city."""
    person = make_person("bao-ve", tree["P"], "Đặng Thị Mẫu")
    person.role = give(person, Role.DATA_PROTECTION_OFFICER)
    return person


def lend(holder, to, days=10):
    return actions.delegate_role(
        by=actor_of(holder),
        grant_id=holder.role.id,
        delegate_id=to.id,
        ends_at=AT + timedelta(days=days),
        reason="Nghỉ phép",
    )


def test_whoever_was_lent_more_is_out_of_reach_of_the_administrator_of_their_agency(tree, lan, officer):
    warden = actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"])
    actions.set_temporary_password(by=warden, person_id=lan.id)
    lent = lend(officer, lan)
    for deed in (
        lambda: actions.set_temporary_password(by=warden, person_id=lan.id),
        lambda: actions.reset_second_factor(by=warden, person_id=lan.id, reason="mất máy"),
        lambda: actions.deactivate_person(by=warden, person_id=lan.id, reason="nghỉ"),
    ):
        with pytest.raises(AboveYou):
            deed()
    actions.withdraw_delegation(by=actor_of(officer), delegation_id=lent.id, reason="về sớm")
    actions.set_temporary_password(by=warden, person_id=lan.id)


def test_what_was_lent_within_the_agency_keeps_its_administrator_from_nothing(tree, lan):
    chief = make_person("chu-tich", tree["W1"])
    chief.role = give(chief, Role.WARD_LEADER, tree["W1"])
    lend(chief, lan)
    actions.set_temporary_password(by=actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"]), person_id=lan.id)


def test_a_role_of_the_whole_city_is_lent_to_staff_not_to_citizens(tree, lan, officer):
    citizen = make_person("cd-dan")
    assert set(people_of(EVERYWHERE)) == {lan, officer}
    with pytest.raises(DelegateElsewhere):
        lend(officer, citizen)
    give(citizen, Role.AUDITOR)
    lend(officer, citizen)


def test_who_was_lent_a_role_signs_in_at_the_door_of_the_staff(tree, lan, officer):
    Identity.objects.create(person=lan, provider="phone", subject=PHONE, assurance=Assurance.LOW)
    by_phone = Vouched("phone", PHONE, Assurance.LOW, phone=PHONE)
    assert actions.receive_person(by=NOBODY, vouched=by_phone) == lan
    lent = lend(officer, lan)
    with pytest.raises(StaffElsewhere):
        actions.receive_person(by=NOBODY, vouched=by_phone)
    actions.withdraw_delegation(by=actor_of(lan), delegation_id=lent.id, reason="không nhận")
    assert actions.receive_person(by=NOBODY, vouched=by_phone) == lan
