"""The virus scanner, played by a small server that speaks clamd's INSTREAM: found, clean, silent, away."""

import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from django.conf import settings

from songcau.foundation.files import actions, refusals, scanners
from songcau.foundation.files.models import Blob, FileLink, Upload
from songcau.foundation.files.rules import Scan, UploadState
from songcau.foundation.files.scanners import Clamd, NoScanner
from songcau.foundation.files.storage import store
from songcau.foundation.files.tests.talking import stored
from songcau.foundation.outbox.models import Event
from songcau.kernel.actor import SYSTEM, Actor

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Daemon:
    """What the server does next, and what it has received."""

    mood: str = "well"
    port: int = 0
    received: bytes = b""


def _silence(gate: threading.Event) -> Iterator[bytes]:
    gate.wait(20)
    yield from ()


def _noise(gate: threading.Event) -> Iterator[bytes]:
    while not gate.is_set():
        yield b"x" * 1000


def _drops(gate: threading.Event) -> Iterator[bytes]:
    while not gate.wait(0.05):
        yield b"x"


# What is said without listening to the bytes.
_ANSWERS: dict[str, Callable[[threading.Event], Iterator[bytes]]] = {
    "silent": _silence,
    "endless": _noise,
    "dripping": _drops,
    "hasty": lambda _gate: iter([b"stream: OK\0"]),
    "limit": lambda _gate: iter([b"INSTREAM size limit exceeded. ERROR\0"]),
}


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    state, gate = Daemon(), threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if self.rfile.read(10) != b"zINSTREAM\0":
                return
            if state.mood in _ANSWERS:
                with suppress(OSError):
                    for piece in _ANSWERS[state.mood](gate):
                        self.wfile.write(piece)
                return
            content = b""
            while length := struct.unpack(">I", self.rfile.read(4))[0]:
                content += self.rfile.read(length)
            state.received = content
            found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
            self.wfile.write(b"stream: nonsense\0" if state.mood == "mad" else found)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield state
        gate.set()
        server.shutdown()


