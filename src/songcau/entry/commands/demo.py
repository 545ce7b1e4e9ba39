"""`songcau demo`: a whole city in one folder, ready to be looked at."""

import asyncio
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click

from songcau.entry import demo as city
from songcau.entry import logs
from songcau.entry.commands.run import begin, supervised
from songcau.entry.mappings import processes_of
from songcau.entry.processes import IDENTITIES, say_ready
from songcau.entry.settings import load
from songcau.entry.supervisor import Supervisor
from songcau.kernel import clock
from songcau.kernel.one_time_codes import code_at, seconds_left
from songcau.simulators.city.scenes import SCENES

NO_DEVICES = "none"


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-data"), show_default=True
)
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web server.  [default: 8000]")
@click.option(
    "--data-from",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of real data: its ward boundaries replace the approximate ones.",
)
@click.option(
    "--scene",
    type=click.Choice([NO_DEVICES, *sorted(SCENES)]),
    default="calm",
    show_default=True,
    help="What the simulated devices and citizens say; with `none` there are no devices.",
)
def demo(folder: Path, port: int | None, data_from: Path | None, scene: str) -> None:
    """Set a demonstration city up, and run it. Everything is in one folder, which can be deleted at any time."""
    city.use_folder(folder, port)
    simulated = [IDENTITIES] if city.use_simulated_providers(folder) else []
    devices = city.use_simulated_devices(folder, data_from, scene) if scene != NO_DEVICES else None
    simulated += [devices] if devices else []
    settings = load()
    refuse_taken_port(settings.address, settings.port)
    running = processes_of(settings)
    if not city.is_prepared(folder, data_from):
        click.echo("preparing the demonstration city …")
        city.prepare(folder, data_from, say=lambda line: click.echo(f"  {line}"))
    click.echo(welcome(folder, settings.public_url))
    log_folder = folder / "logs"
    log_folder.mkdir(exist_ok=True)
    with (log_folder / "supervisor.log").open("a", encoding="utf-8") as stream:
        logs.configure("supervisor", level=settings.log_level, form=settings.log_format, to=stream)
        Supervisor((*running, *simulated), data=settings.data, say=click.echo, log_folder=log_folder).run()


@click.command(hidden=True)
@supervised
def simulate_identities(supervised: bool) -> None:
    """The simulated providers of a demonstration city alone, where its settings expect them."""
    from songcau.entry.serving import serve
    from songcau.simulators.identity.service import Application, make_providers

    settings = begin("identities", is_supervised=supervised)
    if not settings.sign_in_providers:
        raise click.ClickException("`songcau demo` starts them: the settings name no provider")
    known = next(iter(settings.sign_in_providers.values()))
    address = urlsplit(known.issuer)
    base = f"{address.scheme}://{address.netloc}"
    providers = make_providers(base, client_id=known.client_id, client_secret=known.client_secret.get_secret_value())
    application = Application(providers)
    serve(application, name="identities", data=settings.data, host=address.hostname, port=address.port)


@click.command(hidden=True)
@click.option("--mqtt-port", type=click.IntRange(1, 65535), required=True, help="Of the simulated MQTT server.")
@click.option("--scene", type=click.Choice(sorted(SCENES)), default="calm", show_default=True)
@click.option("--data-from", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Real series.")
@supervised
def simulate_city(mqtt_port: int, scene: str, data_from: Path | None, supervised: bool) -> None:
    """The simulated devices and citizens of a demonstration city alone, with the MQTT server they speak to."""
    from songcau.simulators.city.devices import Plan
    from songcau.simulators.city.running import Open311, run_city
    from songcau.simulators.city.series import read_series

    settings = begin("devices", is_supervised=supervised)
    zone = ZoneInfo(settings.time_zone)

    def now() -> datetime:
        return clock.now().astimezone(zone)

    key = settings.data / city.CITIZENS_KEY
    citizens = None
    if key.exists():
        citizens = Open311(f"http://127.0.0.1:{settings.port}/open311/v2", key.read_text(encoding="ascii"))
    plan = Plan(now, now(), SCENES[scene], read_series(data_from))
    asyncio.run(run_city(plan, mqtt_port, citizens, ready=lambda: say_ready(settings.data, "devices")))


def refuse_taken_port(address: str, port: int) -> None:
    """Say so before anything is prepared, rather than after."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} on {address}: {error.strerror}; choose another with --port"
            ) from None


def welcome(folder: Path, url: str) -> str:
    """Where to go and who to be."""
    now = time.time()
    accounts = city.accounts_of(folder)
    width = max(len(account.username) for account in accounts)
    lines = ["", f"The demonstration city is at  {click.style(url, bold=True)}", ""]
    lines.append(f"  {'name':{width}}  {'password':23}  code now  role")
    for account in accounts:
        code = code_at(account.secret, now)
        lines.append(f"  {account.username:{width}}  {account.password:23}  {code}    {account.role}, {account.agency}")
    command = "songcau" if Path(sys.argv[0]).name == "songcau" else "python -m songcau"
    lines += [
        "",
        f"  Codes change every 30 s; these hold {seconds_left(now)} s more.",
        f"  A new one: {command} user otp NAME --folder {folder}",
        f"  Staff sign in at {url}/accounts/login/ with one of these names, its password and its code.",
        f"  Citizens sign in at {url}/accounts/sign-in/ by simulated providers; codes to telephones are printed here.",
        "  People, passwords and agencies' officials are made up. Ctrl+C stops the city.",
        "",
    ]
    return "\n".join(lines)
