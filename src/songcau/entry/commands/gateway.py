"""`songcau gateway …`: what brings the outside into the context. Loads no Django, so that it stays small."""

import logging
import math
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click
import orjson

from songcau.context.public import AsyncContext, Context
from songcau.entry import logs
from songcau.entry.commands.broker import FILE, FOLDER
from songcau.entry.context_token import PROVINCE_TOKEN, TOKEN, have_token, token_in
from songcau.entry.language import LANGUAGES, language_of_the_city
from songcau.entry.mappings import unusable
from songcau.entry.processes import GATEWAYS, PROVINCE, end_with_the_supervisor, ready_file, say_ready_in, short_path
from songcau.entry.settings import load
from songcau.gateways.faults import MappingFault

ROOM = Path("gateways")

mapping_option = click.option(
    "--mapping", type=FILE, required=True, help="From topics to entities: a TOML or JSON file."
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), help="Of what is said about a mapping.  [default: the city's]"
)


@click.group()
def gateway() -> None:
    """What brings the outside into the context: devices over MQTT."""


@gateway.command()
@mapping_option
@click.option("--check", is_flag=True, help="Only read the mapping, and say what it does.")
@click.option("--data", type=FOLDER, help="Data folder, for the report of what was refused.  [default: the city's]")
@click.option("--context", "address", help="Of the broker: unix:PATH or http://HOST:PORT.  [default: the city's]")
@click.option("--token-file", type=FILE, help="File of the token to come in with.  [default: DATA/gateways/token]")
@language_option
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO", hidden=True)
@click.option(
    "--log-format", type=click.Choice(["json", "console"]), help="[default: console on a terminal, else json]"
)
@click.option("--ready-file", "ready", type=FILE, hidden=True, help="Written when the gateway runs.")
@click.option("--supervised", is_flag=True, hidden=True, help="End when the supervisor is gone.")
def mqtt(
    mapping: Path,
    check: bool,
    data: Path | None,
    address: str | None,
    token_file: Path | None,
    language: str | None,
    log_level: str,
    log_format: str | None,
    ready: Path | None,
    supervised: bool,
) -> None:
    """Write what devices publish over MQTT to the context, until told to stop.

    DATA/gateways/mqtt/refused.jsonl holds every message that could not be taken, with the reason; state.json how it is.
    """
    from songcau.gateways.mqtt.mapping import read_mapping

    try:
        read = read_mapping(mapping)
    except MappingFault as fault:
        raise unusable(mapping, fault, language) from None
    if check:
        click.echo(f"{mapping}: {len(read.rules)} rules, server {read.server.address}")
        for rule in read.rules:
            click.echo(f"  {rule.topic.filter}")
        return
    _log("gateway", level=log_level, form=log_format or ("console" if sys.stderr.isatty() else "json"))
    if supervised:
        end_with_the_supervisor()
    from songcau.gateways.mqtt.gateway import Gateway

    data = data or load().data
    address = address or f"unix:{short_path((data / 'run' / 'context.sock').absolute())}"
    stop = threading.Event()
    with Context(address, token=token_in(token_file or data / TOKEN, is_named=token_file is not None)) as context:
        made = Gateway(read, context, data / ROOM / "mqtt", stop)

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            stop.set()
            made.wake()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, on_signal)
        if ready is not None:
            say_ready_in(ready)
        else:
            click.echo(f"songcau gateway mqtt: {read.server.address} to {address}, {len(read.rules)} rules")
        made.run()


