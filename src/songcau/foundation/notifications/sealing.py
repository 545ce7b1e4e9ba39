"""Seals tokens with a key made from `secret_key`: a copy of the database gives nobody our Zalo account."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1:"
_NONCE = 12


class SealBroken(Exception):
    """The text was sealed with another `secret_key`."""


def _cipher() -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"songcau.notifications.tokens")
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def sealed(text: str) -> str:
    nonce = os.urandom(_NONCE)
    return _VERSION + base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def opened(text: str) -> str:
    """Raises SealBroken."""
    try:
        raw = base64.b64decode(text.removeprefix(_VERSION), validate=True)
        return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        raise SealBroken from None
