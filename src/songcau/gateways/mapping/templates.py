"""Ids and scopes made of pieces: `urn:ngsi-ld:Device:{station}`, of levels of the topic and members of the payload."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from songcau.gateways.faults import Fault, MappingFault
from songcau.gateways.mapping.records import Path, Record, column, parsed_path

LONGEST_PART = 256
_HOLE = re.compile(r"\{([^{}]+)\}")
# Letters and digits of any script stay as they are, so that people recognise their stations in the ids.
_NOT_IN_AN_ID = re.compile(r"[^\w.:~-]")


@dataclass(frozen=True, slots=True)
class Level:
    """A named level of the topic."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes. is_id: what goes into a hole is percent-encoded where a URI needs that."""

    pieces: tuple[str | Level | Path, ...]
    is_id: bool

    def filled(self, record: Record) -> str:
        """Raises Fault: a hole for which there is nothing, or no plain text or whole number."""
        made = []
        for piece in self.pieces:
            if isinstance(piece, str):
                made.append(piece)
                continue
            text = record.levels[piece.name] if isinstance(piece, Level) else _plain(piece, record)
            if not text or len(text) > LONGEST_PART:
                raise Fault("PART_UNUSABLE", path=piece.name if isinstance(piece, Level) else piece.text, value=text)
            made.append(_NOT_IN_AN_ID.sub(_encoded, text) if self.is_id else text)
        return "".join(made)

    def paths(self) -> list[Path]:
        return [piece for piece in self.pieces if isinstance(piece, Path)]


def parsed_template(
    text: str, where: str, *, levels: Collection[str], is_id: bool, has_columns: bool = False
) -> Template:
    """{name} is a named level, or with has_columns a column; {$.a.b} a member of the payload. Raises MappingFault."""
    pieces: list[str | Level | Path] = []
    position = 0
    for hole in _HOLE.finditer(text):
        pieces.append(text[position : hole.start()])
        pieces.append(_hole(hole.group(1), where, levels, has_columns))
        position = hole.end()
    pieces.append(text[position:])
    plain = "".join(piece for piece in pieces if isinstance(piece, str))
    if "{" in plain or "}" in plain:
        raise MappingFault("TEMPLATE_MALFORMED", where=where, template=text)
    if is_id and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S*", pieces[0] if isinstance(pieces[0], str) else ""):
        raise MappingFault("ID_NO_URI", where=where, template=text)
    return Template(tuple(piece for piece in pieces if piece), is_id)


def _hole(name: str, where: str, levels: Collection[str], has_columns: bool) -> Level | Path:
    if has_columns:
        return column(name)
    if name.startswith(("$", ".")):
        return parsed_path(name.removeprefix(".") or ".", where)
    if name not in levels:
        raise MappingFault("TEMPLATE_NAME_UNKNOWN", where=where, name=name, known=", ".join(levels) or "–")
    return Level(name)


def _plain(path: Path, record: Record) -> str:
    value = path.required(record)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Fault("PART_UNUSABLE", path=path.text, value=value)
    return str(value).strip()


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogatepass"))
