"""E-mail by SMTP: multipart text and HTML, TLS whose certificate is checked, a limit on each step and on the whole.

A server that dies after DATA may have taken the message: it is sent again, under the same Message-ID. Twice at worst,
never lost.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from songcau.foundation.notifications.adapters.port import ChannelAway, Message, MessageRejected, Readiness, Receipt
from songcau.kernel import clock
from songcau.kernel.text import normal
from songcau.kernel.time_limits import cut_off_after

SECONDS = 10.0
# For one message, from the greeting to the farewell.
WHOLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. `security`: `starttls` (refused without), `tls` from the first byte, or `none`."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    authority: Path | None = None
    seconds: float = SECONDS
    whole_seconds: float = WHOLE_SECONDS


class Smtp:
    """A connection for each message: notices are few, and a connection that waits is one that dies unseen."""

    readiness = Readiness.READY

    def __init__(self, server: Server) -> None:
        self.server = server

    def send(self, message: Message) -> Receipt:
        letter = self._letter(message)
        with self._connected() as connection:
            connection.send_message(letter)
        return Receipt(message_id=str(letter["Message-ID"]))

    def greet(self) -> None:
        """Connect, agree on TLS, sign in, and leave: for `songcau doctor`."""
        with self._connected():
            pass

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection over which mail may go, for as long as one message may take."""
        seen: list[_Seen] = []
        with cut_off_after(self.server.whole_seconds, lambda: seen[0].sock if seen else None) as limit:
            try:
                connection = self._signed_in(seen)
                try:
                    yield connection
                finally:
                    # What the server says to QUIT, or that it is gone by then, changes nothing about the message.
                    with suppress(smtplib.SMTPException, OSError):
                        connection.quit()
            except (OSError, UnicodeError) as error:  # smtplib's own errors are OSErrors too
                raise ChannelAway("TIMEOUT") if limit.passed else _in_our_words(error) from error

    def _signed_in(self, seen: "list[_Seen]") -> smtplib.SMTP:
        server = self.server
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = _Secure(seen, server.host, server.port, timeout=server.seconds, context=self._trust())
        else:
            connection = _Plain(seen, server.host, server.port, timeout=server.seconds)
        try:
            if server.security == "starttls":
                connection.starttls(context=self._trust())
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.server.authority) if self.server.authority else None)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        sender = self.server.sender
        domain = sender.rpartition("@")[2]
        letter["Subject"] = normal(message.title)
        try:
            letter["From"] = Address(str(settings.SONGCAU.city_name), addr_spec=sender)
            letter["To"] = Address(addr_spec=message.to)
        except (ValueError, IndexError):
            raise MessageRejected("ADDRESS") from None
        letter["Date"] = format_datetime(clock.now())
        letter["Message-ID"] = f"<{message.key}@{domain}>"
        # RFC 3834: no automatic answers to automatic mail.
        letter["Auto-Submitted"] = "auto-generated"
        facts = {"message": message, "city_name": settings.SONGCAU.city_name, "demo": settings.SONGCAU.demo}
        with override(message.language):
            letter.set_content(render_to_string("notifications/email.txt", facts))
            letter.add_alternative(render_to_string("notifications/email.html", facts), subtype="html")
        return letter


class _Seen:
    """Shows itself before it connects, so that also a greeting that never ends can be cut off."""

    sock: socket.socket | None

    def __init__(self, seen: "list[_Seen]", *args: Any, **more: Any) -> None:
        seen.append(self)
        super().__init__(*args, **more)


class _Plain(_Seen, smtplib.SMTP):
    pass


class _Secure(_Seen, smtplib.SMTP_SSL):
    pass


def _in_our_words(error: OSError | UnicodeError) -> Exception:
    """What a mail server, the network or TLS may raise, as one of the two ends a message can have."""
    return next(end(error) for kind, end in _ENDS if isinstance(error, kind))


def _by_code(code: int, what: str) -> Exception:
    """5xx is for ever, 4xx for now (RFC 5321, 4.2.1)."""
    return MessageRejected(f"{what}_REFUSED") if code >= 500 else ChannelAway(f"{what}_POSTPONED")


def _away(reason: str) -> Callable[[Any], Exception]:
    return lambda _error: ChannelAway(reason)


# The first that fits. What an administrator can mend (sign-in, sender, TLS) is waited for, not given up.
_ENDS: tuple[tuple[type[Exception], Callable[[Any], Exception]], ...] = (
    (
        smtplib.SMTPRecipientsRefused,
        lambda error: _by_code(min(code for code, _words in error.recipients.values()), "RECIPIENT"),
    ),
    (smtplib.SMTPAuthenticationError, _away("SIGN_IN")),
    (smtplib.SMTPSenderRefused, _away("SENDER_REFUSED")),
    (smtplib.SMTPConnectError, _away("GREETING")),
    (smtplib.SMTPHeloError, _away("GREETING")),
    (
        smtplib.SMTPNotSupportedError,
        lambda error: ChannelAway("NO_TLS_OFFERED" if "STARTTLS" in str(error) else "NOT_SUPPORTED"),
    ),
    (
        smtplib.SMTPServerDisconnected,
        lambda error: ChannelAway("TIMEOUT" if "timed out" in str(error) else "CONNECTION_LOST"),
    ),
    (smtplib.SMTPResponseException, lambda error: _by_code(error.smtp_code, "MESSAGE")),
    (smtplib.SMTPException, _away("PROTOCOL")),
    (ssl.SSLError, _away("TLS")),  # a certificate nobody vouches for, another name, an old protocol
    (FileNotFoundError, _away("TLS")),  # the file of the authority
    (TimeoutError, _away("TIMEOUT")),
    (ConnectionRefusedError, _away("CONNECTION_REFUSED")),
    (socket.gaierror, _away("NAME_UNKNOWN")),
    (OSError, _away("NETWORK")),
    # An address outside of ASCII, and a server that takes none.
    (UnicodeError, lambda _error: MessageRejected("ADDRESS")),
)
