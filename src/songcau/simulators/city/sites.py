"""Where the devices stand. The places are real; that a device stands there is made up."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a device measures; the first level of its topic below `demo/`."""

    WEATHER = "weather"
    RAIN = "rain"
    RIVER = "river"
    AIR = "air"
    TRAFFIC = "traffic"
    FOOTFALL = "footfall"


@dataclass(frozen=True, slots=True)
class Site:
    """A device: longitude and latitude in degrees (WGS84), the ward's code of 2022."""

    kind: Kind
    code: str
    name: str
    longitude: float
    latitude: float
    ward: str

    @property
    def topic(self) -> str:
        return f"demo/{self.kind}/{self.ward}/{self.code}"


def sites() -> list[Site]:
    with (Path(__file__).parent / "sites.csv").open(encoding="utf-8", newline="") as stream:
        return [
            Site(
                Kind(row["kind"]),
                row["site"],
                row["name"],
                float(row["longitude"]),
                float(row["latitude"]),
                row["ward"],
            )
            for row in csv.DictReader(stream)
        ]
