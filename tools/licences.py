"""Licences of all dependencies, Python and npm: permissive or weak copyleft only; an unknown one fails."""

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = {
    "0BSD",
    "Apache-2.0",
    "BSD",
    "BSD-0-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CC-BY-4.0",
    "HPND",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
    "Python-2.0",
    "Unlicense",
    "Zlib",
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "The Unlicense (Unlicense)": "Unlicense",
}
# Packages whose metadata name the licence in words: checked by hand against the licence file they carry.
BY_HAND: dict[str, str] = {
    # Its own code, and PDFium with the libraries built into it: all permissive (dist-info/licenses).
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
}


def licence_of(package: Distribution) -> str:
    """The licence expression of an installed Python package, or an empty string."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    for classifier in metadata.get_all("Classifier") or []:
        if classifier.startswith("License ::"):
            name = classifier.split(" :: ")[-1]
            if name in CLASSIFIERS:
                return CLASSIFIERS[name]
    stated = str(metadata.get("License") or "").strip()
    return stated if stated in SHIPPED else BY_HAND.get(package.name.lower(), stated.splitlines()[0] if stated else "")


def allowed(expression: str) -> bool:
    """Whether the expression can be met by accepted licences: any side of OR, every side of AND."""
    flat = re.sub(r"[()]", " ", expression)
    return any(
        all(part.strip().split(" WITH ")[0] in SHIPPED for part in re.split(r"\s+AND\s+", side))
        for side in re.split(r"\s+OR\s+", flat)
    )


def python_packages() -> dict[str, str]:
    return {package.name: licence_of(package) for package in distributions() if package.name != "songcau"}


def npm_packages() -> dict[str, str]:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return {
        path.removeprefix("node_modules/"): str(entry.get("license", ""))
        for path, entry in lock["packages"].items()
        if path
    }


def main() -> int:
    faults = 0
    for kind, packages in (("Python", python_packages()), ("npm", npm_packages())):
        for name, expression in sorted(packages.items()):
            if not allowed(expression):
                faults += 1
                print(f"{kind} package {name}: licence {expression or 'not stated'!r} is not accepted")
    print(f"{len(python_packages())} Python and {len(npm_packages())} npm packages, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
