"""The whole round trip with a provider that nobody here wrote (npm's `oidc-provider`, certified by the foundation)."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from songcau.foundation.accounts.models import Identity
from songcau.foundation.accounts.sign_on import client as provider_client
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import Assurance

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("another_provider.mjs")
CALLBACK = "/accounts/sign-in/by/another/callback/"
CLIENT, SECRET = "songcau", "a secret with / and +"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not on this machine")
    if not (ROOT / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("oidc-provider is not installed (npm ci)")
    command = [node, str(SCRIPT), django_settings.SONGCAU.public_url + CALLBACK, CLIENT, SECRET]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture
def city(issuer: str, settings) -> Client:
    another = Provider(
        label="Another",
        issuer=issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        scopes="openid profile phone",
        otherwise="LOW",
    )
    known = django_settings.SONGCAU.model_copy(update={"sign_in_providers": {"another": another}})
    settings.SONGCAU = known
    provider_client.forget()
    cache.clear()
    return Client()


def through(address: str, login: str) -> str:
    """Sign in and agree on the provider's own pages; the address it sends the browser back to."""
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(address)
        for prompt in ({"prompt": "login", "login": login, "password": "any"}, {"prompt": "consent"}):
            page = urljoin(str(answer.url), answer.headers["location"])
            assert browser.get(page).status_code == 200
            answer = browser.post(page, data=prompt)
            answer = browser.get(urljoin(str(answer.url), answer.headers["location"]))
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def test_a_citizen_signs_in_there_and_is_known_again(city: Client) -> None:
    for client in (city, Client()):
        begun = client.post("/accounts/sign-in/by/another/")
        assert begun.status_code == 302, begun.content.decode()
        back = through(begun["Location"], "hhen")
        assert back.startswith(CALLBACK)
        answer = client.get(back)
        assert answer.status_code == 302, answer.content.decode()
        assert "_auth_user_id" in client.session
    identity = Identity.objects.get()
    assert (identity.subject, identity.full_name, identity.birth) == ("hhen", "H'Hen Niê", "1962")
    assert (identity.phone, identity.assurance) == ("+84912345678", Assurance.LOW)


def test_its_answer_counts_once_and_for_its_own_browser_only(city: Client) -> None:
    back = through(city.post("/accounts/sign-in/by/another/")["Location"], "hhen")
    assert Client().get(back).status_code == 422
    assert city.get(back).status_code == 302
    assert city.get(back).status_code == 422
