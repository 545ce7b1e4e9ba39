"""The signature of an ID token: an algorithm of our list, a key of the provider's, and no other way."""

import json
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import Key, import_key

from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import Reason, failed

_LONGEST = 32 * 1024
_KINDS = {"R": "RSA", "P": "RSA", "E": "EC"}


def read_token(
    code: str, provider: Provider, token: object, key_set: Callable[[bool], Mapping[str, Any]]
) -> tuple[str, dict[str, Any]]:
    """Algorithm and claims of a signed token. `key_set(anew)` gives the provider's keys.

    Raises SignOnFailed. Keys in the token's own header (`jwk`, `jku`, `x5u`, `x5c`) are not looked at.
    """
    if not isinstance(token, str) or len(token) > _LONGEST or token.count(".") != 2:
        raise failed(code, Reason.TOKEN_UNUSABLE)
    header = _header_of(code, token)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in provider.algorithms:
        raise failed(code, Reason.ALGORITHM_REFUSED)
    key = _key_for(code, header, algorithm, key_set(False)) or _key_for(code, header, algorithm, key_set(True))
    if key is None:
        raise failed(code, Reason.KEY_UNKNOWN)
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, RecursionError):
        raise failed(code, Reason.SIGNATURE_WRONG) from None
    return algorithm, claims


def _header_of(code: str, token: str) -> dict[str, Any]:
    first = token.split(".", 1)[0]
    try:
        header = json.loads(urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise failed(code, Reason.TOKEN_UNUSABLE)
    return header


def _key_for(code: str, header: Mapping[str, Any], algorithm: str, key_set: Mapping[str, Any]) -> Key | None:
    """The key of that name and kind. Without a name: the only one of the kind, or none."""
    kind = "OKP" if algorithm.startswith("Ed") else _KINDS[algorithm[0]]
    fitting = [one for one in key_set["keys"] if _fits(one, kind, algorithm)]
    if "kid" in header:
        fitting = [one for one in fitting if one.get("kid") == header["kid"]]
    if len(fitting) != 1:
        return None
    try:
        with warnings.catch_warnings():
            # An RSA key under 2048 bits is a warning there, and no key here.
            warnings.simplefilter("error", SecurityWarning)
            return import_key(_public(fitting[0]))
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError):
        raise failed(code, Reason.KEYS_UNUSABLE) from None


def _fits(one: object, kind: str, algorithm: str) -> bool:
    return (
        isinstance(one, dict)
        and one.get("kty") == kind
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
    )


def _public(one: dict[str, Any]) -> dict[str, str | list[str]]:
    return {name: one[name] for name in ("kty", "kid", "n", "e", "crv", "x", "y") if isinstance(one.get(name), str)}
