"""Answers the `docker` commands by which the suite starts and removes its MQTT server, with a Mosquitto of our own.

The suite calls `docker run … -e CONF=<file> …` and `docker rm -f …`. A command of that name which stands first
on the path of Robot leads here, so that neither Docker nor an edit of the checkout is needed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

SECONDS = 5.0
WITH_USERS = "mosquitto_with_user.conf"


def write_command(folder: Path, suite: Path, address: str, ports: tuple[int, ...]) -> None:
    """Put a command named `docker` into a folder; it starts Mosquitto on the given address and ports."""
    folder.mkdir(parents=True, exist_ok=True)
    passwords = suite / "resources" / "mqttUtils" / "mosquitto" / "mosquitto_pwd"
    words = [sys.executable, __file__, str(folder), str(passwords), address, ",".join(map(str, ports))]
    command = folder / "docker"
    quoted = " ".join(f"'{word}'" for word in words)
    command.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def configuration(passwords: Path, address: str, ports: list[int], with_users: bool) -> str:
    """What the suite's two configurations say, for our address and ports."""
    lines = [f"listener {port} {address}" for port in ports]
    lines.append(f"allow_anonymous {'false' if with_users else 'true'}")
    if with_users:
        lines.append(f"password_file {passwords}")
    if os.geteuid() == 0:
        lines.append("user root")  # else it gives up its rights and cannot read a checkout that is root's
    return "\n".join(lines) + "\n"


def start(folder: Path, passwords: Path, address: str, ports: list[int], with_users: bool) -> int:
    """Start Mosquitto and wait until it listens. The password file is copied: Mosquitto wants it closed to others."""
    server = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if server is None:
        print("mosquitto is not installed", file=sys.stderr)
        return 1
    remove(folder)
    own = folder / "passwords"
    shutil.copyfile(passwords, own)
    own.chmod(0o600)
    settings = folder / "mosquitto.conf"
    settings.write_text(configuration(own, address, ports, with_users), encoding="utf-8")
    process = subprocess.Popen(
        [server, "-c", str(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    (folder / "pid").write_text(str(process.pid), encoding="utf-8")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        if all(listens(address, port) for port in ports):
            return 0
        time.sleep(0.02)
    print(f"mosquitto does not listen on {address}, ports {ports}", file=sys.stderr)
    return 1


def remove(folder: Path) -> None:
    """End the Mosquitto that was started here, if it still runs, and wait until it is gone."""
    noted = folder / "pid"
    if not noted.is_file():
        return
    pid = int(noted.read_text(encoding="utf-8"))
    noted.unlink()
    until = time.monotonic() + SECONDS
    try:
        while time.monotonic() < until:
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def listens(address: str, port: int) -> bool:
    """Whether a TCP connection is accepted."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((address, port)) == 0


def main(words: list[str]) -> int:
    folder, passwords, address, ports, *asked = words
    if asked[:1] == ["run"]:
        with_users = f"CONF={WITH_USERS}" in asked
        return start(Path(folder), Path(passwords), address, [int(port) for port in ports.split(",")], with_users)
    if "rm" in asked:
        remove(Path(folder))
        return 0
    print(f"not known here: docker {' '.join(asked)}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