@pytest.fixture
def scanned_city(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    clamd = Clamd("127.0.0.1", daemon.port, seconds=0.3)
    for room in ("intake", "actions.scans"):
        monkeypatch.setattr(f"songcau.foundation.files.{room}.scanner", lambda: clamd)
    return daemon


def test_the_whole_stream_reaches_the_scanner(daemon: Daemon) -> None:
    pieces = [b"a" * 100_000, b"", b"b" * 10]
    verdict = Clamd("127.0.0.1", daemon.port).verdict(iter(pieces))
    assert (verdict.scan, verdict.scanner) == (Scan.CLEAN, "clamd 127.0.0.1")
    assert daemon.received == b"".join(pieces)


def test_a_virus_is_named(daemon: Daemon) -> None:
    verdict = Clamd("127.0.0.1", daemon.port).verdict(iter([EICAR]))
    assert (verdict.scan, verdict.threat) == (Scan.INFECTED, "Eicar-Signature")


@pytest.mark.parametrize(
    ("mood", "reason"),
    [("silent", "TIMEOUT"), ("mad", "ANSWER"), ("limit", "SIZE_LIMIT"), ("endless", "ANSWER"), ("dripping", "TIMEOUT")],
)
def test_a_scanner_that_cannot_say_is_away(daemon: Daemon, mood: str, reason: str) -> None:
    daemon.mood = mood
    with pytest.raises(refusals.ScannerAway) as raised:
        Clamd("127.0.0.1", daemon.port, seconds=0.2).verdict(iter([b"x" * 10]))
    assert raised.value.params["reason"] == reason


def test_a_scanner_that_says_clean_without_having_listened_is_not_believed(daemon: Daemon) -> None:
    daemon.mood = "hasty"
    pieces = (time.sleep(0.02) or b"x" * 65536 for _ in range(100))
    with pytest.raises(refusals.ScannerAway):
        Clamd("127.0.0.1", daemon.port, seconds=2).verdict(pieces)


def test_nobody_there_is_away() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as closed:
        port = closed.server_address[1]
    with pytest.raises(refusals.ScannerAway):
        Clamd("127.0.0.1", port).verdict(iter([b"x"]))


def test_the_settings_choose_the_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(scanners.scanner(), NoScanner)
    scanners.scanner.cache_clear()
    monkeypatch.setattr(
        settings, "SONGCAU", settings.SONGCAU.model_copy(update={"files_scanner": "clamd://av.local:3311"})
    )
    chosen = scanners.scanner()
    assert isinstance(chosen, Clamd)
    assert (chosen.host, chosen.port) == ("av.local", 3311)


def test_without_a_scanner_the_record_says_so(by: Actor) -> None:
    blob = stored(by).blob
    assert (blob.scan, blob.scanner, blob.scanned_at) == (Scan.NOT_SCANNED, "", None)
    assert actions.read_file(by=by, file_id=blob.links.get().pk).blob == blob


def test_a_clean_file_says_who_looked(by: Actor, scanned_city: Daemon) -> None:
    blob = stored(by).blob
    assert (blob.scan, blob.scanner) == (Scan.CLEAN, "clamd 127.0.0.1")
    assert blob.scanned_at is not None


def test_an_infected_file_is_refused_and_not_kept(by: Actor, scanned_city: Daemon) -> None:
    with pytest.raises(refusals.Infected):
        stored(by, b"text " + EICAR)
    assert Upload.objects.get().state == UploadState.REFUSED
    assert list(store().digests()) == []
    assert not FileLink.objects.exists()


def test_while_the_scanner_is_silent_a_file_is_set_aside_and_never_given_out(by: Actor, scanned_city: Daemon) -> None:
    scanned_city.mood = "silent"
    begun = time.monotonic()
    link = stored(by)
    assert time.monotonic() - begun < 5
    assert link.blob.scan == Scan.WAITING
    assert Event.objects.filter(name="files.FileSetAside").count() == 1
    with pytest.raises(refusals.AwaitsScan):
        actions.read_file(by=by, file_id=link.pk)
    with pytest.raises(refusals.ScannerAway):
        actions.scan_blob(by=SYSTEM, blob_id=link.blob_id)
    scanned_city.mood = "well"
    actions.scan_blob(by=SYSTEM, blob_id=link.blob_id)
    actions.scan_blob(by=SYSTEM, blob_id=link.blob_id)
    assert actions.read_file(by=by, file_id=link.pk).blob.scan == Scan.CLEAN
    assert Event.objects.filter(name="files.FileScanned").count() == 1


def test_what_turns_out_infected_later_stays_shut_and_cannot_come_in_again(by: Actor, scanned_city: Daemon) -> None:
    scanned_city.mood = "silent"
    link = stored(by, b"text " + EICAR)
    scanned_city.mood = "well"
    actions.scan_blob(by=SYSTEM, blob_id=link.blob_id)
    assert Blob.objects.get().threat == "Eicar-Signature"
    with pytest.raises(refusals.Infected):
        actions.read_file(by=by, file_id=link.pk)
    scanned_city.mood = "silent"
    with pytest.raises(refusals.Infected):
        stored(by, b"text " + EICAR, "lai.txt")


def test_bytes_scanned_or_removed_by_somebody_else_meanwhile_are_left_alone(
    by: Actor, scanned_city: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned_city.mood = "silent"
    link = stored(by)

    class Slow:
        def verdict(self, chunks: Iterator[bytes]) -> scanners.Verdict:
            Blob.objects.update(scan=Scan.CLEAN)
            return scanners.Verdict(Scan.INFECTED, "slow", "late")

    monkeypatch.setattr("songcau.foundation.files.actions.scans.scanner", Slow)
    actions.scan_blob(by=SYSTEM, blob_id=link.blob_id)
    assert Blob.objects.get().scan == Scan.CLEAN