@gateway.command()
@click.option("--agreement", type=FILE, required=True, help="What goes to the province: a TOML or JSON file.")
@click.option("--check", is_flag=True, help="Only read the agreement, and say what it does.")
@click.option("--data", type=FOLDER, help="Data folder, for what waits and how it is.  [default: the city's]")
@click.option("--context", "address", help="Of the broker: unix:PATH or http://HOST:PORT.  [default: the city's]")
@click.option("--token-file", type=FILE, help="File of the token to come in with.  [default: DATA/province/token]")
@language_option
@click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO", hidden=True)
@click.option("--log-format", type=click.Choice(["json", "console"]), default="json", hidden=True)
@click.option("--ready-file", "ready", type=FILE, hidden=True, help="Written when the link runs.")
@click.option("--supervised", is_flag=True, hidden=True, help="End when the supervisor is gone.")
def province(
    agreement: Path,
    check: bool,
    data: Path | None,
    address: str | None,
    token_file: Path | None,
    language: str | None,
    log_level: str,
    log_format: str,
    ready: Path | None,
    supervised: bool,
) -> None:
    """Bring the agreed entities to the province's centre, until told to stop.

    DATA/province/state.json holds each feed's last success and freshness, refused.jsonl what the province did not want.
    """
    from songcau.gateways.province.agreement import read_agreement

    try:
        read = read_agreement(agreement)
    except MappingFault as fault:
        raise unusable(agreement, fault, language) from None
    if check:
        click.echo(f"{agreement}: {len(read.feeds)} feeds to {read.receiver.address}")
        for feed in read.feeds:
            click.echo(f"  {feed.code}: {', '.join(feed.types)}")
        return
    _log(PROVINCE.name, level=log_level, form=log_format)
    if supervised:
        end_with_the_supervisor()
    from songcau.gateways.province.running import run_link

    data = data or load().data
    socket = short_path((data / "run" / "context.sock").absolute())
    if address is None:
        have_token(data / PROVINCE_TOKEN, socket, patience=math.inf, label=PROVINCE.name, may=["read"])
    token = token_in(token_file or data / PROVINCE_TOKEN, is_named=token_file is not None)
    run_link(
        read,
        AsyncContext(address or f"unix:{socket}", token=token),
        data / "province",
        ready=lambda: say_ready_in(ready) if ready is not None else click.echo("songcau gateway province: at work"),
    )


@click.command(hidden=True)
@click.option("--supervised", is_flag=True, hidden=True)
def province_link(supervised: bool) -> None:
    """The link to the province, as the city's settings have it."""
    settings = load()
    if settings.province_agreement is None:
        raise click.ClickException("the setting province_agreement names no agreement")
    arguments = [
        *("--agreement", str(settings.province_agreement), "--data", str(settings.data)),
        *("--language", settings.language, "--log-level", settings.log_level, "--log-format", settings.log_format),
        *("--ready-file", str(ready_file(settings.data, PROVINCE.name))),
        *(["--supervised"] if supervised else []),
    ]
    os.execv(sys.executable, [sys.executable, "-m", "songcau", "gateway", "province", *arguments])  # noqa: S606


@gateway.command()
@click.option("--data", type=FOLDER, help="Data folder.  [default: the city's]")
@click.option("--lines", type=click.IntRange(0, 1000), default=5, show_default=True, help="Of what was refused last.")
@language_option
def state(data: Path | None, lines: int, language: str | None) -> None:
    """How the MQTT gateway is: connection, counters, what it refused last."""
    folder = (data or load().data) / ROOM / "mqtt"
    try:
        found = orjson.loads((folder / "state.json").read_bytes())
    except (OSError, ValueError):
        raise click.ClickException(f"no gateway has run on {folder}") from None
    for name, value in found.items():
        click.echo(f"{name:20} {value}")
    language = language or language_of_the_city()
    report = folder / "refused.jsonl"
    for line in report.read_bytes().splitlines()[-lines:] if lines and report.exists() else ():
        entry = orjson.loads(line)
        click.echo(f"{entry['at']}  {entry['topic']}: {entry[language]}")


@click.command(hidden=True)
@click.option("--supervised", is_flag=True, hidden=True)
def gateways(supervised: bool) -> None:
    """The gateways of the city, as its settings have them."""
    settings = load()
    if settings.mqtt_mapping is None:
        raise click.ClickException("the setting mqtt_mapping names no mapping")
    if supervised:
        end_with_the_supervisor()
    _log(GATEWAYS.name, level=settings.log_level, form=settings.log_format)
    socket = short_path((settings.data / "run" / "context.sock").absolute())
    have_token(settings.data / TOKEN, socket, patience=math.inf)
    arguments = [
        *("--mapping", str(settings.mqtt_mapping), "--data", str(settings.data), "--context", f"unix:{socket}"),
        *("--language", settings.language, "--log-level", settings.log_level, "--log-format", settings.log_format),
        *("--ready-file", str(ready_file(settings.data, GATEWAYS.name))),
        *(["--supervised"] if supervised else []),
    ]
    # In this process' place: what was loaded to read the settings is not carried along.
    os.execv(sys.executable, [sys.executable, "-m", "songcau", "gateway", "mqtt", *arguments])  # noqa: S606


def _log(process: str, *, level: str, form: str) -> None:
    logs.configure(process, level=level, form=form)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each batch says nothing
