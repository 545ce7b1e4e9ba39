"""The command line of the conformance run."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.conformance import contexts, exclusions, groups, servers, table
from tools.conformance.cases import cases_of
from tools.conformance.runs import Plan, parts_of, run_all

ROOT = Path(__file__).resolve().parents[2]
ROBOT = ROOT / ".make" / "conformance" / "bin" / "python"
PAGE = ROOT / "docs" / "CONFORMANCE.md"


def arguments() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    asked.add_argument("suite", type=Path, help="a checkout of the suite")
    asked.add_argument("--groups", default="", help="comma-separated names; all when not given")
    asked.add_argument("--cases", default="*", help="only cases whose number or name matches, such as 010_*")
    asked.add_argument("--workers", type=int, default=4, help="parts that run at once (4)")
    asked.add_argument("--json", type=Path, help="write the run for machines")
    asked.add_argument("--failing", type=Path, help="write a list of failing cases per group into this folder")
    asked.add_argument("--keep", type=Path, help="keep Robot's output, with its logs, in this folder")
    asked.add_argument("--page", action="store_true", help="put the table into docs/CONFORMANCE.md")
    asked.add_argument("--robot", type=Path, default=ROBOT, help="the Python that has Robot Framework")
    asked.add_argument("--broker", nargs="+", default=[sys.executable, "-m", "songcau", "broker"], help="for trials")
    return asked.parse_args()


def commit_of(suite: Path) -> str:
    """The commit of the checkout, or `unknown` when it is no repository."""
    asked = subprocess.run(["git", "-C", str(suite), "rev-parse", "HEAD"], text=True, capture_output=True)
    return asked.stdout.strip() if asked.returncode == 0 else "unknown"


def faults_of(suite: Path, excluded: exclusions.Exclusions) -> list[str]:
    """What of the checkout differs from the commit that the table and the exclusions were written for."""
    counts = {group: len(cases_of(suite, group)) for group in groups.GROUPS}
    every = [case for group in groups.GROUPS if not group.part_of for case in cases_of(suite, group)]
    faults = [
        f"{group.name}: {count} cases in this checkout, {group.cases} in commit {groups.COMMIT[:7]}"
        for group, count in counts.items()
        if count != group.cases
    ]
    return faults + excluded.faults(every)


def deliver(result: table.Result, chosen: tuple[groups.Group, ...], asked: argparse.Namespace) -> None:
    """Print the table and write what was asked for."""
    rows = table.rows_of(result, chosen)
    print("\n" + table.as_text(rows) + "\n")
    for outcome, reason in result.excluded():
        print(f"excluded, {outcome.status}: {outcome.case.name}: {reason}")
    commit = commit_of(asked.suite)
    if asked.json:
        asked.json.write_text(json.dumps(table.as_json(result, commit), indent=1), encoding="utf-8")
    if asked.failing:
        asked.failing.mkdir(parents=True, exist_ok=True)
        for group in chosen:
            (asked.failing / f"{group.name}.txt").write_text(
                table.failure_list(result.failures(group)), encoding="utf-8"
            )
    if asked.page:
        written = f"Commit `{commit}` of the suite.\n\n{table.as_markdown(rows)}\n\n## Excluded cases\n\n"
        table.put_into_page(PAGE, f"\n{written}{table.as_list_of_exclusions(result)}\n")


def main() -> int:
    """Run what was asked for; 0 when every case that counts passed, 1 when one failed, 2 when it could not run."""
    asked = arguments()
    asked.suite = asked.suite.resolve()
    if not (asked.suite / groups.TESTS).is_dir():
        print(f"{asked.suite} is no checkout of the suite: it has no {groups.TESTS}", file=sys.stderr)
        return 2
    try:
        chosen = groups.chosen(asked.groups)
        excluded = exclusions.load()
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    faults = faults_of(asked.suite, excluded)
    for fault in faults:
        print(f"NOTE {fault}")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="songcau-conformance-") as scratch:
        output = asked.keep.resolve() if asked.keep else Path(scratch) / "output"
        preloaded = Path(scratch) / "contexts"
        preloaded.mkdir()
        contexts.write_folder(asked.suite, preloaded)
        plan = Plan(asked.suite, asked.robot, asked.broker, preloaded, output, asked.keep is not None)
        parts = parts_of(asked.suite, chosen, asked.cases)
        workers = max(1, min(asked.workers, servers.most_workers(), len(parts)))
        outcomes = run_all(plan, parts, workers, lambda line: print(line, flush=True))
    result = table.Result(outcomes, excluded)
    deliver(result, chosen, asked)
    print(f"{len(outcomes)} cases in {time.monotonic() - begun:.0f} s")
    return 1 if any(result.failures(group) for group in chosen) else 0


if __name__ == "__main__":
    sys.exit(main())
