"""Seals tokens with a key made from `secret_key`: a copy of the database gives nobody our Zalo account."""

from django.conf import settings

from songcau.kernel import sealing
from songcau.kernel.sealing import SealBroken

__all__ = ["SealBroken", "opened", "sealed"]

_LABEL = "songcau.notifications.tokens"


def sealed(text: str) -> str:
    return sealing.sealed(text, key=settings.SECRET_KEY, label=_LABEL)


def opened(text: str) -> str:
    """Raises SealBroken."""
    return sealing.opened(text, key=settings.SECRET_KEY, label=_LABEL)
