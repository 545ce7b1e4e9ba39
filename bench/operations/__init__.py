"""`make bench-operations`: the operations centre. Each part prints a table."""

import importlib
import pkgutil


def main() -> None:
    """Every part there is, in the order of the alphabet: a module here with a `main`."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        part = importlib.import_module(f"{__name__}.{found.name}") if found.name != "__main__" else None
        if part is not None and hasattr(part, "main"):
            print(f"── operations: {found.name}")
            part.main()
