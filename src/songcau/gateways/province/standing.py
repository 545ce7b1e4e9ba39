"""How each feed is: its last success, its age, what keeps it; on disk, so that it is known after a restart too."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import orjson

from songcau.gateways.province.agreement import Agreement, Feed
from songcau.gateways.report import replace_file


class Freshness(StrEnum):
    """Of a feed: as agreed, too old, or kept by something that is wrong."""

    FRESH = "FRESH"
    STALE = "STALE"
    FAILED = "FAILED"
    NEVER = "NEVER"


@dataclass(slots=True)
class FeedState:
    """succeeded_at: when the province last took something. observed_at: the newest instant that it was told of.

    sent: entities taken since the link was set up, refused: those that it did not want. trouble: why the last try
    failed; None after a success.
    """

    code: str
    name: str
    succeeded_at: str | None = None
    observed_at: str | None = None
    sent: int = 0
    refused: int = 0
    trouble: str | None = None

    def freshness(self, now: datetime, fresh_seconds: int) -> Freshness:
        if self.trouble is not None:
            return Freshness.FAILED
        if self.succeeded_at is None:
            return Freshness.NEVER
        age = (now - datetime.fromisoformat(self.succeeded_at)).total_seconds()
        return Freshness.FRESH if age <= fresh_seconds else Freshness.STALE


class Standing:
    """The states of all feeds of an agreement, kept in `folder/state.json`."""

    def __init__(self, agreement: Agreement, folder: Path) -> None:
        self._file = folder / "state.json"
        self._feeds = {feed.code: feed for feed in agreement.feeds}
        known = _read(self._file)
        self.states = {feed.code: _state(feed, known.get(feed.code, {})) for feed in agreement.feeds}

    def succeeded(self, code: str, count: int, refused: int, observed_at: str | None, now: datetime) -> None:
        state = self.states[code]
        state.succeeded_at = now.isoformat()
        state.sent += count - refused
        state.refused += refused
        state.observed_at = max(filter(None, (state.observed_at, observed_at)), default=None)
        state.trouble = None

    def failed(self, code: str, why: str) -> None:
        self.states[code].trouble = why

    def write(self, now: datetime, waiting: int) -> None:
        """Raises OSError."""
        feeds = [
            {**asdict(state), "freshness": state.freshness(now, self._feeds[code].fresh_seconds)}
            for code, state in self.states.items()
        ]
        replace_file(
            self._file,
            orjson.dumps({"at": now.isoformat(), "waiting": waiting, "feeds": feeds}, option=orjson.OPT_INDENT_2),
        )


def _read(file: Path) -> dict[str, dict[str, object]]:
    try:
        return {feed["code"]: feed for feed in orjson.loads(file.read_bytes())["feeds"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _state(feed: Feed, known: dict[str, object]) -> FeedState:
    names = {field.name for field in fields(FeedState)} - {"code", "name"}
    kept = {name: value for name, value in known.items() if name in names}
    return FeedState(feed.code, feed.name, **kept)  # type: ignore[arg-type]  # as `write` wrote it
