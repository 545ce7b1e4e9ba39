"""A file of readings is looked through, then written; each bad line is told."""

import csv
import json
import threading
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from songcau.gateways.carrying import Carrier
from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.files import bringing_in
from songcau.gateways.files.bringing_in import BadLine, BadLines, Bringing
from songcau.gateways.files.mapping import read_file_mapping
from songcau.gateways.tests.broker import Broker

MAPPING = """
[file]
decimal = ","

[[readings]]
id = "urn:ngsi-ld:KIND:{Trạm}"
type = "KIND"
observed_at = { from = "Thời điểm", form = "%d/%m/%Y %H:%M", zone = "Asia/Ho_Chi_Minh" }
[readings.attributes]
waterLevel = { from = "Mực nước (m)", unit = "MTR" }
note = { from = "Ghi chú", kind = "json", optional = true }
"""
HEAD = "Trạm;Thời điểm;Mực nước (m);Ghi chú\n"
GOOD = "Gia Bảy;28/11/2026 13:00;24,35;\n"


def made(folder: Path, content: str, *, kind: str = "Water", mapping: str = MAPPING, name: str = "f.csv") -> Bringing:
    rules, file = folder / "mapping.toml", folder / name
    rules.write_text(mapping.replace("KIND", kind), encoding="utf-8")
    file.write_text(content, encoding="utf-8")
    return Bringing(file, read_file_mapping(rules, file), told.append)


told: list[BadLine] = []


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    told.clear()


def test_a_file_is_looked_through_without_writing(tmp_path: Path) -> None:
    bad = "Gia Bảy;2026-11-28 13:00;24,35;\n" + "Cầu;28/11/2026 13:00;24.3.5;\n" + "Cầu;28/11/2026 13:00\n"
    tally = made(tmp_path, HEAD + GOOD + bad + "\n" + GOOD).examined()
    assert (tally.lines, tally.bad_lines, tally.types) == (5, 3, {"Water": 2})
    assert tally.first[0] == {
        "id": "urn:ngsi-ld:Water:Gia%20Bảy",
        "type": "Water",
        "waterLevel": {"type": "Property", "value": 24.35, "unitCode": "MTR", "observedAt": "2026-11-28T06:00:00Z"},
    }
    assert [(line.number, line.column, line.fault.code) for line in told] == [
        (3, "Thời điểm", "TIME_UNREADABLE"),
        (4, "Mực nước (m)", "NOT_A_NUMBER"),
        (5, "", "COLUMNS_DIFFER"),
    ]
    assert tally.bad == told


def test_good_lines_are_written_and_what_the_broker_refuses_is_told_with_its_line(
    tmp_path: Path, broker: Broker
) -> None:
    lines = [f"T{n};28/11/2026 13:00;{n};{'x' if n != 7 else '@urn:ngsi-ld:null'}\n" for n in range(1200)]
    content = HEAD + "".join(lines).replace("@", "")
    bringing = made(tmp_path, content, kind="Written")
    assert bringing.examined().bad_lines == 0
    reached: list[int] = []
    with broker.context() as context:
        tally = bringing.brought_in(Carrier(context, threading.Event()), progress=reached.append)
    assert (tally.entities, tally.bad_lines, reached) == (1199, 1, [501, 1001])
    assert [(line.number, line.fault.code) for line in told] == [(9, "BROKER_REFUSED")]
    found = broker.found(type="Written")
    assert len(found) == 1199
    assert found["urn:ngsi-ld:Written:T42"]["waterLevel"] == 42


@pytest.mark.parametrize("name", ["f.json", "f.jsonl"])
def test_json_is_brought_in_by_paths(tmp_path: Path, broker: Broker, name: str) -> None:
    mapping = '[[readings]]\nid = "urn:x:{$.meta.id}"\ntype = "KIND"\nattributes = { t = "values[1]" }\n'
    elements: list[Any] = [{"meta": {"id": n}, "values": [0, n]} for n in range(3)]
    elements.insert(1, {"meta": {}, "values": []})
    lines = [json.dumps(element) for element in elements]
    content = "\n".join(lines) if name == "f.jsonl" else "[" + ",\n".join(lines) + "]"
    bringing = made(tmp_path, content, kind=f"Json{name[2:]}", mapping=mapping, name=name)
    with broker.context() as context:
        tally = bringing.brought_in(Carrier(context, threading.Event()))
    assert (tally.entities, [(line.number, line.column) for line in told]) == (3, [(2, "$.meta.id")])
    assert [entity["t"] for entity in broker.found(type=f"Json{name[2:]}").values()] == [0, 1, 2]


def test_a_column_that_is_not_there_is_told_once_and_not_for_each_line(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        made(tmp_path, "Trạm;Thời điểm;Mực nước\n" + GOOD * 3).examined()
    assert fault.value.code == "COLUMN_MISSING"
    assert "Mực nước (m)" in fault.value.sentence("vi")


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("", "NOTHING_MAPPED"),
        ('[file]\nform = "xlsx"\n', "MEMBER_NOT_OF"),
        ('[file]\nseparator = " "\n', "MEMBER_NOT_OF"),
        ('[file]\nencoding = "tcvn3"\n', "MEMBER_NOT_OF"),
        ('[file]\nencoding = "hex"\n', "MEMBER_NOT_OF"),
        ('[file]\ndecimals = ","\n', "MEMBER_UNKNOWN"),
        ('[[readings]]\nid = "urn:x:{a}"\ntype = "A"\nattributes = { a = {} }\ntopic = "x"\n', "MEMBER_UNKNOWN"),
        ('[server]\naddress = "mqtt://x"\n', "MEMBER_UNKNOWN"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(tmp_path: Path, mapping: str, code: str) -> None:
    with pytest.raises(MappingFault) as fault:
        made(tmp_path, GOOD, mapping=mapping)
    assert fault.value.code == code


def test_bad_lines_stand_in_a_table_in_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing_in, "MOST_TOLD", 2)
    report = BadLines(tmp_path / "bad.csv")
    assert not report.file.exists()
    for number in range(3):
        report.add(BadLine(number, "t", Fault("NOT_A_NUMBER", path="t", value="=1+1"), "=1+1;x"))
    raw = report.file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfline,column")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert len(rows) == 2
    assert rows[0] == {
        "line": "0",
        "column": "t",
        "code": "NOT_A_NUMBER",
        "vi": "t không phải là số: =1+1",
        "en": "t is not a number: =1+1",
        "content": "'=1+1;x",
    }


class Nowhere:
    """A context that takes everything."""

    def upsert(self, entities: Sequence[dict[str, Any]]) -> None:
        pass


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    bringing = made(tmp_path, HEAD + GOOD * 20_000)
    tracemalloc.start()
    tally = bringing.brought_in(Carrier(Nowhere(), threading.Event()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tally.entities == 20_000
    assert peak < 8 * 1024 * 1024
