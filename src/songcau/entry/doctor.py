"""`songcau doctor`: what is wrong with this installation, and what to do about it.

Each finding is one line: what was looked at, how it is, and the next step where it is not well.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from songcau.entry.settings import Settings

LEAST_DISK_BYTES = 2 * 1024**3
LARGEST_CLOCK_ERROR_SECONDS = 5.0
CONNECT_SECONDS = 3.0
OLDEST_POSTGRESQL = 150000
# A day and some hours: a nightly backup that failed once is seen.
OLDEST_BACKUP = timedelta(hours=30)
MANIFEST = Path(__file__).resolve().parent.parent / "static" / "dist" / "manifest.json"
MAIL_REMEDIES = {
    "SIGN_IN": "correct smtp_user and smtp_password",
    "TLS": "correct the server's certificate, or name its authority with smtp_ca",
    "NO_TLS_OFFERED": "use a server with STARTTLS, or set smtp_security to tls",
    "NAME_UNKNOWN": "correct smtp_host, or the name server of this machine",
}
VIETNAMESE_FONTS = ("Be Vietnam Pro", "Tinos", "Liberation Serif", "Noto Serif", "DejaVu Serif")


class Health(StrEnum):
    WELL = "well"
    WARNING = "warning"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, what was seen, and what to do."""

    subject: str
    health: Health
    seen: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order an administrator would mend them."""
    examinations: tuple[Callable[[Settings], Finding], ...] = (
        data_folder,
        disk,
        clock,
        time_zone,
        port,
        database,
        migrations,
        broker,
        context_broker,
        journal,
        gateways,
        backup,
        backup_key,
        mail,
        zalo,
        assets,
        fonts,
    )
    for examination in examinations:
        yield examination(settings)


def data_folder(settings: Settings) -> Finding:
    probe = settings.data / ".doctor"
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe.write_text("written by songcau doctor", encoding="ascii")
        probe.unlink()
    except OSError as error:
        remedy = "give the account that runs songcau the right to write there, or set SONGCAU_DATA"
        return Finding("data folder", Health.ILL, f"{settings.data}: {error.strerror}", remedy)
    return Finding("data folder", Health.WELL, f"{settings.data.resolve()} can be written")


def disk(settings: Settings) -> Finding:
    usage = shutil.disk_usage(settings.data if settings.data.exists() else Path())
    seen = f"{usage.free / 1024**3:.1f} GiB free of {usage.total / 1024**3:.0f} GiB"
    if usage.free < LEAST_DISK_BYTES:
        return Finding("disk", Health.ILL, seen, "free at least 2 GiB, or move the data folder to a larger disk")
    return Finding("disk", Health.WELL, seen)


def clock(settings: Settings) -> Finding:
    """Compare with the database server's clock: the other clock a city always has; one-time codes depend on it."""
    if not settings.database:
        year = datetime.now(UTC).year
        if year < 2025:
            return Finding("clock", Health.ILL, f"the year is {year}", "set the clock; run chrony or systemd-timesyncd")
        return Finding("clock", Health.WELL, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC (no other clock to compare)")
    try:
        error = _difference_to_database(settings)
    except Exception as problem:  # any driver's error means the same here
        return Finding("clock", Health.WARNING, f"not compared: {type(problem).__name__}", "mend the database first")
    if abs(error) > LARGEST_CLOCK_ERROR_SECONDS:
        remedy = "run chrony or systemd-timesyncd on both machines"
        return Finding("clock", Health.ILL, f"{error:+.1f} s from the database server's clock", remedy)
    return Finding("clock", Health.WELL, f"{error:+.2f} s from the database server's clock")


def _difference_to_database(settings: Settings) -> float:
    import psycopg

    with psycopg.connect(settings.database, connect_timeout=int(CONNECT_SECONDS)) as connection:
        before = time.time()
        row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
        after = time.time()
    if row is None:
        raise ConnectionError("the database gave no time")
    return (before + after) / 2 - float(row[0])


def time_zone(settings: Settings) -> Finding:
    local = datetime.now(ZoneInfo(settings.time_zone))
    return Finding("time zone", Health.WELL, f"{settings.time_zone}: {local:%d/%m/%Y %H:%M} there, UTC{local:%z}")


def port(settings: Settings) -> Finding:
    subject = f"port {settings.port}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError as error:
            remedy = "if it is songcau itself, all is well; else stop the other program or set SONGCAU_PORT"
            return Finding(subject, Health.WARNING, f"{settings.address}: {error.strerror}", remedy)
    return Finding(subject, Health.WELL, f"free on {settings.address}")


def database(settings: Settings) -> Finding:
    if not settings.database:
        import sqlite3

        return Finding("database", Health.WELL, f"SQLite {sqlite3.sqlite_version} in the data folder")
    import psycopg

    try:
        with psycopg.connect(settings.database, connect_timeout=int(CONNECT_SECONDS)) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        first_line = str(error).strip().splitlines()[-1] if str(error) else type(error).__name__
        return Finding("database", Health.ILL, first_line, "check SONGCAU_DATABASE and that PostgreSQL runs")
    if version < OLDEST_POSTGRESQL:
        return Finding("database", Health.ILL, f"PostgreSQL {version // 10000}", "upgrade to PostgreSQL 15 or newer")
    return Finding("database", Health.WELL, f"PostgreSQL {version // 10000}.{version % 10000}")


def migrations(settings: Settings) -> Finding:
    del settings
    from songcau.entry.start import start_django

    start_django()
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, OSError) as error:
        return Finding("tables", Health.ILL, f"cannot be read: {type(error).__name__}", "mend the database first")
    if waiting:
        return Finding("tables", Health.ILL, f"{len(waiting)} migrations are waiting", "run `songcau migrate`")
    return Finding("tables", Health.WELL, "as this version expects them")


