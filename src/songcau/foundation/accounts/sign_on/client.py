"""Talking to a provider: with limits on time and size, and without believing that it is well.

A description and a set of keys are kept for an hour; a key nobody knows is asked for anew, at most once a minute.
After a failure nothing is asked for 15 s, so that a provider that hangs does not hang the city.
"""

import json
import logging
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from songcau.foundation.accounts.sign_on.providers import Provider, is_loopback, is_safe, origin_of
from songcau.foundation.accounts.sign_on.rules import ProviderAway, Reason, failed
from songcau.kernel import clock
from songcau.kernel.asking import Limits, Unanswered, ask

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 8.0
KEPT_FOR = timedelta(hours=1)
KEYS_ANEW_AFTER = timedelta(seconds=60)
AWAY_FOR = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself, checked."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    says_issuer: bool = False
    takes_secret_in_body: bool = False


@dataclass(slots=True)
class _Known:
    """What one process knows of one provider."""

    metadata: Metadata | None = None
    described_at: datetime | None = None
    keys: dict[str, Any] | None = None
    keys_at: datetime | None = None
    away_until: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_known: dict[str, _Known] = {}


def forget() -> None:
    """Ask everything anew; for tests, and after the settings have changed."""
    _known.clear()


def _of(code: str, provider: Provider) -> _Known:
    return _known.setdefault(f"{code} {provider.described_at}", _Known())


def metadata(code: str, provider: Provider) -> Metadata:
    """Raises ProviderAway, or SignOnFailed for a description that cannot be used."""
    known = _of(code, provider)
    with known.lock:
        if known.metadata and known.described_at and clock.now() - known.described_at < KEPT_FOR:
            return known.metadata
        document = _asked(code, provider, known, provider.described_at)
        known.metadata, known.described_at = _checked(code, provider, document), clock.now()
        return known.metadata


def keys(code: str, provider: Provider, *, anew: bool = False) -> dict[str, Any]:
    """The provider's public keys (JWKS). `anew`: one was missing among those we have."""
    known, address = _of(code, provider), metadata(code, provider).jwks_uri
    with known.lock:
        age = clock.now() - known.keys_at if known.keys_at else KEPT_FOR
        if known.keys is not None and age < (KEYS_ANEW_AFTER if anew else KEPT_FOR):
            return known.keys
        document = _asked(code, provider, known, address)
        if not isinstance(document.get("keys"), list):
            raise failed(code, Reason.KEYS_UNUSABLE)
        known.keys, known.keys_at = document, clock.now()
        return known.keys


def redeemed(code: str, provider: Provider, form: dict[str, str]) -> dict[str, Any]:
    """What the token endpoint gives for a code. Never asked twice: a code counts once."""
    described, secret = metadata(code, provider), provider.client_secret.get_secret_value()
    headers, form = {}, {**form, "client_id": provider.client_id}
    if secret and described.takes_secret_in_body:
        form["client_secret"] = secret
    elif secret:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    try:
        status, document = _exchange("POST", described.token_endpoint, headers, form)
    except Unanswered as error:
        log.warning("provider %s: token endpoint: %s", code, error)
        raise ProviderAway(provider=code) from None
    if status != 200:
        log.warning("provider %s: token endpoint answers %d %s", code, status, _error_of(document))
        raise failed(code, Reason.TOKEN_REFUSED)
    return document


def userinfo(code: str, provider: Provider, access_token: str) -> dict[str, Any]:
    """More claims, where the provider has a service for them; else none."""
    address = metadata(code, provider).userinfo_endpoint
    if not address:
        return {}
    headers = {"Authorization": f"Bearer {access_token}"}
    status, document = _patiently(code, lambda: _exchange("GET", address, headers))
    if status != 200:
        log.warning("provider %s: userinfo answers %d", code, status)
        raise failed(code, Reason.USERINFO_UNUSABLE)
    return document


def _asked(code: str, provider: Provider, known: _Known, address: str) -> dict[str, Any]:
    """A public document of the provider; a provider that was away a moment ago is not asked."""
    if known.away_until and clock.now() < known.away_until:
        raise ProviderAway(provider=code)
    known.away_until = clock.now() + AWAY_FOR  # until it has answered well
    status, document = _patiently(code, lambda: _exchange("GET", address, {}))
    if status != 200:
        log.warning("provider %s: %s answers %d", code, address, status)
        raise ProviderAway(provider=code)
    known.away_until = None
    return document


def _patiently(code: str, ask: Callable[[], tuple[int, dict[str, Any]]]) -> tuple[int, dict[str, Any]]:
    """Once more after an answer that was none; what was hanging is not waited for again."""
    for again in (True, False):
        begun = time.monotonic()
        try:
            status, document = ask()
        except Unanswered as error:
            log.warning("provider %s: %s", code, error)
            if not again or time.monotonic() - begun > CONNECT_SECONDS:
                raise ProviderAway(provider=code) from None
        else:
            if status < 500 or not again:
                return status, document
    raise AssertionError("unreachable")


def _exchange(
    method: str, address: str, headers: Mapping[str, str], form: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of an answer (an empty one for anything else than 200). Raises Unanswered."""
    limits = Limits(CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS)
    answer = ask(method, address, limits=limits, headers=headers, form=form, by_proxy=not is_loopback(address))
    return answer.status, _object(address, answer.status, answer.body)


def _object(address: str, status: int, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        return document
    if status == 200:
        raise Unanswered(f"{address} answers no JSON object")
    return {}


def _error_of(document: Mapping[str, Any]) -> str:
    """The error's code, if it is one: what else a provider writes does not go into our log."""
    said = document.get("error")
    return said if isinstance(said, str) and said.isascii() and len(said) < 60 and said.isprintable() else ""


def _checked(code: str, provider: Provider, document: Mapping[str, Any]) -> Metadata:
    """The description, if it is that of the provider in our settings and leads nowhere else."""
    methods = document.get("code_challenge_methods_supported")
    auth = document.get("token_endpoint_auth_methods_supported")
    promised = document.get("authorization_response_iss_parameter_supported") is True
    if document.get("issuer") != provider.issuer or (isinstance(methods, list) and "S256" not in methods):
        raise failed(code, Reason.DISCOVERY_UNUSABLE)
    return Metadata(
        authorization_endpoint=_endpoint(code, provider, document, "authorization_endpoint"),
        token_endpoint=_endpoint(code, provider, document, "token_endpoint"),
        jwks_uri=_endpoint(code, provider, document, "jwks_uri"),
        userinfo_endpoint=_endpoint(code, provider, document, "userinfo_endpoint", needed=False),
        end_session_endpoint=_endpoint(code, provider, document, "end_session_endpoint", needed=False),
        says_issuer=promised,
        takes_secret_in_body=isinstance(auth, list) and "client_secret_basic" not in auth,
    )


def _endpoint(code: str, provider: Provider, document: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    address = document.get(name, "")
    if not needed and not address:
        return ""
    if not isinstance(address, str) or not is_safe(address) or origin_of(address) not in provider.allowed_origins:
        log.warning("provider %s: its %s lies where the settings do not allow it", code, name)
        raise failed(code, Reason.DISCOVERY_UNUSABLE)
    return address
