"""Reading, choosing, trying again, looking after the channels: who may, what is written, what is refused."""

from datetime import time, timedelta
from uuid import UUID

import pytest

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give
from songcau.foundation.audit.models import Entry
from songcau.foundation.notifications import actions, queries, tasks, words
from songcau.foundation.notifications.actions import deliveries
from songcau.foundation.notifications.kinds import KindUnknown
from songcau.foundation.notifications.models import Delivery, Notice, Preference, QuietHours, ZaloFollower, ZaloToken
from songcau.foundation.notifications.permissions import (
    MayNotManageChannels,
    MayNotRetryDeliveries,
    MayNotViewDeliveries,
    NotYourNotice,
)
from songcau.foundation.notifications.rendering import full, in_language, name_of
from songcau.foundation.notifications.rules import Channel
from songcau.foundation.notifications.tests.conftest import ALARM, MORNING, REPORT
from songcau.foundation.notifications.tests.telling import states, tell
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(binh: Person) -> Actor:
    """Bình is the system administrator."""
    give(binh, Role.SYSTEM_ADMINISTRATOR)
    return actor_of(binh)


def given_up(person: Person, key: str = "") -> UUID:
    tell(person, key=key, only=[Channel.EMAIL])
    found = Delivery.objects.get(notice__key=key, channel="EMAIL")
    Delivery.objects.filter(pk=found.pk).update(state="GIVEN_UP", attempts=5, last_error="TIMEOUT")
    return found.pk


def test_a_notice_is_read_once_and_can_be_made_unread(lan: Person) -> None:
    tell(lan)
    notice, by = Notice.objects.get(), actor_of(lan)
    assert actions.mark_read(by=by, notice_id=notice.pk).read_at == MORNING
    with clock.frozen(MORNING + timedelta(hours=1)):
        assert actions.mark_read(by=by, notice_id=notice.pk).read_at == MORNING, "the first reading counts"
    assert queries.unread_count(lan.pk) == 0
    assert actions.mark_read(by=by, notice_id=notice.pk, read=False).read_at is None
    assert queries.unread_count(lan.pk) == 1


def test_nobody_reads_anothers_notice(lan: Person, chief: Actor) -> None:
    tell(lan)
    for notice_id in (Notice.objects.get().pk, new_id()):
        with pytest.raises(NotYourNotice):
            actions.mark_read(by=chief, notice_id=notice_id)
    assert actions.mark_all_read(by=chief) == 0
    assert queries.unread_count(lan.pk) == 1
    assert not queries.inbox(chief).exists()


def test_all_can_be_read_at_once(lan: Person, binh: Person) -> None:
    tell(lan, binh, key="1")
    tell(lan, key="2")
    assert actions.mark_all_read(by=actor_of(lan)) == 2
    assert actions.mark_all_read(by=actor_of(lan)) == 0
    assert queries.unread_count(binh.pk) == 1


def test_choices_are_kept_and_only_differences_written(lan: Person) -> None:
    by = actor_of(lan)
    wanted = {(REPORT, Channel.EMAIL): False, (REPORT, Channel.SMS): True, (ALARM, Channel.ZALO): True}
    assert actions.choose_channels(by=by, choices=wanted) == 2, "SMS was on already"
    assert actions.choose_channels(by=by, choices=wanted) == 0
    assert queries.choices_of(lan.pk) == {(REPORT, Channel.EMAIL): False, (ALARM, Channel.ZALO): True}
    assert actions.choose_channels(by=by, choices={(REPORT, Channel.EMAIL): True}) == 1
    assert Entry.objects.filter(action="notifications.choose_channels").count() == 2


def test_what_a_kind_requires_and_the_inbox_cannot_be_switched_off(lan: Person) -> None:
    choices = {(ALARM, Channel.EMAIL): False, (REPORT, Channel.IN_APP): False}
    assert actions.choose_channels(by=actor_of(lan), choices=choices) == 0
    assert not Preference.objects.exists()
    assert not Entry.objects.exists()


def test_a_kind_that_nobody_has_cannot_be_chosen(lan: Person) -> None:
    with pytest.raises(KindUnknown):
        actions.choose_channels(by=actor_of(lan), choices={("tests.nonsense", Channel.EMAIL): True})


def test_what_waits_for_a_channel_switched_off_is_given_up(lan: Person, binh: Person) -> None:
    tell(lan, binh)
    actions.choose_channels(by=actor_of(lan), choices={(REPORT, Channel.EMAIL): False})
    assert states(lan) == {"IN_APP": "DELIVERED", "EMAIL": "GIVEN_UP", "SMS": "QUEUED"}
    assert states(binh)["EMAIL"] == "QUEUED"
    assert Delivery.objects.get(state="GIVEN_UP").last_error == "SWITCHED_OFF"


