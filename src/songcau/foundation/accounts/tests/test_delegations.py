"""Roles lent for a leave: what may be lent, to whom, for how long, and what the log says of what is done with them."""

import json
from datetime import date, timedelta

import pytest

from songcau.foundation.accounts import actions, permissions, tasks
from songcau.foundation.accounts.delegation import rules
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import DelegationState
from songcau.foundation.accounts.models import Holding, Person, Post
from songcau.foundation.accounts.queries import actor_of, people_of
from songcau.foundation.accounts.roles import Role, extend_roles, lent_by, may_be_lent
from songcau.foundation.accounts.rules import ReasonMissing
from songcau.foundation.accounts.tests.people import AT, actor_with, give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, SYSTEM
from songcau.kernel.workflow import TransitionRefused

WHY = "Nghỉ phép năm 2026"
DAY = timedelta(days=1)


@pytest.fixture
def now(db):
    with clock.frozen(AT):
        yield AT


@pytest.fixture
def chief(tree, now):
    """The head of ward W1, from long ago."""
    person = make_person("chu-tich", tree["W1"], "Hoàng Thị Bình")
    person.role = give(person, Role.WARD_LEADER, tree["W1"])
    return person


@pytest.fixture
def deputy(tree, now):
    return make_person("pho-chu-tich", tree["W1"], "Lê Văn Phó")


def lend(by, grant, to, starts_at=None, ends_at=AT + 10 * DAY, reason=WHY):
    return actions.delegate_role(
        by=actor_of(by), grant_id=grant.id, delegate_id=to.id, starts_at=starts_at, ends_at=ends_at, reason=reason
    )


def test_the_other_acts_with_the_role_from_its_beginning_to_its_end(tree, chief, deputy):
    lent = lend(chief, chief.role, deputy, starts_at=AT + DAY, ends_at=AT + 3 * DAY)
    assert lent.state == DelegationState.PLANNED
    assert not actor_of(deputy).may("accounts.view_people")
    with clock.frozen(AT + DAY):
        actor = actor_of(deputy)
        assert actor.may("accounts.view_people", within=tree["D1"].path)
        assert not actor.may("accounts.view_people", within=tree["W10"].path)
        assert actor_of(chief).may("accounts.view_people"), "who lends keeps"
    with clock.frozen(AT + 3 * DAY):
        assert not actor.may("accounts.view_people"), "also in the middle of a request"
        assert not actor_of(deputy).grants
    event = Event.objects.get()
    assert (event.name, event.payload["delegate_id"]) == ("accounts.RoleLent", str(deputy.id))
    assert Entry.objects.get().details["reason"] == WHY


def test_what_is_done_with_a_lent_right_says_on_whose_behalf(tree, chief, deputy):
    extend_roles({Role.WARD_LEADER: ["accounts.manage_people"]})
    lent = lend(chief, chief.role, deputy)
    actions.add_person(by=actor_of(deputy), username="moi", full_name="Người Mới", home_id=tree["W1"].id)
    entry = Entry.objects.get(action="accounts.add_person")
    assert entry.actor_id == deputy.id
    assert json.loads(entry.details_json)["on_behalf_of"] == [
        {
            "delegation": str(lent.id),
            "person": str(chief.id),
            "label": "Hoàng Thị Bình (chu-tich)",
            "rights": ["accounts.manage_people"],
        }
    ]
    actions.add_person(by=actor_of(chief), username="nua", full_name="Người Nữa", home_id=tree["W1"].id)
    assert "on_behalf_of" not in Entry.objects.get(action="accounts.add_person", actor_id=chief.id).details


def test_own_rights_go_before_lent_ones(tree, chief, deputy):
    give(deputy, Role.WARD_LEADER, tree["W1"])
    lend(chief, chief.role, deputy)
    actor = actor_of(deputy)
    assert actor.may("accounts.view_people", within=tree["W1"].path)
    assert not actor.relied_on
    assert actor.may("accounts.view_people", own=True)


