"""E-mail against servers on loopback: one that works, and each way in which they do not."""

import email
import email.policy
import socket
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from songcau.foundation.notifications.adapters.port import ChannelAway, Message, MessageRejected
from songcau.foundation.notifications.adapters.smtp import SECONDS, WHOLE_SECONDS, Server, Smtp
from songcau.foundation.notifications.sending import LEASE
from songcau.foundation.notifications.tests import post_office
from songcau.foundation.notifications.tests.post_office import Inbox, certificate, misbehaving, serving


def letter(to: str = "lan@example.vn", line: str = "Nội dung", language: str = "vi") -> Message:
    return Message(
        to=to,
        title="Vai trò “Lãnh đạo phường” đã được giao",
        lines=(line,),
        link="http://localhost/n/x",
        language=language,
        key="0190-key",
    )


def at(port: int, **more: object) -> Smtp:
    facts = {"security": "none", "user": "", "password": "", "sender": "thongbao@example.vn", "seconds": 1.0}
    return Smtp(Server(**{"host": "127.0.0.1", "port": port, **facts, **more}))


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_letter_arrives_as_text_and_as_html_in_vietnamese() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        receipt = at(port).send(letter(line="Vai trò có hiệu lực tại: UBND phường <b>Quang Vinh</b>"))
    (to, raw), read_back = inbox.letters[0], read(inbox.letters[0][1])
    assert to == "lan@example.vn"
    assert read_back["Subject"] == "Vai trò “Lãnh đạo phường” đã được giao"
    assert read_back["From"].addresses[0].addr_spec == "thongbao@example.vn"
    assert read_back["Auto-Submitted"] == "auto-generated"
    assert receipt.message_id == read_back["Message-ID"] == "<0190-key@example.vn>"
    text, html = read_back.get_body(("plain",)), read_back.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "UBND phường <b>Quang Vinh</b>" in text.get_content()
    assert "&lt;b&gt;Quang Vinh&lt;/b&gt;" in html.get_content(), "what people typed is no HTML"
    assert 'lang="vi"' in html.get_content()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert not receipt.delivered, "the server took it; whether it arrived nobody knows"


def test_a_line_break_in_a_title_makes_no_header() -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        message = letter()
        bad = Message(message.to, "Chào\r\nBcc: x@example.vn", message.lines, message.link, "vi", "k")
        at(port).send(bad)
    assert read(inbox.letters[0][1])["Bcc"] is None
    assert read(inbox.letters[0][1])["Subject"] == "Chào Bcc: x@example.vn"


@pytest.mark.parametrize(
    ("to", "line", "error", "reason"),
    [
        ("nobody@example.vn", "x", MessageRejected, "RECIPIENT_REFUSED"),
        ("later@example.vn", "x", ChannelAway, "RECIPIENT_POSTPONED"),
        ("lan@example.vn", "refuse this", MessageRejected, "MESSAGE_REFUSED"),
        ("lan@example.vn", "postpone this", ChannelAway, "MESSAGE_POSTPONED"),
        ("lan", "x", MessageRejected, "ADDRESS"),
        ("", "x", MessageRejected, "ADDRESS"),
        ("lan@example.vn, binh@example.vn", "x", MessageRejected, "ADDRESS"),
        ("lan\r\nBcc: x@example.vn", "x", MessageRejected, "ADDRESS"),
    ],
)
def test_what_a_server_refuses_is_for_ever_or_for_now(to: str, line: str, error: type, reason: str) -> None:
    with serving(Inbox()) as port, pytest.raises(error) as raised:
        at(port).send(letter(to, line))
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (post_office.hangs, "TIMEOUT"),
        (post_office.turns_away, "GREETING"),
        (post_office.talks_nonsense, "GREETING"),
        (post_office.dies_after_data, "CONNECTION_LOST"),
    ],
)
def test_a_server_that_misbehaves_is_waited_for(talk, reason: str) -> None:
    with misbehaving(talk) as port, pytest.raises(ChannelAway) as raised:
        at(port).send(letter())
    assert raised.value.reason == reason


@pytest.mark.parametrize("talk", [post_office.drips_its_greeting, post_office.drips_after_a_greeting])
def test_a_server_that_drips_is_cut_off_when_the_whole_takes_too_long(talk) -> None:
    begun = time.monotonic()
    with misbehaving(talk) as port, pytest.raises(ChannelAway) as raised:
        at(port, whole_seconds=0.5).send(letter())
    assert raised.value.reason == "TIMEOUT"
    assert time.monotonic() - begun < 4, "no single step was slow; the whole of it is what is limited"


def test_a_lease_is_longer_than_a_letter_can_take() -> None:
    assert timedelta(seconds=WHOLE_SECONDS + SECONDS) < LEASE


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ChannelAway) as raised:
        at(port).send(letter())
    assert raised.value.reason == "CONNECTION_REFUSED"
    with pytest.raises(ChannelAway) as raised:
        at(port, host="no-such-host.invalid").send(letter())
    assert raised.value.reason == "NAME_UNKNOWN"


def test_tls_is_taken_with_a_certificate_that_somebody_vouches_for(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    inbox = Inbox()
    with serving(inbox, tls_context=context) as port:
        at(port, security="starttls", authority=authority).send(letter())
    assert len(inbox.letters) == 1


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)
    inbox = Inbox()
    with serving(inbox, ssl_context=context) as port:
        at(port, security="tls", authority=authority).send(letter())
    assert len(inbox.letters) == 1
    with misbehaving(post_office.hangs) as port, pytest.raises(ChannelAway) as raised:
        at(port, security="tls", authority=authority).send(letter())
    assert raised.value.reason == "TIMEOUT"


@pytest.mark.parametrize("fault", ["unknown authority", "no such file", "another name", "expired", "not offered"])
def test_nothing_is_sent_over_a_line_that_cannot_be_trusted(tmp_path: Path, fault: str) -> None:
    name, days = {"another name": ("mail.example.vn", 30), "expired": ("127.0.0.1", -1)}.get(fault, ("127.0.0.1", 30))
    context, authority = certificate(tmp_path, name, days=days)
    trusted = {"unknown authority": None, "no such file": tmp_path / "gone.pem"}.get(fault, authority)
    inbox = Inbox()
    options = {} if fault == "not offered" else {"tls_context": context}
    with serving(inbox, **options) as port, pytest.raises(ChannelAway) as raised:
        at(port, security="starttls", authority=trusted).send(letter())
    assert raised.value.reason == ("NO_TLS_OFFERED" if fault == "not offered" else "TLS")
    assert inbox.letters == []


def test_a_wrong_password_is_waited_for_until_somebody_mends_it(tmp_path: Path) -> None:
    context, authority = certificate(tmp_path)

    def authenticate(server, session, envelope, mechanism, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.login == b"songcau" and given.password == b"right", handled=False)

    inbox = Inbox()
    with serving(inbox, tls_context=context, authenticator=authenticate, auth_required=True) as port:
        secure = {"security": "starttls", "authority": authority, "user": "songcau"}
        at(port, **secure, password="right").send(letter())
        at(port, **secure, password="right").greet()
        with pytest.raises(ChannelAway) as raised:
            at(port, **secure, password="wrong").send(letter())
    assert raised.value.reason == "SIGN_IN"
    assert len(inbox.letters) == 1
