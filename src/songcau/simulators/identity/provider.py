"""The protocol of one simulated provider: questions, codes, tokens, keys; and every way in which it can be wrong."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from songcau.kernel import clock
from songcau.simulators.identity.people import STYLES, Person, claims_of, person

CODE_SECONDS = 60
TOKEN_SECONDS = 300
ELSEWHERE = "https://elsewhere.example"
_LOOPBACK = {"127.0.0.1", "localhost"}
# Each is asked for by name, for one sign-in, on the page or in a test.
FAULTS = (
    *("wrong_nonce", "no_nonce", "wrong_issuer", "wrong_audience", "more_audiences", "wrong_party"),
    *("expired", "from_the_future", "not_yet", "long_ago", "no_expiry", "expiry_in_words"),
    *("unsigned", "signed_with_public_key", "unknown_key", "wrong_signature", "key_in_header", "no_token", "no_jwt"),
    *("wrong_at_hash", "no_subject", "spaced_subject", "other_subject", "userinfo_down", "low_level", "no_level"),
    *("other_issuer_in_answer", "no_issuer_in_answer", "replayed_token", "no_pkce", "declines", "breaks", "no_code"),
)
# These concern the provider as a whole.
OUTAGES = (
    *("discovery_down", "discovery_html", "discovery_huge", "discovery_hangs", "discovery_drips", "discovery_other"),
    *("discovery_leads_away", "discovery_plain_only", "keys_down", "keys_html", "keys_odd", "keys_short"),
    *("token_down", "token_hangs", "token_html"),
)


class Refusal(Exception):
    """An error of OAuth: its code."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a relying party asked for."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    acr_values: str


@dataclass(slots=True)
class _Granted:
    question: Question
    person: Person
    fault: str
    until: float


@dataclass(slots=True)
class Provider:
    """One provider in memory. `outages` may be changed at any time; `rotate` gives it a new key."""

    issuer: str
    style: str
    client_id: str
    client_secret: str
    outages: set[str] = field(default_factory=set)
    keys: list[RSAKey] = field(default_factory=list)
    last_token: str = ""
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, _Granted] = field(default_factory=dict)
    _open: dict[str, tuple[Person, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        """A new key signs from now on; the one before stays known."""
        self.keys = [_new_key(), *self.keys[:1]]

    def description(self) -> dict[str, Any]:
        here = ELSEWHERE if "discovery_leads_away" in self.outages else self.issuer
        return {
            "issuer": ELSEWHERE if "discovery_other" in self.outages else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain" if "discovery_plain_only" in self.outages else "S256"],
            "authorization_response_iss_parameter_supported": STYLES[self.style].says_issuer,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def public_keys(self) -> dict[str, Any]:
        if "keys_odd" in self.outages:
            return {"keys": "none"}
        if "keys_short" in self.outages:
            return {"keys": [{"kty": "RSA", "kid": key.kid, "n": "AQAB", "e": "AQAB"} for key in self.keys]}
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self.keys]}

    def question(self, asked: Mapping[str, str]) -> Question:
        """Raises Refusal for what cannot be sent back to anybody, or lacks what protects the sign-in."""
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != self.client_id or not _is_ours(redirect_uri):
            raise Refusal("unauthorized_client")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            raise Refusal("invalid_request")
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            raise Refusal("invalid_request")
        return Question(
            client_id=self.client_id,
            redirect_uri=redirect_uri,
            state=asked.get("state", ""),
            nonce=asked.get("nonce", ""),
            challenge=asked["code_challenge"],
            acr_values=asked.get("acr_values", ""),
        )

    def answer(self, question: Question, who: str, fault: str) -> str:
        """The address that brings the browser back, with a code for the chosen person."""
        chosen = person(who)
        back: dict[str, str] = {"state": question.state, "iss": self.issuer}
        if chosen is None or fault == "declines":
            back["error"] = "access_denied"
        elif fault == "breaks":
            back["error"] = "server_error"
        elif fault != "no_code":
            back["code"] = secrets.token_urlsafe(24)
            self._codes[back["code"]] = _Granted(question, chosen, fault, _now() + CODE_SECONDS)
        if fault == "other_issuer_in_answer":
            back["iss"] = ELSEWHERE
        elif fault == "no_issuer_in_answer" or not STYLES[self.style].says_issuer:
            del back["iss"]
        return f"{question.redirect_uri}?{urlencode(back)}"

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, Any]:
        """Raises Refusal."""
        self._require_client(form, authorization)
        granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or granted.until < _now() or form.get("redirect_uri") != granted.question.redirect_uri:
            raise Refusal("invalid_grant")
        if granted.fault != "no_pkce" and _challenge(form.get("code_verifier", "")) != granted.question.challenge:
            raise Refusal("invalid_grant")
        access_token = secrets.token_urlsafe(24)
        self._open[access_token] = (granted.person, granted.fault)
        answer = {"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
        token = self._id_token(granted, access_token)
        if granted.fault == "replayed_token":
            token = self.last_token
        self.last_token = token
        return answer if granted.fault == "no_token" else {**answer, "id_token": token}

    def userinfo(self, authorization: str) -> dict[str, Any]:
        """Raises Refusal."""
        held = self._open.get(authorization.removeprefix("Bearer "))
        if held is None or held[1] == "userinfo_down":
            raise Refusal("invalid_token")
        one, fault = held
        subject = "somebody-else" if fault == "other_subject" else self.subject(one)
        return {"sub": subject, **claims_of(self.style, one)}

    def subject(self, one: Person) -> str:
        """Another one at every provider, as pairwise subjects are."""
        return hashlib.sha256(f"{self.style} {one.key}".encode()).hexdigest()[:32]

    def _require_client(self, form: Mapping[str, str], authorization: str) -> None:
        said = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        if authorization.startswith("Basic "):
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
            said = ":".join(unquote_plus(part) for part in pair.split(":"))
        if not hmac.compare_digest(said.encode(), f"{self.client_id}:{self.client_secret}".encode()):
            raise Refusal("invalid_client")

    def _id_token(self, granted: _Granted, access_token: str) -> str:
        style, now = STYLES[self.style], int(_now())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.subject(granted.person),
            "aud": self.client_id,
            "azp": self.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "nonce": granted.question.nonce,
            "at_hash": _left_half(access_token),
            "acr": style.levels[granted.person.level],
        }
        if style.claims_in_token:
            claims |= claims_of(self.style, granted.person)
        _spoil_claims(claims, granted.fault, style.levels[1])
        return self._signed({name: value for name, value in claims.items() if value is not None}, granted.fault)

    def _signed(self, claims: dict[str, Any], fault: str) -> str:
        payload, key = json.dumps(claims).encode(), self.keys[0]
        header: dict[str, Any] = {"alg": "RS256", "kid": key.kid}
        if fault == "no_jwt":
            return "not a token"
        if fault == "unsigned":
            return f"{_part({'alg': 'none', 'kid': key.kid})}.{_text(payload)}."
        if fault == "signed_with_public_key":
            text = f"{_part({**header, 'alg': 'HS256'})}.{_text(payload)}"
            return f"{text}.{_text(hmac.digest(key.as_pem(private=False), text.encode(), 'sha256'))}"
        if fault == "unknown_key":
            header["kid"], key = "nobody-knows-it", _new_key()
        if fault == "key_in_header":
            key = _new_key()
            header |= {"jwk": key.as_dict(private=False)}
        if fault == "wrong_signature":
            key = _new_key()
        return jws.serialize_compact(header, payload, key, ["RS256"])