def test_a_lent_role_is_not_lent_on(tree, chief, deputy):
    lend(chief, chief.role, deputy)
    third = make_person("nguoi-ba", tree["W1"])
    with pytest.raises(rules.RoleIsLent):
        lend(deputy, chief.role, third)
    with pytest.raises(permissions.NotYours):
        lend(third, chief.role, deputy)


def test_lent_rights_are_not_granted_away(tree, chief, deputy):
    """With a right of one's own to grant roles, and a strong role lent, the strong role is still not one's to give."""
    give(deputy, Role.AGENCY_ADMINISTRATOR, tree["W1"])
    extend_roles({Role.CITY_LEADER: ["directives.give"]})
    leader = make_person("lanh-dao", tree["C"])
    lend(leader, give(leader, Role.CITY_LEADER, tree["C"]), deputy := _moved(deputy, tree["C"]))
    actor = actor_of(deputy)
    assert actor.may("directives.give", within=tree["W1"].path)
    assert not permissions.may_hand_on(actor, Role.CITY_LEADER, tree["W1"])
    assert permissions.may_hand_on(actor, Role.CITY_LEADER, tree["W1"], own=False)


def _moved(person, agency):
    person.home = agency
    person.save()
    return person


def test_granting_roles_and_the_audit_log_are_never_lent(tree, now, deputy):
    extend_roles({Role.AGENCY_ADMINISTRATOR: ["audit.view"]})
    lent = lent_by(Role.AGENCY_ADMINISTRATOR)
    assert "accounts.manage_people" in lent
    assert not lent & {"accounts.grant_roles", "accounts.withdraw_roles", "audit.view"}
    assert not any(code.startswith("hand_on:") for code in lent)
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR):
        assert not may_be_lent(role)
        holder = make_person(f"nguoi-{role.lower().replace('_', '-')}")
        with pytest.raises(rules.RoleNotLent):
            lend(holder, give(holder, role, None), deputy)


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        (-1, 5, rules.DelegationPeriod),
        (3, 3, rules.DelegationPeriod),
        (3, 2, rules.DelegationPeriod),
        (0, 91, rules.DelegationTooLong),
        (10, 101, rules.DelegationTooLong),
    ],
)
def test_a_leave_lies_ahead_and_lasts_ninety_days_at_most(chief, deputy, starts, ends, refusal):
    with pytest.raises(refusal):
        lend(chief, chief.role, deputy, starts_at=AT + starts * DAY, ends_at=AT + ends * DAY)
    assert lend(chief, chief.role, deputy, ends_at=AT + 90 * DAY).state == DelegationState.IN_FORCE


def test_to_whom_a_role_is_not_lent(tree, chief, deputy):
    with pytest.raises(rules.DelegateIsOneself):
        lend(chief, chief.role, chief)
    with pytest.raises(rules.DelegateElsewhere):
        lend(chief, chief.role, make_person("phuong-khac", tree["W10"]))
    with pytest.raises(rules.DelegateElsewhere):
        lend(chief, chief.role, make_person("cap-tren", tree["C"]))
    Person.objects.filter(pk=deputy.pk).update(is_active=False)
    with pytest.raises(actions.PersonInactive):
        lend(chief, chief.role, deputy)
    assert not Delegation.objects.exists()


def test_who_works_under_an_agency_by_home_post_or_role(tree, now):
    at_home, by_role = make_person("o-nha", tree["D1"]), make_person("theo-vai-tro", tree["C"])
    in_post, elsewhere = make_person("theo-chuc-vu", tree["C"]), make_person("noi-khac", tree["W10"])
    give(by_role, Role.CLERK, tree["W1"])
    post = Post.objects.create(agency=tree["W1"], title="Công chức")
    Holding.objects.create(post=post, person=in_post, from_on=date(2026, 1, 1))
    assert set(people_of(tree["W1"].path)) == {at_home, by_role, in_post}
    assert elsewhere in people_of(EVERYWHERE)


