"""Reports with a photo come in at a steady rate: how soon each is answered, and whether all of them are there.

A report is sent when its time has come, whether those before it are answered or not, over a connection of its own and
as from an address of its own. The answer is timed from that moment, so one that had to wait is not flattered. The
photos are made small by the worker after the answer; here it does so once the sending is over.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tools.city import answers, free_port
from tools.reporting import Form, Photos, form, sent_to

TOKEN = "b" * 32
START_SECONDS = 60.0
# At most so many are on their way at once; the others wait, and their wait counts.
MOST_AT_ONCE = 200
# So many photos are also taken in to the end: decoded, cleaned, made small.
TAKEN_IN = 60


@dataclass(frozen=True, slots=True)
class Load:
    """So many reports a second for so long, each with a photo of so many bytes, to so many web processes."""

    rate: float
    seconds: float
    photo_bytes: int
    webs: int
    with_worker: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report: the code and seconds of its answer, or why there is none."""

    submission_id: UUID
    digest: str
    status: int
    code: str
    seconds: float


def measure(load: Load) -> bool:
    """Print the table; whether everything that was answered is there."""
    from django.db import connection

    many = int(load.rate * load.seconds)
    with _processes(load) as (ports, pids):
        # Whatever is loaded at a first request is loaded.
        for port in ports:
            _send(port, form(TOKEN, Photos(load.photo_bytes).unique(b"first")), time.perf_counter())
        begun, worked, spent = time.perf_counter(), os.times(), _processor(pids)
        outcomes = _storm(load, many, ports)
        lasted = time.perf_counter() - begun
        own, spent = sum(os.times()[:2]) - sum(worked[:2]), _processor(pids) - spent
    lost = _lost(outcomes)
    good = sorted(one.seconds * 1000 for one in outcomes if one.code)
    told = Counter(str(one.status or "no answer") for one in outcomes if not one.code)
    print(
        f"{many} reports on {connection.vendor} at {load.rate:.0f}/s with {load.photo_bytes // 1000} KB, "
        f"web processes: {load.webs}{', the worker beside them' if load.with_worker else ''}"
    )
    print(
        "| taken in | a second | p50 ms | p95 ms | p99 ms | longest | no code | lost | web processor, each | senders' |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print(
        f"| {len(good)} | {len(good) / lasted:.1f} | {_at(good, 0.5):.0f} | {_at(good, 0.95):.0f} "
        f"| {_at(good, 0.99):.0f} | {_at(good, 1):.0f} | {dict(told) or 0} | {lost or 0} "
        f"| {spent * 1000 / many:.0f} ms | {own * 1000 / many:.0f} ms |",
        flush=True,
    )
    return not lost


def _at(found: list[float], part: float) -> float:
    return found[min(len(found) - 1, int(len(found) * part))] if found else float("nan")


@contextmanager
def _processes(load: Load) -> Iterator[tuple[list[int], list[int]]]:
    """Web processes as `songcau up` starts one, each on a port of its own, as behind a proxy that shares out."""
    ports, running = [free_port() for _web in range(load.webs)], []
    log = Path(os.environ["SONGCAU_DATA"]) / "bench.log"
    with log.open("ab") as output:
        for command, port in [*(("web", port) for port in ports), *([("worker", 0)] if load.with_worker else [])]:
            environment = os.environ | {"SONGCAU_PORT": str(port or 8000), "SONGCAU_BEHIND_PROXY": "true"}
            arguments = [sys.executable, "-m", "songcau", command]
            running.append(subprocess.Popen(arguments, env=environment, stdout=output, stderr=output))
    try:
        until = time.monotonic() + START_SECONDS
        while not all(answers(f"http://127.0.0.1:{port}/healthz") for port in ports):
            if time.monotonic() > until or any(one.poll() is not None for one in running):
                raise SystemExit(log.read_text(encoding="utf-8")[-3000:])
            time.sleep(0.1)
        yield ports, [one.pid for one in running[: load.webs]]
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(30)


def _processor(pids: list[int]) -> float:
    """Seconds that they have worked."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for pid in pids]
    return sum(int(user) + int(system) for user, system in (one[11:13] for one in fields)) / ticks


def _storm(load: Load, many: int, ports: list[int]) -> list[Outcome]:
    photos, gate = Photos(load.photo_bytes), threading.Event()
    begun = time.perf_counter() + 0.5

    def one(number: int) -> Outcome:
        due = begun + number / load.rate
        made = form(TOKEN, photos.unique(f"{os.getpid()}-{number}".encode()))
        gate.wait(max(0.0, due - time.perf_counter()))
        return _send(ports[number % len(ports)], made, due)

    with ThreadPoolExecutor(MOST_AT_ONCE) as crew:
        return list(crew.map(one, range(many)))


def _send(port: int, made: Form, due: float) -> Outcome:
    try:
        status, told = sent_to(port, made, TOKEN)
    except (OSError, http.client.HTTPException):
        status, told = 0, {}
    code = told.get("code", "") if status == 200 else ""
    return Outcome(made.submission_id, made.digest, status, code, time.perf_counter() - due)


def _lost(outcomes: list[Outcome]) -> dict[str, int]:
    """What was answered with a code and is not there as it was sent."""
    import hashlib

    from songcau.foundation.files.parts import Part
    from songcau.kernel.actor import SYSTEM
    from songcau.systems.citizen_reports.actions.pictures import take_in_pictures
    from songcau.systems.citizen_reports.models import Attachment, Report
    from songcau.systems.citizen_reports.rules import shown_code

    answered = {one.submission_id: one for one in outcomes if one.code}
    found: Counter[str] = Counter()
    rows = {row.submission_id: row for row in Report.objects.filter(received_at__gte=_since())}
    checked = 0
    for key, one in answered.items():
        row = rows.get(key)
        if row is None or shown_code(row.code) != one.code:
            found["reports"] += 1
            continue
        picture = Attachment.objects.filter(report=row).first()
        if picture is None:
            found["pictures"] += 1
            continue
        part = Part(picture.upload_id).path
        if picture.state != "READY" and not (
            part.exists() and hashlib.sha256(part.read_bytes()).hexdigest() == one.digest
        ):
            found["pictures"] += 1
            continue
        if checked < TAKEN_IN:
            checked += 1
            take_in_pictures(by=SYSTEM, report_id=row.pk)
            picture.refresh_from_db()
            found["unreadable"] += picture.state != "READY"
    return {name: many for name, many in found.items() if many}


def _since() -> object:
    from datetime import timedelta

    from songcau.kernel import clock

    return clock.now() - timedelta(hours=1)
