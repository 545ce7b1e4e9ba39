"""`songcau alerts`: the process that runs the alert rules."""

import logging
import signal
import sys
import threading
from types import FrameType

import click

from songcau.entry.commands.run import begin, supervised
from songcau.entry.processes import ALERTS, say_ready


@click.command()
@supervised
def alerts(supervised: bool) -> None:
    """The alerts process alone: runs the alert rules over the live city."""
    settings = begin(ALERTS.name, is_supervised=supervised)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each call says nothing
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    from songcau.entry.start import start_django

    start_django()
    from songcau.entry.alerting.watch import Watch
    from songcau.foundation.accounts.context_grants import city_context

    Watch(city_context, zone=settings.time_zone).run(stop, lambda: say_ready(settings.data, ALERTS.name))
    sys.exit(0)
