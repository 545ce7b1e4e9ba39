"""Real series that the simulated devices say again: the city's own weather, and the traffic of another city.

The weather is that of the same time of day, on a day of the series that follows from the date; so is the traffic.
"""

import csv
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

WEATHER = Path("series") / "weather_thai_nguyen_2025_10min.csv"
TRAFFIC = Path("series") / "traffic_volume_hourly_i94.csv"
WEATHER_VALUES = ("temperature", "humidity", "precipitation", "wind_speed", "pressure")
# A quarter of the slots is missing: what is older than this is not said again.
AT_MOST = timedelta(hours=1)

Weather = dict[str, float]


@dataclass(frozen=True, slots=True)
class Series:
    """weather: rows in the order of their time. traffic: share of the busiest hour, by weekday and hour."""

    weather: list[tuple[datetime, Weather]] = field(default_factory=list)
    traffic: dict[tuple[int, int], float] = field(default_factory=dict)

    def weather_at(self, at: datetime) -> Weather:
        """What was measured at this time of day; nothing where the series has a gap or is not there."""
        if not self.weather:
            return {}
        first = self.weather[0][0].date() + timedelta(days=1)
        days = (self.weather[-1][0].date() - first).days
        on = first + timedelta(days=at.toordinal() % days)
        wanted = datetime.combine(on, time(at.hour, at.minute, at.second))
        place = bisect_right(self.weather, wanted, key=lambda row: row[0])
        when, values = self.weather[place - 1]
        return values if wanted - when <= AT_MOST else {}

    def traffic_at(self, at: datetime) -> float | None:
        """Between the hour's share and the next one's; None without a series."""
        if not self.traffic:
            return None
        later = at + timedelta(hours=1)
        now = self.traffic.get((at.weekday(), at.hour), 0.0)
        then = self.traffic.get((later.weekday(), later.hour), now)
        return now + (then - now) * at.minute / 60


def read_series(data: Path | None) -> Series:
    """The series in the folder of real data; what is not there is left to be made up."""
    if data is None:
        return Series()
    return Series(_weather(data / WEATHER), _traffic(data / TRAFFIC))


def _weather(file: Path) -> list[tuple[datetime, Weather]]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [
            (datetime.fromisoformat(row["time"]), {name: float(row[name]) for name in WEATHER_VALUES if row[name]})
            for row in csv.DictReader(stream)
        ]
    return sorted(rows, key=lambda row: row[0])


def _traffic(file: Path) -> dict[tuple[int, int], float]:
    """The mean of each hour of the week."""
    if not file.is_file():
        return {}
    sums: dict[tuple[int, int], list[float]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if not row["traffic_volume"]:
                continue
            at = datetime.fromisoformat(row["datetime"])
            sums.setdefault((at.weekday(), at.hour), []).append(float(row["traffic_volume"]))
    means = {hour: sum(found) / len(found) for hour, found in sums.items()}
    busiest = max(means.values())
    return {hour: mean / busiest for hour, mean in means.items()}
