"""From an action over the outbox to the inbox and the mail: what the flows tell people."""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
import pytest
from django.test import Client
from django.urls import reverse

from songcau.entry.reactions import install_all
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.sign_on.rules import Assurance, Vouched
from songcau.foundation.accounts.tests.people import PASSWORD, give, make_person, sign_in
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import in_language
from songcau.foundation.notifications.tests.conftest import agency, lan, set_up  # noqa: F401 - fixtures
from songcau.foundation.notifications.tests.telling import simulated
from songcau.foundation.outbox import delivery, reactions
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.rules import WITH_BUGS, State
from songcau.kernel.actor import NOBODY, SYSTEM, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _whole_city() -> None:
    install_all()


@pytest.fixture
def chief(lan: Person) -> Actor:
    person = make_person("quan-tri", full_name="Trần Thị Bình", email="binh@example.vn")
    give(person, Role.SYSTEM_ADMINISTRATOR)
    return actor_of(person)


def work() -> None:
    """What a worker does until nothing is left."""
    while claimed := claim_next("test"):
        deliver(claimed)
    assert not Delivery.objects.filter(state=State.WAITING, attempts__gt=0).exists(), "a reaction failed"


def titles(person: Person) -> list[str]:
    return [in_language(notice, "en").title for notice in Notice.objects.of(person.pk)]


def test_who_is_given_a_role_reads_which_and_where(lan: Person, chief: Actor, agency) -> None:
    grant = actions.grant_role(
        by=chief, person_id=lan.pk, role=Role.CLERK, agency_id=agency.pk, reason="Quyết định số 12"
    )
    work()
    assert titles(lan) == ["You were given the role “One-stop clerk”"]
    assert agency.name in in_language(Notice.objects.get(), "vi").body
    actions.withdraw_role(by=chief, grant_id=grant.pk, reason="Chuyển công tác")
    work()
    assert titles(lan)[0] == "Your role “One-stop clerk” has ended"


def test_who_is_switched_off_gets_a_letter_and_who_is_switched_on_too(lan: Person, chief: Actor) -> None:
    actions.deactivate_person(by=chief, person_id=lan.pk, reason="Nghỉ hưu")
    work()
    actions.reactivate_person(by=chief, person_id=lan.pk, reason="Nhầm")
    work()
    assert titles(lan) == ["Your account was switched on again", "Your account was switched off"]
    assert [letter["to"] for letter in simulated("email")] == ["lan@example.vn"] * 2


def test_whoever_touches_the_sign_in_of_somebody_they_hear_of_it(lan: Person, chief: Actor) -> None:
    actions.set_temporary_password(by=chief, person_id=lan.pk)
    actions.reset_second_factor(by=chief, person_id=lan.pk, reason="Mất điện thoại")
    work()
    bodies = [in_language(notice, "en").body for notice in Notice.objects.of(lan.pk)]
    assert "an administrator set a temporary password" in bodies[1]
    assert "an administrator took the second factor away" in bodies[0]
    assert len(simulated("email")) == len(simulated("sms")) == 2
    assert "password" not in str(simulated("sms"))


def test_who_changes_their_own_password_is_told_too(lan: Person) -> None:
    client = Client()
    sign_in(client, lan)
    new = "một mật khẩu khác hẳn 27"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), sent).status_code == 302
    work()
    assert titles(lan) == ["The sign-in of your account was changed"]


def test_a_dead_letter_alarms_the_administrators_once_an_hour(lan: Person, chief: Actor, monkeypatch) -> None:
    from songcau.foundation.accounts.events import PersonUnlocked

    def fail(_event: object, _facts: object) -> None:
        raise ZeroDivisionError

    broken = reactions.Reaction(PersonUnlocked, fail, "tests.fails")
    registry = reactions.installed()
    monkeypatch.setitem(registry.reactions, "tests.fails", broken)
    registry.events["accounts.PersonUnlocked"] = PersonUnlocked
    for subject in ("a", "b"):
        announce(PersonUnlocked(lan.pk), subject=subject, by=SYSTEM)
    while Delivery.objects.filter(reaction="tests.fails", state=State.WAITING).exists():
        Delivery.objects.filter(state=State.WAITING).update(next_at="2020-01-01T00:00:00Z")
        claimed = claim_next("test")
        assert claimed is not None
        deliver(claimed)
    while claimed := claim_next("test"):
        deliver(claimed)
    assert Event.objects.filter(name="outbox.DeliveryDied").count() == 2
    assert [notice.person_id for notice in Notice.objects.filter(kind="outbox.dead_letter")] == [chief.id]


def test_the_death_of_an_alarm_is_told_to_nobody(lan: Person, monkeypatch) -> None:
    """Or a fault in telling of dead letters would make dead letters for ever."""
    from songcau.foundation.outbox.events import DeliveryDied

    monkeypatch.setattr(delivery, "after_failure", lambda *_a, **more: (State.DEAD, more["now"]))
    registry = reactions.installed()
    name = "flows.dead_letter_alarms_administrators"
    failing = reactions.Reaction(DeliveryDied, lambda _event, _facts: 1 / 0, name)
    monkeypatch.setitem(registry.reactions, name, failing)
    announce(DeliveryDied(1, "x", "y"), subject="z", by=SYSTEM)
    while claimed := claim_next("test"):
        deliver(claimed)
    assert Event.objects.filter(name="outbox.DeliveryDied").count() == 1


