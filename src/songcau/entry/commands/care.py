"""Caring for an installation: tables, health, settings, the audit chain."""

import secrets
import sys
import tomllib
from pathlib import Path

import click

from songcau.entry import settings as settings_module
from songcau.entry.settings import Settings, load
from songcau.entry.start import start_django

MARKS = {"well": ("ok", "green"), "warning": ("warning", "yellow"), "ill": ("WRONG", "red")}


@click.command()
def migrate() -> None:
    """Bring the database's tables to this version, and load the city's units."""
    settings = load()
    settings.data.mkdir(parents=True, exist_ok=True)
    start_django()
    from songcau.entry.preparing import prepare_database

    prepare_database(settings.city_profile, say=click.echo)


@click.command()
def doctor() -> None:
    """Say what is wrong with this installation and what to do. Exit code 1 when something is."""
    from songcau.entry.doctor import Health, examine

    findings = list(examine(load()))
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        word, colour = MARKS[finding.health]
        click.echo(f"{click.style(f'{word:8}', fg=colour)}{finding.subject:{width}}  {finding.seen}")
        if finding.remedy:
            click.echo(f"{'':8}{'':{width}}  → {finding.remedy}")
    sys.exit(1 if any(finding.health is Health.ILL for finding in findings) else 0)


@click.command()
@click.option("--new", is_flag=True, help="Print a settings file with fresh keys to start from.")
@click.option("--check", is_flag=True, help="Read the settings as a start would, and say what is wrong.")
def settings(new: bool, check: bool) -> None:
    """Print every setting with its type, default and meaning."""
    if new:
        click.echo(new_file(), nl=False)
    elif check:
        load()
        source = settings_module.settings_file()
        click.echo(f"the settings are in order ({source or 'environment only'})")
    else:
        for line in reference():
            click.echo(line)


def reference() -> list[str]:
    """The settings as lines of a Markdown table, which `docs/generated/settings.md` holds too."""
    lines = ["| Setting | Variable | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "required" if field.is_required() else f"`{_shown(field.default)}`"
        lines.append(f"| `{name}` | `{settings_module.PREFIX}{name.upper()}` | {default} | {field.description} |")
    return lines


def _shown(default: object) -> str:
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    if default is None or default in ({}, []):
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) or "empty"


def new_file() -> str:
    """A settings file that starts a city at once: two fresh keys, everything else as a comment."""
    lines = [
        "# Settings of songcau. Keep this file readable by its account only: it holds two keys.",
        f'secret_key = "{secrets.token_urlsafe(48)}"',
        "# Keep the audit key for the life of the database: without it older entries cannot be confirmed.",
        f'audit_key = "{secrets.token_urlsafe(48)}"',
        "",
    ]
    for name, field in Settings.model_fields.items():
        if not field.is_required():
            lines += [f"# {field.description}", f"# {name} = {_as_toml(field.default)}", ""]
    text = "\n".join(lines)
    tomllib.loads(text)
    return text


def _as_toml(default: object) -> str:
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int):
        return str(default)
    if isinstance(default, dict | list):
        return str(default)
    return '""' if default is None else f'"{default}"'


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option(
    "--anchor",
    metavar="SEQUENCE:HASH",
    help="The end of the chain as printed by an earlier run and kept outside of the database.",
)
def verify(anchor: str | None) -> None:
    """Check the whole chain: any entry edited, deleted, added or moved is named. Exit code 1 when one is.

    Keep the line it prints last somewhere else (on paper, in an e-mail): given back as --anchor it also finds a
    chain that was cut short by somebody who could write to every table.
    """
    start_django()
    from songcau.foundation.audit.actions import verify_chain
    from songcau.foundation.audit.queries import chain_verdict
    from songcau.foundation.audit.rules import Anchor
    from songcau.foundation.audit.words import FAULTS
    from songcau.kernel.actor import SYSTEM

    # Without an anchor the result is noted in the log itself, where the administration's page shows it.
    verdict = chain_verdict(Anchor(*anchor_of(anchor))) if anchor else verify_chain(by=SYSTEM)
    for finding in verdict.findings:
        click.echo(f"entry {finding.sequence}: {FAULTS[finding.fault]}")
    click.echo(f"{verdict.entries} entries, {verdict.faults} faults")
    if verdict.head:
        click.echo(f"end of the chain: {verdict.head.sequence}:{verdict.head.hash}")
    sys.exit(1 if verdict.faults else 0)


def anchor_of(text: str) -> tuple[int, str]:
    """Sequence and hash of `12:ab…`. Raises BadParameter."""
    sequence, separator, digest = text.partition(":")
    if not (separator and digest and sequence.isascii() and sequence.isdigit()):
        raise click.BadParameter("it looks like 1042:9f3c…, as `songcau audit verify` prints it", param_hint="--anchor")
    return int(sequence), digest


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(file: Path, form: str) -> None:
    """Write every entry to FILE, with the hashes that make it checkable elsewhere. The export is audited itself."""
    start_django()
    from django.db import transaction

    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.audit.queries import export_entries, length
    from songcau.kernel.actor import SYSTEM

    with transaction.atomic():
        record_entry(by=SYSTEM, action="audit.export", subject="audit.chain:all", details={"form": form})
    lines = export_entries(SYSTEM, form="csv" if form == "csv" else "jsonl")
    count = 0
    with (
        file.open("w", encoding="utf-8", newline="") as stream,
        click.progressbar(lines, length=length() + (form == "csv"), label="entries", file=sys.stderr) as bar,
    ):
        for line in bar:
            stream.write(line)
            count += 1
    click.echo(f"{count} lines written to {file}")
