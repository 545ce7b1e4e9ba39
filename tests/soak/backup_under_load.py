"""`python -m tests.soak.backup_under_load --rounds 3 [--database URL]`: exits 1 on any breach.

A city is written to without a pause: entries with events by several threads, uploads through a real web process, a
real worker, entities through a real broker. Meanwhile `songcau backup` runs, and what it made is restored elsewhere.
There the audit chain must hold, rows and files must be what the backup says, and whatever was answered before the
backup began must be there, of entities each batch whole.
`--sabotage` reads each table at a moment of its own and must end in breaches.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

from tests.soak.kill_worker import fresh_database
from tests.soak.upload_storm import Sender, Server, session

KEY = "a passphrase only for the soak"
ADDED = {"audit_entry": 1}
SOAK = "urn:ngsi-ld:Soak:"


@dataclass
class Load:
    """Writers and senders at work. `written`, `sent` and `told` hold what was answered with success, in order.

    told: numbers; for each, two entities went to the broker in one batch.
    """

    server: Server
    headers: dict[str, str]
    broker: str
    written: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    crew: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        work = [(self.write, n) for n in range(2)] + [(self.send, n) for n in range(2)] + [(self.tell, 0)]
        self.crew = [threading.Thread(target=target, args=(number,)) for target, number in work]
        for thread in self.crew:
            thread.start()

    def end(self) -> None:
        self.over.set()
        for thread in self.crew:
            thread.join(60)

    def write(self, number: int) -> None:
        from django.db import connection, transaction

        from songcau.foundation.audit.actions import record_entry
        from songcau.foundation.files.events import FileRemoved
        from songcau.foundation.outbox.actions import announce
        from songcau.kernel.actor import SYSTEM
        from songcau.kernel.ids import new_id

        while not self.over.is_set():
            token = new_id()
            with transaction.atomic():
                record_entry(by=SYSTEM, action="soak.write", subject=f"soak:{token}")
                event = FileRemoved(token, "soak.papers", "soak", token, expired=False)
                announce(event, subject=f"soak:{token}", by=SYSTEM)
            self.written.append(f"soak:{token}")
            time.sleep(random.uniform(0, 0.01))
        connection.close()

    def send(self, number: int) -> None:
        seed = 1000 * (number + 1) + int(time.time())
        while not self.over.is_set():
            seed += 1
            sender = Sender(self.server.port, self.headers, seed, random.randrange(1000, 2_000_000))
            sender.outcome.given_up = False
            if sender.run().finished:
                self.sent.append(sender.outcome.digest)

    def tell(self, _number: int) -> None:
        from songcau.context.public import Context

        with Context(self.broker) as context:
            number = 0
            while not self.over.is_set():
                number += 1
                value = {"type": "Property", "value": number}
                context.upsert([{"id": f"{SOAK}{number}:{part}", "type": "Soak", "n": value} for part in "ab"])
                self.told.append(number)


@dataclass
class Elsewhere:
    """Where a backup is restored, looked at without any code of the city."""

    data: Path
    database: str

    def ask(self, words: str) -> list[tuple[object, ...]]:
        if self.database:
            with psycopg.connect(self.database) as line:
                return line.execute(words).fetchall()
        line = sqlite3.connect(self.data / "songcau.sqlite3")
        try:
            return line.execute(words).fetchall()
        finally:
            line.close()

    def told(self) -> Counter[int]:
        """Of each number, how many of its entities the broker's journal holds with that value."""
        line = sqlite3.connect(self.data / "context" / "journal.sqlite3")
        try:
            rows = line.execute("SELECT id, body FROM history JOIN entity ON entity.number = history.entity").fetchall()
        finally:
            line.close()
        found: Counter[int] = Counter()
        for name, body in rows:
            number = int(name.removeprefix(SOAK).partition(":")[0])
            values = [attribute["value"] for attribute in json.loads(body)["a"].values()]
            found[number] += values == [number]
        return found

    def files(self) -> dict[str, str]:
        """Name → SHA-256 of what lies under it."""
        found = (self.data / "files").glob("??/??/*")
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


def run(command: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    told = {f"SONGCAU_{name.upper()}": value for name, value in {"backup_key": KEY, **settings}.items()}
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", *command], env=kept | told, capture_output=True, text=True, timeout=300
    )


