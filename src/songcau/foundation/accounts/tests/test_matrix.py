"""The access matrix: every role × every permission × where, against a reference that knows nothing of paths."""

import itertools

import pytest

from songcau.foundation.accounts import permissions, roles
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, give, make_person
from songcau.kernel.actor import NOBODY, SYSTEM

# Written out by hand from the task, so that a slip in the table of code does not repeat itself here.
LOOK, SEE = {"accounts.view_agencies", "places.view_units"}, {"accounts.view_people"}
ADMIN = (
    LOOK
    | SEE
    | {
        f"accounts.{verb}"
        for verb in [
            "manage_people",
            "manage_agencies",
            "grant_roles",
            "withdraw_roles",
            "sign_out_people",
            "unlock_people",
            "reset_credentials",
        ]
    }
)
CALENDAR = {"calendar.manage_agency_hours", "calendar.decide_dates"}
# What the city systems give besides. Whether a reporter is seen depends on the place too: its own `permissions`.
SEES_REPORTS = {"citizen_reports.view_reports"}
HANDLES_REPORTS = SEES_REPORTS | {"citizen_reports.handle_reports"}
RUNS_REPORTS = HANDLES_REPORTS | {"citizen_reports.moderate", "citizen_reports.view_reporter"}
SEES_INCIDENTS = {"incidents.view"}
HANDLES_INCIDENTS = SEES_INCIDENTS | {"incidents.handle"}
SEES_DIRECTIVES = {"directives.view"}
WORKS_ON_DIRECTIVES = SEES_DIRECTIVES | {"directives.report"}
HOLDS = {
    Role.SYSTEM_ADMINISTRATOR: ADMIN
    | CALENDAR
    | {
        "calendar.manage_calendar",
        "accounts.open_django_admin",
        "places.import_boundaries",
        "outbox.view",
        "outbox.replay",
        "audit.view",
        "audit.verify",
        "files.view",
        "files.hold",
        "files.try_out",
        "notifications.view_deliveries",
        "notifications.retry_deliveries",
        "notifications.manage_channels",
        "context.read",
        "citizen_reports.configure",
    },
    Role.AGENCY_ADMINISTRATOR: ADMIN | CALENDAR,
    Role.AUDITOR: LOOK | SEE | {"audit.view", "audit.export", "audit.verify", "outbox.view", "files.view"},
    Role.CITY_LEADER: LOOK
    | SEE
    | SEES_REPORTS
    | SEES_INCIDENTS
    | SEES_DIRECTIVES
    | {"calendar.decide_dates", "context.read", "citizen_reports.spot_check", "directives.give"},
    Role.WARD_LEADER: LOOK
    | SEE
    | HANDLES_REPORTS
    | HANDLES_INCIDENTS
    | WORKS_ON_DIRECTIVES
    | {"calendar.decide_dates", "context.read", "directives.give"},
    Role.OPERATOR: LOOK
    | SEE
    | RUNS_REPORTS
    | HANDLES_INCIDENTS
    | WORKS_ON_DIRECTIVES
    | {"context.read", "context.write", "incidents.operate", "directives.draft"},
    Role.CLERK: LOOK | HANDLES_REPORTS | WORKS_ON_DIRECTIVES,
    Role.SPECIALIST: LOOK | HANDLES_REPORTS | HANDLES_INCIDENTS | WORKS_ON_DIRECTIVES,
    Role.DATA_PROTECTION_OFFICER: LOOK | SEE | {"personal_data.view_looks", "personal_data.answer_requests"},
}
PERMISSIONS = sorted(set().union(*HOLDS.values()))
PLACES = ["P", "C", "W1", "D1", "W10", "P2"]
BELOW = {"P": "P C W1 D1 W10", "C": "C W1 D1 W10", "W1": "W1 D1", "D1": "D1", "W10": "W10", "P2": "P2"}


def covers(role, held_at, asked_at):
    return role is Role.SYSTEM_ADMINISTRATOR or asked_at in BELOW[held_at].split()


