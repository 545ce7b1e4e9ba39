"""`python -m tests.soak.upload_storm --uploads 100 --kills 3 [--database URL]`: exits 1 on any breach.

Every file must be whole or absent. As many clients as uploads speak tus to a real web process at once. Connections
break in the middle of a piece, clients come back, some give up; the server is killed (SIGKILL) and started again.
Whatever a client was told is on disk must be there afterwards, every finished file must have the digest of what was
sent, and nothing else may be in the store.
"""

import argparse
import base64
import hashlib
import http.client
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import django

from tests.soak.kill_worker import fresh_database
from tools.city import answers, free_port

SUBJECT = "00000000-0000-7000-8000-000000000001"
GIVE_UP_SECONDS = 240.0


@dataclass
class Server:
    """The web process, started again after each kill."""

    folder: Path
    is_sabotaged: bool = False
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        with (self.folder / "web.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.soak.upload_server", "--port", str(self.port)]
            command += ["--sabotage"] if self.is_sabotaged else []
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{self.port}/healthz"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit((self.folder / "web.log").read_text()[-3000:])
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.kills += 1

    def rss(self) -> tuple[int, int]:
        """Memory of the process now and at its highest, in MB."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        kept = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith("Vm")}
        return kept["VmRSS"], kept["VmHWM"]


@dataclass
class Outcome:
    """How one upload went: its digest if it was told to be stored, and what was seen on the way."""

    digest: str
    size: int
    given_up: bool
    where: str = ""
    told: int = 0
    breaks: int = 0
    broken_at: int = -1
    kept: int = 0
    finished: bool = False
    fault: str = ""


class Sender:
    """One client with one file; `headers` are its session."""

    def __init__(self, port: int, headers: dict[str, str], seed: int, size: int) -> None:
        self.port, self.headers = port, headers | {"Tus-Resumable": "1.0.0"}
        self.chance = random.Random(seed)
        line = hashlib.sha256(str(seed).encode()).hexdigest().encode() + b"\n"
        self.content = (line * (size // len(line) + 1))[:size]
        self.outcome = Outcome(hashlib.sha256(self.content).hexdigest(), size, self.chance.random() < 0.1)

    def ask(self, method: str, path: str, body: bytes | None = None, **more: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in more.items()}
        try:
            line.request(method, path, body=body, headers=self.headers | named)
            answer = line.getresponse()
            answer.read()
            return answer
        finally:
            line.close()

    def run(self) -> Outcome:
        until = time.monotonic() + GIVE_UP_SECONDS
        while not self.outcome.finished and not self.outcome.fault and time.monotonic() < until:
            try:
                if self._step():
                    break
            except (OSError, http.client.HTTPException):
                time.sleep(self.chance.uniform(0.05, 0.4))
        return self.outcome

    def _step(self) -> bool:
        """One request or one broken one; True when the client gives up for good."""
        seen = self.outcome
        if not seen.where:
            told = {"use": "soak.papers", "subject_kind": "soak", "subject_id": SUBJECT, "filename": "to.txt"}
            listed = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
            answer = self.ask("POST", "/files/uploads/", Upload_Length=str(seen.size), Upload_Metadata=listed)
            if answer.status == 201:
                seen.where = "/files/uploads/" + answer.headers["Location"].rpartition("/")[2]
            return False
        answer = self.ask("HEAD", seen.where)
        if answer.status != 200:
            return self._not_yet(answer.status)
        offset = int(answer.headers["Upload-Offset"])
        if offset < seen.told:
            seen.fault = f"{seen.told} bytes were told to be there, now {offset}"
        seen.told = max(seen.told, offset)
        seen.kept += -1 < seen.broken_at < offset
        seen.broken_at = -1
        if seen.given_up and offset > seen.size // 2:
            return True
        self._send(offset)
        return False

    def _not_yet(self, status: int) -> bool:
        if status in (404, 410):
            self.outcome.fault = f"the upload was lost: {status}"
        time.sleep(0.1)
        return False

    def _send(self, offset: int) -> None:
        seen = self.outcome
        if seen.breaks < 3 and offset < seen.size and self.chance.random() < 0.7:
            seen.breaks += 1
            seen.broken_at = offset
            self._break_off(offset)
            return
        answer = self.ask(
            "PATCH",
            seen.where,
            self.content[offset:],
            Upload_Offset=str(offset),
            Content_Type="application/offset+octet-stream",
        )
        if answer.status == 204:
            seen.finished = int(answer.headers["Upload-Offset"]) == seen.size
        elif answer.status not in (409, 423, 500, 503):
            seen.fault = f"PATCH was answered {answer.status}"
        else:
            time.sleep(self.chance.uniform(0.05, 0.3))

    def _break_off(self, offset: int) -> None:
        """Announce all that is left, send a part of it, and hang up without a word."""
        rest = self.content[offset:]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.putrequest("PATCH", self.outcome.where)
            said = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            for name, value in (self.headers | said | {"Content-Length": str(len(rest))}).items():
                line.putheader(name, value)
            line.endheaders()
            line.send(rest[: self.chance.randrange(1, len(rest) + 1)])
            time.sleep(self.chance.uniform(0, 0.05))
        finally:
            line.close()


def session(username: str) -> dict[str, str]:
    """Headers of somebody who has signed in, through the real pages."""
    from django.conf import settings
    from django.middleware.csrf import get_token
    from django.test import Client, RequestFactory

    from songcau.foundation.accounts.tests.people import make_person, sign_in

    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    client = Client(REMOTE_ADDR="127.0.0.1")
    sign_in(client, make_person(username))
    token = get_token(RequestFactory().get("/"))
    cookie = client.cookies["sessionid"].value
    return {"Cookie": f"sessionid={cookie}; csrftoken={token}", "X-CSRFToken": token}


def breaches(outcomes: list[Outcome]) -> dict[str, int]:
    """Every file whole or absent: how many break that, each in its way."""
    from songcau.foundation.audit.queries import chain_verdict
    from songcau.foundation.files.models import FileLink, Upload
    from songcau.foundation.files.storage import store
    from songcau.foundation.files.stores import digest_of

    kept = set(store().digests())
    linked = {upload.pk.hex: upload.link for upload in Upload.objects.select_related("link__blob") if upload.link}
    found = dict.fromkeys(("told stored but not", "of other bytes", "corrupt in the store", "unfinished", "faults"), 0)
    for outcome in outcomes:
        link = linked.get(outcome.where.rpartition("/")[2].replace("-", ""))
        found["faults"] += bool(outcome.fault)
        found["told stored but not"] += outcome.finished and (link is None or link.blob.digest not in kept)
        found["of other bytes"] += link is not None and link.blob.digest != outcome.digest
        found["unfinished"] += not outcome.finished and not outcome.given_up and not outcome.fault
    found["corrupt in the store"] = sum(digest_of(store().read(digest))[0] != digest for digest in kept)
    found["in the store without a row"] = len(kept - set(FileLink.objects.values_list("blob__digest", flat=True)))
    breaks, pieces = sum(outcome.breaks for outcome in outcomes), sum(outcome.kept for outcome in outcomes)
    found["no byte of a broken connection kept"] = int(breaks > 0 and pieces == 0)
    found["audit faults"] = chain_verdict().faults
    return found


def storm(server: Server, uploads: int, kills: int, size: int) -> tuple[list[Outcome], float]:
    headers = session("lan")
    server.start()
    begun, running = time.monotonic(), threading.Event()

    def kill_now_and_then() -> None:
        while server.kills < kills and not running.wait(random.uniform(0.2, 2.0)):
            server.kill()
            server.start()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with ThreadPoolExecutor(uploads) as crew:
        senders = [Sender(server.port, headers, seed, random.randrange(size // 4, size)) for seed in range(uploads)]
        outcomes = [done.result() for done in [crew.submit(sender.run) for sender in senders]]
    running.set()
    killer.join()
    return outcomes, time.monotonic() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--megabytes", type=float, default=4.0, help="of the largest file")
    parser.add_argument("--database", default="", help="postgresql://… (a database of its own is made); none: SQLite")
    parser.add_argument("--sabotage", action="store_true", help="the store loses bytes: this must be found")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="songcau-storm-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with fresh_database(given.database, folder):
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from songcau.entry.reactions import install_all
        from songcau.foundation.files.tasks import finish_received_uploads

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        install_all()
        server = Server(folder, given.sabotage)
        try:
            outcomes, seconds = storm(server, given.uploads, given.kills, int(given.megabytes * 1024 * 1024))
            memory = server.rss()[1]
            finish_received_uploads()
            found = breaches(outcomes)
            vendor = connections["default"].vendor
        finally:
            with suppress(OSError):
                server.kill()
            connections.close_all()
    sent = sum(outcome.size for outcome in outcomes if outcome.finished) / 1024 / 1024
    table = {
        "database": vendor,
        "uploads": len(outcomes),
        "stored": sum(outcome.finished for outcome in outcomes),
        "given up on purpose": sum(o.given_up and not o.finished for o in outcomes),
        "connections broken": sum(outcome.breaks for outcome in outcomes),
        "broken pieces of which bytes were kept": sum(outcome.kept for outcome in outcomes),
        "server killed": server.kills - 1,
        "seconds": f"{seconds:.1f}",
        "MB stored": f"{sent:.0f}",
        "highest memory of the last server, MB": memory,
        **{f"BREACH {name}": number for name, number in found.items()},
    }
    for name, value in table.items():
        sys.stdout.write(f"{name:<46}{value}\n")
    for fault in sorted({outcome.fault for outcome in outcomes if outcome.fault}):
        sys.stdout.write(f"  {fault}\n")
    is_whole = not any(found.values())
    sys.stdout.write("WHOLE\n" if is_whole else f"BROKEN (log of the server in {folder})\n")
    if is_whole:
        shutil.rmtree(folder)
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