def one_round(load: Load, file: Path, there: Elsewhere, sabotaged: bool) -> tuple[Counter[str], dict[str, int]]:
    """Back up under load, restore, compare."""
    from songcau.entry.backup.checking import check

    found: Counter[str] = Counter()
    written, sent, spoken = load.written[:], load.sent[:], load.told[:]
    made = run([*(["tests.soak.torn_backup"] if sabotaged else ["songcau", "backup"]), "--to", str(file)])
    meanwhile = len(load.written) - len(written)
    if made.returncode:
        raise SystemExit(f"no backup was made:\n{made.stderr[-2000:]}")
    back = run(["songcau", "restore", str(file)], data=str(there.data), database=there.database, language="en")
    found["restore refused"] = int(back.returncode != 0)
    if back.returncode:
        sys.stdout.write(back.stderr[-500:])
        return found, {"written meanwhile": meanwhile}
    told = check(file, KEY)
    for table, facts in told.tables.items():
        count = there.ask(f'SELECT count(*) FROM "{table}"')[0][0]  # noqa: S608
        found["rows not as told"] += count != facts["rows"] + ADDED.get(table, 0)
    entries = {subject for (subject,) in there.ask("SELECT subject FROM audit_entry WHERE action = 'soak.write'")}
    events = {subject for (subject,) in there.ask("SELECT subject FROM outbox_event WHERE subject LIKE 'soak:%'")}
    found["entries lost"] = len(set(written) - entries)
    found["entry without its event"] = len(entries ^ events)
    linked = there.ask("SELECT DISTINCT digest FROM files_blob JOIN files_filelink ON blob_id = files_blob.id")
    kept = there.files()
    found["uploads lost"] = len(set(sent) - {digest for (digest,) in linked})
    found["files lost"] = len({digest for (digest,) in linked} - kept.keys())
    found["files of other bytes"] = sum(name != digest for name, digest in kept.items())
    found["files not as told"] = int(len(kept) != told.files or told.lacking != 0)
    told_there = there.told()
    found["entities lost"] = sum(told_there[number] != 2 for number in spoken)
    found["half of a batch of entities"] = sum(count != 2 for count in told_there.values())
    for words in (["audit", "verify"], ["files", "verify"]):
        verified = run(["songcau", *words], data=str(there.data), database=there.database)
        found[f"{words[0]} verify"] = int(verified.returncode != 0)
    facts = {"written meanwhile": meanwhile, "entries restored": len(entries), "files restored": len(kept)}
    facts |= {"entities told meanwhile": len(load.told) - len(spoken), "batches of entities restored": len(told_there)}
    return found, facts


def soak(folder: Path, given: argparse.Namespace) -> tuple[Counter[str], Counter[str]]:
    from django.core.management import call_command

    from songcau.entry.reactions import install_all

    call_command("migrate", verbosity=0)
    install_all()
    broker, address = serving_broker(folder)
    load = Load(Server(folder), session("lan"), address)
    load.server.start()
    worker = subprocess.Popen([sys.executable, "-m", "songcau", "worker"], stderr=subprocess.DEVNULL)
    found, facts = Counter[str](), Counter[str]()
    try:
        load.begin()
        until = time.monotonic() + 60
        while (len(load.written) < 200 or len(load.sent) < 5 or len(load.told) < 50) and time.monotonic() < until:
            time.sleep(0.1)
        for number in range(given.rounds):
            with place_elsewhere(given.database, folder / f"there-{number}") as there:
                broken, seen = one_round(load, folder / f"{number}.backup", there, given.sabotage)
            found.update(broken)
            facts.update(seen)
    finally:
        load.end()
        worker.terminate()
        worker.wait(30)
        with suppress(OSError):
            load.server.kill()
        broker.terminate()
        broker.wait(30)
    facts.update({"entries written in all": len(load.written), "files uploaded in all": len(load.sent)})
    idle = facts["written meanwhile"] == 0 or facts["entities told meanwhile"] == 0 or not load.sent
    found["nothing happened meanwhile"] = int(idle)
    return found, facts


def serving_broker(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """The city's broker, ready, and its address."""
    socket = folder / "run" / "soak.sock"
    socket.parent.mkdir(exist_ok=True, mode=0o700)
    options = ["--data", str(folder / "context"), "--socket", str(socket)]
    process = subprocess.Popen([sys.executable, "-m", "songcau", "broker", *options], stdout=subprocess.PIPE, text=True)
    if process.stdout is None or "ready" not in process.stdout.readline():
        raise SystemExit("the broker does not start")
    return process, f"unix:{socket}"


class place_elsewhere:  # noqa: N801 - reads as a word in `with`
    """An empty folder, and an empty database beside the one named; the database is dropped at the end."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.name = url, f"songcau_soak_{os.getpid()}_{folder.name[-1]}_there"
        address = urlunsplit(urlsplit(url)._replace(path=f"/{self.name}")) if url else ""
        self.there = Elsewhere(folder, address)

    def __enter__(self) -> Elsewhere:
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as server:
                server.execute(f"CREATE DATABASE {self.name}")
        return self.there

    def __exit__(self, *_error: object) -> None:
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as server:
                server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", default="", help="postgresql://… (databases of its own are made); none: SQLite")
    parser.add_argument("--sabotage", action="store_true", help="each table at a moment of its own: must be found")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="songcau-backup-soak-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with fresh_database(given.database, folder):
        django.setup()
        from django.db import connections

        # The commands run without the tests' settings, and need the same keys.
        begun = time.monotonic()
        try:
            found, facts = soak(folder, given)
        finally:
            connections.close_all()
    table: dict[str, object] = {"database": "postgresql" if given.database else "sqlite", "rounds": given.rounds}
    table |= {"seconds": f"{time.monotonic() - begun:.0f}", **facts}
    for name, value in (table | {f"BREACH {name}": number for name, number in found.items()}).items():
        sys.stdout.write(f"{name:<46}{value}\n")
    is_whole = not any(found.values())
    sys.stdout.write("WHOLE\n" if is_whole else f"BROKEN (logs of the processes in {folder})\n")
    if is_whole:
        shutil.rmtree(folder)
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