def test_a_worker_that_dies_too_often_is_told_of_too(lan: Person, chief: Actor) -> None:
    from datetime import timedelta

    from songcau.foundation.accounts.events import PersonDeactivated
    from songcau.kernel import clock

    announce(PersonDeactivated(lan.pk), subject="a", by=SYSTEM)
    Delivery.objects.update(faults=WITH_BUGS.attempts)
    assert claim_next("test") is not None
    with clock.frozen(clock.now() + timedelta(hours=1)):
        assert delivery.release_lost_leases() == 1
    assert Event.objects.filter(name="outbox.DeliveryDied").count() == 1


def test_who_is_lent_a_role_reads_from_when_until_when(lan: Person, chief: Actor, agency) -> None:
    from datetime import UTC, datetime

    from songcau.foundation.accounts.events import DelegationWithdrawn, RoleLent
    from songcau.kernel.ids import new_id

    starts, ends = datetime(2027, 1, 4, 0, 30, tzinfo=UTC), datetime(2027, 1, 9, 10, 0, tzinfo=UTC)
    lent = RoleLent(new_id(), chief.id, lan.pk, "WARD_LEADER", agency.pk, starts, ends)
    announce(lent, subject="d", by=SYSTEM)
    announce(DelegationWithdrawn(lent.delegation_id, chief.id, lan.pk), subject="d", by=SYSTEM)
    work()
    assert titles(lan) == ["A role that was lent to you was taken back", "The role “Ward leader” is lent to you"]
    body = in_language(Notice.objects.get(kind="accounts.role_lent"), "vi").body
    assert "từ 07:30 04/01/2027 đến 17:00 09/01/2027" in body


def test_who_asks_about_their_data_alarms_the_officers_and_hears_the_answer(lan: Person, agency) -> None:
    from datetime import UTC, datetime

    from songcau.foundation.accounts.personal_data.events import (
        CuriosityNoticed,
        DataRequestAnswered,
        DataRequestDateMoved,
        DataRequestReceived,
    )
    from songcau.kernel import clock
    from songcau.kernel.ids import new_id

    officer = make_person("bao-ve", full_name="Lê Thị Bảo")
    give(officer, Role.DATA_PROTECTION_OFFICER, None)
    give(lan, Role.DATA_PROTECTION_OFFICER, agency)
    request_id = new_id()
    announce(DataRequestReceived(request_id, lan.pk, "CORRECTION", clock.now()), subject="r", by=SYSTEM)
    work()
    assert [notice.person_id for notice in Notice.objects.all()] == [officer.pk], "nobody answers their own request"
    for day in (6, 7):
        moved = DataRequestDateMoved(request_id, lan.pk, datetime(2027, 1, day, 10, 0, tzinfo=UTC))
        announce(moved, subject="r", by=SYSTEM)
    work()
    told = [in_language(notice, "vi").title for notice in Notice.objects.filter(kind="personal_data.request_moved")]
    assert len(told) == 2, "each new date is told"
    assert any("17:00 06/01/2027" in title for title in told)
    Notice.objects.filter(kind="personal_data.request_moved").delete()
    announce(DataRequestAnswered(request_id, lan.pk, "GRANTED", late=False), subject="r", by=SYSTEM)
    announce(CuriosityNoticed(new_id(), officer.pk, 40), subject="c", by=SYSTEM)
    announce(CuriosityNoticed(new_id(), lan.pk, 30), subject="c", by=SYSTEM)
    work()
    assert titles(lan) == ["Your request about your data was answered"]
    assert titles(officer)[0] == "One reader opened the data of 30 people within an hour"
    assert Notice.objects.filter(kind="personal_data.curiosity").count() == 1, "nobody settles what they did themselves"


def test_who_gets_or_loses_a_way_to_sign_in_is_told_but_not_of_the_first(chief: Actor) -> None:
    """Whoever got in by a stolen telephone and adds a key of their own must not do so in silence."""
    first = Vouched("phone", "+84912345678", Assurance.LOW, full_name="Ayun", phone="+84912345678")
    person = actions.receive_person(by=NOBODY, vouched=first)
    work()
    assert titles(person) == []
    more = Vouched("vneid", "s1", Assurance.SUBSTANTIAL)
    added = actions.link_identity(by=actor_of(person), vouched=more, session=Assurance.LOW)
    work()
    assert "a way to sign in was added" in in_language(Notice.objects.get(person=person), "en").body
    actions.unlink_identity(by=actor_of(person), identity_id=added.pk, session=Assurance.HIGH)
    work()
    assert len(titles(person)) == 2
    assert "một cách đăng nhập đã bị gỡ" in in_language(Notice.objects.of(person.pk)[0], "vi").body
