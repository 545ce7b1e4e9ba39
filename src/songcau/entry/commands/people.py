"""People from the command line: the first administrator, and what an administrator of the machine may mend."""

import json
import sys
import time
from pathlib import Path
from uuid import UUID

import click

from songcau.entry.settings import load
from songcau.entry.start import start_django
from songcau.kernel.actor import SYSTEM
from songcau.kernel.one_time_codes import code_at, seconds_left


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("create-administrator")
@click.argument("name")
@click.option("--full-name", prompt="Full name", help="As it stands on the identity card.")
def create_administrator(name: str, full_name: str) -> None:
    """Make a system administrator NAME; prints a temporary password once."""
    start_django()
    from songcau.foundation.accounts.actions import bootstrap_administrator

    password = bootstrap_administrator(by=SYSTEM, username=name, full_name=full_name)
    click.echo(f"{name}: temporary password  {password}")
    click.echo("It must be changed at the first sign-in, where the second factor is set up too.")


@user.command("list")
def list_people() -> None:
    """Everybody, with their state."""
    start_django()
    from songcau.foundation.accounts.models import Person

    people = list(Person.objects.order_by("username").values_list("username", "is_active", "full_name"))
    if not people:
        click.echo("nobody yet: songcau user create-administrator NAME")
    for username, is_active, full_name in people:
        click.echo(f"{username:20} {'active' if is_active else 'off':8} {full_name}")


@user.command()
@click.argument("name")
def unlock(name: str) -> None:
    """End the lockout of NAME after wrong passwords."""
    person_id = _person_id(name)
    from songcau.foundation.accounts import actions

    actions.unlock_person(by=SYSTEM, person_id=person_id)
    click.echo(f"{name}: unlocked")


@user.command("reset-password")
@click.argument("name")
def reset_password(name: str) -> None:
    """Give NAME a temporary password, printed once; ends all of NAME's sessions."""
    person_id = _person_id(name)
    from songcau.foundation.accounts import actions

    click.echo(f"{name}: temporary password  {actions.set_temporary_password(by=SYSTEM, person_id=person_id)}")


@user.command("reset-second-factor")
@click.argument("name")
@click.option("--reason", prompt="Reason", help="Goes into the audit log.")
def reset_second_factor(name: str, reason: str) -> None:
    """Take NAME's lost second factor away; a new one is set up at the next sign-in."""
    person_id = _person_id(name)
    from songcau.foundation.accounts import actions

    actions.reset_second_factor(by=SYSTEM, person_id=person_id, reason=reason)
    click.echo(f"{name}: second factor taken away, all sessions ended")


@user.command("sign-out")
@click.argument("name")
def sign_out(name: str) -> None:
    """End every session of NAME."""
    person_id = _person_id(name)
    from songcau.foundation.accounts import actions

    click.echo(f"{name}: {actions.sign_out_everywhere(by=SYSTEM, person_id=person_id)} sessions ended")


@user.command()
@click.argument("name")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-data"), show_default=True
)
def otp(name: str, folder: Path) -> None:
    """Print the present one-time code of NAME. Demonstration cities only."""
    from songcau.entry import demo

    if not (folder / "accounts.json").is_file():
        raise click.ClickException(f"{folder} holds no demonstration city; start one with `songcau demo`")
    demo.use_folder(folder, None)
    if not load().demo:
        raise click.ClickException("this is not a demonstration city: codes are on the people's own devices")
    try:
        secrets = {account.username: account.secret for account in demo.accounts_of(folder)}
    except (json.JSONDecodeError, TypeError) as error:
        raise click.ClickException(f"{folder / 'accounts.json'} cannot be read: {error}") from None
    if name not in secrets:
        raise click.ClickException(f"there is no {name}; there are {', '.join(sorted(secrets))}")
    now = time.time()
    click.echo(code_at(secrets[name], now))
    click.echo(f"{seconds_left(now)} s left", file=sys.stderr)


def _person_id(name: str) -> UUID:
    """Starts Django and looks the account up."""
    start_django()
    from songcau.foundation.accounts.models import Person
    from songcau.kernel.text import folded

    person: Person | None = Person.objects.filter(username=folded(name)).first()
    if person is None:
        raise click.ClickException(f"there is no account {name}; `songcau user list` shows all")
    return UUID(str(person.id))
