"""Every action code that the source can write into the audit log, read from the source itself.

A code is a constant, or made by a helper of one of its parameters (`f"incidents.{what}"`): then of what its callers
give, and theirs, down to constants.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import songcau

PACKAGE = Path(songcau.__file__).parent
# Parameter of a helper → where the code has it.
Template = tuple[str, str]


@dataclass
class Helper:
    """A function that records under a code made of one of its parameters."""

    parameter: str
    place: int
    templates: set[Template] = field(default_factory=set)


@dataclass
class Codes:
    """`unread`: where a code is made of what cannot be read here, as `file:function`."""

    found: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    helpers: dict[tuple[str, str], Helper] = field(default_factory=dict)
    constants: dict[tuple[str, str], list[ast.expr]] = field(default_factory=dict)


def codes_of(folder: Path) -> Codes:
    """Of the source in a folder, tests left out."""
    trees = {
        _module(file): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.py"))
        if not {"tests", "migrations"} & set(file.parts)
    }
    codes, known = Codes(), -1
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                codes.constants[module, node.targets[0].id] = [node.value]
    while known != len(codes.helpers):  # a helper may be found whose callers were read before
        known = len(codes.helpers)
        for module, tree in trees.items():
            imported = _imported(tree)
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    _read(module, function, imported, codes)
    return codes


def _module(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """Name in this module → module and name it comes from."""
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _read(module: str, function: ast.FunctionDef, imported: dict[str, tuple[str, str]], codes: Codes) -> None:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        for given, templates in _given(module, call, imported, codes):
            for prefix, suffix in templates:
                _take(module, function, given, (prefix, suffix), codes)


def _given(
    module: str, call: ast.Call, imported: dict[str, tuple[str, str]], codes: Codes
) -> Iterator[tuple[ast.expr, set[Template]]]:
    """What a call says of a code, and what becomes of it."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        within = imported.get(call.func.value.id)
        target = (f"{within[0]}.{within[1]}", call.func.attr) if within else ("", call.func.attr)
    else:
        target = imported.get(name, (module, name))
    keywords = {one.arg: one.value for one in call.keywords}
    if target[1] == "record_entry" and "action" in keywords:
        yield keywords["action"], {("", "")}
    helper = codes.helpers.get(target)
    if helper is not None:
        given = keywords.get(helper.parameter) or (call.args[helper.place] if len(call.args) > helper.place else None)
        if given is not None:
            yield given, helper.templates


def _take(module: str, function: ast.FunctionDef, given: ast.expr, template: Template, codes: Codes) -> None:
    prefix, suffix = template
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        codes.found.add(f"{prefix}{given.value}{suffix}")
    elif isinstance(given, ast.IfExp):
        _take(module, function, given.body, template, codes)
        _take(module, function, given.orelse, template, codes)
    elif isinstance(given, ast.JoinedStr):
        _take_joined(module, function, given, template, codes)
    elif isinstance(given, ast.Name):
        _take_name(module, function, given.id, template, codes)
    else:
        codes.unread.add(f"{module}:{function.name}")


def _take_joined(
    module: str, function: ast.FunctionDef, given: ast.JoinedStr, template: Template, codes: Codes
) -> None:
    """`f"incidents.{what}"`, with one part that is no constant."""
    at = next(place for place, part in enumerate(given.values) if isinstance(part, ast.FormattedValue))
    before, middle, after = _text(given.values[:at]), given.values[at], _text(given.values[at + 1 :])
    assert isinstance(middle, ast.FormattedValue)
    _take(module, function, middle.value, (template[0] + before, after + template[1]), codes)


def _text(parts: list[ast.expr]) -> str:
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def _take_name(module: str, function: ast.FunctionDef, name: str, template: Template, codes: Codes) -> None:
    """A parameter makes the function a helper; what was assigned in it is read."""
    parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    if name in parameters:
        helper = codes.helpers.setdefault((module, function.name), Helper(name, parameters.index(name)))
        helper.templates.add(template)
        return
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ] or codes.constants.get((module, name), [])
    if not assigned:
        codes.unread.add(f"{module}:{function.name}")
    for value in assigned:
        _take(module, function, value, template, codes)
