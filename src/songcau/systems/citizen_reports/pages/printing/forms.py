"""The printed sheets of reports: those of any desk, with a small map where there is one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from songcau.foundation.files.documents import sheets
from songcau.foundation.files.documents.forms import Picture
from songcau.foundation.files.documents.sheets import heading as heading
from songcau.foundation.files.documents.sheets import paragraph as paragraph
from songcau.foundation.files.documents.sheets import table as table
from songcau.systems.citizen_reports.pages.printing.drawing import Drawing


class SheetData(sheets.SheetData):
    """`drawing`: hot spots."""

    drawing: Drawing | None = None

    def pictures(self) -> Mapping[str, Picture]:
        return {"map": self.drawing.picture()} if self.drawing else {}


SHEET = sheets.sheet_form("CITIZEN_REPORTS_SHEET", SheetData)


def printed(facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF."""
    return sheets.printed(facts, made_at=made_at, form=SHEET)
