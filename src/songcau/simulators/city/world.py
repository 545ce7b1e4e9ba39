"""What a device would measure at a moment: the usual course of the day, and what the scene adds.

Everything follows from the time and the device's code, so that the same moment is told the same way twice. The usual
values are made up; with real series at hand (`Series`) the weather and the traffic are taken from these.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from songcau.simulators.city.scenes import Scene, value_at
from songcau.simulators.city.series import Series
from songcau.simulators.city.sites import Kind, Site

Values = dict[str, float | int | str]
RUSH = ((7.25, 1.0), (11.5, 0.45), (17.25, 1.0), (20.0, 0.4))
USUAL_RIVER_METRES = 21.4


@dataclass(frozen=True, slots=True)
class Moment:
    """at: the local time. minute: since the scene began; negative before."""

    at: datetime
    minute: float
    scene: Scene
    series: Series

    @property
    def hour(self) -> float:
        return self.at.hour + self.at.minute / 60 + self.at.second / 3600


def chance(*about: object) -> float:
    """A number from 0 to 1 that depends on nothing but what it is about."""
    digest = hashlib.blake2b("|".join(map(str, about)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def measured(site: Site, moment: Moment) -> Values:
    """The payload of one reading, without its time."""
    return _MEASURES[site.kind](site, moment)


def _trembling(site: Site, moment: Moment, what: str, share: float) -> float:
    """A factor near 1: it wanders from one five minutes to the next, without a jump."""
    step = timedelta(minutes=5)
    before = (
        datetime.min.replace(tzinfo=moment.at.tzinfo)
        + ((moment.at - datetime.min.replace(tzinfo=moment.at.tzinfo)) // step) * step
    )
    part = (moment.at - before) / step
    from_, to = (chance(site.code, what, at.isoformat()) for at in (before, before + step))
    return 1 + share * (2 * (from_ + (to - from_) * part) - 1)


def _busy(moment: Moment) -> float:
    """How many are under way, from 0.05 at night to 1 in the rush; less on Sundays."""
    hills = sum(height * math.exp(-(((moment.hour - at) / 1.4) ** 2)) for at, height in RUSH)
    day = 0.35 if 6 <= moment.hour <= 21 else 0.05
    return min(1.0, max(day, hills)) * (0.7 if moment.at.weekday() == 6 else 1.0)


def _rain(site: Site, moment: Moment) -> float:
    """mm/h. Dry, unless the weather station's real series or the scene say otherwise."""
    usual = moment.series.weather_at(moment.at).get("precipitation", 0.0)
    added = value_at(moment.scene.rain, moment.minute) * (0.75 + 0.5 * chance(site.code, "rain"))
    return max(0.0, usual + added * _trembling(site, moment, "rain", 0.1))


def _weather(site: Site, moment: Moment) -> Values:
    real = moment.series.weather_at(moment.at)
    storm = value_at(moment.scene.rain, moment.minute) / 78
    warm = math.sin((moment.hour - 9) / 24 * 2 * math.pi)
    temperature = real.get("temperature", 24 + 5 * warm) - 5 * storm
    humidity = real.get("humidity", 74 - 14 * warm)
    return {
        "temperature": round(temperature * _trembling(site, moment, "t", 0.01), 1),
        "humidity": round(min(100.0, humidity + 22 * storm), 0),
        "rain": round(_rain(site, moment), 1),
        "wind": round(real.get("wind_speed", 1.8) + 11 * storm * _trembling(site, moment, "w", 0.3), 1),
        "pressure": round(real.get("pressure", 1006.0) - 6 * storm, 1),
        "origin": "real series" if real else "made up",
    }


def _rain_gauge(site: Site, moment: Moment) -> Values:
    return {"rain": round(_rain(site, moment), 1)}


def _river(site: Site, moment: Moment) -> Values:
    below = 0.35 if site.code == "BEN-TUONG" else 0.0
    level = USUAL_RIVER_METRES - below + value_at(moment.scene.river, moment.minute)
    return {"level": round(level * _trembling(site, moment, "level", 0.0008), 2)}


def _air(site: Site, moment: Moment) -> Values:
    washed = 1 - 0.6 * min(1.0, _rain(site, moment) / 20)
    dust = (16 + 26 * _busy(moment)) * (0.8 + 0.6 * chance(site.code, "dust")) * washed
    dust *= _trembling(site, moment, "dust", 0.15)
    return {"pm25": round(dust, 1), "pm10": round(dust * 1.6, 1), "no2": round(8 + dust * 0.5, 1)}


def _traffic(site: Site, moment: Moment) -> Values:
    share = moment.series.traffic_at(moment.at)
    busy = _busy(moment) if share is None else share
    slow = value_at(moment.scene.slow, moment.minute) if site.code in moment.scene.flooded else 1.0
    lanes = 600 + 900 * chance(site.code, "lanes")
    flow = lanes * busy * _trembling(site, moment, "flow", 0.12) * (0.25 + 0.75 * slow)
    speed = (44 - 18 * busy) * _trembling(site, moment, "speed", 0.08) * slow
    return {
        "vehicles_per_hour": round(flow),
        "speed": round(speed, 1),
        "occupancy": round(min(0.95, 0.06 + 0.3 * busy + 0.5 * (1 - slow)), 2),
        "origin": "made up" if share is None else "real series of another city",
    }


def _footfall(site: Site, moment: Moment) -> Values:
    usual = (80 + 500 * chance(site.code, "people")) * _busy(moment)
    indoors = 1 - 0.9 * min(1.0, value_at(moment.scene.rain, moment.minute) / 40)
    return {"people": round(usual * indoors * _trembling(site, moment, "people", 0.2))}


_MEASURES: dict[Kind, Callable[[Site, Moment], Values]] = {
    Kind.WEATHER: _weather,
    Kind.RAIN: _rain_gauge,
    Kind.RIVER: _river,
    Kind.AIR: _air,
    Kind.TRAFFIC: _traffic,
    Kind.FOOTFALL: _footfall,
}
