"""Somebody who uses the city over HTTP without a browser: keeps cookies, signs in with both factors."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from tools.city import City

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its text, and the address it came from after redirects."""

    status: int
    text: str
    url: str


class Visitor:
    """One browser session of one visitor."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self._address(path)))  # noqa: S310  # loopback

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form with the session's CSRF token."""
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "") or ""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **form}).encode()
        request = urllib.request.Request(self._address(path), data=body)  # noqa: S310  # loopback
        request.add_header("Referer", self.city.url)
        return self._ask(request)

    def sign_in(self, username: str) -> Answer:
        """Password, then the one-time code."""
        account = self.city.accounts[username]
        self.get("/accounts/login/")
        self.post("/accounts/login/", {"login": username, "password": account.password})
        return self.post("/accounts/second-factor/authenticate/", {"code": self.city.code(username)})

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.city.url + path

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=30) as response:
                return Answer(response.status, response.read().decode(errors="replace"), response.url)
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(errors="replace"), error.url or "")
