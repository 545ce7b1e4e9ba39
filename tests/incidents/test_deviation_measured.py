"""What docs/ALERTS.md says of the rule "other than usual" is what the command measures."""

from pathlib import Path

import pytest

from bench import deviation
from bench.deviation import Score, main, score, table

SERIES = Path("series") / "nab_real"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "ALERTS.md"
DAY = 86_400.0


def test_the_page_says_what_is_measured(real_data: Path) -> None:
    assert table(real_data / SERIES) in DOCS.read_text(encoding="utf-8")


def test_the_rule_finds_more_than_a_plain_threshold_and_is_wrong_less_often(real_data: Path) -> None:
    totals = [Score(0, 0, 0), Score(0, 0, 0)]
    for _name, rule, threshold in deviation.measured(real_data / SERIES):
        totals = [totals[0] + rule, totals[1] + threshold]
    assert totals[0].recall > totals[1].recall
    assert totals[0].precision > totals[1].precision


def test_a_window_is_found_once_and_what_is_near_is_one_false_alert() -> None:
    watched = {"kind": "THRESHOLD", "type": "Series", "attribute": "value", "side": "ABOVE", "need": 1, "of": 1}
    highs = {10, 12, 30, 31, 60, 90}
    readings = [(hour * 3600.0, 2.0 if hour in highs else 0.0) for hour in range(100)]
    windows = [(9 * 3600.0, 13 * 3600.0), (50 * 3600.0, 55 * 3600.0)]
    assert score(readings, windows, [{**watched, "limit": 1}]) == Score(1, 2, 3)
    assert score(readings, windows, [{**watched, "limit": 9}]) == Score(0, 2, 0)
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall) == (0.0, 0.0)


def test_without_the_series_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("TEST_DATA", raising=False)
    main()
    assert "NOT RUN" in capsys.readouterr().out
