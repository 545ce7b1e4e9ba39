"""Bringing data in: units of a profile, boundaries from a file. Nothing is changed before it was shown."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from songcau.entry.language import LANGUAGES, language_of_the_city
from songcau.entry.settings import load
from songcau.entry.start import start_django
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

if TYPE_CHECKING:  # Django must be up before this can be imported
    from songcau.foundation.places.planning import ImportPlan


@click.group("import")
def bring_in() -> None:
    """Bring data in."""


@bring_in.command()
@click.argument("profile", type=click.Choice(["tn-2022", "vn-2025"]))
def units(profile: str) -> None:
    """Load the administrative units of PROFILE. Safe to repeat; `vn-2025` closes the wards of `tn-2022`."""
    start_django()
    from songcau.foundation.places.actions import load_profile

    added, changed = load_profile(by=SYSTEM, name=profile)
    click.echo(f"{profile}: {added} units added, {changed} completed or closed")


@bring_in.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--level", type=click.Choice(["PROVINCE", "DISTRICT", "WARD"]), default="WARD", show_default=True)
@click.option(
    "--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of changed outlines.  [default: today]"
)
@click.option("--source", help="Where the outlines come from; shown beside them.  [default: the file's name]")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def boundaries(
    file: Path, level: str, valid_from: datetime | None, source: str | None, dry_run: bool, yes: bool
) -> None:
    """Check the outlines in FILE (GeoJSON), show what would change, and put them in force."""
    start_django()
    from songcau.foundation.places.actions import apply_boundaries
    from songcau.foundation.places.planning import plan_boundaries
    from songcau.foundation.places.rules import Level

    on: date = valid_from.date() if valid_from else clock.today(load().time_zone)
    plan = plan_boundaries(file.read_bytes(), Level(level), on)
    for line in described(plan):
        click.echo(line)
    if plan.problems:
        raise click.ClickException(f"{len(plan.problems)} faults; nothing was changed")
    if dry_run or not plan.applicable:
        click.echo("nothing was changed" if dry_run else "nothing to change: every outline is in force already")
        return
    if not yes and sys.stdin.isatty():
        click.confirm(f"Put {len(plan.differences)} outlines in force?", abort=True)
    count = apply_boundaries(by=SYSTEM, plan=plan, source=source or file.name)
    click.echo(f"{count} outlines are in force")


def described(plan: "ImportPlan") -> list[str]:
    """The plan as lines for a terminal."""
    from songcau.foundation.places.words import PROBLEMS

    lines = [f"{'code':7} {'unit':28} {'change':10} {'km² before':>11} {'km² now':>9} {'moved':>7}"]
    for d in plan.differences:
        before = f"{d.area_before_km2:.2f}" if d.area_before_km2 is not None else "–"
        moved = f"{d.moved_percent:.1f} %" if d.moved_percent is not None else "–"
        row = f"{d.unit.code:7} {d.unit.name:28} {d.change.lower():10} {before:>11} {d.area_km2:>9.2f} {moved:>7}"
        lines.append(row)
    lines += [f"fault: {PROBLEMS[p.code] % {'unit': p.unit, **dict(p.params)}}" for p in plan.problems]
    if plan.missing:
        lines.append(f"not in the file, left as they are: {', '.join(unit.name for unit in plan.missing)}")
    lines.append(
        f"{len(plan.differences)} units in the file, {len(plan.missing)} left out, {len(plan.problems)} faults"
    )
    return lines


@bring_in.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="From lines to entities: a TOML or JSON file.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--skip-bad", is_flag=True, help="Write the good lines even when there are bad ones.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Of bad lines.  [default: FILE.bad.csv]"
)
@click.option("--context", "address", help="Of the broker: unix:PATH or http://HOST:PORT.  [default: the city's]")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of the token to come in with.  [default: the city's]",
)
@click.option("--language", type=click.Choice(LANGUAGES), help="Of the reasons.  [default: the city's]")
@click.option("--yes", is_flag=True, help="Do not ask.")
def readings(
    file: Path,
    mapping: Path,
    dry_run: bool,
    skip_bad: bool,
    report: Path | None,
    address: str | None,
    token_file: Path | None,
    language: str | None,
    yes: bool,
) -> None:
    """Look through the readings in FILE (CSV, JSON, JSON lines), show what they are, and write them to the context.

    Safe to repeat: an observation that is written twice is read once.
    """
    from songcau.entry.bringing_readings import Request, bring

    bring(
        Request(file, mapping, dry_run, skip_bad, report, address, token_file, language or language_of_the_city(), yes)
    )
