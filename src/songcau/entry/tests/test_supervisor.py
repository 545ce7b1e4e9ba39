"""The supervisor, with real processes: it restarts what dies, says so, and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from songcau.entry.processes import Process, is_ready, say_ready
from songcau.entry.supervisor import Supervisor, reason_of, wait_after

SLEEPER = """
import os, sys, time
from pathlib import Path
from songcau.entry.processes import end_with_the_supervisor, say_ready
end_with_the_supervisor()
say_ready(Path({data!r}), "sleeper")
time.sleep(60)
"""
SUPERVISE = """
from pathlib import Path
from songcau.entry.tests.test_supervisor import Script
from songcau.entry.supervisor import Supervisor
data = Path({data!r})
Supervisor([Script("sleeper", str(data / "sleeper.py"))], data=data, say=lambda line: print(line, flush=True),
           log_folder=data / "logs").run()
"""


@dataclass(frozen=True, slots=True)
class Script(Process):
    def argv(self) -> list[str]:
        return [sys.executable, self.command]


def wait_until(holds: object, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def pid_of(data: Path) -> int:
    file = data / "run" / "sleeper.ready"
    return int(file.read_text() or 0) if file.exists() else 0


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # a zombie has died  # noqa: PTH123
        return stat.read().split()[2] != "Z"


@pytest.fixture
def supervisor(tmp_path: Path) -> subprocess.Popen[str]:
    (tmp_path / "sleeper.py").write_text(SLEEPER.format(data=str(tmp_path)))
    source = Path(__file__).resolve().parents[3]
    handle = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE.format(data=str(tmp_path))],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{source}:{source.parent}"},
    )
    wait_until(lambda: pid_of(tmp_path))
    yield handle
    handle.kill()
    handle.wait()


def line_with(handle: subprocess.Popen[str], words: str) -> str:
    """Read what the supervisor says up to the line with these words."""
    assert handle.stdout is not None
    for line in handle.stdout:
        if words in line:
            return line
    raise AssertionError(f"it never said {words!r}")


def test_a_killed_process_is_started_again_and_it_is_said(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    line_with(supervisor, "sleeper: ready after")
    first = pid_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    assert "starting it again in 0.0 s" in line_with(supervisor, "sleeper: died (signal SIGKILL)")
    line_with(supervisor, "sleeper: started again")
    line_with(supervisor, "sleeper: ready after")
    assert pid_of(tmp_path) not in {0, first}
    supervisor.send_signal(signal.SIGTERM)
    line_with(supervisor, "everything has stopped")
    assert (tmp_path / "logs" / "sleeper.log").exists()


def test_a_killed_supervisor_leaves_nobody_behind(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    child = pid_of(tmp_path)
    supervisor.kill()
    wait_until(lambda: not lives(child))


def test_after_many_deaths_it_waits_longer_and_never_more_than_half_a_minute() -> None:
    waits = [wait_after(deaths) for deaths in range(1, 12)]
    assert waits[:4] == [0.0, 0.5, 1.0, 2.0]
    assert waits == sorted(waits)
    assert waits[-1] == 30.0


def test_a_reason_is_told_in_words() -> None:
    assert reason_of(-9) == "signal SIGKILL"
    assert reason_of(3) == "exit code 3"


def test_readiness_belongs_to_one_pid(tmp_path: Path) -> None:
    assert not is_ready(tmp_path, "web", os.getpid())
    say_ready(tmp_path, "web")
    assert is_ready(tmp_path, "web", os.getpid())
    assert not is_ready(tmp_path, "web", os.getpid() + 1)


def test_a_process_that_ignores_the_order_to_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.entry.supervisor.PATIENCE", 0.2)
    script = tmp_path / "deaf.py"
    script.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
    )
    lines: list[str] = []
    supervisor = Supervisor([Script("deaf", str(script))], data=tmp_path, say=lines.append)
    supervisor._start(supervisor.children[0])
    time.sleep(0.5)
    supervisor._stop_children()
    assert lines == ["everything has stopped"]
    handle = supervisor.children[0].handle
    assert handle is not None
    assert handle.returncode == -signal.SIGKILL
