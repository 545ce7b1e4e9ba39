"""Sealing short texts, so that a copy of the database alone tells nobody what is in them (AES-256-GCM).

Each use has a label of its own and thereby a key of its own: what is sealed for one opens for no other.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Stored rows begin with it: another way of sealing would be another number.
_VERSION = "1:"
_NONCE = 12


class SealBroken(Exception):
    """The text was sealed with another key or for another use, or has been changed."""


def sealed(text: str, *, key: str, label: str) -> str:
    """The text, sealed; twice the same gives two seals."""
    nonce = os.urandom(_NONCE)
    return _VERSION + base64.b64encode(nonce + _cipher(key, label).encrypt(nonce, text.encode(), None)).decode()


def opened(text: str, *, key: str, label: str) -> str:
    """What was sealed. Raises SealBroken."""
    try:
        held = base64.b64decode(text.removeprefix(_VERSION), validate=True)
        return _cipher(key, label).decrypt(held[:_NONCE], held[_NONCE:], None).decode()
    except (InvalidTag, ValueError):
        raise SealBroken from None


@lru_cache(maxsize=16)
def _cipher(key: str, label: str) -> AESGCM:
    """Made once: a list opens hundreds of rows."""
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=label.encode()).derive(key.encode()))
