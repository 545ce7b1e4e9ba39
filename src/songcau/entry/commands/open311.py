"""Keys with which other systems send reports by Open311."""

import click

from songcau.entry.start import start_django
from songcau.kernel.actor import SYSTEM


@click.group()
def open311() -> None:
    """Other systems that send reports."""


@open311.command("issue-key")
@click.argument("name")
@click.option(
    "--trusted",
    is_flag=True,
    help="A register that is taken over: its reports say themselves when they came and ended.",
)
def issue_key(name: str, trusted: bool) -> None:
    """Make a key for the system called NAME; prints it once."""
    start_django()
    from songcau.foundation.shell.words import say
    from songcau.kernel.errors import Refused
    from songcau.systems.citizen_reports.actions import issue_api_key

    try:
        _row, key = issue_api_key(by=SYSTEM, name=name, is_trusted=trusted)
    except Refused as refusal:
        raise click.ClickException(say(refusal)) from None
    click.echo(f"{name}: {key}")
    click.echo("It is not shown again. The system sends it as api_key with POST /open311/v2/requests.json")


@open311.command("keys")
def keys() -> None:
    """Every key: its beginning, since when, whose."""
    start_django()
    from songcau.systems.citizen_reports.models import ApiKey

    rows = list(ApiKey.objects.all())
    if not rows:
        click.echo("none yet: songcau open311 issue-key NAME")
    for row in rows:
        state = f"taken back {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "trusted" if row.is_trusted else "in use"
        click.echo(f"{row.hint}…  {row.made_at:%Y-%m-%d}  {state:22} {row.name}")


@open311.command("revoke-key")
@click.argument("name")
def revoke_key(name: str) -> None:
    """Take the key of NAME back: nothing more is taken with it from now on."""
    start_django()
    from songcau.systems.citizen_reports.actions import revoke_api_key
    from songcau.systems.citizen_reports.models import ApiKey

    row = ApiKey.objects.filter(name=name, revoked_at=None).first()
    if row is None:
        raise click.ClickException(f"no key in use is called {name}: songcau open311 keys")
    revoke_api_key(by=SYSTEM, key_id=row.pk)
    click.echo(f"{name}: taken back")
