"""The two general forms of Decree 30/2020/NĐ-CP, appendix III: the official letter, and the one that names its kind."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from songcau.foundation.files.documents.codes import LONGEST_QR, qr
from songcau.foundation.files.documents.forms import DocumentData, Form, Line, Part, Picture, Text

BASIS = "Nghị định 30/2020/NĐ-CP, Phụ lục I và III"
# In force from its day of signing, article 37.
SINCE = date(2020, 3, 5)


class Paragraph(Part):
    """Text; each line of it is a paragraph of its own."""

    kind: Literal["PARAGRAPH"] = "PARAGRAPH"
    text: Text


class Heading(Part):
    """The name of a part, such as `I. Kết quả`."""

    kind: Literal["HEADING"] = "HEADING"
    text: Line


class Column(Part):
    """A column of a table: its name, its share of the breadth, and whether it holds figures."""

    name: Line
    width: Annotated[float, Field(gt=0, le=20)] = 1.0
    numeric: bool = False


class Table(Part):
    """Rows under named columns; the names are repeated on every page."""

    kind: Literal["TABLE"] = "TABLE"
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=12)]
    rows: tuple[tuple[Text, ...], ...]

    @model_validator(mode="after")
    def _rows_fit(self) -> "Table":
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("each row has as many cells as there are columns")
        return self


Block = Annotated[Paragraph | Heading | Table, Field(discriminator="kind")]


class AdministrativeDocument(DocumentData):
    """What every administrative document carries.

    `above` is the agency above the one that issues. Before it is numbered, `number` holds only the symbol
    (`/TB-UBND`), and `dated_on` is empty: signing, numbering and issuing are three acts.
    """

    language: Literal["vi"] = "vi"
    agency: Line
    above: Line | None = None
    number: Line
    place: Line
    dated_on: date | None = None
    urgency: Literal["KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"] | None = None
    body: Annotated[tuple[Block, ...], Field(min_length=1)]
    capacity: Line | None = None
    position: Line
    signed_by: Line | None = None
    copies: tuple[Line, ...] = ()


class OfficialLetter(AdministrativeDocument):
    """Công văn."""

    about: Line
    to: Annotated[tuple[Line, ...], Field(min_length=1)]

    def title(self) -> str:
        return f"Công văn {self.number}: {self.about}"


class NamedDocument(AdministrativeDocument):
    """Văn bản có tên loại. `check_at` is an address where the reader can check it, printed as text and QR code."""

    kind: Line
    about: Line | None = None
    check_at: Annotated[Line | None, Field(max_length=LONGEST_QR)] = None
    check_note: Line = "Kiểm tra văn bản này tại"

    def title(self) -> str:
        return f"{self.kind} {self.number}" + (f": {self.about}" if self.about else "")

    def pictures(self) -> Mapping[str, Picture]:
        return {"qr": qr(self.check_at, alt=f"Mã QR: {self.check_at}")} if self.check_at else {}


_LAYOUT = "/foundation/files/documents/layout"
OFFICIAL_LETTER = Form("OFFICIAL_LETTER", "nd30-2020.1", BASIS, f"{_LAYOUT}/official_letter.typ", OfficialLetter, SINCE)
NAMED_DOCUMENT = Form("NAMED_DOCUMENT", "nd30-2020.1", BASIS, f"{_LAYOUT}/named_document.typ", NamedDocument, SINCE)
