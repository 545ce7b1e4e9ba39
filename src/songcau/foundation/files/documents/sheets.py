"""Plain sheets of any system: a heading, text and tables on A4; and how text that a printer has no letters for is
printed all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from songcau.foundation.files.documents.forms import DocumentData, Form, Line, Part
from songcau.foundation.files.documents.letters import Block, Column, Heading, Paragraph, Table
from songcau.foundation.files.documents.rendering import CharacterUnprintable, frozen, render

# Stands for a sign that the documents' font does not have, as in little pictures.
UNPRINTABLE = "□"
_ROUNDS = 8
LONGEST_CELL = 600


class Signature(Part):
    """Who signs by hand, and as what; `name` may be empty."""

    capacity: Line
    name: str = ""


class SheetData(DocumentData):
    """`about`: of which days and whose; `as_of` stands at the foot of every page. `dense`: small, to fit one page.

    A picture `map` is drawn on top, where a system's own form has one as `drawing`.
    """

    language: Literal["vi", "en"]
    agency: Line
    heading: Line
    about: Line | None = None
    as_of: Line
    wide: bool = False
    dense: bool = False
    body: Annotated[tuple[Block, ...], Field(min_length=1)]
    signatures: tuple[Signature, ...] = ()

    def title(self) -> str:
        return f"{self.heading}" + (f": {self.about}" if self.about else "")


def sheet_form(code: str, data: type[SheetData] = SheetData) -> Form:
    """The form of a system's sheets, if it has one of its own."""
    return Form(code, "1", "songcau", "/foundation/files/documents/layout/sheet.typ", data, date(2026, 1, 1))


SHEET = sheet_form("SHEET")


def table(columns: Sequence[tuple[str, float]], rows: Iterable[Sequence[object]], *, numeric: int = 0) -> Table:
    """`columns`: name and share of the breadth; the last `numeric` of them hold figures."""
    first = len(columns) - numeric
    made = tuple(Column(name=name, width=width, numeric=n >= first) for n, (name, width) in enumerate(columns))
    return Table(columns=made, rows=tuple(tuple(_cell(value) for value in row) for row in rows))


def _cell(value: object) -> str:
    text = " ".join(str(value if value is not None else "").split())
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def heading(text: object) -> Heading:
    return Heading(text=str(text))


def paragraph(text: object) -> Paragraph:
    return Paragraph(text=str(text))


def printed(facts: Mapping[str, Any], *, made_at: datetime, form: Form = SHEET) -> bytes:
    """The PDF. Signs that the font lacks are printed as a box: an emoji in a text stops no list."""
    data = frozen(form, dict(facts))
    for _round in range(_ROUNDS):
        try:
            return render(form, data, made_at=made_at)
        except CharacterUnprintable as refusal:
            signs = {sign for sign in str(refusal.params["characters"]) if not sign.isspace()}
            data = frozen(form, _without(data.model_dump(), signs))
    return render(form, data, made_at=made_at)


def _without(value: Any, signs: set[str]) -> Any:
    if isinstance(value, str):
        return "".join(UNPRINTABLE if sign in signs else sign for sign in value)
    if isinstance(value, Mapping):
        return {name: _without(one, signs) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_without(one, signs) for one in value)
    return value
