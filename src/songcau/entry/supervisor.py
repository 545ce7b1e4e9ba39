"""`songcau up`: starts the processes, restarts one that dies and says so, stops them all in order.

No Django here: the supervisor must stay small and must not die of what its children die of.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

import structlog

from songcau.entry.processes import Process, is_ready, ready_file

TICK = 0.05
PATIENCE = 10.0
LONGEST_WAIT = 30.0
CALM = 60.0

log = structlog.get_logger()


@dataclass(slots=True)
class Child:
    """A process being kept alive: how often it died lately, and when it may be started again."""

    process: Process
    handle: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float = 0.0
    ready: bool = False


def wait_after(deaths: int) -> float:
    """Seconds to wait before the next start: at once after a first death, then doubling, 30 s at most."""
    return 0.0 if deaths <= 1 else min(LONGEST_WAIT, 0.5 * 2.0 ** (deaths - 2))


def reason_of(code: int) -> str:
    """An exit code in words: `signal SIGKILL` or `exit code 1`."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class Supervisor:
    """Keeps `processes` running until told to stop. `say` gets a line for people at each change.

    With `log_folder` each process logs to a file of its own there, else all to this one's standard error.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        data: Path,
        say: Callable[[str], None],
        log_folder: Path | None = None,
    ) -> None:
        self.data = data
        self.log_folder = log_folder
        self.say = say
        self.children = [Child(process) for process in processes]
        self.stopping = False
        self.begun_at = time.monotonic()
        self.all_ready_said = False

    def run(self) -> None:
        """Start everything and stay until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for child in self.children:
            self._start(child)
        while not self.stopping:
            for child in self.children:
                self._look_after(child)
            self._say_when_all_ready()
            time.sleep(TICK)
        self._stop_children()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        ready_file(self.data, child.process.name).unlink(missing_ok=True)
        # Its own session: Ctrl+C reaches the supervisor alone, which then stops the children in order.
        with self._log_of(child) as errors:
            child.handle = subprocess.Popen(
                child.process.argv(), stdin=subprocess.PIPE, stderr=errors, start_new_session=True
            )
        child.started_at = time.monotonic()
        child.ready = False
        log.info("process started", name=child.process.name, pid=child.handle.pid)

    def _log_of(self, child: Child) -> AbstractContextManager[IO[bytes] | None]:
        if self.log_folder is None:
            return nullcontext()
        self.log_folder.mkdir(parents=True, exist_ok=True)
        return (self.log_folder / f"{child.process.name}.log").open("ab")

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.handle is None:
            if now >= child.start_at:
                self._start(child)
                self.say(f"{child.process.name}: started again")
            return
        code = child.handle.poll()
        if code is not None:
            self._mourn(child, code, now)
        elif not child.ready and is_ready(self.data, child.process.name, child.handle.pid):
            child.ready = True
            self.say(f"{child.process.name}: ready after {now - child.started_at:.1f} s (pid {child.handle.pid})")

    def _mourn(self, child: Child, code: int, now: float) -> None:
        if now - child.started_at > CALM:
            child.deaths = 0
        child.deaths += 1
        wait = wait_after(child.deaths)
        child.handle = None
        child.start_at = now + wait
        log.warning("process died", name=child.process.name, reason=reason_of(code), deaths=child.deaths, wait=wait)
        self.say(f"{child.process.name}: died ({reason_of(code)}); starting it again in {wait:.1f} s")

    def _say_when_all_ready(self) -> None:
        if not self.all_ready_said and all(child.ready for child in self.children):
            self.all_ready_said = True
            self.say(f"everything is ready after {time.monotonic() - self.begun_at:.1f} s")

    def _stop_children(self) -> None:
        living = [child.handle for child in self.children if child.handle and child.handle.poll() is None]
        for handle in living:
            handle.terminate()
        deadline = time.monotonic() + PATIENCE
        for handle in living:
            try:
                handle.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                handle.kill()
                handle.wait()
        self.say("everything has stopped")
