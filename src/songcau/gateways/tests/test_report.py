"""The report of what was refused: on disk, bounded, readable."""

import json
from pathlib import Path

from songcau.gateways.report import LONGEST_EXCERPT, Report, excerpt, replace_file


def lines(file: Path) -> list[int]:
    return [json.loads(line)["n"] for line in file.read_text().splitlines()]


def test_entries_are_added_line_by_line(tmp_path: Path) -> None:
    report = Report(tmp_path / "room" / "refused.jsonl")
    report.write([])
    assert not report.file.exists()
    report.write([{"n": 1}, {"n": 2}])
    Report(report.file).write([{"n": 3}])
    assert lines(report.file) == [1, 2, 3]


def test_a_full_file_moves_on_and_the_oldest_goes(tmp_path: Path) -> None:
    report = Report(tmp_path / "refused.jsonl", most_bytes=25, most_files=3)
    for number in range(10):
        report.write([{"n": number}])
    found = {file.name: lines(file) for file in tmp_path.iterdir()}
    assert found == {"refused.jsonl": [9], "refused.jsonl.1": [6, 7, 8], "refused.jsonl.2": [3, 4, 5]}


def test_an_excerpt_shows_bytes_that_are_no_text() -> None:
    assert excerpt(b"\xff\xe1\xbb\x87") == "\\xffệ"
    assert len(excerpt(b"x" * 10_000)) == LONGEST_EXCERPT


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        replace_file(tmp_path / "room" / "state.json", content)
        assert (tmp_path / "room" / "state.json").read_bytes() == content
    assert [file.name for file in (tmp_path / "room").iterdir()] == ["state.json"]
