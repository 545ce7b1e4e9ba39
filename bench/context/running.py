"""A broker of ours as a process, and the machine's view of it."""

import http.client
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from bench.context.city import API, batches
from bench.context.load import Outcome, Specification

START_SECONDS = 120.0


class Broker:
    """A broker in a folder, with `--auth`, on a free port of loopback, and a token that may do everything."""

    def __init__(self, folder: Path, *, store: str = "") -> None:
        self.folder = folder
        self.store = store
        self.token = ""
        self.log = folder / "broker.log"

    def start(self) -> float:
        """Seconds from the start of the process until it answers a question."""
        begun = time.perf_counter()
        command = [sys.executable, "-m", "songcau", "broker", "--data", str(self.folder), "--port", "0", "--auth"]
        if self.store:
            command += ["--store", self.store]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise SystemExit(f"the broker did not start: {self.log.read_text(encoding='utf-8')[-500:]}")
        self.host, _, port = line.partition("http://")[2].partition(",")[0].partition(":")
        self.port = int(port)
        self.token = self.token or self._new_token()
        status, _ = self.ask("GET", "/entities/urn:ngsi-ld:Nothing:1")
        assert status == 404, status
        return time.perf_counter() - begun

    def _new_token(self) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "songcau", "broker-token", "--data", str(self.folder), "create", "bench", "--write"],
            text=True,
            capture_output=True,
            check=True,
        )
        return made.stdout.strip()

    @property
    def pid(self) -> int:
        return self.process.pid

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        return ask(self.host, self.port, self.token, method, path, body)

    def resident(self) -> float:
        """Resident memory in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


class Peer:
    """Another broker that somebody runs; its processor time is not seen."""

    token = ""
    pid = 0

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        return ask(self.host, self.port, "", method, path, body)


def ask(host: str, port: int, token: str, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, API + path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def fill(where: Broker | Peer, entities: int) -> None:
    """Put the first so many entities of the city into a broker."""
    for body in batches(0, entities, 500):
        status, answer = where.ask("POST", "/entityOperations/upsert", body)
        if status not in {201, 204}:
            raise SystemExit(f"filling: {status} {answer[:300]!r}")


def load(where: Broker | Peer, work: str, **options: object) -> Outcome:
    """Let a client of its own process do the work."""
    specification = Specification(work, where.host, where.port, where.token, where.pid, **options)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-m", "bench.context.load", json.dumps(asdict(specification))],
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return Outcome(**json.loads(done.stdout))


def notices(where: Broker | Peer) -> tuple[Outcome | None, str]:
    """The measurement of notifications, or why there is none."""
    return _apart("bench.context.notices", where)


def followers(where: Broker | Peer) -> tuple[Outcome | None, str]:
    """The measurement of browsers that follow, or why there is none."""
    return _apart("bench.context.followers", where)


def _apart(module: str, where: Broker | Peer) -> tuple[Outcome | None, str]:
    done = subprocess.run(
        [sys.executable, "-m", module, where.host, str(where.port), where.token, str(where.pid)],
        text=True,
        capture_output=True,
    )
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return Outcome(**json.loads(done.stdout)), ""
