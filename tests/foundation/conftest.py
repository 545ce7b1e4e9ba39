"""The simulated providers for the tests of signing in, started once."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from songcau.foundation.accounts.sign_on import client
from tests.foundation.simulated import Browser, configured, serving


@pytest.fixture(scope="session")
def running():
    with serving() as simulated:
        yield simulated


@pytest.fixture
def providers(running, db, settings) -> Iterator[dict]:
    """The simulated providers, well again, and a city whose settings name them."""
    known = {style: configured(one.issuer, style) for style, one in running.items()}
    settings.SONGCAU = django_settings.SONGCAU.model_copy(update={"sign_in_providers": known})
    client.forget()
    cache.clear()
    yield running
    for one in running.values():
        one.outages.clear()
        one.asked.clear()


@pytest.fixture
def browser(providers) -> Browser:
    return Browser(Client())
