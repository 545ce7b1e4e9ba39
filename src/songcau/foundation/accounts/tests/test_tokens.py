"""Which signatures are believed: by a key of the provider's, of the right kind, with an algorithm of our list."""

import base64
import json
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from songcau.foundation.accounts.sign_on import client
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import ProviderAway, SignOnFailed
from songcau.foundation.accounts.sign_on.tokens import read_token

ISSUER = "https://id.example"
RSA, OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("r", "o"))
EC = ECKey.generate_key("P-256", {"kid": "e"})
ED = OKPKey.generate_key("Ed25519", {"kid": "d"})
PROVIDER = Provider(label="P", issuer=ISSUER, client_id="songcau", algorithms=("RS256", "ES256", "Ed25519"))


def public(*keys, **more: object) -> dict[str, object]:
    return {"keys": [{**key.as_dict(private=False), **more} for key in keys]}


def signed(key, algorithm: str, **header: object) -> str:
    return jwt.encode({"alg": algorithm, **header}, {"sub": "a"}, key, algorithms=[algorithm])


def reason_for(token: object, key_set: dict[str, object]) -> str:
    """Empty when it is believed."""
    try:
        assert read_token("p", PROVIDER, token, lambda anew: key_set)[1] == {"sub": "a"}
    except SignOnFailed as refusal:
        return str(refusal.params["reason"])
    return ""


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (EC, "ES256"), (ED, "Ed25519")])
def test_every_kind_of_key_on_the_list(key, algorithm: str) -> None:
    assert reason_for(signed(key, algorithm, kid=key.kid), public(RSA, EC, ED, OTHER)) == ""


def test_without_a_name_the_only_key_of_the_kind_counts_and_of_two_none() -> None:
    assert reason_for(signed(RSA, "RS256"), public(RSA, EC)) == ""
    assert reason_for(signed(RSA, "RS256"), public(RSA, OTHER)) == "KEY_UNKNOWN"
    assert reason_for(signed(RSA, "RS256", kid="r"), public(RSA, RSA)) == "KEY_UNKNOWN"


def test_keys_for_something_else_do_not_count() -> None:
    token = signed(RSA, "RS256", kid="r")
    assert reason_for(token, public(RSA, use="enc")) == "KEY_UNKNOWN"
    assert reason_for(token, public(RSA, alg="PS256")) == "KEY_UNKNOWN"
    assert reason_for(token, {"keys": ["r", None, {"kty": "oct", "kid": "r", "k": "AAAA"}]}) == "KEY_UNKNOWN"
    assert reason_for(token, {"keys": [{"kty": "RSA", "kid": "r", "n": "!", "e": "AQAB"}]}) == "KEYS_UNUSABLE"
    assert reason_for(token, {"keys": [{"kty": "RSA", "kid": "r"}]}) == "KEYS_UNUSABLE"


def test_the_keys_are_fetched_anew_where_one_is_missing() -> None:
    asked: list[bool] = []

    def key_set(anew: bool) -> dict[str, object]:
        asked.append(anew)
        return public(RSA if anew else OTHER)

    read_token("p", PROVIDER, signed(RSA, "RS256", kid="r"), key_set)
    assert asked == [False, True]


def test_an_algorithm_that_is_not_on_the_list() -> None:
    assert reason_for(signed(RSA, "PS256", kid="r"), public(RSA)) == "ALGORITHM_REFUSED"


def text(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        "",
        "a.b",
        "a.b.c.d.e",
        "!.!.!",
        "đ.đ.đ",
        f"{text([1])}.{text({})}.x",
        f"{text('RS256')}.{text({})}.x",
        "x" * 40_000,
    ],
)
def test_what_is_no_token(token: object) -> None:
    assert reason_for(token, public(RSA)) == "TOKEN_UNUSABLE"


@pytest.mark.parametrize("algorithm", [None, 7, ["RS256"], "rs256", "none", "None", ""])
def test_no_algorithm_at_all(algorithm: object) -> None:
    assert reason_for(f"{text({'alg': algorithm})}.{text({})}.x", public(RSA)) == "ALGORITHM_REFUSED"