def test_quiet_hours_are_kept_or_switched_off(lan: Person) -> None:
    by = actor_of(lan)
    actions.choose_quiet_hours(by=by, begins=time(22), ends=time(6))
    assert str(QuietHours.objects.get()) == "22:00–06:00"
    actions.choose_quiet_hours(by=by, begins=None, ends=None)
    assert QuietHours.objects.get().quiet.ends_after(MORNING.replace(tzinfo=None)) is None
    with pytest.raises(actions.HoursUnusable):
        actions.choose_quiet_hours(by=by, begins=time(22), ends=None)
    with pytest.raises(actions.HoursUnusable):
        actions.choose_quiet_hours(by=by, begins=None, ends=time(6))


def test_what_was_given_up_is_tried_again_with_all_its_attempts(lan: Person, chief: Actor) -> None:
    delivery_id = given_up(lan)
    actions.retry_delivery(by=chief, delivery_id=delivery_id)
    again = Delivery.objects.get(pk=delivery_id)
    assert (again.state, again.attempts, again.last_error) == ("QUEUED", 0, "")
    assert Event.objects.filter(name__endswith="NoticeRetried").count() == 1
    with pytest.raises(actions.NotGivenUp):
        actions.retry_delivery(by=chief, delivery_id=delivery_id)
    with pytest.raises(actions.DeliveryGone):
        actions.retry_delivery(by=chief, delivery_id=new_id())


def test_all_of_a_channel_can_be_tried_again(lan: Person, chief: Actor) -> None:
    given_up(lan, "1")
    given_up(lan, "2")
    assert actions.retry_all_given_up(by=chief, channel=Channel.SMS) == 0
    assert actions.retry_all_given_up(by=chief, channel=Channel.EMAIL) == 2
    assert Entry.objects.filter(action="notifications.retry_delivery").count() == 2


def test_who_may_not_may_not(lan: Person) -> None:
    by, delivery_id = actor_of(lan), given_up(lan)
    with pytest.raises(MayNotRetryDeliveries):
        actions.retry_delivery(by=by, delivery_id=delivery_id)
    with pytest.raises(MayNotRetryDeliveries):
        actions.retry_all_given_up(by=by, channel=Channel.EMAIL)
    for forbidden in (
        lambda: actions.send_test(by=by, channel=Channel.EMAIL),
        lambda: actions.set_zalo_token(by=by, refresh_token="x"),
        lambda: actions.link_zalo(by=by, person_id=lan.pk, user_id="77"),
        lambda: actions.purge_old_notices(by=by),
    ):
        with pytest.raises(MayNotManageChannels):
            forbidden()
    for asked in (queries.deliveries, queries.channel_facts, queries.zalo_facts):
        with pytest.raises(MayNotViewDeliveries):
            asked(by)


def test_old_notices_are_forgotten_with_their_deliveries(lan: Person, monkeypatch) -> None:
    monkeypatch.setattr(deliveries, "PURGED_AT_ONCE", 2)
    for n in range(5):
        tell(lan, key=str(n))
    with clock.frozen(MORNING + deliveries.KEPT_FOR):
        tasks.purge()
    assert Notice.objects.count() == 5
    with clock.frozen(MORNING + deliveries.KEPT_FOR + timedelta(seconds=1)):
        tell(lan, key="new")
        tasks.purge()
    assert [notice.key for notice in Notice.objects.all()] == ["new"]
    assert {delivery.notice.key for delivery in Delivery.objects.all()} == {"new"}


def test_a_test_goes_to_oneself_by_that_channel_each_time(binh: Person, chief: Actor) -> None:
    actions.send_test(by=chief, channel=Channel.EMAIL)
    actions.send_test(by=chief, channel=Channel.EMAIL)
    assert Delivery.objects.filter(channel="EMAIL", person=binh, state="QUEUED").count() == 2


def test_a_test_without_address_or_server_is_refused(chief: Actor, set_up) -> None:
    for by in (chief, SYSTEM):
        with pytest.raises(actions.NoAddress):
            actions.send_test(by=by, channel=Channel.SMS)
    set_up(demo=False)
    with pytest.raises(actions.ChannelNotSetUp):
        actions.send_test(by=chief, channel=Channel.EMAIL)


@pytest.mark.parametrize("typed", ["", "   ", "two words"])
def test_what_is_no_token_is_refused(chief: Actor, typed: str) -> None:
    with pytest.raises(actions.TokenMissing):
        actions.set_zalo_token(by=chief, refresh_token=typed)
    assert not ZaloToken.objects.exists()


