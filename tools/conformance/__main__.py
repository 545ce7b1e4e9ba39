"""The command line of the conformance run."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tools.conformance import contexts, exclusions, groups, servers, table
from tools.conformance.cases import cases_of
from tools.conformance.runs import Part, Plan, parts_of, run_all

ROOT = Path(__file__).resolve().parents[2]
ROBOT = ROOT / ".make" / "conformance" / "bin" / "python"
PAGE = ROOT / "docs" / "CONFORMANCE.md"
# The standard leaves to a broker how long a history one answer holds; the suite was written for 20 to 40 instances.
BROKER = [sys.executable, "-m", "songcau", "broker", "--history-page", "30"]


def arguments(words: list[str]) -> argparse.Namespace:
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
    asked.add_argument("--broker", nargs="+", default=BROKER, help="for trials")
    return asked.parse_args(words)


def refusal(asked: argparse.Namespace) -> str:
    """Why a run cannot begin, found before it has taken minutes; empty when it can."""
    keep: Path | None = asked.keep
    if not (asked.suite / groups.TESTS).is_dir():
        return f"{asked.suite} is no checkout of the suite: it has no {groups.TESTS}"
    if not asked.robot.is_file():
        return f"{asked.robot} is not there: `make conformance` sets the suite's packages up"
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        return f"{keep} is not an empty folder: the logs of two runs would be mixed there"
    if asked.json and not asked.json.resolve().parent.is_dir():
        return f"there is no folder for {asked.json}"
    if asked.page and (asked.groups.strip() or asked.cases != "*"):
        return "the page shows a run of the whole suite: leave out the choice of groups and cases"
    return ""


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
        today = datetime.now(tz=UTC).strftime("%d/%m/%Y")
        written = (
            f"Run on {today}, commit `{commit}` of the suite.\n\n{table.as_markdown(rows)}\n\n## Excluded cases\n\n"
        )
        table.put_into_page(PAGE, f"\n{written}{table.as_list_of_exclusions(result)}\n")


def planned(
    asked: argparse.Namespace,
) -> tuple[tuple[groups.Group, ...], exclusions.Exclusions, list[Part]]:
    """The groups, the exclusions and the parts of the run that was asked for. A ValueError says why there is none."""
    if why := refusal(asked):
        raise ValueError(why)
    chosen = groups.chosen(asked.groups)
    parts = parts_of(asked.suite, chosen, asked.cases)
    if not parts:
        raise ValueError(f"no case of these groups matches {asked.cases}")
    return chosen, exclusions.load(), parts


def main(words: list[str]) -> int:
    """Run what was asked for; 0 when every case that counts passed, 1 when one failed, 2 when it could not run."""
    asked = arguments(words)
    asked.suite = asked.suite.resolve()
    try:
        chosen, excluded, parts = planned(asked)
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    for fault in faults_of(asked.suite, excluded):
        print(f"NOTE {fault}")
    return 0 if run(asked, chosen, excluded, parts) else 1


def run(
    asked: argparse.Namespace,
    chosen: tuple[groups.Group, ...],
    excluded: exclusions.Exclusions,
    parts: list[Part],
) -> bool:
    """Run the parts and deliver what came of them; whether every case that counts passed."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="songcau-conformance-") as scratch:
        output = asked.keep.resolve() if asked.keep else Path(scratch) / "output"
        preloaded = Path(scratch) / "contexts"
        preloaded.mkdir()
        contexts.write_folder(asked.suite, preloaded)
        plan = Plan(asked.suite, asked.robot, asked.broker, preloaded, output, asked.keep is not None)
        workers = max(1, min(asked.workers, servers.most_workers(), len(parts)))
        outcomes = run_all(plan, parts, workers, lambda line: print(line, flush=True))
    result = table.Result(outcomes, excluded)
    deliver(result, chosen, asked)
    print(f"{len(outcomes)} cases in {time.monotonic() - begun:.0f} s")
    return not any(result.failures(group) for group in chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
