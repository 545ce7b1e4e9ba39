"""The simulated providers on a loopback port, a city that knows them, and a browser between the two."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx
import uvicorn
from django.test import Client

from songcau.foundation.accounts.sign_on.providers import Provider as Configured
from songcau.simulators.identity.provider import Provider
from songcau.simulators.identity.service import Application, make_providers
from tools.city import free_port

CLIENT, SECRET = "songcau-tests", "a secret: with/odd+signs%"
LEVELS = {"LoA1": "LOW", "LoA2": "SUBSTANTIAL", "LoA3": "HIGH"}
CLAIMS = {
    "vneid": {
        "full_name": "HoVaTen",
        "birth": "NgayThangNamSinh",
        "phone": "SoDienThoai",
        "number": "SoDinhDanh",
    },
    "vnconnect": {"number": "SoDinhDanh"},
}


def configured(issuer: str, style: str, **more: object) -> Configured:
    values = {
        "label": style.upper(),
        "issuer": issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "levels": LEVELS,
        "claims": CLAIMS[style],
    }
    return Configured(**{**values, **more})


@contextmanager
def serving() -> Iterator[dict[str, Provider]]:
    """The providers, served until the block ends."""
    port = free_port()
    simulated = make_providers(f"http://127.0.0.1:{port}", client_id=CLIENT, client_secret=SECRET)
    server = uvicorn.Server(
        uvicorn.Config(Application(simulated), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield simulated
    server.should_exit = server.force_exit = True
    thread.join(timeout=10)


@dataclass
class Browser:
    """A browser at the city, which also goes to the provider and chooses there whom to be."""

    client: Client

    def begin(self, code: str, **form: str) -> str:
        """Where the city sends it."""
        answer = self.client.post(f"/accounts/sign-in/by/{code}/", form)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    def choose(self, address: str, who: str = "mau", fault: str = "") -> str:
        """The answer of the provider, as an address of the city with its query."""
        asked = dict(parse_qsl(urlsplit(address).query))
        base = address.partition("?")[0]
        with httpx.Client(trust_env=False) as outside:
            page = outside.get(address)
            assert page.status_code == 200, page.text
            assert "MÔ PHỎNG" in page.text
            back = outside.post(base, data={**asked, "who": who, "fault": fault})
        assert back.status_code == 303, back.text
        parts = urlsplit(back.headers["location"])
        return f"{parts.path}?{parts.query}"

    def sign_in(self, code: str, who: str = "mau", fault: str = "", **form: str):
        return self.client.get(self.choose(self.begin(code, **form), who, fault))

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session
