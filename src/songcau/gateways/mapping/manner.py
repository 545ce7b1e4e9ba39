"""How the readings of one source are written: what a path means there, and whether numbers are text."""

from dataclasses import dataclass

from songcau.gateways.mapping.records import Path, column, parsed_path
from songcau.gateways.mapping.templates import Template, parsed_template


@dataclass(frozen=True, slots=True)
class Manner:
    """has_columns: `from` is the name of a column. is_written: numbers stand as text, with `decimal` in them.

    levels: the names that a template may use beside members of the payload. is_one_value: the payload is one value.
    """

    has_columns: bool = False
    is_written: bool = False
    is_one_value: bool = False
    decimal: str = "."
    levels: tuple[str, ...] = ()

    def path(self, text: str, where: str) -> Path:
        """Raises MappingFault."""
        return column(text) if self.has_columns else parsed_path(text, where)

    def template(self, text: str, where: str, *, is_id: bool) -> Template:
        """Raises MappingFault."""
        return parsed_template(text, where, levels=self.levels, is_id=is_id, has_columns=self.has_columns)