def test_a_signature_over_something_else() -> None:
    head, _, signature = signed(RSA, "RS256", kid="r").split(".")
    assert reason_for(f"{head}.{text({'sub': 'b'})}.{signature}", public(RSA)) == "SIGNATURE_WRONG"
    assert reason_for(f"{head}.{text({'sub': 'a'})}.", public(RSA)) == "SIGNATURE_WRONG"
    crit = jwt.encode({"alg": "RS256", "kid": "r", "typ": "JWT"}, {"sub": "a"}, RSA).split(".")
    bad = text({"alg": "RS256", "kid": "r", "crit": ["must-understand"]})
    assert reason_for(f"{bad}.{crit[1]}.{crit[2]}", public(RSA)) == "SIGNATURE_WRONG"


@pytest.fixture
def answers(monkeypatch):
    """What the provider answers, by address; and what it was sent."""
    client.forget()
    said: dict[str, httpx.Response] = {}
    got: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        got.append(request)
        known = said[request.url.path]
        return httpx.Response(known.status_code, headers=known.headers, stream=httpx.ByteStream(known.content))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: real(transport=httpx.MockTransport(answer), **options))
    yield said, got
    client.forget()


def describe(**more: object) -> httpx.Response:
    document = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/a?x=1",
        "token_endpoint": f"{ISSUER}/t",
        "jwks_uri": f"{ISSUER}/k",
    }
    return httpx.Response(200, json={**document, **more})


DESCRIPTION = "/.well-known/openid-configuration"


def with_secret(secret: str) -> Provider:
    return Provider(label="P", issuer=ISSUER, client_id="songcau", client_secret=secret)


def test_the_secret_goes_where_the_provider_takes_it_and_a_public_client_has_none(answers) -> None:
    said, got = answers
    said[DESCRIPTION] = describe(token_endpoint_auth_methods_supported=["client_secret_post"])
    said["/t"] = httpx.Response(200, json={"access_token": "x"})
    client.redeemed("p", with_secret("s"), {"code": "c"})
    assert parse_qs(got[-1].content.decode())["client_secret"] == ["s"]
    assert "Authorization" not in got[-1].headers
    client.redeemed("p", with_secret(""), {"code": "c"})
    assert "client_secret" not in parse_qs(got[-1].content.decode())
    assert "Authorization" not in got[-1].headers
    assert client.userinfo("p", with_secret(""), "x") == {}


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": ISSUER + "/"},
        {"token_endpoint": "http://id.example/t"},
        {"token_endpoint": 7},
        {"jwks_uri": ""},
        {"jwks_uri": "https://elsewhere.example/k"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": "https://id.example@elsewhere.example/u"},
        {"end_session_endpoint": "https://elsewhere.example/out"},
        {"code_challenge_methods_supported": []},
    ],
)
def test_a_description_that_leads_elsewhere_is_not_followed(answers, change) -> None:
    answers[0][DESCRIPTION] = describe(**change)
    with pytest.raises(SignOnFailed) as refusal:
        client.metadata("p", PROVIDER)
    assert refusal.value.params["reason"] == "DISCOVERY_UNUSABLE"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "https://elsewhere.example/"}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b"\xff\xfe"),
        httpx.Response(200, json=["a list"]),
        httpx.Response(404, json={}),
    ],
)
def test_an_answer_that_is_no_description(answers, answer: httpx.Response) -> None:
    answers[0][DESCRIPTION] = answer
    with pytest.raises(ProviderAway):
        client.metadata("p", PROVIDER)


def test_an_error_of_the_provider_is_logged_as_a_code_only(answers, caplog) -> None:
    said, _ = answers
    said[DESCRIPTION] = describe()
    for error, logged in (("invalid_grant", True), ("a\nforged line", False), (["x"], False), ("x" * 80, False)):
        said["/t"] = httpx.Response(400, json={"error": error})
        caplog.clear()
        with pytest.raises(SignOnFailed):
            client.redeemed("p", PROVIDER, {"code": "c"})
        assert (str(error) in caplog.text) is logged
