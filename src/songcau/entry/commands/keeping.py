"""The whole city in one file: made, checked, brought back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from songcau.entry.settings import load
from songcau.entry.start import start_django

if TYPE_CHECKING:
    from songcau.entry.backup.restoring import Restored
    from songcau.entry.backup.writing import Made

a_file = click.Path(path_type=Path, dir_okay=False)
key_file = click.option("--key-file", type=a_file, help="File that holds the backup's key, instead of the setting.")


@click.command()
@click.option("--to", type=click.Path(path_type=Path), help="File to write, or a folder for a dated one.")
@click.option(
    "--keep", type=click.IntRange(1), help="Afterwards keep so many dated backups of this city in the folder."
)
@click.option("--verify", type=a_file, help="Read this backup whole and check all of it; nothing is restored.")
@click.option("--without-broker", is_flag=True, help="Leave out the context broker's journal.")
@key_file
def backup(to: Path | None, keep: int | None, verify: Path | None, without_broker: bool, key_file: Path | None) -> None:
    """Write the whole city into one file while it runs: database, files, and the context broker's journal.

    Encrypted when the setting backup_key or backup_key_file is there. Exit code 1 also when the backup is written but
    the store had lost files before: they are named.
    """
    if (to is None) == (verify is None):
        raise click.UsageError("either --to FILE (or a folder), or --verify FILE")
    start_django()
    if verify is not None:
        _verify(verify, key_file)
    elif to is not None:
        _make(to, keep, key_file, with_broker=not without_broker)


def _make(to: Path, keep: int | None, key_file: Path | None, *, with_broker: bool) -> None:
    from django.db import connection, transaction

    from songcau.entry.backup import shelf
    from songcau.entry.backup.keys import city_id, passphrase_of
    from songcau.entry.backup.writing import make_backup
    from songcau.foundation.audit.actions import record_entry
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM

    settings, now = load(), clock.now()
    file = shelf.place(to, now, keep=keep)
    made = make_backup(
        file,
        settings=settings,
        database=connection,
        passphrase=passphrase_of(settings, key_file),
        now=now,
        with_broker=with_broker,
    )
    try:
        shelf.note(settings.data, made)
    except OSError as error:
        click.echo(f"the backup is written, but could not be noted for the doctor: {error.strerror}", err=True)
    with transaction.atomic():
        details = {"encrypted": made.encrypted, "files": made.files, "rows": made.rows}
        record_entry(by=SYSTEM, action="backup.make", subject="backup.city:all", details=details)
    _tell_of(made)
    if keep:
        removed, stuck = shelf.thin_out(to, keep, city_id(settings), made=file)
        for gone in removed:
            click.echo(f"{gone}: removed, older than the {keep} kept")
        for left in stuck:
            click.echo(f"{left}: older than the {keep} kept, but cannot be removed", err=True)
    for digest in made.named:
        click.echo(f"MISSING or CORRUPT in the store, so not in the backup: {digest}", err=True)
    if made.lacking:
        click.echo(f"{made.lacking} files are lacking; `songcau files verify` names them", err=True)
        sys.exit(1)


def _tell_of(made: "Made") -> None:
    size = made.file.stat().st_size / 1024**2
    click.echo(f"{made.file}: {made.rows} rows in {len(made.tables)} tables, {made.files} files, {size:.1f} MiB")
    _tell_of_the_broker(made.broker)
    if made.is_broker_left_out:
        click.echo("The context broker's journal is NOT in it.", err=True)
    if load().context_store:
        click.echo(
            "The context broker's journal is NOT in it but in PostgreSQL (context_store): use pg_dump.", err=True
        )
    if not made.encrypted:
        click.echo("NOT encrypted: whoever has the file can read it. Set backup_key to change that.", err=True)


def _verify(file: Path, key_file: Path | None) -> None:
    from songcau.entry.backup.checking import check
    from songcau.entry.backup.keys import passphrase_of

    contents = check(file, passphrase_of(load(), key_file))
    click.echo(f"{file}: whole. {contents.city}, {contents.made_at:%Y-%m-%d %H:%M:%S} UTC, songcau {contents.songcau}")
    click.echo(
        f"{contents.rows} rows in {len(contents.tables)} tables ({contents.engine}), {contents.files} files with "
        f"{contents.bytes / 1024**2:.1f} MiB, {'encrypted' if contents.encrypted else 'NOT encrypted'}"
    )
    _tell_of_the_broker(contents.broker)
    if contents.lacking:
        click.echo(f"{contents.lacking} files were lacking in the store when it was made", err=True)


def _tell_of_the_broker(told: dict[str, Any] | None) -> None:
    if told is not None and told["form"]:
        rows = sum(table["rows"] for table in told["tables"].values())
        click.echo(f"context broker: {told['entities']} entities, {told['sequence']} changes, {rows} rows")


@click.command()
@click.argument("file", type=a_file)
@key_file
@click.option("--replace", is_flag=True, help="Put it in the place of the city that is here; asks for its name.")
@click.option("--despite-audit", is_flag=True, help="Also with another audit_key, or when the audit log has faults.")
@click.option("--without-broker", is_flag=True, help="Leave the context broker's folder as it is.")
@click.option(
    "--keys-to", type=a_file, help="Restore nothing: write the city's own keys from an encrypted backup here."
)
def restore(
    file: Path,
    key_file: Path | None,
    replace: bool,
    despite_audit: bool,
    without_broker: bool,
    keys_to: Path | None,
) -> None:
    """Bring a city back from FILE into an empty data folder or database, SQLite or PostgreSQL whichever made it.

    The whole file is checked first; afterwards rows are counted, files hashed, and the audit log verified.
    """
    if keys_to is not None:
        _write_keys(file, key_file, keys_to)
        return
    settings = load()
    start_django()
    from django.db import connection

    from songcau.entry.backup.keys import passphrase_of
    from songcau.entry.backup.restoring import restore as bring_back

    # One connection, so that any other is known to be somebody else's.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    if replace:
        name = Path(connection.settings_dict["NAME"])
        wanted = name.parent.resolve().name if connection.vendor == "sqlite" else str(name)
        typed = click.prompt(f"The city in {wanted} will be gone. Type its name ({wanted}) to go on", default="")
        if typed != wanted:
            raise click.ClickException("that is not its name; nothing was changed")
    done = bring_back(
        file,
        settings=settings,
        database=connection,
        passphrase=passphrase_of(settings, key_file),
        replace=replace,
        despite_audit=despite_audit,
        with_broker=not without_broker,
    )
    width = max(len(what) for what, _expected, _found in done.compared)
    click.echo(f"{'':{width}}  {'backup':>10}  {'restored':>10}")
    for what, expected, found in done.compared:
        click.echo(f"{what:{width}}  {expected:>10}  {found:>10}")
    click.echo(f"audit log: {done.audit_entries} entries, {done.audit_faults} faults")
    if done.contents.broker is None or without_broker:
        click.echo(f"context broker: nothing restored; {settings.data / 'context'} was left as it is")
    if done.contents.lacking:
        click.echo(
            f"{done.contents.lacking} files were lacking when the backup was made; `songcau files verify` names them"
        )
    if (
        done.contents.keys.get("secret_key", settings.secret_key.get_secret_value())
        != settings.secret_key.get_secret_value()
    ):
        click.echo(
            "secret_key is not the one of the city in the backup: with this one second factors, the Zalo account and "
            "the words of the access log cannot be read, and citizens are not found by their identity number any more. "
            "The right one comes out with --keys-to.",
            err=True,
        )
    click.echo("restored. Everybody signs in anew; `songcau doctor`, then `songcau up`.")
    _tell_what_failed_afterwards(done)


def _tell_what_failed_afterwards(done: "Restored") -> None:
    """The city is restored whatever stands here."""
    if done.unconfirmed:
        click.echo(
            f"The disk did not confirm the new database's name ({done.unconfirmed}): after a power cut the one of "
            "before may be back. No file was removed. Look at the disk, then restore once more with --replace.",
            err=True,
        )
    elif done.left_over:
        click.echo(
            f"Files of the city that was replaced could not all be removed ({done.left_over}). `songcau files verify` "
            "calls them ORPHAN; the same restore with --replace removes them.",
            err=True,
        )
    if done.unplaced:
        click.echo(
            f"The context broker's journal could not be put in its place ({done.unplaced}): without it the broker "
            "begins with nothing. Mend the disk, then restore once more with --replace.",
            err=True,
        )
    elif done.replaced_left:
        click.echo(
            f"The journal that was replaced could not be removed ({done.replaced_left}): delete the folder .replaced "
            "in the broker's folder.",
            err=True,
        )
    if done.unconfirmed or done.left_over or done.unplaced or done.replaced_left:
        sys.exit(1)


def _write_keys(file: Path, key_file: Path | None, to: Path) -> None:
    """Works without any other setting: it is for the machine that has lost them."""
    import os

    from songcau.entry.backup.recovering import keys_of, say_without_settings

    say_without_settings()
    keys = keys_of(file, key_file, os.environ.get("SONGCAU_BACKUP_KEY", ""))
    if to.exists():
        raise click.ClickException(f"{to} exists already and is not overwritten")
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{to} cannot be written: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(f'{name} = "{value}"\n' for name, value in keys.items())
    click.echo(f"{to}: {', '.join(keys)}")
