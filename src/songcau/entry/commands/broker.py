"""`songcau broker`: the context broker on its own. Loads no settings and no Django, so that it stays small."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from songcau.context.server.limits import Limits
from songcau.context.service import CannotStart, Options, run
from songcau.entry import logs
from songcau.entry.processes import end_with_the_supervisor, say_ready_in, short_path

FOLDER = click.Path(path_type=Path, file_okay=False)
# The city's setting `context_store` in the environment; an option would show a password to everybody on the machine.
STORE_VARIABLE = "SONGCAU_CONTEXT_STORE"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--data", type=FOLDER, required=True, help="Folder of everything the broker keeps; made if need be.")
@click.option(
    "--store",
    default="",
    envvar=STORE_VARIABLE,
    help="postgresql://user@host/database for what the broker keeps.  [default: SQLite in DATA]",
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--socket", type=FILE, help="Unix socket to listen on, for this user only.  [default: DATA/broker.sock]")
@click.option("--auth", is_flag=True, help="Ask everybody for a token; without it only this machine is served.")
@click.option("--contexts", type=FOLDER, help="Folder of @contexts that need not be fetched.")
@click.option("--public-url", default="", help="Where clients reach it, when that is not where it listens.")
@click.option("--quality", is_flag=True, help="Say doubts about observations beside them; DATA/quality.json is read.")
@click.option("--origin", "origins", multiple=True, help="Origin of web pages that may call; may be repeated.")
@click.option("--tls-certificate", type=FILE, help="PEM file; with it the port speaks HTTPS.")
@click.option("--tls-key", type=FILE, help="PEM file of the private key, when it is not in the certificate's.")
@click.option(
    "--body-megabytes", type=click.IntRange(1, 1024), default=10, show_default=True, help="Largest body that is read."
)
@click.option(
    "--connections", type=click.IntRange(16, 100_000), default=4096, show_default=True, help="Most at the same time."
)
@click.option(
    "--history-page",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="Instances of the past in one answer; a longer history is cut to a range of time.",
)
@click.option(
    "--public-endpoints",
    is_flag=True,
    help="Call no loopback or private address: neither for notifications nor for @contexts.",
)
@click.option("--access-log", is_flag=True, help="Log every request.")
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO", hidden=True)
@click.option(
    "--log-format", type=click.Choice(["json", "console"]), help="[default: console on a terminal, else json]"
)
@click.option("--ready-file", type=FILE, hidden=True, help="Written when the broker serves; then nothing is printed.")
@click.option("--supervised", is_flag=True, hidden=True, help="End when the supervisor is gone.")
def broker(
    data: Path,
    store: str,
    port: int | None,
    host: str,
    socket: Path | None,
    auth: bool,
    contexts: Path | None,
    public_url: str,
    quality: bool,
    origins: tuple[str, ...],
    tls_certificate: Path | None,
    tls_key: Path | None,
    body_megabytes: int,
    connections: int,
    history_page: int,
    public_endpoints: bool,
    access_log: bool,
    log_level: str,
    log_format: str | None,
    ready_file: Path | None,
    supervised: bool,
) -> None:
    """Run the context broker (NGSI-LD) on its own until it is told to stop."""
    logs.configure("context", level=log_level, form=log_format or ("console" if sys.stderr.isatty() else "json"))
    if supervised:
        end_with_the_supervisor()
    options = Options(
        data=data,
        store=store,
        host=host,
        port=port,
        socket=short_path((socket or data / "broker.sock").absolute()),
        has_auth=auth,
        contexts=contexts,
        public_url=public_url.rstrip("/"),
        origins=origins,
        certificate=tls_certificate,
        key=tls_key,
        limits=Limits(body=body_megabytes * 1024 * 1024, connections=connections),
        has_access_log=access_log,
        instances_in_an_answer=history_page,
        has_quality=quality,
        is_private_closed=public_endpoints,
    )

    def ready(where: str) -> None:
        if ready_file is not None:
            say_ready_in(ready_file)
        else:
            click.echo(f"songcau broker: ready at {where}, data in {data}")

    on_the_loop(run(options, ready))


def on_the_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; a broker that cannot start becomes one line and exit code 1."""
    try:
        if sys.platform == "win32":
            asyncio.run(work)
        else:
            import uvloop

            uvloop.run(work)
    except CannotStart as error:
        raise click.ClickException(str(error)) from None