def test_a_new_token_is_in_no_log_and_ends_the_refusal(chief: Actor) -> None:
    assert not queries.zalo_facts(chief).authorised
    actions.set_zalo_token(by=chief, refresh_token="secret-token-1")
    ZaloToken.objects.update(refused_at=MORNING)
    assert queries.zalo_facts(chief).refused_at == MORNING
    actions.set_zalo_token(by=chief, refresh_token=" secret-token-2 ")
    facts = queries.zalo_facts(chief)
    assert (facts.authorised, facts.refused_at, str(ZaloToken.objects.get())) == (True, None, "generation 2")
    stored = [entry.details_json for entry in Entry.objects.all()] + [str(e.payload) for e in Event.objects.all()]
    assert not any("secret-token" in text for text in stored)


def test_a_zalo_user_is_one_person(lan: Person, binh: Person, chief: Actor) -> None:
    actions.link_zalo(by=chief, person_id=lan.pk, user_id=" 77 ")
    actions.link_zalo(by=chief, person_id=binh.pk, user_id="77")
    assert str(ZaloFollower.objects.get()) == f"{binh.pk}: follows"
    for wrong in ("", "x" * 65):
        with pytest.raises(actions.NoAddress):
            actions.link_zalo(by=chief, person_id=lan.pk, user_id=wrong)
    actions.unlink_zalo(by=chief, person_id=binh.pk)
    assert not ZaloFollower.objects.exists()


def test_who_follows_again_is_linked_again_and_reached(lan: Person, chief: Actor) -> None:
    actions.link_zalo(by=chief, person_id=lan.pk, user_id="77")
    ZaloFollower.objects.update(follows=False)
    actions.link_zalo(by=chief, person_id=lan.pk, user_id="77")
    assert ZaloFollower.objects.get().follows


def test_everybody_may_forget_their_own_zalo_and_nobody_anothers(lan: Person, binh: Person, chief: Actor) -> None:
    actions.link_zalo(by=chief, person_id=lan.pk, user_id="77")
    actions.link_zalo(by=chief, person_id=binh.pk, user_id="78")
    actions.unlink_zalo(by=actor_of(lan), person_id=lan.pk)
    with pytest.raises(MayNotManageChannels):
        actions.unlink_zalo(by=actor_of(lan), person_id=binh.pk)
    assert ZaloFollower.objects.get().person == binh


def test_the_channels_say_how_they_are(lan: Person, chief: Actor) -> None:
    given_up(lan, "1")
    tell(lan, key="2")
    Delivery.objects.filter(channel="SMS").update(state="FAILED", last_error="QUOTA")
    email, sms, zalo = queries.channel_facts(chief)
    assert (email.channel, email.readiness, email.waiting, email.given_up) == ("EMAIL", "SIMULATED", 1, 1)
    assert (sms.failing, sms.last_error, sms.oldest_at) == (1, "QUOTA", MORNING)
    assert (zalo.waiting, zalo.oldest_at, zalo.last_error) == (0, None, "")
    assert set(queries.deliveries(chief).values_list("channel", flat=True)) == {"EMAIL", "SMS"}


@pytest.mark.parametrize("code", [*words.REASONS, "ZALO -999", "BUG KeyError", ""])
def test_every_reason_has_words(code: str) -> None:
    said = words.reason(code)
    assert said
    assert "%(" not in said


def test_codes_in_parameters_are_put_into_words(lan: Person) -> None:
    tell(lan, kind="accounts.role_granted", params={"role": "CLERK", "agency": "WHOLE_CITY"})
    notice = Notice.objects.get()
    assert in_language(notice, "en").title == "You were given the role “One-stop clerk”"
    assert "the whole city" in in_language(notice, "en").body
    assert "CLERK" not in in_language(notice, "vi").title
    assert in_language(Notice(kind="accounts.role_ended", params={"role": "OLD", "agency": "X"}), "en").title
    assert full("gone.kind", {}).body == "gone.kind"
    assert name_of("gone.kind") == "gone.kind"
    assert name_of(REPORT) == "Báo cáo"


def test_rows_say_what_they_are(lan: Person) -> None:
    tell(lan)
    actions.choose_channels(by=actor_of(lan), choices={(ALARM, Channel.SMS): True})
    assert REPORT in str(Notice.objects.get())
    assert "QUEUED" in str(Delivery.objects.get(channel="EMAIL"))
    assert ALARM in str(Preference.objects.get())
