"""100,000 questions "which ward is this point in?" over the 32 wards: `python -m bench.locate`.

The peer is the plain way with the same library: a loop over the wards asking shapely `contains`.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import shapely
from shapely import Point

CALLS = 100_000
PEER_CALLS = 5_000
LIMIT_SECONDS = 2.0
ON = date(2026, 11, 23)
BOUNDARIES = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "geo" / "wards_164.geojson"


def points(count: int) -> list[tuple[float, float]]:
    """Spread over the city's box, so that some lie outside it."""
    dice = random.Random(164)
    return [(dice.uniform(105.70, 105.92), dice.uniform(21.50, 21.67)) for _ in range(count)]


def prepare() -> str:
    """An empty SQLite city with the profile, and the surveyed boundaries where the data is beside the project."""
    from django.core.management import call_command

    from songcau.foundation.places.actions import apply_boundaries, load_profile
    from songcau.foundation.places.planning import plan_boundaries
    from songcau.foundation.places.rules import Level
    from songcau.kernel.actor import SYSTEM

    call_command("migrate", verbosity=0)
    load_profile(by=SYSTEM, name="tn-2022")
    if not BOUNDARIES.exists():
        return "approximate outlines"
    apply_boundaries(by=SYSTEM, plan=plan_boundaries(BOUNDARIES.read_bytes(), Level.WARD, ON), source="bench")
    return "surveyed boundaries"


def measure() -> None:
    from songcau.foundation.places.queries import boundaries_geojson, locate
    from songcau.foundation.places.rules import Level

    what = prepare()
    features = boundaries_geojson(Level.WARD, ON)["features"]
    shapes = [(f["properties"]["code"], shapely.from_geojson(json.dumps(f["geometry"]))) for f in features]
    asked = points(CALLS)
    locate(*asked[0], ON)
    begun = time.perf_counter()
    found = [locate(longitude, latitude, ON) for longitude, latitude in asked]
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    peer = [next((code for code, shape in shapes if shape.contains(Point(p))), None) for p in asked[:PEER_CALLS]]
    peer_rate = PEER_CALLS / (time.perf_counter() - begun)
    agree = sum(code == (unit and unit.code) for code, unit in zip(peer, found, strict=False))
    print(f"{what}; {sum(unit is not None for unit in found)} of {CALLS} points inside")
    print("| | calls | seconds | calls/s | limit | against the peer |\n| --- | --- | --- | --- | --- | --- |")
    print(
        f"| locate | {CALLS} | {seconds:.2f} | {CALLS / seconds:.0f} | {LIMIT_SECONDS} s |"
        f" {CALLS / seconds / peer_rate:.1f} × |"
    )
    print(f"| plain loop | {PEER_CALLS} | {PEER_CALLS / peer_rate:.2f} | {peer_rate:.0f} | | agrees on {agree} |")


def main() -> None:
    """Measure in a process of its own: the settings are read once in a process."""
    with tempfile.TemporaryDirectory(prefix="songcau-bench-") as folder:
        subprocess.run([sys.executable, "-m", "bench.locate", folder], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import os

        os.environ["SONGCAU_DATA"] = sys.argv[1]
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        from songcau.entry.start import start_django

        start_django()
        measure()
