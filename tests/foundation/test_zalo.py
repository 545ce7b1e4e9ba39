# ruff: noqa: F811 - fixtures are imported, and asked for by name
"""Zalo against a simulated Official Account that speaks HTTP: tokens that are good once, and every kind of trouble."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import give
from songcau.foundation.notifications.actions import set_zalo_token
from songcau.foundation.notifications.adapters import zalo as zalo_adapter
from songcau.foundation.notifications.adapters.port import ChannelAway, Message, MessageRejected, Port
from songcau.foundation.notifications.adapters.zalo import LONGEST_SECONDS, SECONDS
from songcau.foundation.notifications.channels import port_of
from songcau.foundation.notifications.models import Notice, ZaloFollower, ZaloToken
from songcau.foundation.notifications.own_kinds import ZALO_LOST
from songcau.foundation.notifications.rules import Channel
from songcau.foundation.notifications.sending import LEASE, send_due
from songcau.foundation.notifications.tests.conftest import (  # noqa: F401 - fixtures
    MORNING,
    _kinds,
    _outbox,
    agency,
    lan,
    morning,
    set_up,
)
from songcau.foundation.notifications.tests.post_office import misbehaving
from songcau.foundation.notifications.tests.telling import states, tell
from songcau.foundation.notifications.zalo_tokens import SPENDING_FOR
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.simulators.zalo_oa import OfficialAccount, served

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "the secret of the application"


@pytest.fixture
def account(set_up) -> Iterator[OfficialAccount]:
    account = OfficialAccount(app_id="app-1", secret_key=SECRET, followers={"77"})
    with served(account) as address:
        from pydantic import SecretStr

        set_up(zalo_app_id="app-1", zalo_secret_key=SecretStr(SECRET), zalo_api=address, zalo_oauth=address)
        yield account


@pytest.fixture
def zalo(account: OfficialAccount) -> Port:
    set_zalo_token(by=SYSTEM, refresh_token=account.authorise())
    return port_of(Channel.ZALO)


def text(words: str = "Có tin mới.", to: str = "77") -> Message:
    return Message(to=to, title="", lines=(words,), link="http://localhost/n/x", language="vi", key="k")


def reason_of(zalo: Port, message: Message | None = None) -> str:
    with pytest.raises((ChannelAway, MessageRejected)) as raised:
        zalo.send(message or text())
    return str(raised.value.reason)


def test_a_message_reaches_a_follower(zalo: Port, account: OfficialAccount) -> None:
    assert zalo.send(text()).message_id == "m1"
    assert account.messages == [("77", "Có tin mới.\n\nhttp://localhost/n/x")]
    zalo.send(text())
    assert account.exchanges == 1, "an access token that is good is used again"


def test_tokens_are_not_legible_in_the_database(zalo: Port, account: OfficialAccount) -> None:
    zalo.send(text())
    row = ZaloToken.objects.get()
    for token in (*account.access_tokens, *account.refresh_tokens):
        assert token not in row.access_token + row.refresh_token


def test_each_refresh_token_is_spent_once_and_the_next_one_kept(zalo: Port, account: OfficialAccount) -> None:
    for day in range(5):
        with clock.frozen(MORNING + timedelta(days=2 * day)):
            zalo.send(text())
    assert (account.exchanges, account.refused_exchanges) == (5, 0)
    assert ZaloToken.objects.get().generation == 6


def test_a_token_that_zalo_takes_no_more_is_renewed_on_the_way(zalo: Port, account: OfficialAccount) -> None:
    zalo.send(text())
    account.access_tokens.clear()
    zalo.send(text())
    assert (account.exchanges, len(account.messages)) == (2, 2)


def test_a_fresh_token_that_is_refused_too_is_waited_for(zalo: Port, account: OfficialAccount) -> None:
    account.troubles = [-216, -216]
    assert reason_of(zalo) == "TOKEN_EXPIRED"


def test_without_authorisation_nothing_is_called(account: OfficialAccount) -> None:
    assert reason_of(port_of(Channel.ZALO)) == "NOT_AUTHORISED"
    assert account.refused_exchanges == 0


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        (-213, MessageRejected, "NOT_FOLLOWING"),
        (-217, MessageRejected, "BLOCKED"),
        (-227, MessageRejected, "USER_INACTIVE"),
        (-230, MessageRejected, "NO_RECENT_CONTACT"),
        (-201, MessageRejected, "PARAMETERS"),
        (-210, MessageRejected, "TOO_LONG"),
        (-211, ChannelAway, "QUOTA"),
        (-32, ChannelAway, "RATE"),
        (-234, ChannelAway, "NIGHT"),
        (-224, ChannelAway, "PACKAGE"),
        (-221, ChannelAway, "NOT_VERIFIED"),
        (-99999, ChannelAway, "ZALO -99999"),
    ],
)
def test_each_error_code_is_for_ever_or_for_now(zalo, account, code: int, error: type, reason: str) -> None:
    account.troubles = [code]
    with pytest.raises(error) as raised:
        zalo.send(text())
    assert raised.value.reason == reason


@pytest.mark.parametrize(("status", "reason"), [(500, "SERVER"), (503, "SERVER"), (429, "RATE"), (200, "ANSWER")])
def test_an_answer_that_is_none_is_waited_for(zalo: Port, account: OfficialAccount, status: int, reason: str) -> None:
    zalo.send(text())
    account.broken = status
    assert reason_of(zalo) == reason


def test_a_server_that_is_slow_or_gone_is_waited_for(zalo: Port, account: OfficialAccount, set_up) -> None:
    zalo.send(text())
    account.slow, zalo.seconds = 1.0, 0.2
    assert reason_of(zalo) == "TIMEOUT"
    # Refused at once: so much patience that a busy machine does not run out of it before.
    account.slow, zalo.seconds, zalo.address = 0.0, 10.0, "http://127.0.0.1:1"
    assert reason_of(zalo) == "NETWORK"
    zalo.address = "nonsense"
    assert reason_of(zalo) == "NETWORK"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n", "TIMEOUT"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", "TIMEOUT"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "TIMEOUT"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 300_000, "ANSWER"),
    ],
)
def test_a_server_that_drips_or_never_ends_is_cut_off(zalo: Port, answer: bytes, reason: str) -> None:
    zalo.send(text())

    def drip(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        for n in range(200):
            line.sendall(b"x: %d\r\n" % n)
            time.sleep(0.05)

    begun = time.monotonic()
    with misbehaving(drip) as port:
        zalo.address, zalo.seconds = f"http://127.0.0.1:{port}", 0.5
        assert reason_of(zalo) == reason
    assert time.monotonic() - begun < 4


def test_leases_are_longer_than_the_calls_they_cover() -> None:
    assert timedelta(seconds=LONGEST_SECONDS) < LEASE
    assert timedelta(seconds=2 * SECONDS) < SPENDING_FOR


def test_no_part_is_begun_when_the_time_of_the_message_is_over(zalo: Port, account, monkeypatch) -> None:
    monkeypatch.setattr(zalo_adapter, "MESSAGE_SECONDS", 0.0)
    assert reason_of(zalo) == "TIMEOUT"
    assert account.messages == []


def test_a_long_text_goes_in_parts(zalo: Port, account: OfficialAccount) -> None:
    zalo.send(text("\n\n".join(["một " * 300] * 4)))
    assert len(account.messages) > 1
    assert all(len(part) <= 2000 for _user, part in account.messages)


def test_a_lost_authorisation_stops_the_calls_and_alarms_the_administrators_once(
    zalo: Port, account: OfficialAccount, lan: Person
) -> None:
    give(lan, Role.SYSTEM_ADMINISTRATOR)
    account.refresh_tokens.clear()
    assert [reason_of(zalo) for _n in range(3)] == ["TOKEN_LOST"] * 3
    assert account.refused_exchanges == 1
    assert Notice.objects.get(kind=ZALO_LOST).person == lan
    set_zalo_token(by=SYSTEM, refresh_token=account.authorise())
    zalo.send(text())
    assert len(account.messages) == 1


def test_an_exchange_whose_answer_was_lost_ends_in_an_alarm_not_in_silence(
    zalo: Port, account: OfficialAccount, lan: Person
) -> None:
    give(lan, Role.SYSTEM_ADMINISTRATOR)
    account.forget_answers = 1
    assert reason_of(zalo) == "NETWORK"
    assert ZaloToken.objects.get().spending_until is None
    assert reason_of(zalo) == "TOKEN_LOST", "it was spent after all"
    assert Notice.objects.filter(kind=ZALO_LOST).count() == 1


def test_while_one_worker_exchanges_another_waits(zalo: Port, account: OfficialAccount) -> None:
    ZaloToken.objects.update(spending_until=MORNING + SPENDING_FOR)
    assert reason_of(zalo) == "TOKEN_BEING_RENEWED"
    assert account.exchanges == 0
    with clock.frozen(MORNING + 2 * SPENDING_FOR):
        zalo.send(text())
    assert account.exchanges == 1


def test_a_token_entered_during_an_exchange_is_not_overwritten(zalo: Port, account: OfficialAccount) -> None:
    entered = account.authorise()
    spend = zalo.tokens.exchange

    def and_meanwhile(token: str):
        fresh = spend(token)
        set_zalo_token(by=SYSTEM, refresh_token=entered)
        return fresh

    zalo.tokens.exchange = and_meanwhile
    zalo.send(text())
    zalo.tokens.exchange = spend
    account.access_tokens.clear()
    zalo.send(text())
    assert entered not in account.refresh_tokens, "the entered one was spent next"


def test_many_workers_at_once_spend_no_token_twice(zalo: Port, account: OfficialAccount) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    account.slow = 0.1
    reasons: list[str] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        try:
            with clock.frozen(MORNING):
                zalo.send(text())
            reasons.append("SENT")
        except ChannelAway as error:
            reasons.append(error.reason)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (account.exchanges, account.refused_exchanges) == (1, 0)
    assert set(reasons) <= {"SENT", "TOKEN_BEING_RENEWED"}
    assert "SENT" in reasons


def test_another_secret_key_makes_the_stored_tokens_useless(zalo: Port, account: OfficialAccount, settings) -> None:
    settings.SECRET_KEY = "another key, as after a careless move of the city"
    assert reason_of(zalo) == "SEAL"
    assert account.exchanges == 0


def test_who_does_not_follow_any_more_is_not_tried_again(zalo: Port, account: OfficialAccount, lan: Person) -> None:
    ZaloFollower.objects.create(person=lan, user_id="88", linked_at=MORNING)
    tell(lan)
    send_due()
    assert states(lan)["ZALO"] == "GIVEN_UP"
    assert not ZaloFollower.objects.get().follows
    tell(lan, key="later")
    assert Notice.objects.get(key="later").deliveries.filter(channel="ZALO").count() == 0


def test_a_wrong_application_is_an_authorisation_that_is_lost(zalo: Port, account: OfficialAccount) -> None:
    account.app_id = "another"
    assert reason_of(zalo) == "TOKEN_LOST"


def test_the_simulator_answers_404_elsewhere(account: OfficialAccount) -> None:
    import httpx
    from django.conf import settings

    assert httpx.post(f"{settings.SONGCAU.zalo_api}/v2.0/oa/message").status_code == 404
    body = httpx.post(f"{settings.SONGCAU.zalo_api}/v3.0/oa/message/cs", content=b"{").json()
    assert body["error"] == -216
