"""Agencies in their tree: added, changed, moved, closed, succeeded; posts in them."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from songcau.foundation.accounts import actions, queries
from songcau.foundation.accounts.models import Agency, Holding, Person, Post
from songcau.foundation.accounts.permissions import AboveYou, NotYours
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import (
    AgencyInUse,
    AgencyLoop,
    AgencyTooDeep,
    ChangedMeanwhile,
    GrantState,
    PeriodUnusable,
    ReasonMissing,
)
from songcau.foundation.accounts.tests.people import actor_with, give, make_agency, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

WHY = "Nghị quyết 1683/NQ-UBTVQH15"
DAY = date(2026, 1, 1)


@pytest.fixture
def city_administrator(tree):
    return actor_with(Role.AGENCY_ADMINISTRATOR, tree["C"], username="quantri-tp")


def add(by, code, parent, **more):
    values = {"name": f"Phòng {code}", "kind": Agency.Kind.OFFICE, "opened_on": DAY} | more
    return actions.add_agency(by=by, code=code, parent_id=parent and parent.id, **values)


def test_an_agency_is_added_under_another(tree, city_administrator):
    agency = add(city_administrator, "qldt", tree["C"])
    assert agency.path == "/P/C/QLDT/"
    assert Event.objects.get().name == "accounts.AgencyAdded"
    assert Agency.objects.open_on(DAY).filter(code="QLDT").exists()
    assert not Agency.objects.open_on(DAY - timedelta(days=1)).filter(code="QLDT").exists()
    assert queries.agency_at("/P/C/QLDT/") == agency
    assert queries.agency_at("/QLDT/") is None


def test_only_in_ones_own_subtree(tree, city_administrator):
    for parent in (tree["P"], tree["P2"], None):
        with pytest.raises(NotYours):
            add(city_administrator, "X", parent)
    with pytest.raises(NotYours):
        add(actor_with(Role.CITY_LEADER, tree["C"]), "X", tree["C"])


def test_only_who_manages_the_whole_city_makes_an_operations_centre(tree, city_administrator):
    for parent in (tree["C"], tree["W1"]):
        with pytest.raises(NotYours):
            add(city_administrator, "IOC-2", parent, kind=Agency.Kind.OPERATIONS_CENTRE)
    ward = tree["W1"]
    facts = {"agency_id": ward.id, "version": ward.version, "name": ward.name, "unit_id": None}
    with pytest.raises(NotYours):
        actions.change_agency(by=city_administrator, kind=Agency.Kind.OPERATIONS_CENTRE, **facts)
    root = actor_with(Role.SYSTEM_ADMINISTRATOR, username="quantri-hethong")
    centre = add(root, "IOC-2", tree["C"], kind=Agency.Kind.OPERATIONS_CENTRE)
    facts = {"agency_id": centre.id, "version": centre.version, "name": "Trung tâm", "unit_id": None}
    # What is one already is changed by who manages it.
    assert actions.change_agency(by=city_administrator, kind=centre.kind, **facts).name == "Trung tâm"


def test_codes_are_unique_for_ever_and_days_have_come(tree, city_administrator):
    with pytest.raises(actions.AgencyCodeTaken):
        add(city_administrator, "w10", tree["C"])
    with pytest.raises(PeriodUnusable):
        add(city_administrator, "X", tree["C"], opened_on=clock.today() + timedelta(days=1))
    actions.close_agency(by=city_administrator, agency_id=tree["W10"].id, closed_on=DAY, reason=WHY)
    with pytest.raises(actions.AgencyCodeTaken):
        add(city_administrator, "W10", tree["C"])
    with pytest.raises(actions.AgencyIsClosed):
        add(city_administrator, "X", tree["W10"])
    with pytest.raises(IntegrityError):
        add(city_administrator, "X", tree["C"], kind=None)


def test_a_change_raises_the_version_and_the_second_save_is_refused(tree, city_administrator):
    form = {"by": city_administrator, "agency_id": tree["W1"].id, "kind": Agency.Kind.WARD_COMMITTEE}
    unit = UUID(int=7)
    agency = actions.change_agency(**form, version=1, name="UBND phường Gia Sàng", unit_id=unit)
    assert (agency.version, agency.name, agency.unit_id) == (2, "UBND phường Gia Sàng", unit)
    assert Agency.objects.get(search_key__contains="gia sang") == agency
    with pytest.raises(ChangedMeanwhile) as refused:
        actions.change_agency(**form, version=1, name="Khác", unit_id=None)
    assert refused.value.params == {"fields": "kind, name, unit_id"}
    assert actions.change_agency(**form, version=2, name=agency.name, unit_id=unit).version == 2
    other = actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"])
    with pytest.raises(NotYours):
        actions.change_agency(**(form | {"by": other}), version=2, name="Khác", unit_id=None)


def move(by, agency, parent, version=1):
    return actions.move_agency(by=by, agency_id=agency.id, version=version, parent_id=parent and parent.id)


def test_all_under_it_moves_along_and_roles_move_with_it(tree, lan, city_administrator):
    give(lan, Role.CLERK, tree["D1"])
    moved = move(city_administrator, tree["W1"], tree["W10"])
    assert moved.path == "/P/C/W10/W1/"
    assert Agency.objects.get(code="D1").path == "/P/C/W10/W1/D1/"
    assert Agency.objects.get(code="W10").path == "/P/C/W10/"
    assert actor_of(lan).scopes("places.view_units") == ("/P/C/W10/W1/D1/",)
    assert Event.objects.get().payload["old_path"] == "/P/C/W1/"
    assert move(city_administrator, tree["W1"], tree["W10"], version=2).version == 2
    with pytest.raises(ChangedMeanwhile):
        move(city_administrator, tree["W1"], tree["C"])
    assert move(SYSTEM, tree["W1"], None, version=2).path == "/W1/"


def test_no_loops_no_depths_no_closed_and_no_foreign_places(tree, city_administrator):
    for parent in ("W1", "D1"):
        with pytest.raises(AgencyLoop):
            move(city_administrator, tree["W1"], tree[parent])
    for agency, parent in (("W1", "P2"), ("W1", "P"), ("P2", "W1"), ("W1", None)):
        with pytest.raises(NotYours):
            move(city_administrator, tree[agency], parent and tree[parent])
    with pytest.raises(Agency.DoesNotExist):
        actions.move_agency(by=SYSTEM, agency_id=uuid4(), version=1, parent_id=None)
    deep = tree["P2"]
    for level in range(11):
        deep = make_agency(f"DEEP{level}", deep)
    with pytest.raises(AgencyTooDeep):
        move(SYSTEM, tree["W1"], deep)
    actions.close_agency(by=SYSTEM, agency_id=tree["W10"].id, closed_on=DAY, reason=WHY)
    with pytest.raises(actions.AgencyIsClosed):
        move(SYSTEM, tree["W1"], tree["W10"])


def succeed(by, agency, *successors, closed_on=DAY, reason=WHY):
    ids = [successor.id for successor in successors]
    return actions.succeed_agency(by=by, agency_id=agency.id, successor_ids=ids, closed_on=closed_on, reason=reason)


def test_an_agency_in_use_cannot_be_closed_and_says_what_is_in_the_way(tree, lan, city_administrator):
    give(lan, Role.CLERK, tree["W1"])
    give(make_person("het"), Role.CLERK, tree["W1"], until=clock.now() - timedelta(days=1))
    with pytest.raises(AgencyInUse) as refused:
        actions.close_agency(by=city_administrator, agency_id=tree["W1"].id, closed_on=DAY, reason=WHY)
    assert refused.value.params == {"agencies": 1, "roles": 1, "people": 1}
    with pytest.raises(AgencyInUse):  # a split: nobody can say who goes where
        succeed(city_administrator, tree["W1"], tree["W10"], tree["C"])
    assert Agency.objects.get(code="W1").closed_on is None


def test_one_successor_takes_over_everything_and_the_past_stays(tree, lan, city_administrator):
    grant = give(lan, Role.CLERK, tree["W1"], until=clock.now() + timedelta(days=9))
    twice = make_person("hai", tree["W1"])
    give(twice, Role.CLERK, tree["W1"])
    give(twice, Role.CLERK, tree["W10"])
    post = Post.objects.create(agency=tree["W1"], title="Chủ tịch", is_head=True)
    holding = Holding.objects.create(post=post, person=lan, from_on=date(2024, 1, 1))
    gone = make_agency("GONE", tree["W1"])
    Agency.objects.filter(pk=gone.pk).update(closed_on=DAY)
    closed = succeed(city_administrator, tree["W1"], tree["W10"])
    assert (closed.closed_on, list(closed.successors.all())) == (DAY, [tree["W10"]])
    lan.refresh_from_db()
    holding.refresh_from_db()
    grant.refresh_from_db()
    assert lan.home == tree["W10"]
    assert holding.until_on == DAY
    assert (grant.state, grant.withdrawal_reason, grant.agency) == (GrantState.WITHDRAWN, WHY, tree["W1"])
    moved = lan.grants.get(state=GrantState.GRANTED)
    assert (moved.agency, moved.valid_to) == (tree["W10"], grant.valid_to)
    assert twice.grants.filter(state=GrantState.GRANTED).count() == 1
    assert Agency.objects.get(code="D1").path == "/P/C/W10/D1/"
    assert Agency.objects.get(code="D1").parent == tree["W10"]
    assert Agency.objects.get(code="GONE").path == "/P/C/W1/GONE/"
    assert queries.successors_on(closed, DAY) == [tree["W10"]]
    assert queries.successors_on(closed, DAY - timedelta(days=1)) == [closed]


def test_who_does_the_work_now_follows_every_step_and_bears_a_circle(tree):
    for code, *after in (("W1", "W10", "D1"), ("W10", "C"), ("D1", "C", "P2")):
        tree[code].successors.set([tree[one] for one in after])
        Agency.objects.filter(code=code).update(closed_on=DAY)
    tree["C"].successors.add(tree["W1"])
    old = Agency.objects.get(code="W1")
    assert [one.code for one in queries.successors_on(old, DAY)] == ["C", "P2"]
    Agency.objects.filter(code="C").update(closed_on=DAY)
    assert [one.code for one in queries.successors_on(old, DAY)] == ["P2"]


def test_closing_is_refused(tree, city_administrator):
    make_agency("FREE", tree["C"])
    free = Agency.objects.get(code="FREE")
    with pytest.raises(NotYours):
        succeed(actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"]), free)
    with pytest.raises(NotYours):
        succeed(city_administrator, free, tree["P2"])
    for successor in (free, tree["D1"]):
        with pytest.raises(actions.SuccessorUnusable):
            succeed(city_administrator, free if successor == free else tree["W1"], successor)
    with pytest.raises(actions.SuccessorUnusable):
        actions.succeed_agency(by=SYSTEM, agency_id=free.id, successor_ids=[uuid4()], closed_on=DAY, reason=WHY)
    for day in (clock.today() + timedelta(days=1), date(2019, 1, 1)):
        with pytest.raises(PeriodUnusable):
            succeed(city_administrator, free, closed_on=day)
    with pytest.raises(ReasonMissing):
        succeed(city_administrator, free, reason="")
    with pytest.raises(Agency.DoesNotExist):
        actions.close_agency(by=SYSTEM, agency_id=uuid4(), closed_on=DAY, reason=WHY)
    succeed(city_administrator, free)
    with pytest.raises(actions.AgencyIsClosed):
        succeed(city_administrator, free)
    with pytest.raises(actions.SuccessorUnusable):
        succeed(city_administrator, tree["D1"], free)
    assert Entry.objects.filter(action="accounts.close_agency").count() == 1


def test_closing_does_not_carry_a_stronger_role_elsewhere(tree, lan, city_administrator):
    give(lan, Role.AUDITOR, tree["W1"])
    with pytest.raises(AboveYou):
        succeed(city_administrator, tree["W1"], tree["W10"])
    assert not Entry.objects.filter(action="accounts.move_agency").exists()


def test_a_post_is_added_held_and_left(tree, lan, city_administrator):
    by = city_administrator
    head = actions.add_post(by=by, agency_id=tree["W1"].id, title="Chủ tịch UBND phường", is_head=True)
    clerk = actions.add_post(by=by, agency_id=tree["W1"].id, title="Công chức")
    for title, is_head in (("Công chức", False), ("Quyền Chủ tịch", True)):
        with pytest.raises(actions.PostTitleTaken):
            actions.add_post(by=by, agency_id=tree["W1"].id, title=title, is_head=is_head)
    hoa = make_person("hoa", tree["W1"])
    holding = actions.hold_post(by=by, post_id=head.id, person_id=lan.id, from_on=DAY)
    with pytest.raises(actions.PostHeldAlready):
        actions.hold_post(by=by, post_id=head.id, person_id=hoa.id, from_on=DAY)
    for person in (lan, hoa):
        actions.hold_post(by=by, post_id=clerk.id, person_id=person.id, from_on=DAY)
    with pytest.raises(actions.PostHeldAlready):
        actions.hold_post(by=by, post_id=clerk.id, person_id=hoa.id, from_on=DAY)
    with pytest.raises(PeriodUnusable):
        actions.leave_post(by=by, holding_id=holding.id, until_on=DAY - timedelta(days=1))
    assert actions.leave_post(by=by, holding_id=holding.id, until_on=DAY).until_on == DAY
    with pytest.raises(actions.PostLeftAlready):
        actions.leave_post(by=by, holding_id=holding.id, until_on=DAY)
    actions.hold_post(by=by, post_id=head.id, person_id=hoa.id, from_on=DAY)


def test_posts_are_refused_to_strangers_the_inactive_and_the_future(tree, lan, city_administrator):
    post = actions.add_post(by=city_administrator, agency_id=tree["W1"].id, title="Công chức")
    stranger = actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"])
    with pytest.raises(NotYours):
        actions.add_post(by=stranger, agency_id=tree["W1"].id, title="Khác")
    with pytest.raises(NotYours):
        actions.hold_post(by=stranger, post_id=post.id, person_id=lan.id, from_on=DAY)
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(PeriodUnusable):
        actions.hold_post(by=city_administrator, post_id=post.id, person_id=lan.id, from_on=tomorrow)
    holding = actions.hold_post(by=city_administrator, post_id=post.id, person_id=lan.id, from_on=DAY)
    with pytest.raises(NotYours):
        actions.leave_post(by=stranger, holding_id=holding.id, until_on=DAY)
    off = make_person("nghi", tree["W1"], is_active=False)
    with pytest.raises(actions.PersonInactive):
        actions.hold_post(by=city_administrator, post_id=post.id, person_id=off.id, from_on=DAY)


@pytest.mark.parametrize(
    "broken", [{"code": "w1"}, {"path": "W1"}, {"closed_on": date(2019, 1, 1)}, {"path": "/P/"}, {"code": "P"}]
)
def test_the_database_itself_refuses(tree, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(code="W1").update(**broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(code="W1").update(parent=tree["W1"])


def test_people_and_agencies_say_their_names(tree, lan):
    post = Post.objects.create(agency=tree["W1"], title="Công chức")
    assert [str(one) for one in (tree["W1"], lan, post)] == ["Cơ quan W1", "Trần Thị Lan", "Công chức"]
    assert str(Holding(person=lan, post=post)) == "Trần Thị Lan – Công chức"
    assert str(give(lan, Role.CLERK, tree["W1"])) == "CLERK – Trần Thị Lan"
    assert Person.objects.get_by_natural_key("LAN") == lan
