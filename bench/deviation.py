"""`python -m bench.deviation --data FOLDER`: what the rule "other than usual" finds in series with known anomalies.

FOLDER holds series of the Numenta Anomaly Benchmark: `NAME.csv` (timestamp, value) and `anomaly_windows.json`. The rule
runs with its default settings, the same for all. Beside it runs a plain threshold: above or below the mean of the first
week by three standard deviations. An alert inside of a window finds it, once; alerts outside, of which those that come
within twelve hours of each other are one, are false.
"""

import argparse
import csv
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import Engine, RuleSpec
from songcau.systems.incidents.rules.findings import RAISED, STILL

SERIES = (
    *("TravelTime_387", "occupancy_t4013", "speed_6005", "speed_t4013", "nyc_taxi"),
    "machine_temperature_system_failure",
)
COOL_DOWN_SECONDS = 12 * 3600.0
WEEK_SECONDS = 7 * 86_400.0
DEVIATIONS = 3.0
WATCHED = {"type": "Series", "attribute": "value"}
Readings = list[tuple[float, float]]
Windows = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Score:
    """Of a rule on a series: windows found, windows there are, false alerts."""

    found: int
    windows: int
    false: int

    @property
    def precision(self) -> float:
        alerts = self.found + self.false
        return self.found / alerts if alerts else 0.0

    @property
    def recall(self) -> float:
        return self.found / self.windows if self.windows else 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.windows + other.windows, self.false + other.false)


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def readings_of(folder: Path, name: str) -> Readings:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return [(seconds(row["timestamp"]), float(row["value"])) for row in csv.DictReader(stream)]


def alerts_of(readings: Readings, condition: dict[str, Any]) -> list[float]:
    """When the rule raised, by the engine itself; those of one cool-down are one."""
    engine = Engine([RuleSpec(UUID(int=1), 1, read_condition(condition))])
    alerts, last = [], float("-inf")
    for at, value in readings:
        said = {"type": "Property", "value": value, "observedAt": datetime.fromtimestamp(at, UTC).isoformat()}
        engine.see({"id": "urn:x:series", "type": "Series", "value": said}, at)
        for finding in engine.take():
            when = finding.at.timestamp()
            if finding.kind == RAISED and when - last > COOL_DOWN_SECONDS:
                alerts.append(when)
            if finding.kind in (RAISED, STILL):
                last = when
    return alerts


def usual(_readings: Readings) -> list[dict[str, Any]]:
    return [{"kind": "DEVIATION", **WATCHED}]


def plain(readings: Readings) -> list[dict[str, Any]]:
    """What somebody would set who had looked at one week."""
    first = readings[0][0]
    week = [value for at, value in readings if at - first < WEEK_SECONDS]
    mean, spread = statistics.fmean(week), statistics.pstdev(week)
    return [
        {"kind": "THRESHOLD", **WATCHED, "side": side, "limit": limit}
        for side, limit in (("ABOVE", mean + DEVIATIONS * spread), ("BELOW", mean - DEVIATIONS * spread))
    ]


def score(readings: Readings, windows: Windows, conditions: list[dict[str, Any]]) -> Score:
    alerts = sorted(at for condition in conditions for at in alerts_of(readings, condition))
    found = {window for window in windows for at in alerts if window[0] <= at <= window[1]}
    false = [at for at in alerts if not any(begin <= at <= end for begin, end in windows)]
    apart = sum(
        1 for before, at in zip([float("-inf"), *false], false, strict=False) if at - before > COOL_DOWN_SECONDS
    )
    return Score(len(found), len(windows), apart)


def measured(folder: Path) -> Iterator[tuple[str, Score, Score]]:
    """Series, the rule, the plain threshold."""
    known = json.loads((folder / "anomaly_windows.json").read_text(encoding="utf-8"))
    for name in SERIES:
        readings = readings_of(folder, name)
        windows = [(seconds(begin), seconds(end)) for begin, end in known[name]]
        yield name, score(readings, windows, usual(readings)), score(readings, windows, plain(readings))


def table(folder: Path) -> str:
    """As it stands in docs/ALERTS.md."""
    rows = list(measured(folder))
    of_rule, of_plain = rows[0][1:]
    for _name, rule, threshold in rows[1:]:
        of_rule, of_plain = of_rule + rule, of_plain + threshold
    rows.append(("**all six**", of_rule, of_plain))
    heads = " | ".join(f"{what}: found | false | precision | recall" for what in ("rule", "threshold"))
    lines = [f"| series | anomalies | {heads} |", f"| --- |{' ---: |' * 9}"]
    for name, *scores in rows:
        cells = [f"{one.found} | {one.false} | {one.precision:.2f} | {one.recall:.2f}" for one in scores]
        lines.append(f"| {name} | {scores[0].windows} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.deviation", description=__doc__)
    data = os.environ.get("TEST_DATA", "")
    default = Path(data) / "series" / "nab_real" if data else None
    parser.add_argument("--data", type=Path, default=default, help="folder of the series")
    folder = parser.parse_args(arguments).data
    print(table(folder) if folder is not None else "NOT RUN: --data names no folder of the series")


if __name__ == "__main__":
    main(sys.argv[1:])
