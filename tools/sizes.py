"""Size limits that no linter keeps: a file at most 400 lines. (A function's statements are ruff's PLR0915.)"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
KINDS = ("*.py", "*.ts", "*.css", "*.html")


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *KINDS],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    faults = 0
    for name in listed.splitlines():
        file = ROOT / name
        if not file.is_file():
            continue
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE and "/migrations/" not in name:
            faults += 1
            print(f"{name}: {lines} lines, at most {LONGEST_FILE}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
