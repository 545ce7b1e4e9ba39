"""Accounts: added, changed, switched off and on, given new credentials."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from songcau.foundation.accounts import actions, lockout, rules, second_factor
from songcau.foundation.accounts.models import Person, RoleGrant
from songcau.foundation.accounts.permissions import AboveYou, NotToOneself, NotYours
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import ChangedMeanwhile, LastAdministrator, NameUnusable, ReasonMissing
from songcau.foundation.accounts.tests.people import PASSWORD, SECRET, actor_with, give, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

WHY = "Quyết định 12/QĐ-UBND"


@pytest.fixture
def administrator(tree):
    return actor_with(Role.SYSTEM_ADMINISTRATOR, username="quantri")


@pytest.fixture
def ward_administrator(tree):
    return actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"], username="quantri-phuong")


def last_entry():
    entry = Entry.objects.order_by("-sequence").first()
    return entry.action, entry.subject


def test_a_person_is_added_audited_and_announced(tree, ward_administrator):
    person = actions.add_person(
        by=ward_administrator,
        username="HHen",
        full_name="H'Hen Niê",
        home_id=tree["D1"].id,
        email="HHen@Example.vn",
        phone="0912 345 678",
    )
    person.refresh_from_db()
    assert (person.username, person.email, person.phone) == ("hhen", "hhen@example.vn", "+84912345678")
    assert person.sort_key == rules.name_key("H'Hen Niê")
    assert not person.has_usable_password()
    assert last_entry() == ("accounts.add_person", f"accounts.person:{person.id}")
    assert Event.objects.get().name == "accounts.PersonAdded"
    assert Person.objects.found_by("nie HHEN").get() == person


def test_people_are_added_only_where_one_administers(tree, ward_administrator):
    for home in (tree["W10"].id, tree["C"].id, None):
        with pytest.raises(NotYours):
            actions.add_person(by=ward_administrator, username="lan", full_name="Lan", home_id=home)
    assert not Person.objects.filter(username="lan").exists()


def test_a_name_and_an_address_are_one_persons(tree, lan, administrator):
    lan.email = "lan@example.vn"
    lan.save()
    add = {"by": administrator, "full_name": "Lan", "home_id": tree["W1"].id}
    with pytest.raises(actions.UsernameTaken):
        actions.add_person(username="LÂN", **add)
    with pytest.raises(actions.EmailTaken):
        actions.add_person(username="lan2", email="LAN@example.vn", **add)
    with pytest.raises(actions.UsernameTaken):
        actions.add_person(username="lan", email="other@example.vn", **add)
    with pytest.raises(NameUnusable):
        actions.add_person(username="lan3", **(add | {"full_name": "3"}))


def test_nothing_is_added_to_a_closed_agency(tree, administrator):
    actions.close_agency(by=administrator, agency_id=tree["D1"].id, closed_on=clock.today(), reason=WHY)
    with pytest.raises(actions.AgencyIsClosed):
        actions.add_person(by=administrator, username="lan", full_name="Lan", home_id=tree["D1"].id)


def change(by, person, **more):
    values = {"full_name": person.full_name, "email": person.email, "phone": person.phone, "home_id": person.home_id}
    return actions.change_person(by=by, person_id=person.id, **({"version": person.version} | values | more))


def test_the_second_of_two_who_save_is_refused_and_told_what_changed(lan, administrator):
    first = change(administrator, lan, full_name="Trần Thị Lan Anh", phone="0912345678")
    assert first.version == 2
    with pytest.raises(ChangedMeanwhile) as refused:
        change(administrator, lan, email="lan@example.vn")
    assert refused.value.params == {"fields": "full_name, phone"}
    lan.refresh_from_db()
    assert (lan.email, lan.full_name) == ("", "Trần Thị Lan Anh")


def test_saving_without_a_change_is_no_change(lan, administrator):
    entries = Entry.objects.count()
    assert change(administrator, lan).version == 1
    assert Entry.objects.count() == entries


def test_changing_to_a_taken_address_is_refused(tree, lan, administrator):
    make_person("hoa", tree["W1"], email="hoa@example.vn")
    with pytest.raises(actions.EmailTaken):
        change(administrator, lan, email="Hoa@example.vn")


def test_a_person_moves_home_only_between_agencies_one_administers(tree, lan, ward_administrator, administrator):
    assert change(ward_administrator, lan, home_id=tree["D1"].id).home == tree["D1"]
    lan.refresh_from_db()
    with pytest.raises(NotYours):
        change(ward_administrator, lan, home_id=tree["W10"].id)
    with pytest.raises(NotYours):
        change(ward_administrator, lan, home_id=None)
    with pytest.raises(NotYours):
        change(actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"]), lan, home_id=tree["W10"].id)
    actions.close_agency(by=administrator, agency_id=tree["P2"].id, closed_on=clock.today(), reason=WHY)
    with pytest.raises(actions.AgencyIsClosed):
        change(administrator, lan, home_id=tree["P2"].id)


def test_nobody_lays_hands_on_somebody_stronger(tree, lan, ward_administrator):
    """The auditor sits in the ward, but the ward's administrator could not make an auditor."""
    give(lan, Role.AUDITOR, tree["W1"])
    deeds = [
        lambda: change(ward_administrator, lan, full_name="Khác"),
        lambda: actions.deactivate_person(by=ward_administrator, person_id=lan.id, reason=WHY),
        lambda: actions.set_temporary_password(by=ward_administrator, person_id=lan.id),
        lambda: actions.reset_second_factor(by=ward_administrator, person_id=lan.id, reason=WHY),
        lambda: actions.sign_out_everywhere(by=ward_administrator, person_id=lan.id),
        lambda: actions.unlock_person(by=ward_administrator, person_id=lan.id),
    ]
    for deed in deeds:
        with pytest.raises(AboveYou):
            deed()
    RoleGrant.objects.all().filter(person=lan).delete()
    give(lan, Role.CLERK, tree["W10"])  # also a role elsewhere is more than they may hand on
    with pytest.raises(AboveYou):
        deeds[2]()


