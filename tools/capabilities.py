"""What this machine offers to the checks: a browser, a PostgreSQL and a NATS server, a Mosquitto to be started."""

import os
import shutil
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

POSTGRESQL = os.environ.get("CHECK_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
NATS = os.environ.get("CHECK_NATS", "nats://127.0.0.1:4222")


def chromium() -> str | None:
    """Why there is no browser, or None when there is one."""
    return None if chromium_path() else "Chromium is not installed (Debian: apt-get install chromium)"


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def postgresql() -> str | None:
    """Why there is no PostgreSQL server, or None when one answers."""
    import psycopg

    try:
        with psycopg.connect(POSTGRESQL, connect_timeout=3):
            return None
    except psycopg.Error as error:
        return f"no PostgreSQL answers ({type(error).__name__}); set CHECK_POSTGRESQL"


def nats() -> str | None:
    """Why there is no NATS server with JetStream, or None when one answers."""
    url = urlsplit(NATS)
    try:
        with socket.create_connection((url.hostname or "", url.port or 4222), timeout=3) as connection:
            greeting = connection.recv(4096)
    except OSError as error:
        return f"no NATS answers ({error.strerror or error}); set CHECK_NATS"
    return None if b'"jetstream":true' in greeting.replace(b" ", b"") else "NATS answers, without JetStream"


def mosquitto() -> str | None:
    """Why there is no MQTT server, or None when one can be started."""
    return None if mosquitto_path() else "Mosquitto is not installed (Debian: apt-get install mosquitto)"


def mosquitto_path() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


ALL: dict[str, Callable[[], str | None]] = {
    "chromium": chromium,
    "postgresql": postgresql,
    "nats": nats,
    "mosquitto": mosquitto,
}
