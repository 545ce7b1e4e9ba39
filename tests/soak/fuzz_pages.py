"""Every address of a running city is asked with nonsense, by an administrator and by a stranger: never a 500.

`python -m tests.soak.fuzz_pages --seconds 60 [--seed 1]`. While it asks, the web process is killed now and then; the
supervisor must bring it back.
"""

import argparse
import os
import random
import signal
import sys
import time
import urllib.error
import urllib.parse
from collections import Counter
from pathlib import Path

from tools.city import City, answers, temporary_city
from tools.visitor import Visitor

NONSENSE = (
    *("", "0", "-1", "1e309", "NaN", "null", "true", "[]", "{}", "9" * 400, "a" * 5000),
    *("Đường Tròn", "𝕿𝖍á𝖎" * 30, "\x00", "%00", "../" * 6, "2026-02-30", "=1+1"),
    *("' OR 1=1 --", "<script>alert(1)</script>", "018f0000-0000-7000-8000-000000000000"),
)
PARAMETERS = (
    "q",
    "page",
    "sort",
    "format",
    "on",
    "from",
    "to",
    "state",
    "next",
    "level",
    "agency",
    "role",
    "code",
    "reason",
)
KILL_EVERY_SECONDS = 20.0
LEAVE_ALONE = ("logout", "admin-site/logout")


def addresses() -> list[str]:
    """The pattern of every route, with `<…>` where a value goes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from tests.architecture.test_registry import every_route

    return [route.path for route, _access in every_route()]


def filled(route: str, dice: random.Random) -> str:
    """A route with nonsense, or something of the right shape, in its holes."""
    path = ""
    for part in route.replace("^", "").replace("$", "").replace("\\Z", "").split("<"):
        hole, bracket, rest = part.partition(">")
        if bracket:
            value = dice.choice(NONSENSE) if dice.random() < 0.5 else "018f0000-0000-7000-8000-000000000000"
            path += urllib.parse.quote(value, safe="") or "x"
            path += rest
        else:
            path += hole
    return "/" + path


def nonsense(dice: random.Random) -> dict[str, str]:
    return {name: dice.choice(NONSENSE) for name in dice.sample(PARAMETERS, dice.randint(0, 5))}


def ask(visitor: Visitor, route: str, dice: random.Random) -> tuple[str, int]:
    path = filled(route, dice)
    form = {name: value.encode(errors="replace").decode() for name, value in nonsense(dice).items()}
    if dice.random() < 0.3 and not any(word in route for word in LEAVE_ALONE):
        return f"POST {path}", visitor.post(path, form).status
    address = f"{path}?{urllib.parse.urlencode(form)}"
    return f"GET {address}", visitor.get(address).status


def kill_web(city: City) -> None:
    """`kill -9` the web process and wait until the supervisor has it back."""
    pid = int((city.folder / "run" / "web.ready").read_text())
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not answers(f"{city.url}/healthz"):
        if time.monotonic() > deadline:
            raise TimeoutError("the web process did not come back")
        time.sleep(0.1)


def fuzz(city: City, seconds: float, dice: random.Random) -> tuple[Counter[int], list[str], int]:
    """Ask until the time is over. Returns how many of each status, the faults, and how often web was killed."""
    routes = addresses()
    stranger, administrator = Visitor(city), Visitor(city)
    administrator.sign_in("quantri")
    seen: Counter[int] = Counter()
    faults: list[str] = []
    kills = 0
    begun = last_kill = time.monotonic()
    while time.monotonic() - begun < seconds:
        if time.monotonic() - last_kill > KILL_EVERY_SECONDS:
            kill_web(city)
            kills, last_kill = kills + 1, time.monotonic()
        visitor = dice.choice((stranger, administrator, administrator))
        try:
            what, status = ask(visitor, dice.choice(routes), dice)
        except (urllib.error.URLError, OSError, ValueError) as error:
            faults.append(f"no answer: {error}")
            continue
        seen[status] += 1
        if status >= 500:
            faults.append(f"{status} {what[:300]}")
    return seen, faults, kills


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with temporary_city() as city:
        seen, faults, kills = fuzz(city, options.seconds, random.Random(options.seed))
        log = (Path(city.folder) / "logs" / "web.log").read_text(encoding="utf-8", errors="replace")
    tracebacks = log.count("Traceback (most recent call last)")
    print(f"{sum(seen.values())} requests in {options.seconds:.0f} s, seed {options.seed}, web killed {kills} times")
    print("  ".join(f"{status}: {count}" for status, count in sorted(seen.items())))
    for fault in faults[:20]:
        print(f"FAULT {fault}")
    if tracebacks:
        print(f"FAULT {tracebacks} tracebacks in the web log\n{log[log.index('Traceback') :][:2000]}")
    return 1 if faults or tracebacks else 0


if __name__ == "__main__":
    sys.exit(main())
