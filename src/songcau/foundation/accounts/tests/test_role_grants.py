"""Roles: granted, given another end, withdrawn, expired."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from songcau.foundation.accounts import actions, tasks
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.permissions import AboveYou, NotToOneself, NotYours
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import (
    GrantState,
    LastAdministrator,
    PeriodUnusable,
    ReasonMissing,
    RoleScopeUnusable,
)
from songcau.foundation.accounts.tests.people import AT, actor_with, give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused

WHY = "Quyết định 12/QĐ-UBND"
DAY = timedelta(days=1)


@pytest.fixture
def administrator(tree):
    return actor_with(Role.SYSTEM_ADMINISTRATOR, username="quantri")


@pytest.fixture
def ward_administrator(tree):
    return actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"], username="quantri-phuong")


def grant(by, person, role, agency, **more):
    agency_id = agency.id if agency else None
    return actions.grant_role(by=by, person_id=person.id, role=role, agency_id=agency_id, **({"reason": WHY} | more))


def test_a_role_is_granted_for_a_time(tree, lan, ward_administrator):
    with clock.frozen(AT):
        granted = grant(ward_administrator, lan, Role.CLERK, tree["D1"], valid_to=AT + DAY)
        assert granted.granted_by_id == ward_administrator.id
        actor = actor_of(lan)
        assert actor.may("places.view_units", within=tree["D1"].path)
        assert not actor.may("places.view_units", within=tree["W1"].path)
    # The same actor, in the same request: at the end it is over, whether or not the job has come by.
    with clock.frozen(AT + DAY - timedelta(microseconds=1)):
        assert actor.may("places.view_units")
    with clock.frozen(AT + DAY):
        assert not actor.may("places.view_units")
        assert not actor_of(lan).grants
    assert Event.objects.get().payload["role"] == "CLERK"
    assert Entry.objects.get().action == "accounts.grant_role"


def test_a_role_for_later_and_one_that_began_before_it_was_granted(tree, lan, administrator):
    with clock.frozen(AT):
        later = grant(administrator, lan, Role.CLERK, tree["D1"], valid_from=AT + DAY)
        assert not actor_of(lan).grants
        assert later.valid_from == AT + DAY
        assert grant(administrator, lan, Role.SPECIALIST, tree["D1"], valid_from=AT - 9 * DAY).valid_from == AT
    with clock.frozen(AT + DAY):
        assert len(actor_of(lan).grants) == 2


def test_what_cannot_be_granted(tree, lan, administrator, ward_administrator):
    refused = [
        (NotYours, ward_administrator, Role.CLERK, tree["W10"], {}),
        (NotYours, ward_administrator, Role.CLERK, tree["C"], {}),
        (NotYours, ward_administrator, Role.SYSTEM_ADMINISTRATOR, None, {}),
        (AboveYou, ward_administrator, Role.AUDITOR, tree["W1"], {}),
        (AboveYou, ward_administrator, Role.SYSTEM_ADMINISTRATOR, tree["W1"], {}),
        (NotYours, actor_with(Role.CITY_LEADER, tree["C"]), Role.CLERK, tree["W1"], {}),
        (RoleScopeUnusable, administrator, Role.CLERK, None, {}),
        (RoleScopeUnusable, administrator, Role.SYSTEM_ADMINISTRATOR, tree["C"], {}),
        (PeriodUnusable, administrator, Role.CLERK, tree["W1"], {"valid_to": clock.now() - DAY}),
        (ReasonMissing, administrator, Role.CLERK, tree["W1"], {"reason": "  "}),
    ]
    for error, by, role, agency, more in refused:
        with pytest.raises(error):
            grant(by, lan, role, agency, **more)
    assert not lan.grants.exists()
    actions.close_agency(by=administrator, agency_id=tree["P2"].id, closed_on=clock.today(), reason=WHY)
    with pytest.raises(actions.AgencyIsClosed):
        grant(administrator, lan, Role.CLERK, tree["P2"])
    Person.objects.filter(pk=lan.pk).update(is_active=False)
    with pytest.raises(actions.PersonInactive):
        grant(administrator, lan, Role.CLERK, tree["W1"])


def test_nobody_grants_to_oneself(tree, administrator, ward_administrator):
    for by in (administrator, ward_administrator):
        with pytest.raises(NotToOneself):
            grant(by, Person.objects.get(pk=by.id), Role.CLERK, tree["W1"])


def test_two_who_would_raise_each_other_cannot(tree, ward_administrator):
    """Escalation by a friend: an agency administrator makes another, who still cannot give more."""
    friend = make_person("ban", tree["W1"])
    grant(ward_administrator, friend, Role.AGENCY_ADMINISTRATOR, tree["W1"])
    for role, agency in ((Role.AUDITOR, tree["W1"]), (Role.AGENCY_ADMINISTRATOR, tree["C"])):
        with pytest.raises((AboveYou, NotYours)):
            grant(actor_of(friend), Person.objects.get(pk=ward_administrator.id), role, agency)


def test_a_role_stands_once_and_again_after_its_end(tree, lan, administrator):
    with clock.frozen(AT):
        first = grant(administrator, lan, Role.CLERK, tree["W1"], valid_to=AT + DAY)
        with pytest.raises(actions.RoleGrantedAlready):
            grant(administrator, lan, Role.CLERK, tree["W1"])
        grant(administrator, lan, Role.CLERK, tree["W10"])
        grant(administrator, lan, Role.AUDITOR, None)
        with pytest.raises(actions.RoleGrantedAlready):
            grant(administrator, lan, Role.AUDITOR, None)
    with clock.frozen(AT + 2 * DAY):
        second = grant(administrator, lan, Role.CLERK, tree["W1"])
        first.refresh_from_db()
        assert (first.state, second.state) == (GrantState.EXPIRED, GrantState.GRANTED)


def test_an_end_is_changed(tree, lan, administrator, ward_administrator):
    granted = grant(administrator, lan, Role.CLERK, tree["W1"])
    change = {"grant_id": granted.id, "reason": WHY}
    end = clock.now() + DAY
    assert actions.change_role_end(by=ward_administrator, valid_to=end, **change).valid_to == end
    assert actions.change_role_end(by=ward_administrator, valid_to=None, **change).valid_to is None
    with pytest.raises(PeriodUnusable):
        actions.change_role_end(by=administrator, valid_to=clock.now() - DAY, **change)
    with pytest.raises(ReasonMissing):
        actions.change_role_end(by=administrator, valid_to=end, grant_id=granted.id, reason="")
    with pytest.raises(NotYours):
        actions.change_role_end(by=actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"]), valid_to=end, **change)
    own = RoleGrant.objects.get(person_id=ward_administrator.id)
    with pytest.raises(NotToOneself):
        actions.change_role_end(by=ward_administrator, grant_id=own.id, valid_to=end, reason=WHY)
    actions.change_role_end(by=administrator, valid_to=end, **change)
    with clock.frozen(end), pytest.raises(TransitionRefused):
        actions.change_role_end(by=administrator, valid_to=end + DAY, **change)


def test_a_withdrawn_role_counts_no_more(tree, lan, ward_administrator):
    granted = grant(ward_administrator, lan, Role.CLERK, tree["W1"])
    with pytest.raises(ReasonMissing):
        actions.withdraw_role(by=ward_administrator, grant_id=granted.id, reason="")
    withdrawn = actions.withdraw_role(by=ward_administrator, grant_id=granted.id, reason=WHY)
    assert (withdrawn.withdrawn_by_id, withdrawn.withdrawal_reason) == (ward_administrator.id, WHY)
    assert not actor_of(lan).grants
    with pytest.raises(TransitionRefused):
        actions.withdraw_role(by=ward_administrator, grant_id=granted.id, reason=WHY)
    stronger = give(lan, Role.AUDITOR, tree["W1"])
    with pytest.raises(AboveYou):
        actions.withdraw_role(by=ward_administrator, grant_id=stronger.id, reason=WHY)


def test_one_may_step_down(tree, ward_administrator):
    own = RoleGrant.objects.get(person_id=ward_administrator.id)
    actions.withdraw_role(by=ward_administrator, grant_id=own.id, reason=WHY)
    assert not actor_of(Person.objects.get(pk=ward_administrator.id)).grants


def test_the_last_administrator_stays(tree, administrator):
    last = RoleGrant.objects.get(person_id=administrator.id)
    with pytest.raises(LastAdministrator):
        actions.withdraw_role(by=administrator, grant_id=last.id, reason=WHY)
    with pytest.raises(LastAdministrator):
        actions.change_role_end(by=SYSTEM, grant_id=last.id, valid_to=clock.now() + DAY, reason=WHY)
    second = grant(administrator, make_person("hai"), Role.SYSTEM_ADMINISTRATOR, None)
    actions.change_role_end(by=SYSTEM, grant_id=last.id, valid_to=clock.now() + DAY, reason=WHY)
    with pytest.raises(LastAdministrator):
        actions.withdraw_role(by=SYSTEM, grant_id=second.id, reason=WHY)
    actions.withdraw_role(by=SYSTEM, grant_id=last.id, reason=WHY)  # it had an end: nobody counts on it
    Person.objects.filter(username="hai").update(is_active=False)
    actions.withdraw_role(by=SYSTEM, grant_id=second.id, reason=WHY)  # nor on one who is switched off


def test_the_job_marks_what_is_over_once(tree, lan, administrator):
    with clock.frozen(AT):
        over = grant(administrator, lan, Role.CLERK, tree["W1"], valid_to=AT + DAY)
        grant(administrator, lan, Role.CLERK, tree["W10"], valid_to=AT + 3 * DAY)
    with clock.frozen(AT + DAY):
        assert actions.expire_roles(by=SYSTEM) == 1
        assert actions.expire_roles(by=SYSTEM) == 0
        tasks.mark_expired_roles()
    over.refresh_from_db()
    assert over.state == GrantState.EXPIRED
    assert Entry.objects.get(action="accounts.expire_role").actor_id == SYSTEM.id
    assert "accounts.expire_roles" in [job.name for job in tasks.JOBS]


def test_the_job_leaves_alone_what_was_given_more_time_meanwhile(tree, lan, administrator, monkeypatch):
    with clock.frozen(AT):
        longer = grant(administrator, lan, Role.CLERK, tree["W1"], valid_to=AT + DAY)
        gone = grant(administrator, lan, Role.SPECIALIST, tree["W1"], valid_to=AT + DAY)
    found = RoleGrant.objects.filter(pk__in=[longer.pk, gone.pk])
    RoleGrant.objects.filter(pk=longer.pk).update(valid_to=AT + 3 * DAY)
    RoleGrant.objects.filter(pk=gone.pk).update(state=GrantState.EXPIRED)
    with monkeypatch.context() as patch, clock.frozen(AT + 2 * DAY):
        patch.setattr(RoleGrant.objects, "filter", lambda **_: found)  # what the job had read before
        assert actions.expire_roles(by=SYSTEM) == 0
    longer.refresh_from_db()
    assert longer.state == GrantState.GRANTED


@pytest.mark.parametrize(
    "broken",
    [
        {"valid_to": AT - 99 * 365 * DAY},
        {"role": Role.SYSTEM_ADMINISTRATOR},
        {"agency": None},
        {"state": GrantState.WITHDRAWN},
        {"withdrawn_at": AT},
        {"granted_by": "self"},
        {"state": GrantState.WITHDRAWN, "withdrawn_at": AT},
    ],
)
def test_the_database_itself_refuses(tree, lan, broken):
    granted = give(lan, Role.CLERK, tree["W1"])
    values = {key: lan if value == "self" else value for key, value in broken.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=granted.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        give(lan, Role.CLERK, tree["W1"])