def test_a_role_is_lent_once_at_a_time(chief, deputy):
    lend(chief, chief.role, deputy, starts_at=AT + 5 * DAY, ends_at=AT + 10 * DAY)
    for starts, ends in ((4, 6), (6, 7), (9, 12), (5, 10), (1, 20)):
        with pytest.raises(rules.DelegatedAlready):
            lend(chief, chief.role, deputy, starts_at=AT + starts * DAY, ends_at=AT + ends * DAY)
    assert lend(chief, chief.role, deputy, starts_at=AT + 10 * DAY, ends_at=AT + 12 * DAY)
    assert lend(chief, chief.role, deputy, ends_at=AT + 5 * DAY)
    with pytest.raises(ReasonMissing):
        lend(chief, chief.role, deputy, starts_at=AT + 30 * DAY, ends_at=AT + 31 * DAY, reason=" ")


def test_a_role_that_ends_before_the_leave_is_not_held_then(tree, now, chief, deputy):
    short = give(chief, Role.CLERK, tree["W1"], until=AT + DAY)
    with pytest.raises(rules.RoleNotHeld):
        lend(chief, short, deputy, starts_at=AT + DAY, ends_at=AT + 2 * DAY)
    lent = lend(chief, short, deputy)
    assert lent.as_grant().until == AT + DAY, "nothing is lent for longer than it is held"
    actions.withdraw_role(by=SYSTEM, grant_id=chief.role.id, reason=WHY)
    with pytest.raises(rules.RoleNotHeld):
        lend(chief, chief.role, deputy)


def test_it_ends_with_the_role_it_hangs_on(chief, deputy):
    lent = lend(chief, chief.role, deputy)
    actions.withdraw_role(by=SYSTEM, grant_id=chief.role.id, reason=WHY)
    assert not actor_of(deputy).grants, "at once, whether or not the job has come by"
    assert actions.keep_delegations(by=SYSTEM) == 1
    lent.refresh_from_db()
    assert (lent.state, lent.ended_at) == (DelegationState.ENDED, AT)


def test_while_the_account_of_the_holder_is_off_nothing_is_lent(chief, deputy):
    lend(chief, chief.role, deputy)
    Person.objects.filter(pk=chief.pk).update(is_active=False)
    assert not actor_of(deputy).grants
    Person.objects.filter(pk=chief.pk).update(is_active=True)
    assert actor_of(deputy).grants


@pytest.mark.parametrize("who", ["chief", "deputy"])
def test_either_of_the_two_withdraws_at_once(tree, chief, deputy, who):
    lent = lend(chief, chief.role, deputy)
    by = actor_of({"chief": chief, "deputy": deputy}[who])
    with pytest.raises(ReasonMissing):
        actions.withdraw_delegation(by=by, delegation_id=lent.id, reason="")
    actions.withdraw_delegation(by=by, delegation_id=lent.id, reason="Về sớm")
    assert not actor_of(deputy).grants
    with pytest.raises(TransitionRefused):
        actions.withdraw_delegation(by=by, delegation_id=lent.id, reason="Về sớm")
    assert Event.objects.filter(name="accounts.DelegationWithdrawn").count() == 1


def test_others_withdraw_only_with_the_right_to(tree, chief, deputy):
    lent = lend(chief, chief.role, deputy)
    for role, agency in ((Role.CITY_LEADER, "C"), (Role.AGENCY_ADMINISTRATOR, "W10")):
        with pytest.raises(permissions.NotYours):
            actions.withdraw_delegation(by=actor_with(role, tree[agency]), delegation_id=lent.id, reason=WHY)
    by = actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"])
    done = actions.withdraw_delegation(by=by, delegation_id=lent.id, reason=WHY)
    assert (done.withdrawn_by_id, done.state) == (by.id, DelegationState.WITHDRAWN)
    with clock.frozen(AT + 20 * DAY), pytest.raises(TransitionRefused):
        actions.withdraw_delegation(by=by, delegation_id=lent.id, reason=WHY)


