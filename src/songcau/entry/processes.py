"""The processes of a city: what `songcau up` supervises, and how each says that it is ready.

A process that is ready writes `run/<name>.ready` with its pid into the data folder. It ends by itself when the
supervisor that started it is gone, so that a killed supervisor leaves nobody holding the port.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its name, the subcommand of `songcau` that it is, and what this one is told besides."""

    name: str
    command: str
    arguments: tuple[str, ...] = ()

    def argv(self) -> list[str]:
        return [sys.executable, "-m", "songcau", self.command, "--supervised", *self.arguments]


WEB = Process("web", "web")
CONTEXT = Process("context", "context")
WORKER = Process("worker", "worker")
ALERTS = Process("alerts", "alerts")
# Only in a city that has a mapping for one of them: a process with nothing to run would only use memory.
GATEWAYS = Process("gateways", "gateways")
PROVINCE = Process("province", "province-link")
PROCESSES = (CONTEXT, WEB, WORKER, ALERTS)
MOST_WEBS = 32


def webs(count: int) -> tuple[Process, ...]:
    """So many web processes on one port; each has its own name."""
    more = (f"web-{number}" for number in range(2, count + 1))
    return (WEB, *(Process(name, "web", ("--name", name)) for name in more))


# Only in a demonstration city: the providers that vouch for its made-up citizens.
IDENTITIES = Process("identities", "simulate-identities")
# And what its made-up devices and citizens say.
DEVICES = Process("devices", "simulate-city")


def ready_file(data: Path, name: str) -> Path:
    return data / "run" / f"{name}.ready"


def say_ready(data: Path, name: str) -> None:
    """Tell the supervisor, and whoever else looks, that this process serves."""
    say_ready_in(ready_file(data, name))


def say_ready_in(file: Path) -> None:
    """The same, for a process that was only told where to say it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_text(str(os.getpid()), encoding="ascii")


def short_path(socket: Path) -> Path:
    """The socket's path, relative where that is shorter: the system allows about 100 bytes."""
    relative = Path(os.path.relpath(socket))
    return min(socket, relative, key=lambda path: len(str(path)))


def is_ready(data: Path, name: str, pid: int) -> bool:
    """Whether the process with this pid has said that it is ready."""
    try:
        return ready_file(data, name).read_text(encoding="ascii") == str(pid)
    except FileNotFoundError:
        return False


def running(data: Path) -> list[str]:
    """The processes of the city that live on this folder."""
    return [
        process.name
        for process in (*PROCESSES, *webs(MOST_WEBS)[1:], GATEWAYS, PROVINCE)
        if _is_alive(ready_file(data, process.name))
    ]


def _is_alive(file: Path) -> bool:
    try:
        pid = int(file.read_text(encoding="ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    # The number may be another program's by now.
    with suppress(OSError):
        return b"songcau" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True


def end_with_the_supervisor() -> None:
    """Watch standard input, a pipe that only the supervisor holds open; at its end, stop in an orderly way."""

    def watch() -> None:
        # Past Python's own buffer: its lock, held for ever by this thread, would make a dying process abort.
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()