def _spoil_claims(claims: dict[str, Any], fault: str, lowest: str) -> None:
    """`None`: the claim is left out."""
    now = claims["iat"]
    spoilt: dict[str, dict[str, Any]] = {
        "wrong_nonce": {"nonce": "another"},
        "no_nonce": {"nonce": None},
        "wrong_issuer": {"iss": ELSEWHERE},
        "wrong_audience": {"aud": "another-client", "azp": None},
        "more_audiences": {"aud": [claims["aud"], "another-client"], "azp": None},
        "wrong_party": {"azp": "another-client"},
        "expired": {"iat": now - 400, "exp": now - 90},
        "no_expiry": {"exp": None},
        "expiry_in_words": {"exp": "tomorrow"},
        "from_the_future": {"iat": now + 120},
        "not_yet": {"nbf": now + 120},
        "long_ago": {"iat": now - 3600},
        "wrong_at_hash": {"at_hash": _left_half("another")},
        "no_subject": {"sub": None},
        "spaced_subject": {"sub": " \t"},
        "low_level": {"acr": lowest},
        "no_level": {"acr": None},
    }
    claims |= spoilt.get(fault, {})


def _new_key() -> RSAKey:
    key = RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


def _now() -> float:
    return clock.now().timestamp()


def _is_ours(address: str) -> bool:
    """Simulated people are for cities on this machine."""
    return (urlsplit(address).hostname or "") in _LOOPBACK


def may_go_back(address: str) -> bool:
    return _is_ours(address)


def _challenge(verifier: str) -> str:
    return _text(hashlib.sha256(verifier.encode()).digest())


def _left_half(access_token: str) -> str:
    return _text(hashlib.sha256(access_token.encode()).digest()[:16])


def _part(value: object) -> str:
    return _text(json.dumps(value).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