def test_all_of_a_post_is_handed_over(tree, chief, deputy):
    give(chief, Role.CLERK, tree["W1"])
    give(chief, Role.AUDITOR, tree["W1"])
    give(chief, Role.SPECIALIST, tree["C"])
    post = Post.objects.create(agency=tree["W1"], title="Chủ tịch", is_head=True)
    holding = Holding.objects.create(post=post, person=chief, from_on=date(2026, 1, 1))
    ask = {"holding_id": holding.id, "delegate_id": deputy.id, "ends_at": AT + DAY, "reason": WHY}
    with pytest.raises(rules.RoleNotHeld):
        actions.delegate_post(by=actor_of(deputy), **ask)
    lent = actions.delegate_post(by=actor_of(chief), **ask)
    assert {one.grant.role for one in lent} == {Role.WARD_LEADER, Role.CLERK}
    assert {one.holding_id for one in lent} == {holding.id}
    Holding.objects.filter(pk=holding.pk).update(until_on=date(2026, 11, 1))
    with pytest.raises(rules.RoleNotHeld):
        actions.delegate_post(by=actor_of(chief), **ask)


def test_a_post_without_a_role_to_lend_says_so(tree, chief, deputy):
    post = Post.objects.create(agency=tree["C"], title="Ủy viên")
    holding = Holding.objects.create(post=post, person=chief, from_on=date(2026, 1, 1))
    with pytest.raises(rules.NothingToLend):
        actions.delegate_post(
            by=actor_of(chief), holding_id=holding.id, delegate_id=deputy.id, ends_at=AT + DAY, reason=WHY
        )


def test_the_job_marks_beginnings_and_ends_once(chief, deputy):
    first = lend(chief, chief.role, deputy, starts_at=AT + DAY, ends_at=AT + 2 * DAY)
    lend(chief, chief.role, deputy, starts_at=AT + 5 * DAY, ends_at=AT + 6 * DAY)
    assert actions.keep_delegations(by=SYSTEM) == 0
    with clock.frozen(AT + DAY):
        assert actions.keep_delegations(by=SYSTEM) == 1
        assert actions.keep_delegations(by=SYSTEM) == 0
    with clock.frozen(AT + 2 * DAY):
        tasks.mark_delegations()
        tasks.mark_delegations()
    first.refresh_from_db()
    assert first.state == DelegationState.ENDED
    names = list(Event.objects.exclude(name="accounts.RoleLent").order_by("sequence").values_list("name", flat=True))
    assert names == ["accounts.DelegationBegan", "accounts.DelegationEnded"]


def test_one_that_somebody_was_faster_with_is_left_alone(chief, deputy, monkeypatch):
    lend(chief, chief.role, deputy, starts_at=AT + DAY, ends_at=AT + 2 * DAY)
    with clock.frozen(AT + DAY):
        monkeypatch.setattr(Delegation, "state_at", lambda self, now: DelegationState(self.state))
        assert actions.keep_delegations(by=SYSTEM) == 0


def test_who_sees_which(tree, chief, deputy):
    lent = lend(chief, chief.role, deputy)
    seen = Delegation.objects.visible_to
    assert list(seen(actor_with(Role.SYSTEM_ADMINISTRATOR))) == [lent]
    assert list(seen(actor_with(Role.CITY_LEADER, tree["C"]))) == [lent]
    assert list(seen(actor_of(chief))) == list(seen(actor_of(deputy))) == [lent]
    assert not seen(actor_with(Role.CITY_LEADER, tree["W10"])).exists()
    assert not seen(actor_with(Role.CLERK, tree["W1"])).exists()
    assert list(Delegation.objects.of_person(deputy.id)) == [lent]
    assert str(deputy) in str(lent)
    assert lent.scope == tree["W1"].path
