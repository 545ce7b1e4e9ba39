"""Who looked at whose data: recorded, seen by officer and person, asked about, forgotten in time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from songcau.foundation.accounts.models import Holding, Post
from songcau.foundation.accounts.permissions import NotToOneself, NotYours
from songcau.foundation.accounts.personal_data import actions, guards, records, rules, tasks
from songcau.foundation.accounts.personal_data.models import CuriosityAlarm, Look
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import AT, actor_with, give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

CARE = Purpose.ACCOUNT_CARE


@pytest.fixture
def reader(tree, now):
    return actor_with(Role.AGENCY_ADMINISTRATOR, tree["W1"], username="quan")


def look(by, whose, **more):
    actions.record_look(by=by, whose=whose.pk, **{"kind": "accounts.person", "purpose": CARE} | more)


def test_a_look_says_who_whose_which_why_and_from_where(tree, an, reader):
    post = Post.objects.create(agency=tree["W1"], title="Công chức")
    Holding.objects.create(post=post, person_id=reader.id, from_on=date(2026, 1, 1))
    head = Post.objects.create(agency=tree["D1"], title="Trưởng bộ phận", is_head=True)
    Holding.objects.create(post=head, person_id=reader.id, from_on=date(2025, 1, 1))
    look(reader, an, subject_id=an.pk, note="Đơn số 5", address="10.0.0.7")
    one = Look.objects.get()
    assert (one.reader_id, one.person, one.subject_id, one.purpose) == (reader.id, an, an.pk, "ACCOUNT_CARE")
    assert (one.reader_unit, one.reader_post) == (tree["D1"].name, "Trưởng bộ phận")
    assert (one.note, one.address) == ("Đơn số 5", "10.0.0.7")
    assert one.keep_until == AT + rules.LOOKS_KEPT
    assert "An" in str(one)


def test_note_and_address_are_encrypted_and_another_key_opens_nothing(an, reader):
    look(reader, an, note="Đơn số 5", address="10.0.0.7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note_sealed, address_sealed FROM personal_data_look")
        stored = " ".join(cursor.fetchone())
    assert "Đơn" not in stored
    assert "10.0" not in stored
    with override_settings(SECRET_KEY="khác" * 12):
        one = Look.objects.get()
        assert (one.note, one.address) == ("", "")
    look(reader, an, subject_id=an.pk)
    assert Look.objects.filter(note_sealed="", address_sealed="").count() == 1


def test_without_a_post_the_agency_of_the_account_stands_there(tree, an, reader):
    look(reader, an)
    stranger = actor_of(make_person("khong-co-quan"))
    look(stranger, an)
    units = set(Look.objects.values_list("reader_unit", "reader_post"))
    assert units == {(tree["W1"].name, ""), ("", "")}


def test_ones_own_data_and_what_songcau_reads_are_no_looks(an):
    look(actor_of(an), an)
    look(SYSTEM, an)
    assert not Look.objects.exists()


def test_the_same_record_again_for_the_same_purpose_is_the_same_look(an, reader):
    for minutes in (0, 9, 10, 15):
        with clock.frozen(AT + timedelta(minutes=minutes)):
            look(reader, an, subject_id=an.pk)
    assert Look.objects.count() == 2
    with clock.frozen(AT + timedelta(minutes=15)):
        look(reader, an, subject_id=an.pk, purpose=Purpose.INSPECTION)
        look(reader, an, subject_id=an.pk, note="Đơn số 5")
        look(reader, an)
    assert Look.objects.count() == 5


def test_another_purpose_needs_words(an, reader):
    with pytest.raises(rules.PurposeMissing):
        look(reader, an, purpose=Purpose.OTHER)
    assert not Look.objects.exists()


def test_a_look_costs_few_questions(an, reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):  # two of them are the savepoint
        look(reader, an)


@pytest.mark.parametrize("deed", ["update", "delete", "replace"])
def test_a_look_is_neither_changed_nor_deleted_before_its_day(an, reader, deed):
    with clock.frozen(clock.now() + timedelta(days=30)):
        look(reader, an)
    one = Look.objects.get()
    # As a sloppy administrator would do it; the triggers go by the database's own clock.
    deeds = {
        "update": lambda: Look.objects.update(purpose=Purpose.INSPECTION),
        "delete": lambda: Look.objects.all().delete(),
        "replace": lambda: one.save(force_insert=True),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        deeds[deed]()
    assert Look.objects.get().purpose == "ACCOUNT_CARE"


def test_the_guards_can_stand_aside_for_a_flush(an, reader):
    look(reader, an)
    with guards.LOOKS.dropped(connection):
        Look.objects.all().delete()
    assert not Look.objects.exists()


def test_looks_are_forgotten_after_their_time_and_the_log_says_how_many(an, reader, monkeypatch):
    monkeypatch.setattr("songcau.foundation.accounts.personal_data.actions.looks.REMOVED_AT_ONCE", 2)
    with clock.frozen(AT - timedelta(days=800)):
        for n in range(3):
            look(reader, an, note=f"Đơn số {n}")
    look(reader, an)
    tasks.forget()
    assert Look.objects.count() == 1
    assert [e.details["removed"] for e in Entry.objects.filter(action="personal_data.remove_looks")] == [1, 2]
    assert actions.remove_old_looks(by=SYSTEM) == 0
    assert [job.name for job in tasks.JOBS] == ["personal_data.remove_old_looks"]


def people(tree, many):
    return [make_person(f"nguoi-{n}", tree["W1"]) for n in range(many)]


def test_many_different_people_within_an_hour_are_asked_about_once(tree, reader):
    crowd = people(tree, rules.PEOPLE_AN_HOUR + 3)
    for person in crowd[: rules.PEOPLE_AN_HOUR]:
        look(reader, person)
        look(reader, person)
    assert not CuriosityAlarm.objects.exists()
    for person in crowd[rules.PEOPLE_AN_HOUR :]:
        look(reader, person)
    alarm = CuriosityAlarm.objects.get()
    assert (alarm.reader_id, alarm.people) == (reader.id, rules.PEOPLE_AN_HOUR + 1)
    event = Event.objects.get()
    assert (event.name, event.payload["reader_id"]) == ("personal_data.CuriosityNoticed", str(reader.id))
    assert Entry.objects.get(action="personal_data.notice_curiosity").actor_id == SYSTEM.id
    assert str(alarm.people) in str(alarm)


def test_the_same_people_again_are_no_curiosity_nor_is_a_slow_day(tree, reader):
    crowd = people(tree, rules.PEOPLE_AN_HOUR + 1)
    for hour, person in enumerate(crowd):
        with clock.frozen(AT + timedelta(minutes=3 * hour)):
            look(reader, person)
    for person in crowd[: rules.PEOPLE_AN_HOUR]:
        with clock.frozen(AT + timedelta(days=1)):
            look(reader, person)
            look(reader, person)
    assert not CuriosityAlarm.objects.exists()


@pytest.fixture
def alarm(reader):
    return CuriosityAlarm.objects.create(at=AT, reader_id=reader.id, people=31)


def test_an_officer_settles_an_alarm_once_and_never_their_own(tree, alarm, officer, reader):
    with pytest.raises(NotYours):
        actions.settle_alarm(by=reader, alarm_id=alarm.id, finding="Rà soát tài khoản")
    with pytest.raises(rules.FindingMissing):
        actions.settle_alarm(by=officer, alarm_id=alarm.id, finding=" ")
    done = actions.settle_alarm(by=officer, alarm_id=alarm.id, finding="Rà soát tài khoản theo kế hoạch")
    assert (done.settled_by_id, done.settled_at) == (officer.id, AT)
    with pytest.raises(rules.AlarmSettledAlready):
        actions.settle_alarm(by=officer, alarm_id=alarm.id, finding="Lần nữa")
    own = CuriosityAlarm.objects.create(at=AT, reader_id=officer.id, people=31)
    with pytest.raises(NotToOneself):
        actions.settle_alarm(by=officer, alarm_id=own.id, finding="Không có gì")
    assert Event.objects.filter(name="personal_data.CuriositySettled").count() == 1


def test_only_officers_see_looks_and_only_those_of_their_people(tree, an, reader, officer, alarm):
    citizen = make_person("cong-dan")
    look(reader, an)
    look(reader, citizen)
    whole = make_person("toan-tp")
    give(whole, Role.DATA_PROTECTION_OFFICER, None)
    assert Look.objects.visible_to(actor_of(whole)).count() == 2
    assert [one.person for one in Look.objects.visible_to(officer)] == [an]
    for role in set(Role) - {Role.DATA_PROTECTION_OFFICER}:
        actor = actor_with(role, tree["C"])
        assert not Look.objects.visible_to(actor).exists(), role
        assert not CuriosityAlarm.objects.visible_to(actor).exists(), role
    assert list(CuriosityAlarm.objects.visible_to(officer)) == [alarm]
    elsewhere = actor_with(Role.DATA_PROTECTION_OFFICER, tree["W10"])
    assert not Look.objects.visible_to(elsewhere).exists()


def test_a_kind_of_record_without_words_is_a_mistake_in_the_programme(an, reader):
    with pytest.raises(records.RecordKindUnknown, match=r"lamps\.contract"):
        look(reader, an, kind="lamps.contract")
    assert not Look.objects.exists()


def test_a_system_registers_its_kind_of_record_with_words(an, reader, monkeypatch):
    monkeypatch.setattr(records, "_registered", dict(records._registered))
    records.register(records.RecordKind("lamps.contract", "Hợp đồng", "Hợp đồng của bạn"))
    look(reader, an, kind="lamps.contract")
    kind = Look.objects.get().kind
    assert (records.title_of(kind), records.said_to_person(kind)) == ("Hợp đồng", "Hợp đồng của bạn")
    monkeypatch.undo()
    assert (records.title_of(kind), records.said_to_person(kind)) == (kind, kind), "looks outlive the system"


@pytest.fixture
def apart():
    records.register(records.RecordKind("tests.apart", "Người gửi", "Bạn đã gửi", stands_apart=True))
    yield "tests.apart"
    records._registered.pop("tests.apart")


def test_what_stands_apart_is_overseen_for_the_whole_city_alone(apart, an, reader, officer):
    everywhere = actor_with(Role.DATA_PROTECTION_OFFICER, None, username="bao-ve-ca-thanh-pho")
    look(reader, an, kind=apart)
    look(reader, an)
    assert records.standing_apart().count(apart) == 1
    assert [one.kind for one in Look.objects.visible_to(officer)] == ["accounts.person"]
    assert Look.objects.visible_to(everywhere).count() == 2
