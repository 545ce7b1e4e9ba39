"""What the package needs is what it says it needs: a wheel installed alone must not miss a library."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from tests.architecture.reading import imported, sources, tree_of

ROOT = Path(__file__).resolve().parent.parent.parent
NAMED = re.compile(r"^[A-Za-z0-9._-]+")
NOT_SHIPPED = {"songcau", "pytest"}
# A part of a library that we name: it is used where the library hands it to us.
PART_OF = {
    "asgiref": "django",
    "botocore": "boto3",
    "numpy": "opencv-python-headless",
    "paho": "aiomqtt",
    "pydantic": "pydantic-settings",
}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _named_in(lines: list[str]) -> set[str]:
    return {_plain(found.group()) for line in lines if (found := NAMED.match(line))}


def _required() -> dict[str, set[str]]:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, dev = read["project"]["dependencies"], read["dependency-groups"]["dev"]
    return {"runtime": _named_in(runtime), "dev": _named_in(runtime) | _named_in(dev)}


def test_every_library_that_is_imported_is_required() -> None:
    modules = {name.split(".")[0] for file in sources() for name in imported(tree_of(file))}
    brought_by = packages_distributions()
    required = _required()["runtime"]
    missing = [
        module
        for module in modules - NOT_SHIPPED - set(PART_OF) - set(sys.stdlib_module_names)
        if required.isdisjoint(map(_plain, brought_by.get(module, ())))
    ]
    assert sorted(missing) == []


def test_a_part_is_brought_by_the_library_that_is_required() -> None:
    for module, library in PART_OF.items():
        assert library in _required()["runtime"]
        parts = {_plain(name) for name in packages_distributions()[module]}
        assert parts & _named_in(requires(library) or []), f"{library} no longer brings {module}"


@pytest.mark.parametrize("group", ["runtime", "dev"])
def test_every_requirement_is_locked(group: str) -> None:
    lines = (ROOT / "requirements" / f"{group}.lock").read_text(encoding="utf-8").splitlines()
    locked = _named_in([line for line in lines if "==" in line])
    assert sorted(_required()[group] - locked) == []
