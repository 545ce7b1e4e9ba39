"""Form and frozen data → PDF/A-2a that is also PDF/UA-1 (ISO 19005-2, ISO 14289-1), by Typst with Tinos.

Only the font that comes with songcau is used, so a document looks the same on every server. The data reaches the
template as values, never as markup: nothing that a person typed is carried out.
"""

import json
import re
import threading
from datetime import datetime
from functools import cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from songcau.foundation.files.documents.forms import LONGEST_DATA_BYTES, DocumentData, Form
from songcau.kernel.errors import Refused, Unavailable

PACKAGE = Path(__file__).resolve().parents[3]
FONTS = Path(__file__).resolve().parent / "fonts"
FAMILY = "Tinos"
FACES = 4
STANDARDS: list["typst.PDFStandard"] = ["a-2a", "ua-1"]

_drawing = threading.Lock()


class DataUnfit(Refused):
    """The data does not have the shape of the form: `fields` names what is missing, unknown or of the wrong kind."""

    code = "DOCUMENT_DATA_UNFIT"


class CharacterUnprintable(Refused):
    """The documents' font cannot show some of the text, as with emoji: `characters` lists them."""

    code = "DOCUMENT_CHARACTER_UNPRINTABLE"


class DocumentTooLong(Refused):
    """More data than a form takes."""

    code = "DOCUMENT_TOO_LONG"


class FontsMissing(Unavailable):
    """songcau was built without the fonts of documents."""

    code = "DOCUMENT_FONTS_MISSING"


def frozen(form: Form, facts: object) -> DocumentData:
    """The data of the form, checked. Raises DataUnfit."""
    try:
        return form.data.model_validate(facts)
    except ValidationError as error:
        fields = {".".join(map(str, fault["loc"])) or "?" for fault in error.errors()}
        # A list is reported beside the entry in it that is wrong: the entry says it.
        innermost = {one for one in fields if not any(other.startswith(f"{one}.") for other in fields)}
        raise DataUnfit(fields=", ".join(sorted(innermost))) from None


def render(form: Form, data: DocumentData, *, made_at: datetime) -> bytes:
    """The PDF. The same form, data and instant give the same bytes; those of a demonstration city say so on each page.

    Raises CharacterUnprintable, DocumentTooLong, FontsMissing. `made_at` stands in the PDF's description, not on paper.
    """
    filled = json.dumps(data.model_dump(mode="json"), ensure_ascii=False)
    if len(filled.encode()) > LONGEST_DATA_BYTES:
        raise DocumentTooLong(megabytes=LONGEST_DATA_BYTES // 1_000_000)
    pictures = {name: {"svg": one.svg, "alt": one.alt} for name, one in data.pictures().items()}
    inputs = {"data": filled, "pictures": json.dumps(pictures), "title": data.title(), "mark": _mark(data)}
    compiler = typst.Compiler(
        str(PACKAGE / form.template.lstrip("/")), root=str(PACKAGE), font_paths=_fonts(), sys_inputs=inputs
    )
    try:
        with _drawing:  # one at a time: a long table takes memory
            made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=int(made_at.timestamp()))
    except typst.TypstError as error:
        if unprintable := _unprintable(f"{error.message}\n{error.diagnostic}"):
            raise CharacterUnprintable(characters=" ".join(unprintable)) from None
        raise
    assert isinstance(made, bytes)  # noqa: S101  # one PDF; only pictures of pages come as a list
    return made


def _mark(data: DocumentData) -> str:
    """On paper nothing else tells a made-up sheet from a real one. In the language of the form, not of who prints."""
    if not settings.SONGCAU.demo:
        return ""
    with translation.override(str(getattr(data, "language", "vi"))):
        return _("Demonstration data")


@cache
def _fonts() -> typst.Fonts:
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    if sum(face.family == FAMILY for face in found.fonts()) < FACES:
        raise FontsMissing
    return found


def _unprintable(message: str) -> list[str]:
    """The texts Typst could not show, each once, in order."""
    found = re.findall(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed', message)
    return list(dict.fromkeys(found))
