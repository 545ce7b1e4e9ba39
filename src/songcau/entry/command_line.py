"""`songcau …`: the one command of the platform."""

import importlib
import sys

import click

from songcau import __version__
from songcau.entry.refusing import SettingsError
from songcau.kernel.errors import Anticipated

# name → module and attribute. Looked up only when used, so that `songcau up` starts without loading Django.
COMMANDS = {
    "up": "run:up",
    "web": "run:web",
    "context": "run:context",
    "worker": "run:worker",
    "alerts": "alerts:alerts",
    "broker": "broker:broker",
    "broker-token": "broker_token:broker_token",
    "gateway": "gateway:gateway",
    "gateways": "gateway:gateways",
    "province-link": "gateway:province_link",
    "demo": "demo:demo",
    "simulate-identities": "demo:simulate_identities",
    "simulate-city": "demo:simulate_city",
    "simulate-readings": "simulate:simulate_readings",
    "migrate": "care:migrate",
    "doctor": "care:doctor",
    "settings": "care:settings",
    "audit": "care:audit",
    "files": "files:files",
    "backup": "keeping:backup",
    "restore": "keeping:restore",
    "user": "people:user",
    "import": "bring_in:bring_in",
    "reports": "reports:reports",
    "open311": "open311:open311",
    "deadline": "terms:deadline",
    "new-system": "build:new_system",
}


class Lazy(click.Group):
    """A group whose subcommands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(f"songcau.entry.commands.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command


@click.command(cls=Lazy)
@click.version_option(__version__, prog_name="songcau")
def songcau() -> None:
    """An open platform that runs a smart city."""


def main() -> None:
    """Run the command line; anticipated errors become one line and exit code 1, not a traceback."""
    try:
        songcau(prog_name="songcau")
    except SettingsError as error:
        click.echo(f"songcau: {error}", err=True)
        sys.exit(2)
    except Anticipated as error:
        click.echo(f"songcau: {words_for(error)}", err=True)
        sys.exit(1)


def words_for(error: Anticipated) -> str:
    """The error in words, when Django is up to say them; else its code and parameters."""
    from django.apps import apps

    if not apps.ready:
        return str(error)
    from songcau.foundation.shell.words import say

    return say(error)
