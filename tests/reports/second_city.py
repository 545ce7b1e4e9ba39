"""A second city of this software, in processes of its own: the other jurisdiction of the tests, and its desk."""

import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from songcau.systems.citizen_reports.adapters.open311 import HttpPeer
from songcau.systems.citizen_reports.models import Jurisdiction
from tools.city import City, start
from tools.visitor import Visitor

# Two cities on loopback would have one name; this one is asked by its own.
NAME = "second.example"
_VERSION = re.compile(r'name="version" value="(\d+)"')
_KEY = re.compile(r"<code>(sck_[^<]+)</code>")
_REPORT = re.compile(r"/citizen_reports/([0-9a-f-]{36})/")


class SecondCity:
    """It is killed as by a power cut, and started again on its folder and its port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"SONGCAU_BASE_URL": f"http://{NAME}"}
        self.city: City = start(folder, environment=self.environment)
        self.kills = 0

    @property
    def base_url(self) -> str:
        return f"{self.city.url}/open311/v2"

    @property
    def web(self) -> int:
        """The process that answers."""
        return int((self.folder / "run" / "web.ready").read_text(encoding="ascii"))

    def kill(self) -> None:
        """SIGKILL: whoever answers first, then whoever would start that again, then the rest."""
        os.kill(self.web, signal.SIGKILL)
        self.city.handle.kill()
        for file in (self.folder / "run").glob("*.ready"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text(encoding="ascii")), signal.SIGKILL)
            file.unlink()
        self.city.handle.wait()
        self.kills += 1

    def start_again(self) -> None:
        spent = self.city.spent
        self.city = start(self.folder, environment=self.environment, port=urlsplit(self.city.url).port)
        self.city.spent = spent

    def texts(self) -> list[str]:
        """Of every report it has, read past its web process."""
        with closing(sqlite3.connect(f"file:{self.folder}/songcau.sqlite3?mode=ro", uri=True)) as database:
            return [text for (text,) in database.execute("SELECT text FROM citizen_reports_report")]

    def agency(self, code: str) -> str:
        with closing(sqlite3.connect(f"file:{self.folder}/songcau.sqlite3?mode=ro", uri=True)) as database:
            return str(database.execute("SELECT id FROM accounts_agency WHERE code = ?", (code,)).fetchone()[0])


class Desk:
    """Somebody of the second city at its own screens."""

    def __init__(self, second: SecondCity, username: str) -> None:
        self.visitor = Visitor(second.city)
        answer = self.visitor.sign_in(username)
        assert answer.status == 200, answer.text[:2000]

    def does(self, remote_id: str, step: str, **form: str) -> None:
        """One step with a report, by the form of that step."""
        found = _REPORT.search(self.visitor.get(f"/citizen_reports/code/{remote_id}/").url)
        assert found is not None, remote_id
        address = f"/citizen_reports/{found[1]}/{step}/"
        opened = self.visitor.get(address)
        version = _VERSION.search(opened.text)
        assert version is not None, (step, opened.status, opened.text[:2000])
        done = self.visitor.post(address, {"version": version[1], **form})
        assert (done.status, done.url.endswith(address)) == (200, False), (step, done.status, done.text[-4000:])

    def gives_a_key_out(self, name: str) -> str:
        answer = self.visitor.post("/citizen_reports/set_up/open311/keys/add/", {"name": name})
        key = _KEY.search(answer.text)
        assert key is not None, answer.text[:2000]
        return key[1]

    def takes_its_keys_back(self) -> int:
        """How many were still worth something, and are no longer."""
        listed = self.visitor.get("/citizen_reports/set_up/open311/keys/").text
        pages = set(re.findall(r"/citizen_reports/set_up/open311/keys/[0-9a-f-]{36}/revoke/", listed))
        for page in pages:
            assert self.visitor.post(page, {}).status == 200
        return len(pages)


class Breaking(httpx.BaseTransport):
    """A line to the second city on which something happens with the first request that is a POST."""

    def __init__(self, happens: Callable[[httpx.Request, httpx.BaseTransport], httpx.Response]) -> None:
        self.happens, self.line = happens, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return self.happens(request, self.line)
        return self.line.handle_request(request)

    def close(self) -> None:
        self.line.close()


def on(transport: httpx.BaseTransport, key: str) -> Callable[[Jurisdiction], HttpPeer]:
    return lambda row: HttpPeer(row.base_url, jurisdiction_id=row.jurisdiction_id, api_key=key, transport=transport)


def killed_before_it_answers(second: SecondCity) -> httpx.BaseTransport:
    """It stored the report, and is killed before the sender hears of it."""

    def happens(request: httpx.Request, line: httpx.BaseTransport) -> httpx.Response:
        answer = line.handle_request(request)
        answer.read()
        assert answer.status_code == 201, answer.text
        second.kill()
        raise httpx.ReadError("the answer was lost", request=request)

    return Breaking(happens)


def killed_before_it_reads(second: SecondCity) -> httpx.BaseTransport:
    """The network took the whole report; the process that should read it stands still, and is killed."""

    def happens(request: httpx.Request, line: httpx.BaseTransport) -> httpx.Response:
        os.kill(second.web, signal.SIGSTOP)
        return _killed_after(second, 0.5, request, line)

    return Breaking(happens)


def killed_after(second: SecondCity, seconds: float) -> httpx.BaseTransport:
    """Wherever it is by then: reading, in the midst of its transaction, writing, or done."""
    return Breaking(lambda request, line: _killed_after(second, seconds, request, line))


def _killed_after(
    second: SecondCity, seconds: float, request: httpx.Request, line: httpx.BaseTransport
) -> httpx.Response:
    killer = threading.Timer(seconds, second.kill)
    killer.start()
    try:
        answer = line.handle_request(request)
        answer.read()
        return answer
    finally:
        killer.join()
