"""Notices: in the inbox at once, elsewhere by the person's wishes, never twice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_person
from songcau.foundation.audit.models import Entry
from songcau.foundation.notifications import kinds
from songcau.foundation.notifications.actions import choose_channels, choose_quiet_hours
from songcau.foundation.notifications.kinds import Kind, KindUnknown, ParamsWrong
from songcau.foundation.notifications.models import Delivery, Notice, ZaloFollower
from songcau.foundation.notifications.own_kinds import ACCOUNT_CLOSED, DEAD_LETTER
from songcau.foundation.notifications.rules import TOGETHER_FOR, Channel
from songcau.foundation.notifications.tests.conftest import ALARM, MORNING, REPORT
from songcau.foundation.notifications.tests.telling import states, tell
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 23, 16, tzinfo=UTC)  # 23:00 in Hà Nội


def test_a_notice_stands_in_the_inbox_and_waits_on_the_other_channels(lan: Person) -> None:
    assert tell(lan) == 1
    assert states(lan) == {"IN_APP": "DELIVERED", "EMAIL": "QUEUED", "SMS": "QUEUED"}
    assert Notice.objects.of(lan.pk).unread().count() == 1
    entry = Entry.objects.get(action="notifications.notify")
    assert "Nguyễn Văn Kín" not in entry.details_json
    event = Event.objects.get(name__endswith="NoticesGiven")
    assert event.payload["notice_ids"] == [str(Notice.objects.get().pk)]


def test_the_same_is_told_once_however_often_it_is_said(lan: Person, binh: Person) -> None:
    assert tell(lan, key="a") == 1
    assert tell(lan, binh, key="a") == 1, "only the one who was not told yet"
    assert tell(lan, binh, key="a") == 0
    assert tell(lan, key="b") == 1
    assert tell(lan, key="a", subject="tests.report:2") == 1
    assert Notice.objects.filter(person=lan).count() == 3
    assert Event.objects.filter(name__endswith="NoticesGiven").count() == 4


def test_nobody_is_told_for_nobody(lan: Person) -> None:
    assert tell() == 0
    from songcau.foundation.notifications.actions import notify
    from songcau.kernel.actor import SYSTEM

    assert notify(by=SYSTEM, people=[new_id()], kind=ALARM, params={}, subject="x") == 0
    assert not Entry.objects.exists()


def test_who_was_switched_off_is_not_told_except_of_that(lan: Person) -> None:
    lan.is_active = False
    lan.save()
    assert tell(lan) == 0
    assert tell(lan, kind=ACCOUNT_CLOSED) == 1
    assert states(lan)["EMAIL"] == "QUEUED"


def test_an_unknown_kind_and_wrong_parameters_are_errors_in_the_programme(lan: Person) -> None:
    with pytest.raises(KindUnknown):
        tell(lan, kind="tests.nonsense")
    with pytest.raises(ParamsWrong):
        tell(lan, params={"who": "x"})
    assert not Notice.objects.exists()


def test_a_short_text_takes_no_parameter() -> None:
    with pytest.raises(ValueError, match="no parameter"):
        kinds.register(Kind("tests.leaky", name="x", title="x", body="x", short="Report of %(who)s"))
    assert kinds.known("tests.leaky") is None


def test_at_night_what_can_wait_is_held_and_what_is_urgent_goes(lan: Person) -> None:
    with clock.frozen(NIGHT):
        tell(lan)
        tell(lan, kind=ALARM)
    held = Delivery.objects.filter(kind=REPORT).exclude(channel="IN_APP")
    assert {one.state for one in held} == {"HELD"}
    assert {one.next_at for one in held} == {datetime(2026, 11, 24, 0, tzinfo=UTC)}
    assert Delivery.objects.get(kind=ALARM, channel="EMAIL").state == "QUEUED"


def test_quiet_hours_are_each_persons_own(lan: Person, binh: Person) -> None:
    choose_quiet_hours(by=actor_of(binh), begins=None, ends=None)
    with clock.frozen(NIGHT):
        tell(lan, binh)
    assert states(lan)["EMAIL"] == "HELD"
    assert states(binh)["EMAIL"] == "QUEUED"


def test_channels_follow_address_and_wish(lan: Person, binh: Person) -> None:
    assert set(states_after(lan)) == {"IN_APP", "EMAIL", "SMS"}
    assert set(states_after(binh)) == {"IN_APP", "EMAIL"}, "no telephone, no Zalo"
    ZaloFollower.objects.create(person=binh, user_id="77", linked_at=MORNING)
    choose_channels(by=actor_of(binh), choices={(REPORT, Channel.EMAIL): False})
    assert set(states_after(binh)) == {"IN_APP", "ZALO"}
    ZaloFollower.objects.update(follows=False)
    assert set(states_after(binh)) == {"IN_APP"}


def states_after(person: Person) -> dict[str, str]:
    tell(person, key=str(new_id()))
    notice = Notice.objects.of(person.pk).order_by("-id").first()
    return dict(Delivery.objects.filter(notice=notice).values_list("channel", "state"))


def test_without_a_server_a_real_city_sends_nothing_out_of_the_house(lan: Person, set_up) -> None:
    set_up(demo=False)
    tell(lan)
    assert states(lan) == {"IN_APP": "DELIVERED"}


def test_only_names_the_outside_channels_that_get_it(lan: Person) -> None:
    tell(lan, only=[Channel.SMS])
    assert set(states(lan)) == {"IN_APP", "SMS"}


def test_after_one_of_a_kind_was_sent_the_next_waits_for_company(lan: Person) -> None:
    tell(lan, key="1")
    Delivery.objects.filter(channel="EMAIL").update(state="SENT", sent_at=MORNING - timedelta(minutes=1))
    tell(lan, key="2")
    second = Delivery.objects.get(notice__key="2", channel="EMAIL")
    assert (second.state, second.next_at) == ("QUEUED", MORNING - timedelta(minutes=1) + TOGETHER_FOR)
    assert Delivery.objects.get(notice__key="2", channel="SMS").next_at == MORNING


def test_many_people_cost_no_question_more(agency, lan: Person, binh: Person) -> None:
    more = [make_person(f"nguoi-{n}", agency, email=f"nguoi-{n}@example.vn") for n in range(20)]
    tell(lan, key="the first of all makes the head of the audit log")
    with CaptureQueriesContext(connection) as few:
        tell(lan, binh, key="few")
    with CaptureQueriesContext(connection) as many:
        tell(lan, binh, *more, key="many")
    assert len(many) == len(few)


def test_who_does_not_hold_the_kinds_permission_gets_none(lan: Person, binh: Person) -> None:
    give(lan, Role.SYSTEM_ADMINISTRATOR)
    params = {"event": "E", "reaction": "R"}
    assert tell(lan, binh, kind=DEAD_LETTER, params=params) == 1
    assert Notice.objects.get().person == lan
