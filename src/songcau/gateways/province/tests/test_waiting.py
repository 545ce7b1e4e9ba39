"""What waits for the province, and how each feed is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from songcau.gateways.province.agreement import Agreement, Feed, Receiver
from songcau.gateways.province.spool import Spool, SpoolFull
from songcau.gateways.province.standing import Freshness, Standing

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
FEED = Feed("water", "Mực nước", ("WaterObserved",), (), None, None, 60)
AGREED = Agreement(Receiver("http://127.0.0.1:1", None, None), (FEED,), 9391)


def test_letters_leave_in_their_order_and_only_when_they_were_taken(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.sqlite")
    assert spool.waiting() is None
    for feed, body in (("a", b"1"), ("a", b"2"), ("b", b"3"), ("a", b"4")):
        spool.put(feed, body)
    first = spool.waiting()
    assert first is not None
    assert (first.feed, first.bodies) == ("a", [b"1", b"2"])
    spool.close()
    again = Spool(tmp_path / "spool.sqlite")
    assert again.waiting() == first
    again.remove(first)
    second = again.waiting()
    assert second is not None
    assert (second.feed, second.bodies, again.count()) == ("b", [b"3"], 2)


def test_a_full_spool_takes_no_more_until_some_has_left(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.sqlite", most_bytes=10)
    spool.put("a", b"12345678")
    with pytest.raises(SpoolFull):
        spool.put("a", b"123")
    waiting = spool.waiting()
    assert waiting is not None
    spool.remove(waiting)
    spool.put("a", b"123")


def test_a_feed_is_fresh_stale_failed_or_never_was(tmp_path: Path) -> None:
    standing = Standing(AGREED, tmp_path)
    state = standing.states["water"]
    assert state.freshness(NOW, 60) is Freshness.NEVER
    standing.succeeded("water", 3, 1, "2026-11-28T08:59:00Z", NOW)
    standing.succeeded("water", 1, 0, None, NOW)
    assert (state.sent, state.refused, state.observed_at) == (3, 1, "2026-11-28T08:59:00Z")
    assert state.freshness(NOW + timedelta(seconds=60), 60) is Freshness.FRESH
    assert state.freshness(NOW + timedelta(seconds=61), 60) is Freshness.STALE
    standing.failed("water", "away")
    assert state.freshness(NOW, 60) is Freshness.FAILED


def test_how_a_feed_was_is_known_after_a_restart(tmp_path: Path) -> None:
    standing = Standing(AGREED, tmp_path)
    standing.succeeded("water", 3, 0, None, NOW)
    standing.write(NOW, waiting=0)
    assert Standing(AGREED, tmp_path).states["water"].sent == 3
    (tmp_path / "state.json").write_text("[]", encoding="ascii")
    assert Standing(AGREED, tmp_path).states["water"].sent == 0
