"""A mapping file as tables whose members are read one by one: what is missing, unknown or of a wrong kind is named."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

import orjson

from songcau.gateways.faults import MappingFault
from songcau.kernel.text import nfc

LARGEST_BYTES = 4 * 1024 * 1024
_NAME = re.compile(r"[^\W\d_]\w*")


def read_document(file: Path) -> "Members":
    """The whole of a TOML or, when its name ends so, JSON file. Raises MappingFault."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise MappingFault("MAPPING_UNREADABLE", file=file, why=error.strerror) from error
    if len(content) > LARGEST_BYTES:
        raise MappingFault("MAPPING_UNREADABLE", file=file, why=f"> {LARGEST_BYTES} B")
    form = "JSON" if file.suffix.lower() == ".json" else "TOML"
    try:
        text = nfc(content.decode("utf-8-sig"))
        value = orjson.loads(text) if form == "JSON" else tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise MappingFault("MAPPING_MALFORMED", file=file, form="UTF-8", why=f"byte {error.start + 1}") from error
    except (ValueError, RecursionError) as error:
        raise MappingFault("MAPPING_MALFORMED", file=file, form=form, why=error) from error
    if not isinstance(value, dict):
        raise MappingFault("MEMBER_NOT_TABLE", where=file.name)
    return Members(value, "", folder=file.parent)


class Members:
    """One table. Each member is taken once; `end` refuses those that nobody took. Everything raises MappingFault.

    where: the place of the table in the file, as `readings[2].observed_at`. folder: that of the file.
    """

    def __init__(self, value: dict[str, Any], where: str, *, folder: Path) -> None:
        self._left = dict(value)
        self._known: list[str] = []
        self.where = where
        self.folder = folder

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def place(self, name: str) -> str:
        """Where a member of this table stands."""
        return f"{self.where}.{name}" if self.where else name

    def value(self, name: str, default: Any = None) -> Any:
        """The member as it stands, or the default."""
        self._known.append(name)
        return self._left.pop(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        """Text that is not empty; with a default it may be missing."""
        value = self.value(name, default)
        if value is None:
            raise MappingFault("MEMBER_MISSING", where=self.place(name))
        if not isinstance(value, str) or (not value and value != default):
            raise MappingFault("MEMBER_NOT_TEXT", where=self.place(name))
        return value

    def text_or_none(self, name: str) -> str | None:
        return self.text(name) if name in self else self.value(name)

    def of(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in choices:
            raise MappingFault("MEMBER_NOT_OF", where=self.place(name), choices=", ".join(choices))
        return value

    def number(self, name: str, default: float) -> float:
        value = self.value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e300:
            raise MappingFault("MEMBER_NOT_NUMBER", where=self.place(name))
        return value

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise MappingFault("MEMBER_NOT_WHOLE", where=self.place(name), least=least, most=most)
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.value(name, default)
        if not isinstance(value, bool):
            raise MappingFault("MEMBER_NOT_FLAG", where=self.place(name))
        return value

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.value(name, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise MappingFault("MEMBER_NOT_TEXTS", where=self.place(name))
        return tuple(value)

    def name(self, name: str, default: str | None = None) -> str:
        """The name of a type: a letter, then letters, digits and underscores; or an IRI."""
        return checked_name(self.text(name, default), self.place(name))

    def table(self, name: str) -> "Members | None":
        """A table inside this one, or None where there is none."""
        value = self.value(name)
        return None if value is None else self._table(value, self.place(name))

    def tables(self, name: str) -> list["Members"]:
        """A list of tables; empty where there is none."""
        value = self.value(name, [])
        if not isinstance(value, list):
            raise MappingFault("MEMBER_NOT_TABLES", where=self.place(name))
        return [self._table(one, f"{self.place(name)}[{number}]") for number, one in enumerate(value, 1)]

    def rest(self) -> list[tuple[str, Any]]:
        """All members that are left, as (name, value): of a table whose names are the writer's own."""
        left, self._left = list(self._left.items()), {}
        return left

    def inner(self, name: str, value: Any) -> "Members":
        """A table from the value of a member that was taken already."""
        return self._table(value, self.place(name))

    def file(self, name: str) -> Path | None:
        """A file, beside the mapping unless it is named from the root."""
        text = self.text_or_none(name)
        return None if text is None else self.folder / text

    def end(self) -> None:
        """Refuse what nobody took."""
        for name in self._left:
            known = difflib.get_close_matches(name, self._known, n=1) or sorted(set(self._known))
            raise MappingFault("MEMBER_UNKNOWN", where=self.place(name), known=", ".join(known))

    def _table(self, value: Any, where: str) -> "Members":
        if not isinstance(value, dict):
            raise MappingFault("MEMBER_NOT_TABLE", where=where)
        return Members(value, where, folder=self.folder)


def checked_name(name: str, where: str) -> str:
    """A name of a type or an attribute, or an IRI. Raises MappingFault."""
    if not _NAME.fullmatch(name) and not re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", name):
        raise MappingFault("NAME_MALFORMED", where=where, name=name)
    return name
