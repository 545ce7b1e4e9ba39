"""A mapping file is read member by member; what is wrong is named with its place."""

from pathlib import Path

import pytest

from songcau.gateways.faults import MappingFault
from songcau.gateways.mapping import document
from songcau.gateways.mapping.document import Members, checked_name, read_document


def written(folder: Path, text: str | bytes, name: str = "mapping.toml") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def code_of(file: Path) -> tuple[str, str]:
    with pytest.raises(MappingFault) as fault:
        read_document(file)
    return fault.value.code, str(fault.value)


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    for file in (
        written(tmp_path, '[a]\nb = 1\n"Nhiệt độ" = "x"'),
        written(tmp_path, b'\xef\xbb\xbf{"a": {"b": 1, "Nhi\xe1\xbb\x87t \xc4\x91\xe1\xbb\x99": "x"}}', "m.json"),
    ):
        whole = read_document(file)
        table = whole.table("a")
        assert table is not None
        assert (table.whole("b", 0, least=0, most=9), table.text("Nhiệt độ")) == (1, "x")
        table.end()
        whole.end()


def test_a_file_that_is_none_is_named_with_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(tmp_path / "none.toml")[0] == "MAPPING_UNREADABLE"
    code, sentence = code_of(written(tmp_path, "a = 1\nb = = 2\n"))
    assert code == "MAPPING_MALFORMED"
    assert "line 2" in sentence
    assert "line 2" in code_of(written(tmp_path, '{\n"a" 1}', "m.json"))[1]
    assert "byte 5" in code_of(written(tmp_path, b"a = \xff"))[1]
    assert code_of(written(tmp_path, "[1]", "m.json"))[0] == "MEMBER_NOT_TABLE"
    assert code_of(written(tmp_path, "[" * 5000, "m.json"))[0] == "MAPPING_MALFORMED"
    monkeypatch.setattr(document, "LARGEST_BYTES", 3)
    assert code_of(written(tmp_path, "a = 1"))[0] == "MAPPING_UNREADABLE"


def members(**values: object) -> Members:
    return Members(values, "readings[2]", folder=Path("/srv"))


@pytest.mark.parametrize(
    ("read", "value", "code"),
    [
        (lambda table: table.text("x"), None, "MEMBER_MISSING"),
        (lambda table: table.text("x"), 7, "MEMBER_NOT_TEXT"),
        (lambda table: table.text("x"), "", "MEMBER_NOT_TEXT"),
        (lambda table: table.text_or_none("x"), 7, "MEMBER_NOT_TEXT"),
        (lambda table: table.of("x", ("a", "b")), "c", "MEMBER_NOT_OF"),
        (lambda table: table.number("x", 1.0), "c", "MEMBER_NOT_NUMBER"),
        (lambda table: table.number("x", 1.0), True, "MEMBER_NOT_NUMBER"),
        (lambda table: table.number("x", 1.0), float("nan"), "MEMBER_NOT_NUMBER"),
        (lambda table: table.number("x", 1.0), float("inf"), "MEMBER_NOT_NUMBER"),
        (lambda table: table.whole("x", 1, least=1, most=5), 6, "MEMBER_NOT_WHOLE"),
        (lambda table: table.whole("x", 1, least=1, most=5), 2.0, "MEMBER_NOT_WHOLE"),
        (lambda table: table.flag("x"), 1, "MEMBER_NOT_FLAG"),
        (lambda table: table.texts("x"), ["a", 1], "MEMBER_NOT_TEXTS"),
        (lambda table: table.texts("x"), "a", "MEMBER_NOT_TEXTS"),
        (lambda table: table.table("x"), [], "MEMBER_NOT_TABLE"),
        (lambda table: table.tables("x"), {}, "MEMBER_NOT_TABLES"),
        (lambda table: table.tables("x"), [1], "MEMBER_NOT_TABLE"),
        (lambda table: table.name("x"), "a b", "NAME_MALFORMED"),
        (lambda table: table.end(), 1, "MEMBER_UNKNOWN"),
    ],
)
def test_a_member_of_a_wrong_kind_is_named_with_its_place(read: object, value: object, code: str) -> None:
    with pytest.raises(MappingFault) as fault:
        read(members() if value is None else members(x=value))  # type: ignore[operator]
    assert fault.value.code == code
    assert "readings[2].x" in str(fault.value)


def test_a_member_that_is_misspelt_is_told_with_the_one_that_was_meant() -> None:
    table = members(tempalte="x")
    table.text_or_none("template")
    table.text_or_none("other")
    with pytest.raises(MappingFault, match=r"there are template$"):
        table.end()


def test_files_are_named_from_the_mapping_on() -> None:
    assert members(ca="ca.pem").file("ca") == Path("/srv/ca.pem")
    assert members(ca="/etc/ca.pem").file("ca") == Path("/etc/ca.pem")
    assert members().file("ca") is None


@pytest.mark.parametrize("name", ["temperature", "nhiệtĐộ", "t_2", "https://example.org/t"])
def test_names_of_any_script_and_iris_are_names(name: str) -> None:
    assert checked_name(name, "x") == name


@pytest.mark.parametrize("name", ["", "2t", "a-b", "a b", "_a", "https:", "a.b"])
def test_what_ngsi_ld_does_not_take_is_no_name(name: str) -> None:
    with pytest.raises(MappingFault):
        checked_name(name, "x")
