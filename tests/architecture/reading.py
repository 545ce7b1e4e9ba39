"""Reads the package's source as syntax trees, for the tests of the code base itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent / "src" / "songcau"


def sources(*, below: str = "") -> Iterator[Path]:
    """Every Python file of the package, tests and migrations left out."""
    for file in sorted((PACKAGE / below).rglob("*.py")):
        if not {"tests", "migrations"}.intersection(file.relative_to(PACKAGE).parts):
            yield file


def templates() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.html"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every name imported anywhere in the tree, dotted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[str]:
    """Every `a.b.c(…)` in the tree, as written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def name_of(file: Path) -> str:
    return str(file.relative_to(PACKAGE))
