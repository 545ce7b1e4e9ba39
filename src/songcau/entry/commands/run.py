"""Running a city: `up`, and each process alone."""

import os
import signal
import sys
import threading
from types import FrameType

import click

from songcau.entry import logs
from songcau.entry.processes import end_with_the_supervisor, ready_file, say_ready
from songcau.entry.settings import Settings, load

supervised = click.option("--supervised", is_flag=True, hidden=True, help="End when the supervisor is gone.")


def begin(process: str, *, is_supervised: bool) -> Settings:
    """What every process does first: settings, logs, and the tie to its supervisor."""
    settings = load()
    logs.configure(process, level=settings.log_level, form=settings.log_format)
    settings.data.mkdir(parents=True, exist_ok=True)
    if is_supervised:
        end_with_the_supervisor()
    return settings


@click.command()
def up() -> None:
    """Run the city: web, context, worker, alerts and gateways, each restarted when it dies."""
    from songcau.entry.mappings import processes_of
    from songcau.entry.supervisor import Supervisor

    settings = begin("supervisor", is_supervised=False)
    click.echo(f"songcau: {settings.public_url}")
    Supervisor(processes_of(settings), data=settings.data, say=click.echo).run()


@click.command()
@supervised
@click.option("--name", default="web", hidden=True, help="Which of several it is.")
def web(supervised: bool, name: str) -> None:
    """The web process alone."""
    from songcau.entry.serving import serve, shared_socket

    settings = begin(name, is_supervised=supervised)
    from songcau.entry.asgi import application, end_streams

    serve(
        application,
        name=name,
        data=settings.data,
        listener=shared_socket(settings.address, settings.port) if settings.web_processes > 1 else None,
        on_end=end_streams,
        host=settings.address,
        port=settings.port,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips="127.0.0.1",
    )


@click.command()
@supervised
def context(supervised: bool) -> None:
    """The context process alone: the city's broker, with tokens, on a Unix socket in the data folder."""
    settings = begin("context", is_supervised=False)
    _end_a_killed_restore(settings)
    run_folder = settings.data.resolve() / "run"
    run_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    arguments = [
        *("--auth", "--quality", "--socket", str(run_folder / "context.sock")),
        *("--data", str(settings.data / "context")),
        *("--log-level", settings.log_level, "--log-format", settings.log_format),
        *("--ready-file", str(ready_file(settings.data, "context"))),
        *_to_other_systems(settings),
        *(["--supervised"] if supervised else []),
    ]
    if settings.context_store:
        # Not as an argument: everybody on the machine sees those, and the address may hold a password.
        os.environ["SONGCAU_CONTEXT_STORE"] = settings.context_store
    # In this process' place: what was loaded to read the settings is not carried along for the life of the broker.
    os.execv(sys.executable, [sys.executable, "-m", "songcau", "broker", *arguments])  # noqa: S606


def _end_a_killed_restore(settings: Settings) -> None:
    """A restore that was killed after the database took its place: its journal follows before a broker opens one."""
    if not (settings.data / "restoring.place").exists():  # before anything is loaded for it
        return
    from songcau.entry.start import start_django

    start_django()  # for the words of a refusal
    from songcau.entry.backup.placing import settle

    if (is_placed := settle(settings)) is not None:
        click.echo(
            "a restore that was killed was brought to its end"
            if is_placed
            else "a restore that was killed had changed nothing; what it left was removed",
            err=True,
        )


def _to_other_systems(settings: Settings) -> list[str]:
    """How the broker is reached from outside; with the certificate that the web server has."""
    if not settings.context_port:
        return []
    arguments = ["--host", settings.context_address, "--port", str(settings.context_port)]
    for origin in settings.context_origins:
        arguments += ["--origin", origin]
    if settings.tls_certificate and settings.tls_key:
        arguments += ["--tls-certificate", str(settings.tls_certificate), "--tls-key", str(settings.tls_key)]
    return arguments


@click.command()
@supervised
def worker(supervised: bool) -> None:
    """The worker process alone: delivers events, runs the schedule."""
    settings = begin("worker", is_supervised=supervised)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    from songcau.entry.start import start_django

    start_django()
    from songcau.foundation.outbox.worker import run_worker

    say_ready(settings.data, "worker")
    run_worker(stop, threads=settings.worker_threads, lease_seconds=settings.outbox_lease_seconds)
    sys.exit(0)
