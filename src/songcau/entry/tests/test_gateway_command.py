"""`songcau gateway` as a person uses it, and the gateways of a city: real processes, a real Mosquitto."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import paho.mqtt.publish as mqtt
import pytest
from click.testing import CliRunner, Result

from songcau.context.public import Context
from songcau.entry import mappings
from songcau.entry.commands.gateway import gateway, gateways
from songcau.entry.language import language_of_the_city
from songcau.entry.processes import GATEWAYS, PROCESSES
from songcau.entry.serving import shared_socket
from songcau.entry.settings import Settings
from tools import mosquitto

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}
needs_mosquitto = pytest.mark.skipif(mosquitto.WHY_NOT is not None, reason=mosquitto.WHY_NOT or "")
MAPPING = """
[server]
address = "ADDRESS"
client_id = "city"
[[readings]]
topic = "air/{station}"
id = "urn:ngsi-ld:Air:{station}"
type = "Air"
attributes = { t = {} }
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(gateway, [str(argument) for argument in arguments])


def mapping(folder: Path, address: str = "mqtt://127.0.0.1", **change: str) -> Path:
    file = folder / "mapping.toml"
    text = MAPPING.replace("ADDRESS", address)
    for old, new in change.items():
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return file


def wait_until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_mapping_is_checked_without_listening(tmp_path: Path) -> None:
    told = run("mqtt", "--mapping", mapping(tmp_path), "--check")
    assert (told.exit_code, told.stdout.splitlines()[1]) == (0, "  air/+")


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "thiếu readings[1].type"), ("en", "readings[1].type is missing")]
)
def test_a_mapping_that_cannot_be_used_is_one_line_in_the_language_asked_for(
    tmp_path: Path, language: str, words: str
) -> None:
    told = run("mqtt", "--mapping", mapping(tmp_path, type="x"), "--check", "--language", language)
    assert (told.exit_code, told.stderr) == (1, f"Error: {tmp_path / 'mapping.toml'}: {words}\n")


def test_a_token_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = run(
        "mqtt",
        "--mapping",
        mapping(tmp_path),
        "--data",
        tmp_path,
        "--context",
        "unix:x",
        "--token-file",
        tmp_path / "t",
    )
    assert (told.exit_code, "no such file" in told.stderr) == (1, True)
    (tmp_path / "gateways").mkdir()
    (tmp_path / "gateways" / "token").write_bytes(b"\xff")
    told = run("mqtt", "--mapping", mapping(tmp_path), "--data", tmp_path, "--context", "unix:x")
    assert told.exit_code == 1


def test_the_state_is_shown_with_what_was_refused_last(tmp_path: Path) -> None:
    assert run("state", "--data", tmp_path).exit_code == 1
    room = tmp_path / "gateways" / "mqtt"
    room.mkdir(parents=True)
    (room / "state.json").write_text('{"connected": true, "messages": 5}')
    assert "messages             5" in run("state", "--data", tmp_path).stdout
    entry = {"at": "2026", "topic": "a/b", "vi": "thông điệp rỗng", "en": "the message is empty"}
    (room / "refused.jsonl").write_text(f"{json.dumps(entry)}\n" * 9)
    shown = run("state", "--data", tmp_path, "--language", "en", "--lines", "2").stdout
    assert shown.count("a/b: the message is empty") == 2


def test_a_city_without_a_mapping_runs_no_gateways(tmp_path: Path) -> None:
    keys = {"secret_key": "s" * 40, "audit_key": "a" * 40, "language": "en"}
    assert mappings.processes_of(Settings(**keys)) == PROCESSES  # type: ignore[arg-type]
    with_one = Settings(**keys, mqtt_mapping=mapping(tmp_path))  # type: ignore[arg-type]
    assert mappings.processes_of(with_one) == (*PROCESSES, GATEWAYS)
    (tmp_path / "mapping.toml").write_text("[server")
    with pytest.raises(click.ClickException, match="TOML"):
        mappings.processes_of(with_one)


def test_a_city_may_have_several_web_processes_each_with_a_name() -> None:
    keys = {"secret_key": "s" * 40, "audit_key": "a" * 40, "web_processes": 3}
    found = mappings.processes_of(Settings(**keys))  # type: ignore[arg-type]
    assert [one.name for one in found] == ["context", "web", "web-2", "web-3", "worker", "alerts"]
    assert found[1].argv()[-2:] == ["web", "--supervised"]
    assert found[2].argv()[-4:] == ["web", "--supervised", "--name", "web-2"]


def test_web_processes_listen_on_one_port() -> None:
    first = shared_socket("127.0.0.1", 0)
    port = first.getsockname()[1]
    second = shared_socket("127.0.0.1", port)
    assert second.getsockname()[1] == port
    first.close()
    second.close()


def test_the_process_of_gateways_needs_a_mapping() -> None:
    told = CliRunner().invoke(gateways)
    assert (told.exit_code, "mqtt_mapping" in told.stderr) == (1, True)
    assert language_of_the_city() == "vi"


@contextmanager
def process(name: str, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the city, under a supervisor."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "songcau", name, "--supervised"],
        stdin=subprocess.PIPE,
        env={**ENVIRONMENT, **settings},
    )
    assert begun.stdin is not None
    try:
        yield begun
    finally:
        begun.stdin.close()
        assert begun.wait(timeout=30) == 0


@needs_mosquitto
def test_the_gateways_of_a_city_come_in_with_a_token_of_their_own(tmp_path: Path) -> None:
    data = tmp_path / "city"
    with mosquitto.running(tmp_path / "mosquitto") as server:
        settings = {
            "SONGCAU_DATA": str(data),
            "SONGCAU_SECRET_KEY": "s" * 40,
            "SONGCAU_AUDIT_KEY": "a" * 40,
            "SONGCAU_MQTT_MAPPING": str(mapping(tmp_path, server.address)),
        }
        with process("gateways", settings) as gateways, process("context", settings):
            ready = data / "run" / "gateways.ready"
            wait_until(lambda: ready.exists() and ready.read_text() == str(gateways.pid))
            assert (data / "gateways" / "token").stat().st_mode & 0o777 == 0o600
            wait_until((data / "gateways" / "mqtt" / "subscribed.json").exists)
            mqtt.single("air/tn", '{"t": 27.5}', qos=1, port=server.port)
            made = subprocess.run(
                [sys.executable, "-m", "songcau", "broker-token", "create", "reader"],
                capture_output=True,
                text=True,
                env={**ENVIRONMENT, **settings},
                check=True,
            )
            with Context(f"unix:{data / 'run' / 'context.sock'}", token=made.stdout.strip()) as context:
                wait_until(lambda: context.get("urn:ngsi-ld:Air:tn", simplified=True))
                found = context.get("urn:ngsi-ld:Air:tn", simplified=True)
            assert found == {"id": "urn:ngsi-ld:Air:tn", "type": "Air", "t": 27.5}
