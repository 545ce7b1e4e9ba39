"""Short-lived grants for people: signed by whoever signed the person in, read here without asking anybody.

A grant is a compact JWS (RFC 7515) with HMAC-SHA-256 and a key that both sides read from one file. Its head is always
the same text and is compared as such, so that nobody can choose another algorithm.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import orjson

from songcau.context.problems import BadRequestData, NotSignedIn
from songcau.context.rights.caller import Caller
from songcau.context.rights.reach import Reach
from songcau.kernel import clock

LONGEST_SECONDS = 600
# What clocks of two machines may differ.
_SKEW_SECONDS = 30
_KEY_BYTES = 32
_LONGEST_LABEL = 200
_LONGEST = 16 * 1024


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


_HEAD = _encoded(b'{"alg":"HS256","typ":"songcau-grant+jwt"}')


class UnusableKey(Exception):
    """The file of the grants' key cannot be used; the message says why."""


class GrantKey:
    """Signs grants, and reads them back."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _KEY_BYTES:
            raise UnusableKey(f"the key of the grants has {len(secret)} bytes, at least {_KEY_BYTES} are needed")
        self._secret = secret

    @classmethod
    def of(cls, file: Path) -> "GrantKey":
        """The key in `file`, which is made when it is not there, for its owner only. Raises UnusableKey, OSError."""
        try:
            text = file.read_text(encoding="ascii")
        except FileNotFoundError:
            text = _made(file)
        except UnicodeDecodeError:
            text = "not a key"
        try:
            return cls(_decoded(text.strip()))
        except (ValueError, binascii.Error):
            raise UnusableKey(f"{file} holds no key in base64url") from None

    def sign(self, person: str, reach: Reach, *, seconds: int = 300, now: float | None = None) -> str:
        """A grant for a person, as it stands after `Bearer`. `seconds`: how long, at most ten minutes."""
        if not 0 < seconds <= LONGEST_SECONDS or not 0 < len(person) <= _LONGEST_LABEL:
            raise ValueError("a grant is for a named person, for at most ten minutes")
        begun = int(clock.now().timestamp() if now is None else now)
        claims = {"sub": person, "iat": begun, "exp": begun + seconds, **reach.document()}
        signed = f"{_HEAD}.{_encoded(orjson.dumps(claims))}"
        return f"{signed}.{_encoded(self._signature(signed))}"

    def read(self, grant: str, now: float) -> tuple[Caller, float]:
        """Who holds the grant, and until when (POSIX seconds). Raises NotSignedIn."""
        signed, _, signature = grant.rpartition(".")
        head, _, claims = signed.partition(".")
        try:
            if head != _HEAD or len(grant) > _LONGEST:
                raise NotSignedIn("This is no grant of this broker.")
            if not hmac.compare_digest(_decoded(signature), self._signature(signed)):
                raise NotSignedIn("The grant was not signed with the key of this broker.")
            return _person(orjson.loads(_decoded(claims)), now)
        except (binascii.Error, ValueError, BadRequestData):
            raise NotSignedIn("The grant cannot be read.") from None

    def _signature(self, signed: str) -> bytes:
        return hmac.digest(self._secret, signed.encode(), hashlib.sha256)


def _person(claims: object, now: float) -> tuple[Caller, float]:
    if not isinstance(claims, Mapping):
        raise BadRequestData("The claims are no object.")
    person, begun, ends = claims.get("sub"), claims.get("iat"), claims.get("exp")
    if not isinstance(person, str) or not person or type(begun) is not int or type(ends) is not int:
        raise BadRequestData("The claims name no person and no time.")
    if ends - begun > LONGEST_SECONDS or begun > now + _SKEW_SECONDS:
        raise NotSignedIn("The grant is for longer than ten minutes, or for later.")
    if ends <= now:
        raise NotSignedIn("The grant has expired.")
    return Reach.read(claims).caller(f"person:{person}"), float(ends)


def _made(file: Path) -> str:
    """Write a new key, unless somebody else just did; returns what stands in the file."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(_encoded(secrets.token_bytes(_KEY_BYTES)))
            out.flush()
            os.fsync(out.fileno())
        # A link is made whole or not at all, and never over another's key.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text(encoding="ascii")
