"""The worker: what is due goes out once, failures are tried again, nothing is lost; SMS says nothing personal."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give, make_agency
from songcau.foundation.notifications import sending, tasks
from songcau.foundation.notifications.actions import choose_quiet_hours
from songcau.foundation.notifications.adapters.port import ChannelAway, MessageRejected, Readiness, Receipt
from songcau.foundation.notifications.channels import port_of
from songcau.foundation.notifications.codes import send_code
from songcau.foundation.notifications.events import NoticeRetried, NoticesGiven
from songcau.foundation.notifications.kinds import all_kinds
from songcau.foundation.notifications.models import Delivery, Notice, ZaloFollower
from songcau.foundation.notifications.rendering import id_in, token_of
from songcau.foundation.notifications.rules import PATIENCE, SHORT, TOGETHER_FOR, Channel
from songcau.foundation.notifications.sending import LEASE, claim_next, message_of, send, send_due
from songcau.foundation.notifications.tests.conftest import ALARM, MORNING, REPORT
from songcau.foundation.notifications.tests.telling import PARAMS, simulated, states, tell
from songcau.foundation.notifications.tests.test_telling import NIGHT
from songcau.kernel import clock
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db


class Scripted:
    """A channel that does as it is told: an error to raise, or None to take the message."""

    readiness = Readiness.READY

    def __init__(self, *script: Exception | None) -> None:
        self.script, self.messages = list(script), []

    def send(self, message):
        error = self.script.pop(0) if self.script else None
        if error:
            raise error
        self.messages.append(message)
        return Receipt(message_id=f"m{len(self.messages)}")


@pytest.fixture
def channel(monkeypatch):
    """Every channel is this one."""

    def use(*script: Exception | None) -> Scripted:
        scripted = Scripted(*script)
        monkeypatch.setattr(sending, "port_of", lambda _channel: scripted)
        monkeypatch.setattr(sending, "readiness_of", lambda _channel: Readiness.READY)
        return scripted

    return use


def email(key: str = "") -> Delivery:
    return Delivery.objects.get(channel="EMAIL", notice__key=key)


def test_what_is_due_goes_out_and_is_marked(lan: Person, channel) -> None:
    used = channel()
    tell(lan, only=[Channel.EMAIL])
    assert send_due() == 1
    assert (email().state, email().message_id, email().sent_at, email().attempts) == ("SENT", "m1", MORNING, 1)
    assert email().claim is None
    assert send_due() == 0
    assert used.messages[0].to == "lan@example.vn"


def test_in_a_demonstration_messages_are_written_into_the_data_folder(lan: Person) -> None:
    ZaloFollower.objects.create(person=lan, user_id="77", linked_at=MORNING)
    tell(lan)
    assert send_due() == 3
    assert states(lan) == dict.fromkeys(["IN_APP", "EMAIL", "SMS", "ZALO"], "DELIVERED")
    assert Delivery.objects.filter(simulated=True).count() == 3
    assert simulated("sms")[0]["to"] == "+84912345678"
    assert simulated("zalo")[0]["to"] == "77"
    assert "Nguyễn Văn Kín" in str(simulated("email"))


@pytest.mark.parametrize("kind", [kind.code for kind in all_kinds() if not kind.code.startswith("tests.")] + [REPORT])
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_personal_content_leaves_by_sms_or_zalo(lan: Person, kind: str, count: int, language: str) -> None:
    """Every kind there is, with personal data in each of its parameters."""
    from songcau.foundation.notifications.kinds import kind_of

    lan.language = language
    lan.save()
    give(lan, Role.SYSTEM_ADMINISTRATOR)
    give(lan, Role.DATA_PROTECTION_OFFICER)
    for role in (Role.OPERATOR, Role.CITY_LEADER, Role.WARD_LEADER):
        give(lan, role, make_agency(f"CQ-{role.replace('_', '-')}"))
    ZaloFollower.objects.create(person=lan, user_id="77", linked_at=MORNING)
    secret = list(PARAMS.values())
    params = {name: secret[n % len(secret)] for n, name in enumerate(sorted(kind_of(kind).params))}
    for n in range(count):
        tell(lan, kind=kind, params=params, key=str(n), only=SHORT, link="/people/nguyen-van-kin/")
    send_due()
    said = [*simulated("sms"), *simulated("zalo")]
    assert said
    for message in said:
        words = " ".join([str(message["title"]), *message["lines"], str(message["link"])])
        assert "http" in words
        for personal in (*secret, "Kín", "nguyen-van-kin", "Bến Tượng", "0912345678", lan.full_name, "lan@example.vn"):
            assert personal not in words


def test_every_kind_has_words_in_both_languages() -> None:
    from django.utils.translation import override

    for kind in all_kinds():
        if kind.code.startswith("tests."):
            continue
        for words in (kind.name, kind.title, kind.body, kind.short):
            with override("en"):
                english = str(words)
            with override("vi"):
                assert str(words) != english, kind.code
                assert set(_holes(str(words))) == set(_holes(english)), kind.code


def _holes(text: str) -> list[str]:
    import re

    return re.findall(r"%\((\w+)\)s", text)


def test_the_persons_language_is_spoken(lan: Person, binh: Person, channel) -> None:
    used = channel()
    from songcau.foundation.notifications.own_kinds import ACCOUNT_REOPENED

    tell(lan, binh, kind=ACCOUNT_REOPENED, only=[Channel.EMAIL])
    send_due()
    titles = {message.language: message.title for message in used.messages}
    assert titles["en"] == "Your account was switched on again"
    assert titles["vi"] != titles["en"]


def test_a_failure_that_may_pass_is_tried_again_and_then_given_up(lan: Person, channel) -> None:
    channel(*[ChannelAway("TIMEOUT")] * PATIENCE.attempts)
    tell(lan, only=[Channel.EMAIL])
    at, tried = MORNING, 0
    while email().state != "GIVEN_UP":
        with clock.frozen(at):
            choose_quiet_hours(by=actor_of(lan), begins=None, ends=None) if tried == 0 else None
            tried += send_due()
        assert email().last_error == "TIMEOUT"
        at = email().next_at
    assert tried == PATIENCE.attempts
    assert timedelta(hours=66) < at - MORNING < timedelta(hours=90)


def test_what_is_rejected_is_given_up_at_once(lan: Person, channel) -> None:
    channel(MessageRejected("RECIPIENT_REFUSED"))
    tell(lan, only=[Channel.EMAIL])
    send_due()
    assert (email().state, email().last_error, email().attempts) == ("GIVEN_UP", "RECIPIENT_REFUSED", 1)


def test_a_bug_with_one_message_does_not_hold_back_the_others(lan: Person, binh: Person, channel) -> None:
    used = channel(ZeroDivisionError())
    tell(lan, binh, only=[Channel.EMAIL])
    assert send_due() == 2
    assert len(used.messages) == 1
    failed = Delivery.objects.get(channel="EMAIL", state="FAILED")
    assert failed.last_error == "BUG ZeroDivisionError"


def test_a_worker_that_died_is_made_up_for_after_its_lease(lan: Person, channel) -> None:
    channel()
    tell(lan, only=[Channel.EMAIL])
    lost = claim_next()
    assert lost is not None
    assert send_due() == 0, "somebody seems to be at it"
    with clock.frozen(MORNING + LEASE):
        assert send_due() == 1
        send(lost)
    assert (email().state, email().message_id) == ("SENT", "m1"), "the end of a lost claim is not written"
    assert email().attempts == 2


def test_messages_of_one_kind_go_together(lan: Person, channel) -> None:
    used = channel()
    tell(lan, key="1")
    send_due()
    for n in range(2, 6):
        tell(lan, key=str(n))
    assert send_due() == 0
    with clock.frozen(MORNING + TOGETHER_FOR):
        assert send_due() == 2, "one e-mail and one SMS"
    letter = next(message for message in used.messages[2:] if message.title)
    assert "4" in letter.title
    assert len(letter.lines) == 4
    assert letter.link.endswith("/notices/")
    assert not Delivery.objects.filter(state="QUEUED").exists()
    assert Notice.objects.of(lan.pk).count() == 5, "the inbox keeps each"


def test_urgent_ones_never_wait_for_each_other(lan: Person, channel) -> None:
    channel()
    for n in range(3):
        tell(lan, kind=ALARM, key=str(n))
    assert send_due() == 3


def test_what_was_held_goes_in_the_morning_and_together(lan: Person, channel) -> None:
    used = channel()
    with clock.frozen(NIGHT):
        tell(lan, key="1", only=[Channel.EMAIL])
        tell(lan, key="2", only=[Channel.EMAIL])
        assert send_due() == 0
    with clock.frozen(NIGHT + timedelta(hours=8)):
        assert send_due() == 1
    assert len(used.messages) == 1
    assert {one.state for one in Delivery.objects.filter(channel="EMAIL")} == {"SENT"}


def test_a_failure_that_comes_again_at_night_is_held(lan: Person, channel) -> None:
    channel(ChannelAway("TIMEOUT"))
    tell(lan, only=[Channel.EMAIL])
    send_due()
    with clock.frozen(NIGHT):
        assert send_due() == 0
    assert email().state == "HELD"
    choose_quiet_hours(by=actor_of(lan), begins=None, ends=None)
    with clock.frozen(NIGHT):
        assert send_due() == 1
    assert email().state == "SENT"


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("email", "", "NO_ADDRESS"), ("is_active", False, "ACCOUNT_CLOSED")]
)
def test_what_changed_meanwhile_is_respected(lan: Person, channel, field: str, value: object, reason: str) -> None:
    used = channel()
    tell(lan, only=[Channel.EMAIL])
    setattr(lan, field, value)
    lan.save()
    send_due()
    assert (email().state, email().last_error) == ("GIVEN_UP", reason)
    assert used.messages == []


def test_a_kind_that_is_gone_still_gives_a_sentence(lan: Person, channel) -> None:
    from songcau.foundation.notifications import kinds

    channel()
    tell(lan)
    del kinds._kinds[REPORT]
    claimed = [claim_next(), claim_next()]
    for one in claimed:
        assert one is not None
        assert message_of(one).lines[0]
    assert send_due() == 0


def test_a_notice_goes_as_soon_as_its_event_arrives(lan: Person, binh: Person, channel) -> None:
    used = channel()
    tell(lan, only=[Channel.EMAIL])
    tell(binh, only=[Channel.EMAIL])
    notice = Notice.objects.get(person=binh)
    tasks.send_given(NoticesGiven((notice.pk,)), None)
    assert [message.to for message in used.messages] == ["binh@example.vn"]
    tasks.send_retried(NoticeRetried(notice.pk), None)
    tasks.send_waiting()
    assert len(used.messages) == 2


def test_no_time_left_leaves_the_rest_to_the_next_run(lan: Person, channel) -> None:
    channel()
    tell(lan)
    assert send_due(seconds=0) == 0
    assert send_due() == 2


def test_a_channel_that_is_not_set_up_any_more_keeps_what_waits(lan: Person, set_up) -> None:
    tell(lan, only=[Channel.EMAIL])
    set_up(demo=False)
    send_due()
    assert (email().state, email().last_error) == ("FAILED", "NOT_SET_UP")


def test_a_data_folder_that_cannot_be_written_is_waited_for(lan: Person, set_up, tmp_path) -> None:
    (tmp_path / "messages").write_text("a file where a folder should be")
    tell(lan, only=[Channel.SMS])
    send_due()
    assert Delivery.objects.get(channel="SMS").last_error == "DISK"


@pytest.mark.parametrize(
    ("number", "to"),
    [
        ("0912345678", "+84912345678"),
        ("+84912345678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("01201234567", "+84701234567"),
        ("+819012345678", "+819012345678"),
    ],
)
def test_numbers_go_out_in_the_international_form(lan: Person, number: str, to: str) -> None:
    send_code(phone=number, code="123456", language="vi")
    assert simulated("sms")[0]["to"] == to


@pytest.mark.parametrize("number", ["", "abc", "12", "+84 91x", "+84000000001"])
def test_what_is_no_number_is_rejected(lan: Person, number: str) -> None:
    with pytest.raises(MessageRejected):
        send_code(phone=number, code="123456", language="vi")


def test_a_code_is_sent_in_the_language_and_stored_nowhere(lan: Person, caplog) -> None:
    send_code(phone="0912345678", code="918273", language="vi")
    send_code(phone="0912345678", code="918273", language="en")
    vietnamese, english = (message["lines"][0] for message in simulated("sms"))
    assert "918273" in vietnamese
    assert english.startswith("918273 is your code")
    assert vietnamese != english
    assert "918273" not in caplog.text
    assert not Delivery.objects.exists()


def test_without_a_gateway_a_code_is_refused_not_swallowed(lan: Person, set_up) -> None:
    set_up(demo=False)
    with pytest.raises(ChannelAway):
        send_code(phone="0912345678", code="918273", language="vi")


def test_a_link_names_its_notice_and_nothing_else_does() -> None:
    one = new_id()
    assert id_in(token_of(one)) == one
    assert len(token_of(one)) == 22
    for nonsense in ("", "x", "!" * 22, token_of(one) + "AAAA", "Ä" * 22):
        assert id_in(nonsense) is None


def test_the_mail_server_of_the_settings_is_used(lan: Person, set_up) -> None:
    from pydantic import SecretStr

    set_up(smtp_host="mail.example.vn", smtp_from="a@example.vn", smtp_password=SecretStr("x"))
    port = port_of(Channel.EMAIL)
    assert port.readiness is Readiness.READY
    assert (port.server.host, port.server.port, port.server.security) == ("mail.example.vn", 587, "starttls")


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_each_message_once(lan: Person, agency, channel) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    from songcau.foundation.accounts.tests.people import make_person

    people = [make_person(f"nguoi-{n}", agency, email=f"nguoi-{n}@example.vn") for n in range(40)]
    used = channel()
    tell(*people, only=[Channel.EMAIL])
    start = threading.Barrier(5)

    def work() -> None:
        start.wait()
        with clock.frozen(MORNING):
            send_due()
        connections.close_all()

    workers = [threading.Thread(target=work) for _n in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(message.to for message in used.messages) == sorted(person.email for person in people)
