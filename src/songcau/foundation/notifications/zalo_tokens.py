"""The tokens of the Official Account: a refresh token is spent once, and what it gives is committed before it is used.

An exchange is three steps: a short transaction that says "I am spending it", under the lock of the row; the call; a
short transaction that keeps both new tokens. No transaction is open during the call. A worker that dies in between
leaves a token of which nobody knows whether it was spent: the next one tries it, and if Zalo refuses it, the channel
stops calling, everything waits, and the administrators are told to authorise again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from songcau.foundation.accounts.queries import system_administrators
from songcau.foundation.notifications.actions.telling import notify
from songcau.foundation.notifications.adapters.port import ChannelAway
from songcau.foundation.notifications.adapters.zalo import Fresh, TokenRefused
from songcau.foundation.notifications.models import ZaloToken
from songcau.foundation.notifications.own_kinds import ZALO_LOST
from songcau.foundation.notifications.sealing import SealBroken, opened, sealed
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

log = structlog.get_logger(__name__)

# Longer than the call can last, which has a limit for its whole (`adapters.zalo.SECONDS`).
SPENDING_FOR = timedelta(seconds=60)
# An access token is renewed this long before its end.
EARLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Begun:
    refresh_token: str
    generation: int


class TokenStore:
    """`exchange` spends a refresh token: `adapters.zalo.exchange` with the settings of this installation."""

    def __init__(self, exchange: Callable[[str], Fresh]) -> None:
        self.exchange = exchange

    def access(self) -> str:
        """The stored access token, or a new one when its time is over. Raises ChannelAway."""
        row = ZaloToken.objects.filter(pk=ZaloToken.ONLY).first()
        if row is None or not row.refresh_token:
            raise ChannelAway("NOT_AUTHORISED")
        return _good(row) or self._renewed()

    def expired(self, token: str) -> None:
        """Forget this access token, unless another worker has renewed it meanwhile."""
        with transaction.atomic():
            row = ZaloToken.objects.select_for_update().filter(pk=ZaloToken.ONLY).first()
            if row is not None and row.access_token and _opened(row.access_token) == token:
                row.access_token, row.expires_at = "", None
                row.save(update_fields=["access_token", "expires_at"])

    def _renewed(self) -> str:
        begun = _begin()
        if isinstance(begun, str):
            return begun
        try:
            fresh = self.exchange(begun.refresh_token)
        except TokenRefused:
            _lose(begun.generation)
            raise ChannelAway("TOKEN_LOST") from None
        except ChannelAway:
            _let_go(begun.generation)
            raise
        _keep(begun.generation, fresh)
        return fresh.access_token


def _good(row: ZaloToken) -> str:
    """The access token of the row if it can be used. Raises ChannelAway when the authorisation is lost."""
    if row.refused_at is not None:
        raise ChannelAway("TOKEN_LOST")
    in_time = row.expires_at is not None and row.expires_at - EARLY > clock.now()
    return _opened(row.access_token) if in_time and row.access_token else ""


def _opened(text: str) -> str:
    try:
        return opened(text)
    except SealBroken:
        raise ChannelAway("SEAL") from None


@transaction.atomic
def _begin() -> _Begun | str:
    """Say that the refresh token is being spent; or the access token that another worker has got meanwhile."""
    row = ZaloToken.objects.select_for_update().get(pk=ZaloToken.ONLY)
    if token := _good(row):
        return token
    now = clock.now()
    if row.spending_until is not None and row.spending_until > now:
        raise ChannelAway("TOKEN_BEING_RENEWED")
    begun = _Begun(_opened(row.refresh_token), row.generation)
    row.spending_until = now + SPENDING_FOR
    row.save(update_fields=["spending_until"])
    return begun


def _keep(generation: int, fresh: Fresh) -> None:
    now = clock.now()
    kept = ZaloToken.objects.filter(pk=ZaloToken.ONLY, generation=generation).update(
        access_token=sealed(fresh.access_token),
        refresh_token=sealed(fresh.refresh_token),
        expires_at=now + timedelta(seconds=fresh.seconds),
        generation=generation + 1,
        spending_until=None,
        changed_at=now,
    )
    log.info("zalo.token_renewed", generation=generation + 1, kept=bool(kept))


def _let_go(generation: int) -> None:
    """The call failed: whether the token was spent will be seen at the next try."""
    ZaloToken.objects.filter(pk=ZaloToken.ONLY, generation=generation).update(spending_until=None)


@transaction.atomic
def _lose(generation: int) -> None:
    """Stop calling, and tell the administrators, once for each authorisation that is lost."""
    ours = ZaloToken.objects.filter(pk=ZaloToken.ONLY, generation=generation, refused_at__isnull=True)
    if not ours.update(refused_at=clock.now(), spending_until=None):
        return  # an administrator has authorised again meanwhile
    log.error("zalo.token_lost", generation=generation)
    notify(
        by=SYSTEM,
        people=system_administrators(),
        kind=ZALO_LOST,
        params={},
        subject="notifications.channel:ZALO",
        key=str(generation),
        link="/administration/notices/channels/",
    )
