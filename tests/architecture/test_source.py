"""What the source itself must not contain."""

import ast
import re
from pathlib import Path

from tests.architecture.reading import PACKAGE, calls, imported, name_of, sources, templates, tree_of

# Django looks for a database backend in a module of this name.
NAMED_BY_OTHERS = {"entry/sqlite_in_turn/base.py"}
JUNK_ROOMS = {"utils", "util", "common", "core", "helpers", "misc", "base"}
INLINE = (
    (re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE), "an inline script"),
    (re.compile(r"<style\b", re.IGNORECASE), "an inline style sheet"),
    (re.compile(r"<[a-z][^>]*\sstyle=", re.IGNORECASE), "a style attribute"),
    (re.compile(r"<[a-z][^>]*\son[a-z]+=", re.IGNORECASE), "an event handler attribute"),
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
)
CLOCKS = {"datetime.now", "datetime.utcnow", "date.today", "timezone.now", "datetime.datetime.now", "time.time"}
# Where the machine's own clock is the subject: the clock itself, the doctor who checks it, codes for the person at the
# terminal, and the library's counters of wrong passwords, which are kept in that time.
MAY_READ_THE_CLOCK = {
    "kernel/clock.py",
    "entry/doctor.py",
    "entry/commands/demo.py",
    "entry/commands/people.py",
    "foundation/accounts/lockout.py",
}


def test_there_is_no_junk_room() -> None:
    found = [
        name_of(path)
        for path in PACKAGE.rglob("*")
        if path.stem in JUNK_ROOMS
        and name_of(path) not in NAMED_BY_OTHERS
        and (path.is_dir() or path.suffix == ".py")
        and "static" not in path.parts
    ]
    assert found == []


def test_templates_hold_no_inline_script_or_style() -> None:
    faults = [
        f"{name_of(file)}: {what}"
        for file in templates()
        for pattern, what in INLINE
        if pattern.search(file.read_text(encoding="utf-8"))
    ]
    assert faults == []


def test_nothing_listens_to_django_signals() -> None:
    faults = [
        f"{name_of(file)}: {name}"
        for file in sources()
        for name in imported(tree_of(file))
        if name.startswith(("django.dispatch", "django.db.models.signals", "django.core.signals"))
        or name.endswith(".signals")
    ]
    assert faults == []


def test_only_the_clock_reads_the_time() -> None:
    faults = [
        f"{name_of(file)}: {call}"
        for file in sources()
        if name_of(file) not in MAY_READ_THE_CLOCK
        for call in calls(tree_of(file))
        if call in CLOCKS
    ]
    assert faults == []


def exported(file: Path) -> set[str]:
    """The functions of an actions room that others may call: `__all__`, or all public ones of the file."""
    if file.name != "actions.py":
        lines = tree_of(file.parent / "__init__.py").body
        values = [
            line.value for line in lines if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "__all__"
        ]
        return set(ast.literal_eval(values[0]))
    return {n.name for n in tree_of(file).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")}


def test_an_action_takes_keywords_and_names_its_actor_by() -> None:
    faults = []
    for floor in ("foundation", "systems"):
        for file in sources(below=floor):
            parts = file.relative_to(PACKAGE).parts
            if parts[2:] != ("actions.py",) and parts[2:3] != ("actions",):
                continue
            offered = exported(file)
            for node in tree_of(file).body:
                if isinstance(node, ast.FunctionDef) and node.name in offered:
                    keyword_only = [argument.arg for argument in node.args.kwonlyargs]
                    if "by" not in keyword_only:
                        faults.append(f"{name_of(file)}: {node.name} takes no keyword `by`")
    assert faults == []


def test_flows_and_consoles_have_no_tables() -> None:
    assert [name_of(p) for floor in ("flows", "consoles") for p in (PACKAGE / floor).rglob("models.py")] == []


def test_a_flow_is_at_most_sixty_lines() -> None:
    long = [
        name_of(file)
        for file in (PACKAGE / "flows").glob("*.py")
        if file.name != "table.py" and len(file.read_text(encoding="utf-8").splitlines()) > 60
    ]
    assert long == []


# The broker stores what devices send as it was sent, and has a door of its own.
MAY_READ_BODIES = {"foundation/shell/typed.py", "context/api/asking.py"}


def test_there_is_one_door_for_typed_text() -> None:
    """Normal forms are made in the kernel, and JSON bodies are read by `shell.typed.read_json`."""
    faults = [
        f"{name_of(file)}: unicodedata"
        for file in sources()
        if "unicodedata" in imported(tree_of(file)) and name_of(file) != "kernel/text.py"
    ]
    faults += [
        f"{name_of(file)}: request.body"
        for file in sources()
        if name_of(file) not in MAY_READ_BODIES
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute) and node.attr == "body" and ast.unparse(node.value).endswith("request")
    ]
    assert faults == []
