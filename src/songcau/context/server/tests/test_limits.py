"""What the system itself allows."""

import resource
import subprocess
import sys

import pytest

from songcau.context.server.limits import Limits

ASK = """
import resource
from songcau.context.server.limits import Limits
resource.setrlimit(resource.RLIMIT_NOFILE, (%d, %d))
print(Limits(connections=1000).that_fit().connections, *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "told"),
    [
        (256, 4000, "1000 1256 4000"),
        (256, 700, "444 700 700"),
        (64, 64, "16 64 64"),
        (2000, 4000, "1000 2000 4000"),
    ],
)
def test_the_system_is_asked_for_files_and_its_answer_kept(soft: int, hard: int, told: str) -> None:
    done = subprocess.run([sys.executable, "-c", ASK % (soft, hard)], text=True, capture_output=True, check=True)
    assert done.stdout.strip() == told


def test_nothing_is_changed_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, room in (
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), Limits().connections),
        ((1024, resource.RLIM_INFINITY), Limits().connections),
    ):
        set_to: list[tuple[int, int]] = []
        monkeypatch.setattr(resource, "getrlimit", lambda _kind, limit=limit: limit)
        monkeypatch.setattr(resource, "setrlimit", lambda _kind, pair, set_to=set_to: set_to.append(pair))
        assert Limits().that_fit().connections == room
        assert len(set_to) == (limit[0] == 1024)
