"""The code by which a report is known, and the secret with which its sender finds it again.

Both are written in Crockford's base 32: no I, L, O or U, so that they survive a telephone call and handwriting.
"""

import hmac
from hashlib import sha256

from songcau.kernel.errors import Refused
from songcau.kernel.text import search_key

PREFIX = "PA"
SIGNS = 8
SECRET_SIGNS = 10
# How many random bytes each takes.
CODE_BYTES = 5
SECRET_BYTES = 7
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class ReportCodeUnreadable(Refused):
    """No report has a code like this."""

    code = "REPORT_CODE_UNREADABLE"


def new_code(random: bytes) -> str:
    """`PA` and eight signs from at least five random bytes. ValueError for fewer."""
    return PREFIX + _signs(random, SIGNS)


def normalised_code(text: str) -> str:
    """As it is stored, from `pa-7k2m-9qx4`, `7K2M9QX4`, `PA 7k2m 9qx4`. Raises ReportCodeUnreadable."""
    typed = _typed(text)
    signs = typed.removeprefix(PREFIX) if len(typed) == len(PREFIX) + SIGNS else typed
    if len(signs) != SIGNS or not set(signs) <= set(_ALPHABET):
        raise ReportCodeUnreadable()
    return PREFIX + signs


def shown_code(code: str) -> str:
    """`PA-7K2M-9QX4`: for reading out."""
    signs = code.removeprefix(PREFIX)
    return f"{PREFIX}-{signs[:4]}-{signs[4:]}"


def new_secret(random: bytes) -> str:
    """Ten signs (50 bits) from at least seven random bytes. ValueError for fewer."""
    return _signs(random, SECRET_SIGNS)


def shown_secret(secret: str) -> str:
    """`7K2M9-QX4AB`."""
    return f"{secret[:5]}-{secret[5:]}"


def secret_hash(secret: str, salt: bytes) -> str:
    """What is stored of it, 64 hexadecimal signs; `salt` is another for each report. Typed ones are read first."""
    return hmac.new(salt, _typed(secret).encode(), sha256).hexdigest()


def is_secret(typed: str, stored_hash: str, salt: bytes) -> bool:
    """In the same time whether nearly right or quite wrong."""
    return hmac.compare_digest(secret_hash(typed, salt), stored_hash)


def _signs(random: bytes, count: int) -> str:
    if len(random) * 8 < count * 5:
        raise ValueError("too few random bytes")
    number = int.from_bytes(random)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(count))


def _typed(text: str) -> str:
    """Capitals without spaces and dashes, look-alikes read as what they are in this alphabet."""
    return search_key(text[:100]).replace(" ", "").replace("_", "").upper().translate(_MISREAD)
