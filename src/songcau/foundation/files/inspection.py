"""What a received file really is: sniffed from its first bytes, then confirmed by whoever can read such a file."""

import codecs
import threading
from pathlib import Path

import puremagic
import pypdfium2
import pypdfium2.raw as pdfium

from songcau.foundation.files import archives, rules
from songcau.foundation.files.pdf_names import require_no_actions
from songcau.foundation.files.refusals import Encrypted, FileBroken, HasMacros
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.stores import file_chunks

# XFA: a program in XML, which draws the pages when it is opened.
_FORMS_THAT_COMPUTE = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
# PDFium is not made for threads.
_one_pdf = threading.Lock()


def identified(file: Path, name: str, limits: Limits) -> str:
    """The media type of a file named `name`; pictures are confirmed when `pictures.rewritten` reads them.

    Raises what `rules.require_size`, `sniffed`, `require_type` and `archives` raise; Encrypted, HasMacros, FileBroken.
    """
    rules.require_size(limits, file.stat().st_size)
    with file.open("rb") as stream:
        found = rules.sniffed(stream.read(rules.HEAD))
    if found == rules.ZIP:
        found = archives.kind_of_zip(file)
    elif found == rules.OLE:
        found = archives.kind_of_ole(file)
    elif found == rules.UNKNOWN:
        found = _named_by_library(file)
    media_type = rules.require_type(limits, name, found)
    if media_type == rules.PDF:
        _require_plain_pdf(file)
        require_no_actions(file)
    elif media_type in (rules.TEXT, rules.CSV):
        _require_utf8(file)
    return media_type


def _named_by_library(file: Path) -> str:
    """For the sentence of the refusal only: a name for what is not stored anyway."""
    try:
        return str(puremagic.from_file(file, mime=True)) or rules.UNKNOWN
    except (puremagic.PureError, ValueError, OSError):
        return rules.UNKNOWN


def _require_plain_pdf(file: Path) -> None:
    """Raises Encrypted (also when only printing is locked), HasMacros for XFA forms, FileBroken."""
    with _one_pdf:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
                raise Encrypted from error
            raise FileBroken(found=rules.PDF) from error
        try:
            if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
                raise Encrypted
            if pdfium.FPDF_GetFormType(document) in _FORMS_THAT_COMPUTE:
                raise HasMacros
            if len(document) == 0:
                raise FileBroken(found=rules.PDF)
        finally:
            document.close()


def _require_utf8(file: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in file_chunks(file):
            if "\0" in decoder.decode(chunk):
                raise FileBroken(found=rules.TEXT)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileBroken(found=rules.TEXT) from error
