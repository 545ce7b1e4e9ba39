"""Zalo Official Account: messages to followers, and the exchange of the single-use refresh token.

Success is `error: 0` inside a 200 answer. What the codes mean is reported by integrators, not promised by Zalo;
a code that is not in the tables is waited for.
"""

import json
import time
from dataclasses import dataclass
from typing import Any, Protocol

from songcau.foundation.notifications.adapters.port import ChannelAway, Message, MessageRejected, Readiness, Receipt
from songcau.foundation.notifications.rules import parts
from songcau.kernel.asking import AnswerTooLong, Limits, Unanswered, ask

# For one call, from beginning to end.
SECONDS = 10.0
# After this no further part of a message is begun, and one takes four calls at most (twice a message and a renewal).
MESSAGE_SECONDS = 60.0
LONGEST_SECONDS = MESSAGE_SECONDS + 4 * SECONDS
TOKEN_CODES = frozenset({-216, -220})
# Waiting does not help: these are about the person or the message.
FOR_EVER = {
    -201: "PARAMETERS",
    -210: "TOO_LONG",
    -213: "NOT_FOLLOWING",
    -217: "BLOCKED",
    -227: "USER_INACTIVE",
    -230: "NO_RECENT_CONTACT",
}
FOR_NOW = {-32: "RATE", -211: "QUOTA", -218: "QUOTA", -221: "NOT_VERIFIED", -224: "PACKAGE", -234: "NIGHT"}


class TokenRefused(Exception):
    """Zalo does not take this refresh token (any more)."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What an exchange gives: the refresh token in it replaces the one that was spent."""

    access_token: str
    refresh_token: str
    seconds: int


class Tokens(Protocol):
    """Where access tokens come from."""

    def access(self) -> str:
        """One that should be good. Raises ChannelAway."""
        ...

    def expired(self, token: str) -> None:
        """Zalo said that this one is not: the next `access` gives another."""
        ...


class ZaloOa:
    """The message API (v3.0, customer service)."""

    readiness = Readiness.READY

    def __init__(self, address: str, tokens: Tokens, seconds: float = SECONDS) -> None:
        self.address, self.tokens, self.seconds = address.rstrip("/"), tokens, seconds

    def send(self, message: Message) -> Receipt:
        """A text over 2000 characters goes in parts; if a later one fails, all are sent again."""
        sent, until = "", time.monotonic() + MESSAGE_SECONDS
        for part in parts("\n\n".join([*message.lines, message.link]).strip()):
            if time.monotonic() >= until:
                raise ChannelAway("TIMEOUT")
            sent = self._with_token(message.to, part)
        return Receipt(message_id=sent)

    def _with_token(self, user: str, text: str) -> str:
        token = self.tokens.access()
        answer = self._posted(token, user, text)
        if answer.get("error") in TOKEN_CODES:
            self.tokens.expired(token)
            answer = self._posted(self.tokens.access(), user, text)
        return _message_id(answer)

    def _posted(self, token: str, user: str, text: str) -> dict[str, Any]:
        body = {"recipient": {"user_id": user}, "message": {"text": text}}
        return _asked(
            f"{self.address}/v3.0/oa/message/cs", seconds=self.seconds, document=body, headers={"access_token": token}
        )


def _message_id(answer: dict[str, Any]) -> str:
    code = answer.get("error")
    if code == 0:
        data = answer.get("data")
        return str(data.get("message_id", ""))[:200] if isinstance(data, dict) else ""
    if not isinstance(code, int):
        raise ChannelAway("ANSWER")
    if code in TOKEN_CODES:
        raise ChannelAway("TOKEN_EXPIRED")
    if code in FOR_EVER:
        raise MessageRejected(FOR_EVER[code])
    raise ChannelAway(FOR_NOW.get(code, f"ZALO {code}"[:60]))


def exchange(address: str, *, app_id: str, secret_key: str, refresh_token: str, seconds: float = SECONDS) -> Fresh:
    """Spend a refresh token. Raises TokenRefused, ChannelAway (it may have been spent all the same)."""
    form = {"app_id": app_id, "grant_type": "refresh_token", "refresh_token": refresh_token}
    answer = _asked(
        f"{address.rstrip('/')}/v4/oa/access_token", seconds=seconds, form=form, headers={"secret_key": secret_key}
    )
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return Fresh(access, refresh, _seconds(answer.get("expires_in")))
    if isinstance(answer.get("error"), int):
        raise TokenRefused(str(answer["error"]))
    raise ChannelAway("ANSWER")


def _seconds(said: object) -> int:
    """Zalo writes "90000"; what cannot be read counts as an hour."""
    return int(str(said)) if str(said).isdecimal() and len(str(said)) < 10 else 3600


def _asked(address: str, *, seconds: float, **request: Any) -> dict[str, Any]:
    limits = Limits(connect=seconds, read=seconds, whole=seconds)
    try:
        answer = ask("POST", address, limits=limits, **request)
    except AnswerTooLong:
        raise ChannelAway("ANSWER") from None
    except Unanswered as error:
        raise ChannelAway("TIMEOUT" if error.timed_out else "NETWORK") from None
    if answer.status == 429:
        raise ChannelAway("RATE")
    if answer.status >= 500:
        raise ChannelAway("SERVER")
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise ChannelAway("ANSWER") from None
    if not isinstance(said, dict):
        raise ChannelAway("ANSWER")
    return said
