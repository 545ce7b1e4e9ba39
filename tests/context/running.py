"""A broker as an administrator starts it: its own process, a free port, a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}


@contextmanager
def running_broker(data: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its base address. It is stopped in order at the end; a test that kills it may."""
    command = [sys.executable, "-m", "songcau", "broker", "--data", str(data), "--port", "0", *options]
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = [word.rstrip(",") for word in line.split() if word.startswith("http://")]
        if not found:
            process.kill()
            raise RuntimeError(f"the broker does not start: {line}{process.communicate()[1]}")
        yield process, found[0]
    finally:
        process.terminate()
        process.communicate(timeout=30)


def has_subscription(address: str, subscription_id: str) -> bool:
    return httpx.get(f"{address}/ngsi-ld/v1/subscriptions/{subscription_id}").status_code == 200
