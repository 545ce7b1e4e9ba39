"""Hashes that only this city can make: numbers of few digits cannot be guessed back from them without `secret_key`."""

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def keyed_hash(purpose: str, text: str) -> str:
    """The same text for another purpose gives another hash."""
    key = HKDF(SHA256(), length=32, salt=None, info=f"songcau.accounts.{purpose}".encode())
    return hmac.new(key.derive(settings.SECRET_KEY.encode()), text.encode(), hashlib.sha256).hexdigest()
