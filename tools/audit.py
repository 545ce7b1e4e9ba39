"""`make audit`: known vulnerabilities in every locked package, Python and npm.

Fails on a vulnerability, and on a package that could not be checked: silence is not safety.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is run or developed with, and what only the conformance suite is run with.
LOCKS = ("dev", "conformance-build", "conformance")
PIP_AUDIT = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]


def python_faults(lock: str) -> list[str]:
    """Every vulnerable or unchecked Python package of a lock file."""
    file = f"requirements/{lock}.lock"
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", file, *PIP_AUDIT],
        cwd=ROOT,
        text=True,
        capture_output=True,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return [f"{file} could not be checked: {done.stderr.strip().splitlines()[-1:] or done.returncode}"]
    unchecked = [p["name"] for p in packages if "skip_reason" in p]
    faults = [f"{file}: {len(unchecked)} packages not checked: {', '.join(unchecked)}"] if unchecked else []
    faults += [f"{p['name']} {p['version']}: {v['id']}" for p in packages for v in p.get("vulns", [])]
    locked = sum("==" in line for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    if len(packages) < locked:
        faults.append(f"{file}: only {len(packages)} of {locked} packages were checked")
    print(f"{file}: {len(packages) - len(unchecked)} packages checked")
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
    faults = [fault for lock in LOCKS for fault in python_faults(lock)] + npm_faults()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
