"""Building songcau further: the rooms of a new system."""

import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template

import click

SYSTEMS = Path(__file__).resolve().parent.parent.parent / "systems"
PLURAL_NOUN = re.compile(r"^[a-z][a-z]+(_[a-z]+)*s$")
SHARED_WITH_DJANGO = {"signals", "services", "models", "views", "urls", "forms", "settings", "sessions"}


@click.command("new-system")
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=SYSTEMS, hidden=True)
def new_system(name: str, into: Path) -> None:
    """Make the rooms of a city system. NAME is a plural noun a mayor would use: `street_lamps`."""
    if fault := fault_of(name):
        raise click.BadParameter(fault, param_hint="NAME")
    room = into / name
    if room.exists():
        raise click.ClickException(f"{room} exists already")
    for path, text in rooms_of(name).items():
        file = room / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    click.echo(f"{room}: {len(rooms_of(name))} files. Next: docs/recipes/add-a-system.md")


def fault_of(name: str) -> str:
    """Why this cannot be the name of a system, or an empty string."""
    if name in SHARED_WITH_DJANGO:
        return f"{name} is a word of Django's too; name what the city calls it"
    if keyword.iskeyword(name) or not PLURAL_NOUN.match(name):
        return "a system is a plural noun in lower case, words joined by _, such as street_lamps"
    return ""


def rooms_of(name: str) -> dict[str, str]:
    """Path inside the system → text of the file."""
    words = {"name": name, "Class": "".join(part.title() for part in name.split("_")), "title": name.replace("_", " ")}
    source = files("songcau.entry") / "new_system"
    rooms = {}
    for entry in sorted(source.iterdir(), key=lambda item: item.name):
        # `pages__urls.py.txt` is the text of `pages/urls.py`.
        path = entry.name.removesuffix(".txt").replace("__", "/") if not entry.name.startswith("_") else ""
        if path:
            rooms[path] = Template(entry.read_text(encoding="utf-8")).substitute(words)
    for package in ("", "pages/", "migrations/", "tests/"):
        rooms.setdefault(f"{package}__init__.py", "")
    rooms["__init__.py"] = f'"""The city system {words["title"]}. README.md says what it is for."""\n'
    return rooms
