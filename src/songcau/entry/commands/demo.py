"""`songcau demo`: a whole city in one folder, ready to be looked at."""

import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import click

from songcau.entry import demo as city
from songcau.entry import logs
from songcau.entry.commands.run import begin, supervised
from songcau.entry.mappings import processes_of
from songcau.entry.processes import IDENTITIES
from songcau.entry.settings import load
from songcau.entry.supervisor import Supervisor
from songcau.kernel.one_time_codes import code_at, seconds_left


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
def demo(folder: Path, port: int | None, data_from: Path | None) -> None:
    """Set a demonstration city up, and run it. Everything is in one folder, which can be deleted at any time."""
    city.use_folder(folder, port)
    simulated = city.use_simulated_providers(folder)
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
        processes = (*running, IDENTITIES) if simulated else running
        Supervisor(processes, data=settings.data, say=click.echo, log_folder=log_folder).run()


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
        f"  Citizens sign in at {url}/accounts/sign-in/ by simulated providers; codes to telephones are printed here.",
        "  People, passwords and agencies' officials are made up. Ctrl+C stops the city.",
        "",
    ]
    return "\n".join(lines)