def test_nor_on_somebody_elses_people(tree, lan):
    stranger = actor_with(Role.AGENCY_ADMINISTRATOR, tree["W10"])
    clerk = actor_with(Role.CLERK, tree["W1"])
    for by in (stranger, clerk):
        for deed in (
            lambda by=by: actions.deactivate_person(by=by, person_id=lan.id, reason=WHY),
            lambda by=by: actions.reactivate_person(by=by, person_id=lan.id, reason=WHY),
            lambda by=by: actions.set_temporary_password(by=by, person_id=lan.id),
            lambda by=by: actions.sign_out_everywhere(by=by, person_id=lan.id),
            lambda by=by: actions.unlock_person(by=by, person_id=lan.id),
        ):
            with pytest.raises(NotYours):
                deed()


def test_switched_off_and_on_again(client, lan, ward_administrator, tree):
    give(lan, Role.CLERK, tree["W1"])
    sign_in(client, lan)
    actions.deactivate_person(by=ward_administrator, person_id=lan.id, reason=WHY)
    lan.refresh_from_db()
    assert not lan.is_active
    assert last_entry()[0] == "accounts.deactivate_person"
    assert Session.objects.count() == 0
    with pytest.raises(actions.AlreadyInactive):
        actions.deactivate_person(by=ward_administrator, person_id=lan.id, reason=WHY)
    with pytest.raises(actions.PersonInactive):
        actions.set_temporary_password(by=ward_administrator, person_id=lan.id)
    with pytest.raises(ReasonMissing):
        actions.reactivate_person(by=ward_administrator, person_id=lan.id, reason=" ")
    actions.reactivate_person(by=ward_administrator, person_id=lan.id, reason=WHY)
    with pytest.raises(actions.AlreadyActive):
        actions.reactivate_person(by=ward_administrator, person_id=lan.id, reason=WHY)


def test_nobody_switches_off_or_resets_oneself(administrator):
    for deed in (
        lambda: actions.deactivate_person(by=administrator, person_id=administrator.id, reason=WHY),
        lambda: actions.reactivate_person(by=administrator, person_id=administrator.id, reason=WHY),
        lambda: actions.set_temporary_password(by=administrator, person_id=administrator.id),
        lambda: actions.reset_second_factor(by=administrator, person_id=administrator.id, reason=WHY),
    ):
        with pytest.raises(NotToOneself):
            deed()


