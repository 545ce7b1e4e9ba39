"""`make audit`: known vulnerabilities in every locked package, Python and npm.

Fails on a vulnerability, and on a package that could not be checked: silence is not safety.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP_AUDIT = [
    "-r",
    "requirements/dev.lock",
    "--disable-pip",
    "--require-hashes",
    "--format",
    "json",
    "--progress-spinner",
    "off",
]


def python_faults() -> list[str]:
    """Every vulnerable or unchecked Python package."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *PIP_AUDIT],
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return [f"Python packages could not be checked: {done.stderr.strip().splitlines()[-1:] or done.returncode}"]
    unchecked = [p["name"] for p in packages if "skip_reason" in p]
    faults = [f"{len(unchecked)} Python packages not checked: {', '.join(unchecked)}"] if unchecked else []
    faults += [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", [])]
    locked = sum("==" in line for line in (ROOT / "requirements/dev.lock").read_text(encoding="utf-8").splitlines())
    if len(packages) < locked:
        faults.append(f"only {len(packages)} of {locked} locked Python packages were checked")
    print(f"{len(packages) - len(unchecked)} Python packages checked")
    return faults


def npm_faults() -> list[str]:
    """Every vulnerable npm package; a registry that does not answer is a fault."""
    done = subprocess.run(["npm", "audit", "--json"], cwd=ROOT, text=True, capture_output=True)
    try:
        report = json.loads(done.stdout)
        checked = report["metadata"]["dependencies"]["total"]
    except (json.JSONDecodeError, KeyError):
        return [f"npm packages could not be checked: {done.stderr.strip()[:200] or done.stdout[:200]}"]
    print(f"{checked} npm packages checked")
    return [f"{name}: {entry['severity']}" for name, entry in report.get("vulnerabilities", {}).items()]


def main() -> int:
    faults = python_faults() + npm_faults()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