def broker(settings: Settings) -> Finding:
    if not settings.nats:
        return Finding("event broker", Health.WELL, "none configured; events travel by the database")
    url = urlsplit(settings.nats)
    try:
        with socket.create_connection((url.hostname or "", url.port or 4222), timeout=CONNECT_SECONDS) as connection:
            greeting = connection.recv(4096).decode(errors="replace")
    except OSError as error:
        remedy = "start NATS with JetStream (`nats-server -js`), or correct SONGCAU_NATS"
        return Finding("event broker", Health.ILL, f"{url.hostname}:{url.port or 4222}: {error}", remedy)
    if '"jetstream":true' not in greeting.replace(" ", ""):
        return Finding("event broker", Health.ILL, "NATS answers, without JetStream", "start it with `nats-server -js`")
    return Finding("event broker", Health.WELL, "NATS answers, with JetStream")


def context_broker(settings: Settings) -> Finding:
    """Asks it on its socket, as a process of the city would."""
    import httpx

    from songcau.entry.processes import running, short_path

    subject, socket_file = "context broker", settings.data / "run" / "context.sock"
    transport = httpx.HTTPTransport(uds=str(short_path(socket_file.absolute())))
    try:
        with httpx.Client(transport=transport, timeout=CONNECT_SECONDS) as client:
            answer = client.get("http://context/readyz")
            status = str(answer.json()["status"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        if not running(settings.data):
            return Finding(subject, Health.WELL, "does not run, as the city does not; `songcau up` starts it")
        remedy = "run the doctor as the account that runs songcau; look into the log of the process `context`"
        return Finding(subject, Health.ILL, f"{socket_file} does not answer: {error}", remedy)
    if answer.status_code != httpx.codes.OK:
        remedy = "free room on its disk: it goes on by itself; nothing that was answered with success is lost"
        return Finding(subject, Health.ILL, f"answers, but cannot serve: {status}", remedy)
    return Finding(subject, Health.WELL, f"answers at {socket_file}, and can write")


def journal(settings: Settings) -> Finding:
    """What the broker's journal takes of its disk, which may be another than that of the data folder."""
    from songcau.context.journal.copies import size_in

    subject, folder = "broker's journal", settings.data / "context"
    if settings.context_store:
        return Finding(subject, Health.WELL, "in PostgreSQL; `songcau backup` does not hold it, `pg_dump` does")
    if not folder.exists():
        return Finding(subject, Health.WELL, "none yet")
    usage = shutil.disk_usage(folder)
    seen = f"{size_in(folder) / 1024**2:.1f} MiB, {usage.free / 1024**3:.1f} GiB free beside it"
    if usage.free < LEAST_DISK_BYTES:
        remedy = "free at least 2 GiB: on a full disk the broker refuses every change"
        return Finding(subject, Health.ILL, seen, remedy)
    return Finding(subject, Health.WELL, seen)


def gateways(settings: Settings) -> Finding:
    """Whether the mapping of the MQTT gateway can be used, and what the running gateway says of itself."""
    if settings.mqtt_mapping is None:
        return Finding("devices", Health.WELL, "no mapping set; no gateway runs")
    from songcau.gateways.faults import MappingFault
    from songcau.gateways.mqtt.mapping import read_mapping

    try:
        mapping = read_mapping(settings.mqtt_mapping)
    except MappingFault as fault:
        seen = f"{settings.mqtt_mapping}: {fault.sentence(settings.language)}"
        return Finding("devices", Health.ILL, seen, "mend the mapping: docs/operations/gateways.md")
    try:
        state = json.loads((settings.data / "gateways" / "mqtt" / "state.json").read_bytes())
    except (OSError, ValueError):
        return Finding("devices", Health.WELL, f"{len(mapping.rules)} rules; the gateway has not run yet")
    if state["troubles"]:
        return Finding("devices", Health.WARNING, "; ".join(state["troubles"]), "`songcau gateway state` says more")
    refused = sum(state["refused"].values())
    seen = f"{state['messages']} messages from {state['server']} by {state['at'][:16]} UTC, {refused} refused"
    return Finding("devices", Health.WELL, seen)


def backup(settings: Settings) -> Finding:
    from songcau.entry.backup.shelf import last_backup

    last = last_backup(settings.data)
    if last is None:
        remedy = "run `songcau backup --to FOLDER` every night: docs/operations/backup.md"
        return Finding("backup", Health.WARNING, "none was made from this data folder", remedy)
    age = datetime.now(UTC) - last.made_at
    if not os.path.lexists(last.file):
        seen = f"the last one is not there any more: {last.file}"
        remedy = "know where it was moved to; if nowhere, run `songcau backup` now"
        return Finding("backup", Health.WARNING, seen, remedy)
    sealed = "encrypted" if last.encrypted else "NOT encrypted"
    seen = f"{age.total_seconds() / 3600:.0f} h old, {sealed}, {last.file}"
    if age > OLDEST_BACKUP:
        return Finding("backup", Health.WARNING, seen, "find out why no newer one was made; run `songcau backup`")
    if last.lacking:
        remedy = "`songcau files verify` names them; look for their bytes in older backups"
        return Finding("backup", Health.ILL, f"{seen}, without {last.lacking} files the store has lost", remedy)
    if last.is_broker_left_out:
        remedy = "what the broker keeps is in no backup: run `songcau backup` without --without-broker"
        return Finding("backup", Health.WARNING, f"{seen}, without the context broker's journal", remedy)
    return Finding("backup", Health.WELL, seen)


def backup_key(settings: Settings) -> Finding:
    from songcau.entry.backup.keys import passphrase_of
    from songcau.entry.backup.refusals import KeyUnusable

    try:
        key = passphrase_of(settings)
    except KeyUnusable as error:
        seen = f"cannot be used: {error.params['source']}"
        return Finding("backup key", Health.ILL, seen, "16 characters at least, readable by songcau's account")
    if key is None:
        remedy = "set `backup_key_file` (or `backup_key`), and keep a copy of the key away from the backups"
        return Finding("backup key", Health.WARNING, "none: whoever gets a backup can read all of it", remedy)
    return Finding("backup key", Health.WELL, "set; the next backup is encrypted with it")


def mail(settings: Settings) -> Finding:
    """Connects, agrees on TLS and signs in as for a message, and sends none."""
    if not settings.smtp_host:
        return Finding("mail", Health.WELL, "no server configured; notices stay in the app")
    from songcau.foundation.notifications.adapters.port import ChannelAway
    from songcau.foundation.notifications.adapters.smtp import Smtp
    from songcau.foundation.notifications.channels import mail_server

    server = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"
    try:
        Smtp(replace(mail_server(settings), seconds=CONNECT_SECONDS)).greet()
    except ChannelAway as error:
        remedy = MAIL_REMEDIES.get(error.reason, "correct smtp_host and smtp_port; see that the mail server runs")
        return Finding("mail", Health.ILL, f"{server}: {error.reason}", remedy)
    return Finding("mail", Health.WELL, f"{server} takes us")


def zalo(settings: Settings) -> Finding:
    """Whether Zalo is set up, reachable and authorised. Calls nothing: a call could spend the token."""
    secret = settings.zalo_secret_key.get_secret_value()
    if not settings.zalo_app_id and not secret:
        return Finding("Zalo", Health.WELL, "not configured")
    if not settings.zalo_app_id or not secret:
        return Finding("Zalo", Health.ILL, "half configured", "set both zalo_app_id and zalo_secret_key, or neither")
    for address in (settings.zalo_api, settings.zalo_oauth):
        url = urlsplit(address)
        port = url.port or (80 if url.scheme == "http" else 443)
        try:
            socket.create_connection((url.hostname or "", port), timeout=CONNECT_SECONDS).close()
        except OSError as error:
            return Finding("Zalo", Health.ILL, f"{address}: {error}", "open the way out to this address")
    return _authorisation()


def _authorisation() -> Finding:
    from songcau.entry.start import start_django

    start_django()
    from django.db import DatabaseError

    from songcau.foundation.notifications.queries import zalo_facts
    from songcau.kernel.actor import SYSTEM

    try:
        facts = zalo_facts(SYSTEM)
    except DatabaseError as error:
        return Finding("Zalo", Health.WARNING, f"not known: {type(error).__name__}", "mend the database first")
    if not facts.authorised or facts.refused_at is not None:
        seen = "not authorised yet" if facts.refused_at is None else f"authorisation lost {facts.refused_at:%Y-%m-%d}"
        return Finding("Zalo", Health.ILL, seen, "enter a refresh token: Administration → Messages sent → Channels")
    return Finding("Zalo", Health.WELL, "reachable and authorised")


def assets(settings: Settings) -> Finding:
    del settings
    if not MANIFEST.is_file():
        remedy = "install the wheel, or run `make assets` in a checkout"
        return Finding("screens", Health.ILL, "styles and scripts are not built", remedy)
    return Finding("screens", Health.WELL, "styles and scripts are built")


def fonts(settings: Settings) -> Finding:
    """Fonts for printed documents; screens bring their own."""
    del settings
    listing = shutil.which("fc-list")
    if listing is None:
        return Finding("fonts", Health.WARNING, "fontconfig is absent", "install the package `fontconfig`")
    try:
        families = subprocess.run(
            [listing, ":lang=vi", "family"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
    except (subprocess.SubprocessError, OSError) as error:
        return Finding("fonts", Health.WARNING, f"fc-list failed: {error}", "reinstall the package `fontconfig`")
    found = [name for name in VIETNAMESE_FONTS if name in families]
    if not found:
        remedy = "install `fonts-liberation2` or `fonts-dejavu`: printed documents need every Vietnamese letter"
        return Finding("fonts", Health.WARNING, "no known font with all Vietnamese letters", remedy)
    return Finding("fonts", Health.WELL, ", ".join(found))
