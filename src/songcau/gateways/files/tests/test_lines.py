"""Files of every kind are read line by line; what cannot be read is named with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from songcau.gateways.faults import Fault
from songcau.gateways.files import lines
from songcau.gateways.files.lines import lines_of
from songcau.gateways.files.mapping import Layout

TABLE = "Trạm;Nhiệt độ\nGia Bảy;27,5\n\nCầu;28\n"
READ = [(2, {"Trạm": "Gia Bảy", "Nhiệt độ": "27,5"}), (4, {"Trạm": "Cầu", "Nhiệt độ": "28"})]


def read(folder: Path, content: str | bytes, name: str = "f.csv", **layout: str) -> list[tuple[int, Any]]:
    """(number, content or code of the fault) of each line."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [
        (line.number, line.content if line.fault is None else line.fault.code)
        for line in lines_of(file, Layout(**layout))
    ]


def refused(folder: Path, content: str | bytes, name: str = "f.csv", **layout: str) -> str:
    with pytest.raises(Fault) as fault:
        read(folder, content, name, **layout)
    return fault.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_whatever_a_spreadsheet_wrote(tmp_path: Path, encoding: str, end: str) -> None:
    assert read(tmp_path, TABLE.replace("\n", end).encode(encoding)) == READ


def test_a_table_in_an_old_encoding_is_read_when_that_is_said(tmp_path: Path) -> None:
    # It writes a vowel and its tone apart: â and a grave.
    content = "tram;Nhiê\u0323t\nCâ\u0300u;1\n".encode("windows-1258")
    assert read(tmp_path, content, encoding="windows-1258") == [(2, {"tram": "Cầu", "Nhiệt": "1"})]
    assert read(tmp_path, b"\xef\xbb\xbfa\n1\n", encoding="windows-1258") == [(2, {"a": "1"})], "a mark is certain"


@pytest.mark.parametrize(("sign", "layout"), [(",", {}), ("\t", {}), ("|", {}), (";", {"separator": ";"})])
def test_what_separates_is_seen_in_the_head_or_said(tmp_path: Path, sign: str, layout: dict[str, str]) -> None:
    content = f'a{sign}b{sign}c\n1{sign}"x{sign}y"{sign}3\n'
    assert read(tmp_path, content, **layout) == [(2, {"a": "1", "b": f"x{sign}y", "c": "3"})]


def test_bad_lines_of_a_table_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    content = b'a,b\n1,2\n1\n1,2,3\n1,2,\n"x"y,2\n\xe1,2\n"two\nlines",2\n7,8\n'
    assert read(tmp_path, content) == [
        (2, {"a": "1", "b": "2"}),
        (3, "COLUMNS_DIFFER"),
        (4, "COLUMNS_DIFFER"),
        (5, {"a": "1", "b": "2"}),
        (6, "LINE_MALFORMED"),
        (7, "LINE_NOT_ENCODED"),
        (8, {"a": "two\nlines", "b": "2"}),
        (10, {"a": "7", "b": "8"}),
    ]


def test_a_quote_that_is_never_closed_does_not_swallow_the_memory(tmp_path: Path) -> None:
    content = 'a,b\n"never closed,2\n' + "1,2\n" * 200_000
    found = read(tmp_path, content)
    assert found[0] == (2, "LINE_MALFORMED")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FILE_EMPTY"),
        (b"\n", "FILE_EMPTY"),
        (b"a,b,a\n", "COLUMN_TWICE"),
        (b"a,,,b\n", "COLUMN_TWICE"),
        (b"\xe1,b\n", "FILE_NOT_ENCODED"),
        (b'"a"b\n', "LINE_MALFORMED"),
        (b"PK\x03\x04....", "FILE_NOT_TEXT"),
        (b"\xd0\xcf\x11\xe0....", "FILE_NOT_TEXT"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    assert refused(tmp_path, content) == code


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        list(lines_of(tmp_path / "none.csv", Layout()))
    assert fault.value.code == "FILE_UNREADABLE"


def test_json_lines_are_read_and_the_bad_ones_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b'\xef\xbb\xbf{"a": 1}\n\n{"a": \n7\n{"a": NaN}\n{"a": "\xff"}\n{"a": 2}'
    assert read(tmp_path, content, "f.jsonl") == [
        (1, {"a": 1}),
        (3, "NOT_JSON"),
        (4, "NOT_AN_OBJECT"),
        (5, "NOT_JSON"),
        (6, "LINE_NOT_ENCODED"),
        (7, {"a": 2}),
    ]
    monkeypatch.setattr(lines, "LONGEST", 20)
    assert read(tmp_path, '{"a": 1}\n{"a": "' + "x" * 50, "f.ndjson") == [(1, {"a": 1}), (2, "LINE_MALFORMED")]


def test_a_list_is_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = [{"n": n, "text": "ệ" * (n % 90), "inner": [{"x": 1.5e3}]} for n in range(500)]
    for size in (1, 7, 64 * 1024):
        monkeypatch.setattr(lines, "CHUNK", size)
        found = read(tmp_path, json.dumps(elements, indent=1, ensure_ascii=False), "f.json")
        assert [content for _, content in found] == elements
        assert [number for number, _ in found[:3]] == [2, 11, 20]
    assert read(tmp_path, " [ ] ", "f.json") == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('[{"a": 1}, 7, {"a": 2}]', [(1, {"a": 1}), (1, "NOT_AN_OBJECT"), (1, {"a": 2})]),
        ('[{"a": 1},\n{"a": }]', [(1, {"a": 1}), (2, "JSON_BROKEN")]),
        ('[{"a": 1}\n{"a": 2}]', [(1, {"a": 1}), (2, "JSON_BROKEN")]),
        ('[{"a": 1},', [(1, {"a": 1}), (1, "JSON_BROKEN")]),
        ('[{"a": 1}', [(1, {"a": 1}), (1, "JSON_BROKEN")]),
        ("[" * 100_000, [(1, "JSON_BROKEN")]),
        ('[{"a": "' + "x" * 3_000_000, [(1, "JSON_BROKEN")]),
    ],
)
def test_a_list_is_read_as_far_as_it_is_one(tmp_path: Path, content: str, found: list[Any]) -> None:
    assert read(tmp_path, content, "f.json") == found


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    for content in ('{"a": 1}', "", "a,b"):
        assert refused(tmp_path, content, "f.json") == "NOT_A_LIST_OF_OBJECTS"


def test_bytes_that_end_the_reading_are_named(tmp_path: Path) -> None:
    content = "a\n1\n".encode("utf-16") + b"\x00\xd8\x00"
    assert read(tmp_path, content)[-1][1] == "FILE_NOT_ENCODED"
