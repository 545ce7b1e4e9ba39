"""The link to the province between two real brokers: what is agreed arrives, what is not stays here."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from songcau.context.public import Context
from tests.context.running import ENVIRONMENT, has_subscription, running_broker
from tools.city import free_port

AGREEMENT = """
port = {port}
[receiver]
address = "{address}"
[[feeds]]
code = "water"
types = ["WaterObserved"]
attributes = ["level"]
[[feeds]]
code = "reports"
types = ["CitizenReport"]
"""


@contextmanager
def linked(folder: Path) -> Iterator[tuple[Context, Context, str, str]]:
    """The city's door, the province's, the addresses of the city's broker and of the link."""
    with running_broker(folder / "city") as (_, city), running_broker(folder / "province") as (_, province):
        port = free_port()
        file = folder / "agreement.toml"
        file.write_text(AGREEMENT.format(port=port, address=province), encoding="utf-8")
        ready = folder / "ready"
        command = [
            *(sys.executable, "-m", "songcau", "gateway", "province", "--agreement", str(file)),
            *("--context", city, "--data", str(folder), "--ready-file", str(ready)),
        ]
        with Context(city) as ours, Context(province) as theirs:
            ours.upsert([water(1, 20.0), {"id": "urn:ngsi-ld:Device:1", "type": "Device"}])
            process = subprocess.Popen(command, env=ENVIRONMENT)
            try:
                wait_for(ready.exists)
                yield ours, theirs, city, f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                assert process.wait(timeout=30) in (0, -15)


def water(number: int, level: float, minute: int = 0) -> dict[str, Any]:
    at = f"2026-11-28T01:{minute:02}:00Z"
    return {
        "id": f"urn:ngsi-ld:WaterObserved:{number}",
        "type": "WaterObserved",
        "level": {"type": "Property", "value": level, "observedAt": at},
        "remark": {"type": "Property", "value": "not agreed"},
    }


def wait_for(holds: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)


def state(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "province" / "state.json").read_bytes())
    return {feed["code"]: feed for feed in found["feeds"]}


def test_what_is_agreed_arrives_changes_and_goes(tmp_path: Path) -> None:
    with linked(tmp_path) as (ours, theirs, city, link):
        wait_for(lambda: theirs.get("urn:ngsi-ld:WaterObserved:1"))
        assert theirs.get("urn:ngsi-ld:WaterObserved:1", simplified=True) == {
            "id": "urn:ngsi-ld:WaterObserved:1",
            "type": "WaterObserved",
            "level": 20.0,
        }
        assert theirs.get("urn:ngsi-ld:Device:1") is None
        wait_for(lambda: has_subscription(city, "urn:ngsi-ld:Subscription:province:reports"))
        report = {"id": "urn:ngsi-ld:CitizenReport:PA-1", "type": "CitizenReport"}
        ours.upsert([water(1, 21.5, 5), {**report, "state": {"type": "Property", "value": "NEW"}}])
        wait_for(lambda: theirs.get(report["id"]))
        wait_for(lambda: (theirs.get("urn:ngsi-ld:WaterObserved:1", simplified=True) or {}).get("level") == 21.5)
        ours.delete([report["id"]])
        wait_for(lambda: theirs.get(report["id"]) is None)
        wait_for(lambda: state(tmp_path)["reports"]["freshness"] == "FRESH")
        assert state(tmp_path)["water"]["observed_at"] == "2026-11-28T01:05:00Z"
        for path, given, status in (("/notify/none", b"{}", 404), ("/notify/water", b"{}", 403)):
            assert httpx.post(f"{link}{path}", content=given).status_code == status


def test_an_agreement_is_checked_without_being_carried_out(tmp_path: Path) -> None:
    file = tmp_path / "agreement.toml"
    command = [sys.executable, "-m", "songcau", "gateway", "province", "--check", "--agreement", str(file)]
    file.write_text(AGREEMENT.format(port=1, address="https://ioc.example.vn"), encoding="utf-8")
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout
    assert "2 feeds to https://ioc.example.vn" in said
    file.write_text(AGREEMENT.format(port=1, address="ftp://x"), encoding="utf-8")
    refused = subprocess.run([*command, "--language", "vi"], env=ENVIRONMENT, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "receiver.address" in refused.stderr
