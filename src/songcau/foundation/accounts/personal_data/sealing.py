"""Words and addresses of the access log are encrypted at rest: the log itself tells about people."""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1:"


def _cipher() -> AESGCM:
    return _made_from(settings.SECRET_KEY)


@lru_cache(maxsize=2)
def _made_from(secret_key: str) -> AESGCM:
    """Made once: a list opens hundreds of rows."""
    derived = HKDF(SHA256(), length=32, salt=None, info=b"songcau.personal_data.looks")
    return AESGCM(derived.derive(secret_key.encode()))


def sealed(text: str) -> str:
    """Nothing stays nothing."""
    if not text:
        return ""
    nonce = os.urandom(12)
    return _VERSION + base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def opened(text: str) -> str:
    """What was sealed; with another `secret_key` it cannot be read any more and is nothing."""
    try:
        held = base64.b64decode(text.removeprefix(_VERSION), validate=True)
        return _cipher().decrypt(held[:12], held[12:], None).decode() if held else ""
    except (InvalidTag, ValueError):
        return ""
