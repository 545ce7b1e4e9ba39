"""The pages under docs/generated: `python -m tools.generated write|check`. They say what the code says."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "generated"
HEAD = "<!-- Written by `make generated` from the code. Do not edit. -->\n"


def states() -> Iterator[str]:
    """Every workflow in every `rules.py` and folder `rules`, as a picture and a table."""
    import importlib
    import pkgutil

    import songcau
    from songcau.kernel.workflow import Workflow

    yield "# States\n"
    told: list[Workflow] = []
    for found in sorted(pkgutil.walk_packages(songcau.__path__, "songcau."), key=lambda module: module.name):
        if ".rules." not in f"{found.name}." or ".tests." in found.name:
            continue
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, Workflow) and value not in told:
                told.append(value)
                yield f"## {value.name}\n\nFrom `{found.name}`.\n\n```mermaid\n{value.mermaid()}\n```\n"
                yield "| Step | From | To | Who | Guards |\n| --- | --- | --- | --- | --- |"
                for step in value.transitions:
                    sources = ", ".join(step.sources)
                    guards = ", ".join(guard.code for guard in step.guards) or "–"
                    yield f"| {step.name} | {sources} | {step.target} | {step.who} | {guards} |"
                yield ""


def permissions() -> Iterator[str]:
    """Which role holds which permission, and who may open which address."""
    from songcau.foundation.accounts.roles import Role, matrix
    from tests.architecture.test_registry import every_route

    yield "# Permissions\n\n## By role\n"
    yield "| Permission | " + " | ".join(Role) + " |\n| --- |" + " --- |" * len(Role)
    for permission, holders in matrix().items():
        yield f"| `{permission}` | " + " | ".join("✓" if role in holders else "" for role in Role) + " |"
    yield "\n## By address\n\n| Address | Name | Who |\n| --- | --- | --- |"
    for route, access in every_route():
        who = "nobody" if access is None else access.permission or ("signed in" if access.signed_in else "everyone")
        fresh = ", password given lately" if access and access.fresh else ""
        # Django's own admin has an address for each table it shows; one line stands for all.
        if not route.path.startswith("django-admin/") or route.view_name == "admin:index":
            yield f"| `/{route.path}` | {route.view_name} | {who}{fresh} |"


def flows() -> Iterator[str]:
    """Every event and what follows it; every job of the schedule."""
    from songcau.entry.reactions import jobs, reactions
    from songcau.flows.table import TABLE

    yield "# Events, reactions and jobs\n\n| Event | From | What follows |\n| --- | --- | --- |"
    for event in sorted(TABLE, key=lambda cls: (cls.__module__, cls.__qualname__)):
        followers = [reaction.name for reaction in reactions() if reaction.event is event]
        origin = event.__module__.removeprefix("songcau.").removesuffix(".events")
        yield f"| {event.__qualname__} | {origin} | {', '.join(followers) or '–'} |"
    yield "\n## Jobs\n\n| Job | When |\n| --- | --- |"
    for job in sorted(jobs(), key=lambda job: job.name):
        yield f"| {job.name} | {job.schedule} |"


def settings() -> Iterator[str]:
    from songcau.entry.commands.care import reference

    yield "# Settings\n\nFrom the environment or from `songcau.toml`; the environment wins.\n"
    yield from reference()


def commands() -> Iterator[str]:
    """The command line, as its own help prints it."""
    import click

    from songcau.entry.command_line import songcau

    def help_of(command: click.Command, words: tuple[str, ...], parent: click.Context | None) -> Iterator[str]:
        context = click.Context(command, info_name=words[-1], parent=parent, terminal_width=100, max_content_width=100)
        yield f"## `{' '.join(words)}`\n\n```\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                if (below := command.get_command(context, name)) and not below.hidden:
                    yield from help_of(below, (*words, name), context)

    yield "# The command line\n"
    yield from help_of(songcau, ("songcau",), None)


def context_api() -> Iterator[str]:
    """The context broker's interface as an OpenAPI document, which has no place for a comment."""
    import json

    from songcau.context.api.description import openapi

    yield json.dumps(openapi(), indent=1, ensure_ascii=False, sort_keys=True)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "states.md": states,
    "permissions.md": permissions,
    "flows.md": flows,
    "settings.md": settings,
    "commands.md": commands,
    "context-openapi.json": context_api,
}


def text_of(name: str, page: Callable[[], Iterator[str]]) -> str:
    return (HEAD if name.endswith(".md") else "") + "\n".join(page()).rstrip() + "\n"


def main(command: str) -> int:
    import django

    django.setup()
    faults = 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        file, text = FOLDER / name, text_of(name, page)
        if command == "write":
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            faults += 1
            print(f"docs/generated/{name} is not what the code says: run `make generated`")
    stray = {file.name for file in FOLDER.iterdir()} - set(PAGES)
    for name in sorted(stray):
        faults += 1
        print(f"docs/generated/{name} is written by nobody")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in {"write", "check"}:
        sys.exit("python -m tools.generated write|check")
    sys.exit(main(sys.argv[1]))
