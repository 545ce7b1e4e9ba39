"""`python -m tests.soak.province_kill --seconds 600 --kills 20`: exits 1 on any breach.

A city's broker, the link and a province's broker run as real processes. Readings come in at a steady rate; the
province and the link are killed (SIGKILL) again and again, and the province stays away for a while. In the end each
reading that the city has in its history must be in the province's, once.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from songcau.context.public import Context, ContextUnavailable
from tests.context.running import has_subscription
from tools.city import free_port

STATIONS = 20
SUBSCRIPTION = "urn:ngsi-ld:Subscription:province:water"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}


class Part:
    """A process that can be killed and started again with the same command."""

    def __init__(self, *arguments: str, log: Path) -> None:
        self._command = [sys.executable, "-m", "songcau", *arguments]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(self._command, stdout=out, stderr=out, env=ENVIRONMENT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


def station(number: int) -> str:
    return f"urn:ngsi-ld:Station:{number}"


def readings_of(context: Context, number: int) -> Counter[tuple[str, float]]:
    """Every reading of a station, page by page."""
    found: Counter[tuple[str, float]] = Counter()
    after = "2020-01-01T00:00:00Z"
    while True:
        entity = context.history(station(number), attributes=["level"], after=after) or {}
        level = entity.get("level", [])
        page = [(one["observedAt"], one["value"]) for one in (level if isinstance(level, list) else [level])]
        fresh = [reading for reading in page if reading not in found or after == "2020-01-01T00:00:00Z"]
        found.update(fresh)
        newest = max((at for at, _ in page), default=after)
        if not fresh or newest == after:
            return found
        after = newest


def write_readings(context: Context, rate: float, stop: threading.Event) -> int:
    """One reading at a time of one station after the other; how many were answered."""
    count = 0
    while not stop.is_set():
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        level = {"type": "Property", "value": count, "observedAt": at, "unitCode": "MTR"}
        context.upsert([{"id": station(count % STATIONS), "type": "WaterObserved", "level": level}])
        count += 1
        stop.wait(1 / rate)
    return count


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, Context, Context, Part, Part]]:
    """The city's address, its door and the province's; the province and the link, to be killed."""
    ports = {name: free_port() for name in ("city", "province", "link")}
    agreement = folder / "province.toml"
    agreement.write_text(
        f'port = {ports["link"]}\n[receiver]\naddress = "http://127.0.0.1:{ports["province"]}"\n'
        '[[feeds]]\ncode = "water"\nname = "Mực nước"\ntypes = ["WaterObserved"]\n',
        encoding="utf-8",
    )
    brokers = {
        name: Part("broker", "--data", str(folder / name), "--port", str(ports[name]), log=folder / f"{name}.log")
        for name in ("city", "province")
    }
    city_address = f"http://127.0.0.1:{ports['city']}"
    link = Part(
        *("gateway", "province", "--agreement", str(agreement), "--context", city_address),
        *("--data", str(folder / "link")),
        log=folder / "link.log",
    )
    parts = (*brokers.values(), link)
    for part in parts:
        part.start()
    try:
        with Context(city_address) as city, Context(f"http://127.0.0.1:{ports['province']}") as province:
            yield city_address, city, province, brokers["province"], link
    finally:
        for part in parts:
            part.kill()


def until(what: str, holds: object, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit(f"BREACH {what} after {seconds:.0f} s")
        time.sleep(0.3)


def answers(context: Context) -> bool:
    try:
        context.get(station(0))
    except ContextUnavailable:
        return False
    return True


def state_of(folder: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads((folder / "link" / "province" / "state.json").read_bytes())
    except FileNotFoundError:
        return {}
    return found


def work(folder: Path, seconds: float, kills: int, rate: float) -> bool:
    with running(folder) as (address, city, province, province_part, link):
        until("the city's broker does not answer", lambda: answers(city), 30)
        # What was before the agreement is not told: only its newest state.
        until("the link subscribes to nothing", lambda: has_subscription(address, SUBSCRIPTION), 30)
        stop = threading.Event()
        written: list[int] = []
        writer = threading.Thread(target=lambda: written.append(write_readings(city, rate, stop)))
        writer.start()
        for number in range(kills):
            time.sleep(random.uniform(0.3, 1.0) * seconds / kills)
            victim = (province_part, link)[number % 2]
            victim.kill()
            time.sleep(random.uniform(0.0, 0.5) * seconds / kills)
            victim.start()
        stop.set()
        writer.join()
        until("the link does not start", lambda: bool(state_of(folder)), 60)
        begun = time.monotonic()
        expected = [readings_of(city, number) for number in range(STATIONS)]
        wanted = sum(len(each) for each in expected)
        told = [Counter[tuple[str, float]]() for _ in expected]

        def is_there() -> bool:
            if not answers(province):
                return False
            told[:] = [readings_of(province, number) for number in range(STATIONS)]
            return sum(len(each) for each in told) >= wanted

        until("not every reading has arrived", is_there, 120)
        lost = sum(len(want.keys() - have.keys()) for want, have in zip(expected, told, strict=True))
        strange = sum(len(have.keys() - want.keys()) for want, have in zip(expected, told, strict=True))
        doubled = sum(sum(have.values()) - len(have) for have in told)
        print(f"{written[0]} readings written, {wanted} in the city's history, {kills} kills; "
              f"whole {time.monotonic() - begun:.1f} s after the last one")  # fmt: skip
        print(f"lost {lost}, doubled {doubled}, never said {strange}")
        time.sleep(3)
        print(json.dumps(state_of(folder), ensure_ascii=False))
        return wanted >= written[0] and not (lost or doubled or strange)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="songcau-province-") as folder:
        whole = work(Path(folder), options.seconds, options.kills, options.rate)
    print("WHOLE" if whole else "BREACH")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