def test_the_last_administrator_cannot_be_switched_off(tree, administrator):
    with pytest.raises(LastAdministrator):
        actions.deactivate_person(by=SYSTEM, person_id=administrator.id, reason=WHY)
    # Neither an administrator for a time nor one who is switched off keeps the city open.
    give(make_person("tam"), Role.SYSTEM_ADMINISTRATOR, until=clock.now() + timedelta(days=1))
    give(make_person("nghi", is_active=False), Role.SYSTEM_ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        actions.deactivate_person(by=SYSTEM, person_id=administrator.id, reason=WHY)
    temporary = Person.objects.get(username="tam")
    actions.deactivate_person(by=administrator, person_id=temporary.id, reason=WHY)
    give(make_person("hai"), Role.SYSTEM_ADMINISTRATOR)
    actions.deactivate_person(by=SYSTEM, person_id=administrator.id, reason=WHY)


def test_a_temporary_password_is_shown_once_and_must_be_changed(lan, ward_administrator):
    password = actions.set_temporary_password(by=ward_administrator, person_id=lan.id)
    lan.refresh_from_db()
    assert lan.check_password(password)
    assert not lan.check_password(PASSWORD)
    assert lan.must_change_password
    assert password not in str(Entry.objects.values_list("details_json", flat=True))
    assert password not in str(list(Event.objects.values_list("payload", flat=True)))
    assert password != actions.set_temporary_password(by=ward_administrator, person_id=lan.id)


def test_a_lost_telephone(lan, ward_administrator):
    second_factor.set_up(lan, SECRET)
    assert actions.reset_second_factor(by=ward_administrator, person_id=lan.id, reason=WHY) == 1
    assert not second_factor.is_set_up(lan)
    assert second_factor.secret_of(lan) is None
    with pytest.raises(ReasonMissing):
        actions.reset_second_factor(by=ward_administrator, person_id=lan.id, reason="")


def test_everybody_may_sign_themselves_out_everywhere(client, lan):
    sign_in(client, lan)
    assert actions.sign_out_everywhere(by=actor_of(lan), person_id=lan.id) == 1
    assert last_entry()[0] == "accounts.sign_out_everywhere"


def test_unlocking_forgets_wrong_passwords(client, lan, ward_administrator):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "lan", "password": "sai"})
    assert lockout.minutes_left(lockout.person_key(lan)) == 5
    actions.unlock_person(by=ward_administrator, person_id=lan.id)
    assert lockout.minutes_left(lockout.person_key(lan)) == 0


def test_a_persons_own_preferences(lan):
    actions.set_preferences(by=actor_of(lan), language="en", theme="dark")
    lan.refresh_from_db()
    assert (lan.language, lan.theme) == ("en", "dark")


def test_the_first_administrator(db):
    password = actions.bootstrap_administrator(by=SYSTEM, username="QuanTri", full_name="Nguyễn Văn Quản")
    person = Person.objects.get(username="quantri")
    assert person.check_password(password)
    assert person.must_change_password
    assert actor_of(person).may("accounts.manage_people", within="/")
    assert person.is_staff
    assert Entry.objects.filter(actor_id=SYSTEM.id, action="accounts.grant_role").exists()
    with pytest.raises(actions.UsernameTaken):
        actions.bootstrap_administrator(by=SYSTEM, username="quantri", full_name="Khác")
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "broken",
    [{"username": "Lan"}, {"full_name": ""}, {"language": "fr"}, {"theme": "pink"}, {"email": "hoa@example.vn"}],
)
def test_the_database_itself_refuses(tree, lan, broken):
    make_person("hoa", tree["W1"], email="hoa@example.vn")
    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        Person.objects.filter(pk=lan.pk).update(**broken)


def test_django_admin_flags_follow_from_the_role_and_only_look(tree, lan, administrator):
    person = Person.objects.get(pk=administrator.id)
    assert person.is_staff
    assert not person.is_superuser
    assert person.has_perm("accounts.view_person")
    assert person.has_perms(["accounts.view_person", "places.view_unit"])
    assert person.has_module_perms("audit")
    assert not person.has_perm("accounts.change_person")
    assert not person.has_perm("usersessions.view_usersession")
    assert not person.has_module_perms("mfa")
    assert not lan.is_staff
    assert not lan.has_perm("accounts.view_person")
    with pytest.raises(AttributeError):
        lan.is_staff = True
