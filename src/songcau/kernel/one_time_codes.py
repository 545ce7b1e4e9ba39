"""One-time codes by time (RFC 6238), in one place: the sign-in checks them, the demonstration city prints them."""

import base64
import hashlib
import hmac

STEP_SECONDS = 30
DIGITS = 6


def code_at(secret: str, unix_seconds: float) -> str:
    """The six-digit code of a base32 secret at an instant (HMAC-SHA-1, 30 s steps, as authenticator apps do)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    counter = int(unix_seconds) // STEP_SECONDS
    digest = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def seconds_left(unix_seconds: float) -> int:
    """How many seconds the code of this instant stays the present one."""
    return STEP_SECONDS - int(unix_seconds) % STEP_SECONDS