def test_the_table_is_the_one_that_was_asked_for():
    assert {code: set(held) for code, held in roles.matrix().items()} == {
        code: {role for role in Role if code in HOLDS[role]} for code in PERMISSIONS
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("held_at", ["C", "W1", "D1"])
def test_every_role_reaches_exactly_its_subtree(tree, role, held_at):
    actor = actor_with(role, tree[held_at])
    wrong = [
        (permission, place)
        for permission, place in itertools.product([*PERMISSIONS, "dossiers.read"], PLACES)
        if actor.may(permission, within=tree[place].path)
        is not (permission in HOLDS[role] and covers(role, held_at, place))
    ]
    assert wrong == []
    assert all(actor.may(permission) is (permission in HOLDS[role]) for permission in PERMISSIONS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("held_at", ["C", "W1"])
def test_every_role_sees_exactly_the_rows_of_its_subtree(tree, role, held_at):
    actor = actor_with(role, tree[held_at], username="nguoi-xem")
    for place in PLACES:
        person = make_person(f"nguoi-{place.lower()}", tree[place])
        give(person, Role.CLERK, tree[place])
    sees_people, sees_agencies = "accounts.view_people" in HOLDS[role], "accounts.view_agencies" in HOLDS[role]
    reached = {place for place in PLACES if covers(role, held_at, place)}
    people = set(Person.objects.visible_to(actor).values_list("username", flat=True)) - {"nguoi-xem"}
    assert people == ({f"nguoi-{place.lower()}" for place in reached} if sees_people else set())
    agencies = set(Agency.objects.visible_to(actor).values_list("code", flat=True))
    assert agencies == (reached if sees_agencies else set())
    clerks = RoleGrant.objects.visible_to(actor).filter(role=Role.CLERK).exclude(person_id=actor.id)
    grants = set(clerks.values_list("agency__code", flat=True))
    assert grants == (reached if sees_people else set())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("given", Role)
def test_nobody_grants_what_they_could_not_hold_or_hand_on(tree, role, given):
    roles.extend_roles({Role.CLERK: ["dossiers.accept"], Role.CITY_LEADER: ["directives.give"]})
    held = {one: set(HOLDS[one]) for one in Role}
    held[Role.CLERK].add("dossiers.accept")
    held[Role.CITY_LEADER].add("directives.give")
    gives = {
        Role.SYSTEM_ADMINISTRATOR: set().union(*held.values()),
        Role.AGENCY_ADMINISTRATOR: ADMIN
        | CALENDAR
        | RUNS_REPORTS
        | HANDLES_INCIDENTS
        | WORKS_ON_DIRECTIVES
        | {"incidents.operate", "directives.draft", "directives.give"}
        | {"dossiers.accept", "context.read", "context.write"},
    }.get(role, set())
    actor, person = actor_with(role, tree["C"]), make_person("lan", tree["W1"])
    for place in PLACES:
        allowed = covers(role, "C", place) and held[given] <= gives
        assert permissions.may_grant_role(actor, person, given, tree[place]) is allowed, place
        assert permissions.may_withdraw_role(actor, given, tree[place]) is allowed, place
    assert permissions.may_grant_role(actor, person, given, None) is (role is Role.SYSTEM_ADMINISTRATOR)
    assert not permissions.may_grant_role(actor, Person.objects.get(pk=actor.id), given, tree["C"])


def test_the_administrator_hands_on_dossiers_and_opens_none(tree):
    roles.extend_roles({Role.CLERK: ["dossiers.accept"]})
    roles.extend_roles({Role.CLERK: ["dossiers.accept"]})
    actor = actor_with(Role.SYSTEM_ADMINISTRATOR)
    assert not actor.may("dossiers.accept")
    assert actor_with(Role.CLERK, tree["D1"]).may("dossiers.accept", within=tree["D1"].path)
    assert "dossiers.accept" in roles.matrix()


@pytest.mark.parametrize("role", Role)
def test_the_questions_pages_ask(tree, lan, role):
    actor = actor_with(role, tree["C"])
    assert permissions.may_view_people(actor) is ("accounts.view_people" in HOLDS[role])
    for place in PLACES:
        stays = make_person(f"o-{place.lower()}", tree[place])
        allowed = "accounts.manage_people" in HOLDS[role] and covers(role, "C", place)
        assert permissions.may_manage_people(actor, tree[place]) is allowed
        assert permissions.may_manage_agencies(actor, tree[place]) is allowed
        assert permissions.may_act_on(actor, "accounts.reset_credentials", stays) is allowed
        give(stays, Role.AUDITOR, tree[place])
        stronger = allowed and role is Role.SYSTEM_ADMINISTRATOR
        assert permissions.may_act_on(actor, "accounts.reset_credentials", stays) is stronger


def test_people_are_also_seen_through_a_post_or_a_role_elsewhere(tree):
    from datetime import date

    from songcau.foundation.accounts.models import Holding, Post

    actor = actor_with(Role.WARD_LEADER, tree["W1"], username="chutich")
    by_role, by_post, gone = (make_person(name, tree["P2"]) for name in ("co-vai-tro", "co-chuc-vu", "da-roi"))
    give(by_role, Role.CLERK, tree["D1"])
    post = Post.objects.create(agency=tree["D1"], title="Công chức")
    Holding.objects.create(person=by_post, post=post, from_on=date(2026, 1, 1))
    Holding.objects.create(person=gone, post=post, from_on=date(2026, 1, 1), until_on=date(2026, 2, 1))
    seen = set(Person.objects.visible_to(actor).values_list("username", flat=True))
    assert seen == {"chutich", "co-vai-tro", "co-chuc-vu"}


def test_nobody_sees_nothing_and_songcau_all(tree, lan):
    for queryset in (Person.objects, Agency.objects, RoleGrant.objects):
        assert not queryset.visible_to(NOBODY).exists()
    assert Person.objects.visible_to(SYSTEM).count() == 1


def test_a_person_switched_off_carries_nothing(tree, lan):
    give(lan, Role.CLERK, tree["W1"])
    assert actor_of(lan).grants
    lan.is_active = False
    assert not actor_of(lan).grants


def test_the_actor_costs_two_queries(tree, lan, django_assert_num_queries):
    for role in (Role.CLERK, Role.SPECIALIST, Role.OPERATOR):
        give(lan, role, tree["W1"])
    with django_assert_num_queries(2):
        actor_of(lan)
