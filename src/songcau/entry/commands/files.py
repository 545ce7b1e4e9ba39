"""Caring for the stored files."""

import sys

import click

from songcau.entry.start import start_django


@click.group()
def files() -> None:
    """The stored files."""


@files.command()
def verify() -> None:
    """Hash every stored file again: missing, changed and unknown content is named. Exit code 1 when there is any."""
    start_django()
    from songcau.foundation.files import verifying
    from songcau.foundation.files.verifying import Fault

    counts = dict.fromkeys(Fault, 0)
    checked = 0
    with click.progressbar(verifying.findings(), length=verifying.total(), label="files", file=sys.stderr) as bar:
        for finding in bar:
            checked += finding is None or finding.fault is not Fault.ORPHAN
            if finding is not None:
                counts[finding.fault] += 1
                click.echo(f"{finding.fault}  {finding.digest}  {', '.join(finding.names)}".rstrip())
    click.echo(f"{checked} checked, " + ", ".join(f"{number} {fault.lower()}" for fault, number in counts.items()))
    sys.exit(1 if any(counts.values()) else 0)
