"""One sign-in by a provider: where to send the browser, and what its answer proves.

Authorization code with PKCE (S256), `state`, `nonce` and `iss`. What is kept between the two halves stands in the
session of the browser that began, and is taken out before anybody is asked.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from songcau.foundation.accounts.sign_on import client, rules
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import (
    Assurance,
    Expected,
    Reason,
    SignOnDeclined,
    SignOnFailed,
    Vouched,
    failed,
)
from songcau.foundation.accounts.sign_on.tokens import read_token
from songcau.kernel import clock

_DECLINED = {
    "access_denied",
    "login_required",
    "consent_required",
    "interaction_required",
    "account_selection_required",
}
_AWAY = {"temporarily_unavailable", "server_error"}


@dataclass(frozen=True, slots=True)
class Pending:
    """What has to be remembered until the browser comes back. `person`: whose account gets a further way, or empty."""

    provider: str
    state: str
    nonce: str
    verifier: str
    wanted: int
    began: float
    next_url: str = ""
    person: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: who it is, and what the provider wants to see again when they sign out."""

    vouched: Vouched
    id_token: str


def begin(
    code: str, provider: Provider, *, redirect_uri: str, wanted: Assurance, now: datetime, next_url: str, person: str
) -> tuple[str, Pending]:
    """The provider's address to send the browser to. Raises ProviderAway, SignOnFailed, AssuranceTooLow."""
    wanted = max(wanted, provider.floor)
    rules.require_assurance(provider.strongest, wanted, code)
    endpoint = client.metadata(code, provider).authorization_endpoint
    pending = Pending(
        provider=code,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        wanted=int(wanted),
        began=now.timestamp(),
        next_url=next_url,
        person=person,
    )
    question = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scopes,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": challenge_of(pending.verifier),
        "code_challenge_method": "S256",
    }
    if acr := rules.acr_values(provider.levels, wanted):
        question["acr_values"] = acr
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(question)}", pending


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def finish(code: str, provider: Provider, pending: Pending, answer: Mapping[str, str], *, redirect_uri: str) -> Answer:
    """Who the provider says it is. Raises ProviderAway and the refusals of `rules`."""
    described = client.metadata(code, provider)
    rules.require_response_issuer(
        answer.get("iss"), issuer=provider.issuer, promised=described.says_issuer, provider=code
    )
    if error := answer.get("error"):
        raise _refusal_of(code, error)
    if not answer.get("code"):
        raise failed(code, Reason.CODE_MISSING)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": pending.verifier,
    }
    given = client.redeemed(code, provider, form)
    access_token = given.get("access_token")
    if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable():
        raise failed(code, Reason.TOKEN_UNUSABLE)
    claims = _claims(code, provider, pending, given.get("id_token"), access_token)
    more = client.userinfo(code, provider, access_token)
    if more and not rules.same(more.get("sub"), str(claims["sub"])):
        raise failed(code, Reason.SUBJECT_DIFFERS)
    level = rules.assurance_of(claims.get("acr"), provider.levels, provider.otherwise)
    rules.require_assurance(level, max(provider.floor, Assurance(pending.wanted)), code)
    # What is signed counts more than what is only fetched.
    return Answer(_vouched(code, provider, {**more, **claims}, level), str(given["id_token"]))


def _claims(code: str, provider: Provider, pending: Pending, token: object, access_token: str) -> dict[str, Any]:
    algorithm, claims = read_token(code, provider, token, lambda anew: client.keys(code, provider, anew=anew))
    expected = Expected(
        provider=code,
        issuer=provider.issuer,
        client_id=provider.client_id,
        nonce=pending.nonce,
        algorithm=algorithm,
        access_token=access_token,
    )
    rules.require_id_token(claims, expected, clock.now())
    return claims


def _refusal_of(code: str, error: str) -> SignOnDeclined | SignOnFailed | rules.ProviderAway | rules.AssuranceTooLow:
    if error in _DECLINED:
        return SignOnDeclined(provider=code)
    if error in _AWAY:
        return rules.ProviderAway(provider=code)
    if error == "unmet_authentication_requirements":
        return rules.AssuranceTooLow(provider=code)
    return failed(code, Reason.PROVIDER_ERROR)


def _vouched(code: str, provider: Provider, said: Mapping[str, Any], level: Assurance) -> Vouched:
    named = provider.claims
    if not rules.is_subject(said.get(named.subject)):
        raise failed(code, Reason.SUBJECT_MISSING)

    def claim(name: str) -> str:
        return rules.text_of(said.get(name)) if name else ""

    return Vouched(
        provider=code,
        subject=str(said[named.subject]),
        assurance=level,
        full_name=rules.name_of(claim(named.full_name)),
        birth=rules.birth_of(claim(named.birth), clock.today()),
        phone=rules.phone_of(claim(named.phone)),
        number=rules.number_of(claim(named.number)),
    )


def sign_out_address(provider: Provider, endpoint: str, *, id_token: str, back_to: str) -> str:
    """Where the provider ends its own session too (RP-initiated logout)."""
    question = {"client_id": provider.client_id, "post_logout_redirect_uri": back_to, "id_token_hint": id_token}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(question)}"
