import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.conformance import mosquitto, servers

SERVER = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
needs_mosquitto = pytest.mark.skipif(
    SERVER is None, reason="Mosquitto is not installed (Debian: apt-get install mosquitto)"
)


def docker(folder: Path, words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(folder / "docker"), *words.split()], text=True, capture_output=True)


@needs_mosquitto
def test_the_suite_s_docker_commands_start_and_remove_a_server(checkout: Path, tmp_path: Path) -> None:
    folder, address = tmp_path / "commands", servers.address_of(9)
    ports = (servers.free_port(), servers.free_port())
    mosquitto.write_command(folder, checkout, address, ports)
    try:
        started = docker(folder, "run -d --network n -e CONF=mosquitto.conf --name c image:latest")
        assert started.returncode == 0, started.stderr
        assert all(mosquitto.listens(address, port) for port in ports)
        again = docker(folder, "run -d -e CONF=mosquitto_with_user.conf --name c image")
        assert again.returncode == 0, again.stderr
        assert "allow_anonymous false" in (folder / "mosquitto.conf").read_text(encoding="utf-8")
        assert docker(folder, "container rm -f c").returncode == 0
        assert not any(mosquitto.listens(address, port) for port in ports)
    finally:
        mosquitto.remove(folder)


@needs_mosquitto
def test_a_port_that_is_taken_is_told(checkout: Path, tmp_path: Path) -> None:
    first, second, address = tmp_path / "first", tmp_path / "second", servers.address_of(9)
    ports = (servers.free_port(),)
    for folder in (first, second):
        mosquitto.write_command(folder, checkout, address, (*ports, servers.free_port()))
    try:
        assert docker(first, "run -e CONF=mosquitto.conf").returncode == 0
        refused = docker(second, "run -e CONF=mosquitto.conf")
        assert refused.returncode == 1
        assert "does not listen" in refused.stderr
    finally:
        mosquitto.remove(first)
        mosquitto.remove(second)


def test_removing_what_was_never_started_is_nothing(checkout: Path, tmp_path: Path) -> None:
    mosquitto.write_command(tmp_path / "commands", checkout, "127.0.0.1", (1883,))
    assert docker(tmp_path / "commands", "rm -f c").returncode == 0


def test_any_other_command_is_refused(checkout: Path, tmp_path: Path) -> None:
    mosquitto.write_command(tmp_path / "commands", checkout, "127.0.0.1", (1883,))
    refused = docker(tmp_path / "commands", "ps")
    assert refused.returncode == 2
    assert "not known here: docker ps" in refused.stderr
