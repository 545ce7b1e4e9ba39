"""`python -m tests.soak.report_kill --senders 50 --kills 5 [--database URL]`: exits 1 on any breach.

Each report is there once, or was refused. As many telephones as senders report at once to a real web process, each
several reports with a photo; connections break in the middle of a form; the server is killed (SIGKILL) and started
again. A telephone that gets no answer sends the same report again, as the portal does. Afterwards every report that
was answered with a code is there once, under that code, with every byte of its photo; what was refused is not there;
and nothing is there that nobody sent.
"""

import argparse
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
from tools.reporting import PATH, Form, Photos, form, headers, sent_to

GIVE_UP_SECONDS = 240.0
TOKEN = "s" * 32
REFUSED_TEXT = "   "


@dataclass
class Server:
    """The web process, started again after each kill. `answers_early`: it answers before anything is stored."""

    folder: Path
    answers_early: bool = False
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.soak.report_server", "--port", str(self.port)]
        command += ["--sabotage"] if self.answers_early else []
        with (self.folder / "web.log").open("ab") as log:
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


@dataclass
class Outcome:
    """What became of one report, as its telephone knows it."""

    form: Form
    is_bad: bool
    code: str = ""
    secret: str = ""
    refused: bool = False
    sent_again: int = 0
    put_off: int = 0
    breaks: int = 0
    fault: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.code or self.refused or self.fault)


