"""A list as a file: CSV that Excel opens as UTF-8, and XLSX with real dates and numbers.

A cell that a spreadsheet would run as a formula is written as text (OWASP: CSV injection).
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from songcau.kernel import clock

FORMATS = ("csv", "xlsx")
LONGEST_CELL = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: `file_name` without date and ending, and lines that are made one by one."""

    title: str
    file_name: str
    headings: tuple[str, ...]
    lines: Iterable[Sequence[object]]


def respond(sheet: Sheet, kind: str) -> HttpResponseBase:
    """The sheet as a file, `kind` one of FORMATS."""
    today = timezone.localtime(clock.now()).strftime("%Y-%m-%d")
    name = f"{sheet.file_name}-{today}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(_csv(sheet), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        response = FileResponse(_workbook(sheet), as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


def plain(value: object) -> str:
    """A value as CSV writes it: ISO days and instants in the city's zone, a point in decimals, no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return _local(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _local(value: datetime) -> datetime:
    return timezone.make_naive(value) if timezone.is_aware(value) else value


class _Echo(io.TextIOBase):
    """Gives back what csv writes, so that a row is sent when it is made."""

    def write(self, text: str) -> str:  # type: ignore[override]
        return text


def _csv(sheet: Sheet) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield _BOM + writer.writerow([plain(heading) for heading in sheet.headings])
    for line in sheet.lines:
        yield writer.writerow([plain(value) for value in line])


def _workbook(source: Sheet) -> IO[bytes]:
    """Written row by row to a file on disk: a hundred thousand rows never stand in memory together."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(source.title))
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(source.headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(len(heading) + 4, 14), 60)
    sheet.append([_head(sheet, heading) for heading in source.headings])
    for line in source.lines:
        sheet.append([_cell(sheet, value) for value in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115 — FileResponse closes it
    book.save(file)
    file.seek(0)
    return file


def _sheet_title(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31].strip("'") or "songcau"


def _head(sheet: Any, words: str) -> WriteOnlyCell:
    cell = _text(sheet, words)
    cell.font = Font(bold=True)
    return cell


def _text(sheet: Any, words: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", words)[:LONGEST_CELL])
    # Text whatever it begins with: openpyxl would make a formula of "=1+1".
    cell.data_type = "s"
    return cell


def _cell(sheet: Any, value: object) -> object:
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=_local(value).replace(microsecond=0))
        cell.number_format = "dd/mm/yyyy hh:mm:ss"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "dd/mm/yyyy"
        return cell
    if isinstance(value, time):
        return value
    return _text(sheet, str(value))
