"""What no browser of ours would send as a passkey: refused in words, audited, and never a fault of ours."""

import base64
import json

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.test import Client

from songcau.foundation.accounts import passkeys, second_factor
from songcau.foundation.accounts.tests.people import SECRET, Codes, make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.kernel import clock

pytestmark = pytest.mark.django_db
SIGN_IN, NEW = "/accounts/passkeys/sign-in/", "/accounts/passkeys/new/"
ASKS = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}
SIGNED = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "clientExtensionResults": {},
    "response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": "AAAA"},
}
MADE = SIGNED | {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}}


def inside(person):
    """Signed in before a passkey is there, which would be asked for."""
    kept = list(Authenticator.objects.filter(user=person))
    Authenticator.objects.filter(user=person).delete()
    sign_in(client := Client(), person)
    Authenticator.objects.bulk_create(kept)
    return client


def changed(credential, **response):
    return credential | {"response": {**credential["response"], **response}}


NONSENSE = [
    "",
    "null",
    "7",
    "[]",
    '"x"',
    "{}",
    "{",
    "\0",
    json.dumps(SIGNED | {"response": []}),
    json.dumps(SIGNED | {"type": "password"}),
    json.dumps(SIGNED | {"id": 7}),
    json.dumps(SIGNED | {"rawId": "ü"}),
    json.dumps(SIGNED | {"rawId": None}),
    json.dumps(SIGNED | {"clientExtensionResults": "x"}),
    json.dumps(changed(SIGNED, userHandle=7)),
    json.dumps(changed(SIGNED, userHandle=None)),
    json.dumps(changed(SIGNED, userHandle="////")),
    json.dumps(changed(SIGNED, clientDataJSON="AAAA")),
    json.dumps(changed(SIGNED, authenticatorData="")),
    json.dumps(SIGNED),
]


@pytest.mark.parametrize("sent", NONSENSE)
def test_nonsense_signs_nobody_in(sent):
    client = Client()
    assert client.get(SIGN_IN, headers=ASKS).json()["request_options"]["publicKey"]["challenge"]
    response = client.post(SIGN_IN, {"credential": sent})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert not response.wsgi_request.user.is_authenticated


def test_a_passkey_of_nobody_is_audited_and_said_in_words():
    client = Client()
    client.get(SIGN_IN, headers=ASKS)
    page = client.post(SIGN_IN, {"credential": json.dumps(SIGNED)}, follow=True)
    assert "Khóa truy cập này không được chấp nhận" in page.content.decode()
    assert Entry.objects.filter(action="accounts.reject_passkey", subject="accounts.person:unknown").count() == 1


def test_an_answer_to_a_challenge_that_was_never_given_is_refused():
    assert Client().post(SIGN_IN, {"credential": json.dumps(SIGNED)})["Location"] == "/accounts/login/"


@pytest.mark.parametrize("sent", [*NONSENSE, json.dumps(MADE), json.dumps(changed(MADE, attestationObject="AAAA"))])
def test_nonsense_becomes_no_passkey(lan, sent):
    client = inside(lan)
    client.get(NEW)
    response = client.post(NEW, {"name": "x", "credential": sent})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Authenticator.objects.filter(user=lan, type="webauthn").exists()


def held(person, number=1):
    for position in range(number):
        Authenticator.objects.create(user=person, type="webauthn", data={"name": f"khóa {position}", "credential": {}})


def test_an_account_takes_only_so_many(lan):
    held(lan, passkeys.MOST_PASSKEYS)
    form = passkeys.AddForm(user=lan, data={"name": "x", "credential": json.dumps(MADE)})
    assert form.errors.as_data()["credential"][0].code == "TOO_MANY"


def test_codes_still_count_beside_a_passkey(lan):
    second_factor.set_up(lan, SECRET)
    held(lan)
    assert second_factor.accepted(lan, Codes(lan).next(), clock.now()) is not None
    assert second_factor.accepted(lan, "000000", clock.now()) is None


def test_a_person_manages_their_own_passkeys_only(lan, tree):
    minh = make_person("minh", tree["W1"])
    held(minh)
    key = Authenticator.objects.get(user=minh)
    client = inside(lan)
    for path in (f"/accounts/passkeys/{key.pk}/", f"/accounts/passkeys/{key.pk}/remove/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk, data__name="khóa 0").exists()


@pytest.mark.parametrize("name", ["", "x" * 61, "\0"])
def test_a_passkey_keeps_its_name_when_the_new_one_will_not_do(lan, name):
    held(lan)
    key = Authenticator.objects.get(user=lan)
    assert inside(lan).post(f"/accounts/passkeys/{key.pk}/", {"name": name}).status_code == 200
    key.refresh_from_db()
    assert key.data["name"] == "khóa 0"


@pytest.mark.parametrize("data", ["AAAA", "", base64.urlsafe_b64encode(bytes(37)).decode().rstrip("=")])
def test_a_signature_in_a_person_s_name_without_their_key_is_refused_and_audited(lan, data):
    client = Client()
    challenge = client.get(SIGN_IN, headers=ASKS).json()["request_options"]["publicKey"]["challenge"]
    said = {"type": "webauthn.get", "challenge": challenge, "origin": "https://testserver"}
    signed = changed(
        SIGNED,
        userHandle=base64.urlsafe_b64encode(user_pk_to_url_str(lan).encode()).decode().rstrip("="),
        clientDataJSON=base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("="),
        authenticatorData=data,
    )
    response = client.post(SIGN_IN, {"credential": json.dumps(signed)})
    assert response["Location"] == "/accounts/login/"
    assert not response.wsgi_request.user.is_authenticated
    assert Entry.objects.filter(action="accounts.reject_passkey").count() == 1