class Telephone:
    """One sender: its reports one after the other, each until there is an answer, now and then once more after it."""

    def __init__(self, port: int, seed: int, reports: int, photos: Photos) -> None:
        self.port, self.chance = port, random.Random(seed)
        self.outcomes = [self._report(photos, f"{seed}-{number}".encode()) for number in range(reports)]

    def _report(self, photos: Photos, name: bytes) -> Outcome:
        is_bad = self.chance.random() < 0.1
        photo = photos.unique(name) if self.chance.random() < 0.9 else None
        return Outcome(form(TOKEN, photo, text=REFUSED_TEXT if is_bad else "", chance=self.chance), is_bad)

    def run(self, patience: float) -> list[Outcome]:
        until = time.monotonic() + patience
        for outcome in self.outcomes:
            while not outcome.is_over and time.monotonic() < until:
                self._try(outcome)
            if outcome.code and self.chance.random() < 0.3:
                self._once_more(outcome)
        return self.outcomes

    def _try(self, outcome: Outcome) -> None:
        try:
            if outcome.breaks < 2 and self.chance.random() < 0.3:
                outcome.breaks += 1
                self._break_off(outcome.form)
                return
            status, told = sent_to(self.port, outcome.form, TOKEN)
        except (OSError, http.client.HTTPException):
            outcome.sent_again += 1
            time.sleep(self.chance.uniform(0.2, 0.8))
            return
        self._note(outcome, status, told)

    def _note(self, outcome: Outcome, status: int, told: dict[str, str]) -> None:
        if status == 200 and told.get("code"):
            if outcome.code and (outcome.code, outcome.secret) != (told["code"], told["secret"]):
                outcome.fault = "the second answer is another one"
            outcome.code, outcome.secret = told["code"], told["secret"]
        elif status == 422:
            outcome.refused = True
        elif status in (429, 503):
            # Too many at once: later, as the portal's own drafts do.
            outcome.put_off += 1
            time.sleep(self.chance.uniform(0.3, 1.5))
        else:
            outcome.fault = f"answered {status}: {told}"

    def _once_more(self, outcome: Outcome) -> None:
        """The answer got lost after all: the same report again must be answered the same."""
        with suppress(OSError, http.client.HTTPException):
            self._note(outcome, *sent_to(self.port, outcome.form, TOKEN))

    def _break_off(self, sent: Form) -> None:
        """Announce all of it, send a part, and hang up without a word."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.putrequest("POST", PATH)
            for name, value in headers(sent, TOKEN).items():
                line.putheader(name, value)
            line.endheaders()
            line.send(sent.body[: self.chance.randrange(1, len(sent.body))])
        finally:
            line.close()


def breaches(outcomes: list[Outcome]) -> dict[str, int]:
    """Every report there once or refused, every photo whole or absent: how many break that, each in its way."""
    from songcau.foundation.audit.models import Entry as AuditEntry
    from songcau.foundation.audit.queries import chain_verdict
    from songcau.foundation.outbox.models import Event
    from songcau.systems.citizen_reports.models import Entry, Report, Reporter
    from songcau.systems.citizen_reports.rules import shown_code

    rows = {row.submission_id: row for row in Report.objects.all()}
    sent = {outcome.form.submission_id: outcome for outcome in outcomes}
    found = {
        "lost after an answer": sum(bool(one.code) and key not in rows for key, one in sent.items()),
        "under another code": sum(
            bool(one.code) and key in rows and shown_code(rows[key].code) != one.code for key, one in sent.items()
        ),
        "there though refused": sum(one.is_bad and key in rows for key, one in sent.items()),
        "sent by nobody": len(rows.keys() - sent.keys()),
        "good ones refused": sum(one.refused and not one.is_bad for one in outcomes),
        "without an answer at the end": sum(not one.is_over for one in outcomes),
        "faults": sum(bool(one.fault) for one in outcomes),
        "not one reporter each": int(Reporter.objects.count() != len(rows)),
        "not one audit entry each": int(_many(AuditEntry, action="citizen_reports.submit_report") != len(rows)),
        "not one event each": int(_many(Event, name__endswith="ReportSubmitted") != len(rows)),
        "not one first line each": int(_many(Entry, step="submit") != len(rows)),
        "audit faults": chain_verdict().faults,
    }
    return found | _photos({key: row for key, row in rows.items() if key in sent}, sent)


def _many(table: object, **where: object) -> int:
    return int(table._default_manager.filter(**where).count())


def _photos(rows: dict[object, object], sent: dict[object, Outcome]) -> dict[str, int]:
    """Whole: the part file holds the bytes that were sent, and the worker takes them in."""
    from songcau.foundation.files.parts import Part
    from songcau.kernel.actor import SYSTEM
    from songcau.systems.citizen_reports.actions.pictures import take_in_waiting
    from songcau.systems.citizen_reports.models import Attachment

    found = {"photos missing": 0, "photos more than once": 0, "photos of other bytes": 0, "photos not taken in": 0}
    for key, row in rows.items():
        uploads = list(Attachment.objects.filter(report=row).values_list("upload_id", flat=True))
        wanted = sent[key].form.digest
        found["photos missing"] += bool(wanted) and not uploads
        found["photos more than once"] += len(uploads) > bool(wanted)
        for upload_id in uploads:
            file = Part(upload_id).path
            whole = file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == wanted
            found["photos of other bytes"] += not whole
    while take_in_waiting(by=SYSTEM):
        pass
    found["photos not taken in"] = Attachment.objects.exclude(state="READY").count()
    return found


def storm(
    server: Server, senders: int, reports: int, kills: int, photo_bytes: int, patience: float
) -> tuple[list[Outcome], float]:
    server.start()
    begun, running = time.monotonic(), threading.Event()

    photos = Photos(photo_bytes)
    telephones = [Telephone(server.port, seed, reports, photos) for seed in range(senders)]

    def answered() -> int:
        return sum(outcome.is_over for one in telephones for outcome in one.outcomes)

    def kill_now_and_then() -> None:
        while server.kills < kills:
            # However slow the machine is: it lives until it has answered something, and not much longer.
            before = answered()
            while answered() == before:
                if running.wait(0.05):
                    return
            if running.wait(random.uniform(0.0, 1.5)):
                return
            server.kill()
            server.start()

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    with ThreadPoolExecutor(senders) as crew:
        outcomes = [one for done in [crew.submit(each.run, patience) for each in telephones] for one in done.result()]
    running.set()
    killer.join()
    return outcomes, time.monotonic() - begun


def prepare() -> None:
    """Tables, units, the usual categories: what a city has before the first report comes."""
    from datetime import date

    from django.core.management import call_command

    from songcau.foundation.accounts.demo import seed_demo
    from songcau.foundation.places.actions import load_profile
    from songcau.foundation.places.queries import units
    from songcau.foundation.places.rules import Level
    from songcau.kernel.actor import SYSTEM
    from songcau.systems.citizen_reports.actions import load_usual_categories

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    load_profile(by=SYSTEM, name="tn-2022")
    seed_demo(SYSTEM, units(Level.WARD, date(2024, 1, 1)))
    load_usual_categories(by=SYSTEM)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--senders", type=int, default=50)
    parser.add_argument("--reports", type=int, default=6, help="of each sender")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--kilobytes", type=int, default=60, help="of each photo")
    parser.add_argument("--patience", type=float, default=GIVE_UP_SECONDS, help="seconds until telephones give up")
    parser.add_argument("--database", default="", help="postgresql://… (a database of its own is made); none: SQLite")
    parser.add_argument("--sabotage", action="store_true", help="the server answers before it stores: must be found")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="songcau-reports-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    # Each telephone has an address of its own, as behind a proxy.
    os.environ["SONGCAU_BEHIND_PROXY"] = "true"
    with fresh_database(given.database, folder):
        django.setup()
        from django.db import connections

        from songcau.entry.reactions import install_all

        install_all()
        prepare()
        server = Server(folder, given.sabotage)
        try:
            outcomes, seconds = storm(
                server, given.senders, given.reports, given.kills, given.kilobytes * 1024, given.patience
            )
        finally:
            with suppress(OSError):
                server.kill()
        found = breaches(outcomes)
        vendor = connections["default"].vendor
        connections.close_all()
    return told(folder, vendor, outcomes, seconds, server.kills - 1, found)


def told(folder: Path, vendor: str, outcomes: list[Outcome], seconds: float, kills: int, found: dict[str, int]) -> int:
    table = {
        "database": vendor,
        "reports sent": len(outcomes),
        "answered with a code": sum(bool(outcome.code) for outcome in outcomes),
        "refused": sum(outcome.refused for outcome in outcomes),
        "sent again": sum(outcome.sent_again for outcome in outcomes),
        "put off by a busy server": sum(outcome.put_off for outcome in outcomes),
        "connections broken on purpose": sum(outcome.breaks for outcome in outcomes),
        "server killed": kills,
        "seconds": f"{seconds:.1f}",
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
