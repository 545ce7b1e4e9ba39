"""Caring for citizens' reports."""

import click

from songcau.entry.start import start_django


@click.group()
def reports() -> None:
    """Citizens' reports."""


@reports.command()
def recount() -> None:
    """Make the sums and the index of words anew that are kept for figures, maps and searching. Nobody waits long."""
    start_django()
    from songcau.systems.citizen_reports.actions.keeping import keep_anew

    keep_anew()
    click.echo("counted and indexed anew")
