"""Coverage bounds: branches 90 % over all, 100 % on every `rules.py` and every `actions`."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OVERALL = 90.0
WHOLE = re.compile(r"/(rules|actions)(\.py$|/[^/]+\.py$)")
PACKAGE = Path(__file__).resolve().parent.parent / "src" / "songcau"
# Tests also import what they wrote somewhere themselves: that is gone by now, and nobody's.
OURS = f"--include={PACKAGE}/*"
TESTS = re.compile(r"/tests/")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        subprocess.run(
            [sys.executable, "-m", "coverage", "json", "-q", "-o", str(file), "--omit=*/tests/*,*/migrations/*", OURS],
            check=True,
        )
        report = json.loads(file.read_text(encoding="utf-8"))
    faults = 0
    for name, entry in sorted(report["files"].items()):
        summary = entry["summary"]
        if WHOLE.search(name) and not TESTS.search(name) and summary["percent_covered"] < 100:
            faults += 1
            missing = entry["missing_lines"] or entry["missing_branches"]
            print(f"{name}: {summary['percent_covered']:.1f} %, must be 100 %; not covered: {missing}")
    overall = report["totals"]["percent_covered"]
    print(f"{overall:.1f} % of lines and branches, at least {OVERALL:.0f} %")
    return 1 if faults or overall < OVERALL else 0


if __name__ == "__main__":
    sys.exit(main())
