"""The mapping of a file of readings: how it is written, and which entities a line of it makes."""

from dataclasses import dataclass
from pathlib import Path

from songcau.gateways.faults import MappingFault
from songcau.gateways.mapping.document import Members, read_document
from songcau.gateways.mapping.entity_rule import EntityRule, entity_rule
from songcau.gateways.mapping.manner import Manner

CSV, JSON, JSON_LINES = "csv", "json", "jsonl"
FORMS = (CSV, JSON, JSON_LINES)
SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written. None: as the file itself shows (separator by its head, encoding by its first bytes)."""

    form: str | None = None
    separator: str | None = None
    encoding: str | None = None

    def form_of(self, file: Path) -> str:
        """As the mapping says, else by the end of the file's name."""
        ends = {".json": JSON, ".geojson": JSON, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES}
        return self.form or ends.get(file.suffix.lower(), CSV)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """Every line makes one entity by each rule."""

    layout: Layout
    rules: tuple[EntityRule, ...]


def read_file_mapping(mapping: Path, file: Path) -> FileMapping:
    """The mapping for this file. Raises MappingFault."""
    whole = read_document(mapping)
    described = whole.table("file")
    layout, decimal = _layout(described) if described is not None else (Layout(), ".")
    is_table = layout.form_of(file) == CSV
    manner = Manner(has_columns=is_table, is_written=is_table, decimal=decimal)
    rules = []
    for members in whole.tables("readings"):
        rules.append(entity_rule(members, manner))
        members.end()
    whole.end()
    if not rules:
        raise MappingFault("NOTHING_MAPPED", names="[[readings]]")
    return FileMapping(layout, tuple(rules))


def _layout(members: Members) -> tuple[Layout, str]:
    form = members.of("form", FORMS) if "form" in members else None
    separator = members.of("separator", SEPARATORS) if "separator" in members else None
    encoding = members.text_or_none("encoding")
    if encoding is not None:
        try:
            "".encode(encoding)  # refuses codecs that are none of text, too
        except LookupError:
            known = ("utf-8", "utf-16", "windows-1258")
            raise MappingFault("MEMBER_NOT_OF", where=members.place("encoding"), choices=", ".join(known)) from None
    decimal = members.of("decimal", (".", ","), ".")
    members.end()
    return Layout(form, separator, encoding), decimal
