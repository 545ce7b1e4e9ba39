"""Running a city: `up`, and each process alone."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from songcau.entry import logs
from songcau.entry.processes import PROCESSES, end_with_the_supervisor, say_ready
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
    """Run the city: web, context and worker, each restarted when it dies."""
    from songcau.entry.supervisor import Supervisor

    settings = begin("supervisor", is_supervised=False)
    click.echo(f"songcau: {settings.public_url}")
    Supervisor(PROCESSES, data=settings.data, say=click.echo).run()


@click.command()
@supervised
def web(supervised: bool) -> None:
    """The web process alone."""
    from songcau.entry.serving import serve

    settings = begin("web", is_supervised=supervised)
    from songcau.entry.asgi import application

    serve(
        application,
        name="web",
        data=settings.data,
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
    """The context process alone, on a Unix socket in the data folder."""
    from songcau.context.service import application
    from songcau.entry.serving import serve

    settings = begin("context", is_supervised=supervised)
    socket = settings.data.resolve() / "run" / "context.sock"
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    serve(application, name="context", data=settings.data, uds=short_path(socket))


def short_path(socket: Path) -> str:
    """The socket's path, relative where that is shorter: the system allows about 100 bytes."""
    relative = os.path.relpath(socket)
    return min(str(socket), relative, key=len)


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
