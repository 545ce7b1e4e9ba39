"""`songcau import readings`: what is said and asked while a file of readings is brought into the context."""

import json
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import click

from songcau.context.public import Context, ContextUnavailable
from songcau.entry.context_token import TOKEN, have_token, token_in
from songcau.entry.processes import short_path
from songcau.entry.settings import load
from songcau.gateways.carrying import Carrier
from songcau.gateways.faults import Fault
from songcau.gateways.files.bringing_in import BadLines, Bringing, Tally
from songcau.gateways.files.mapping import read_file_mapping

PATIENCE_SECONDS = 60.0
EVERY_LINES = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; see the command's options."""

    file: Path
    mapping: Path
    is_dry: bool
    skips_bad: bool
    report: Path | None
    address: str | None
    token_file: Path | None
    language: str
    is_sure: bool


def bring(request: Request) -> None:
    """Look through, show, ask, write. Raises click.ClickException with one line."""
    try:
        _bring(request)
    except Fault as fault:
        raise click.ClickException(fault.sentence(request.language)) from None
    except ContextUnavailable as error:
        raise click.ClickException(
            f"{error.params.get('detail')}; what was written stays; repeat the command to write the rest"
        ) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None


def _bring(request: Request) -> None:
    mapping = read_file_mapping(request.mapping, request.file)
    report = BadLines(request.report or request.file.with_name(f"{request.file.name}.bad.csv"))
    found = Bringing(request.file, mapping, report.add).examined()
    _show(found, report, request.language)
    if request.is_dry:
        click.echo("nothing was written")
        sys.exit(1 if found.bad_lines else 0)
    if found.bad_lines and not request.skips_bad:
        raise click.ClickException("nothing was written; mend the lines, or leave them out with --skip-bad")
    if not found.entities:
        raise click.ClickException("there is nothing to write")
    if not request.is_sure and sys.stdin.isatty():
        click.confirm(f"Write {found.entities} entities?", abort=True)
    with _context(request) as context:
        carrier = Carrier(context, threading.Event(), patience=PATIENCE_SECONDS)
        again = BadLines(report.file)
        written = Bringing(request.file, mapping, again.add).brought_in(carrier, progress=Progress())
    click.echo(f"{written.entities} entities are written")
    if written.bad_lines > found.bad_lines:
        _show_bad(written, again, request.language)
        raise click.ClickException(f"{written.bad_lines - found.bad_lines} lines were refused by the broker")


def _context(request: Request) -> Context:
    if request.address is not None:
        token = token_in(request.token_file, is_named=True) if request.token_file is not None else None
        return Context(request.address, token=token, timeout=PATIENCE_SECONDS)
    data = load().data
    socket = short_path((data / "run" / "context.sock").absolute())
    file = request.token_file or data / TOKEN
    if request.token_file is None:
        have_token(file, socket, patience=0.0)
    return Context(f"unix:{socket}", token=token_in(file, is_named=True), timeout=PATIENCE_SECONDS)


def _show(found: Tally, report: BadLines, language: str) -> None:
    for document in found.first:
        click.echo(json.dumps(document, ensure_ascii=False))
    for kind, count in sorted(found.types.items()):
        click.echo(f"{count:>10} {kind}")
    click.echo(f"{found.lines} lines, {found.entities} entities, {found.bad_lines} bad lines")
    if found.bad_lines:
        _show_bad(found, report, language)


def _show_bad(found: Tally, report: BadLines, language: str) -> None:
    for bad in found.bad:
        click.echo(f"line {bad.number}: {bad.fault.sentence(language)}", err=True)
    if found.bad_lines > len(found.bad):
        click.echo(f"… and {found.bad_lines - len(found.bad)} more", err=True)
    click.echo(f"every bad line stands in {report.file}", err=True)


class Progress:
    """Says now and then how far it is."""

    def __init__(self) -> None:
        self._next = EVERY_LINES

    def __call__(self, line: int) -> None:
        if line >= self._next:
            click.echo(f"line {line} …", err=True)
            self._next = line + EVERY_LINES
