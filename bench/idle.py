"""Memory of an idle city and seconds until it serves: `python -m bench.idle`.

Memory is the proportional set size (Linux): pages shared between processes are counted once over all of them.
"""

import tempfile
import time
from pathlib import Path

from tools.city import City, start

LIMITS = {"first": 240.0, "again": 5.0}


def proportional_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def memory(city: City) -> dict[str, float]:
    """Process → MiB."""
    pids = {"supervisor": city.handle.pid}
    for file in sorted((city.folder / "run").glob("*.ready")):
        pids[file.stem] = int(file.read_text(encoding="ascii"))
    return {name: proportional_kib(pid) / 1024 for name, pid in pids.items()}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="songcau-bench-") as folder:
        first = start(Path(folder))
        first.stop()
        again = start(Path(folder))
        try:
            time.sleep(5)
            used = memory(again)
        finally:
            again.stop()
    print("| seconds to the sign-in page | measured | limit | ratio |\n| --- | --- | --- | --- |")
    for label, seconds, limit in (
        ("new folder", first.seconds_to_ready, LIMITS["first"]),
        ("prepared before", again.seconds_to_ready, LIMITS["again"]),
    ):
        print(f"| {label} | {seconds:.1f} | {limit:.0f} | {seconds / limit:.3f} |")
    print("\n| idle process | MiB |\n| --- | --- |")
    for name, mebibytes in used.items():
        print(f"| {name} | {mebibytes:.0f} |")
    print(f"| all | {sum(used.values()):.0f} |")


if __name__ == "__main__":
    main()
