"""`songcau simulate-readings`: a device on the other side of MQTT, for demonstrations."""

import math
from pathlib import Path

import click


@click.command(hidden=True)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--server", default="mqtt://127.0.0.1:1883", show_default=True, help="MQTT server to publish to.")
@click.option("--topic", default="readings/{station}", show_default=True)
@click.option("--status-topic", default="status/{station}", show_default=True)
@click.option("--station", default="simulated", show_default=True, help="Of a file with one station.")
@click.option("--station-column", help="Column that names the station.")
@click.option("--time-column", default="time", show_default=True)
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Times as fast as it was.  [default: 1]")
@click.option("--fast", is_flag=True, help="As fast as the server acknowledges.")
@click.option("--first", type=click.IntRange(0), default=0, help="Row to begin with, counted from 0.")
@click.option("--last", type=click.IntRange(0), help="Row to end before.")
def simulate_readings(
    file: Path,
    server: str,
    topic: str,
    status_topic: str,
    station: str,
    station_column: str | None,
    time_column: str,
    speed: float | None,
    fast: bool,
    first: int,
    last: int | None,
) -> None:
    """Publish the rows of FILE (CSV) over MQTT as a device would, marked as simulated."""
    from songcau.simulators.readings import CannotReplay, Replay, run

    pace = math.inf if fast else (speed or 1.0)
    replay = Replay(file, server, topic, status_topic, station, station_column, time_column, pace, first, last)
    try:
        count = run(replay)
    except CannotReplay as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{count} readings published")
