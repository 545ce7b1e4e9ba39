"""Refusals, states and uses in words: code → sentence with %(parameters)s."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.foundation.files import rules
from songcau.foundation.files.rules import PreviewState, Scan
from songcau.kernel.errors import Anticipated

REFUSALS: dict[str, Promise] = {
    "FILES_STORE_FULL": _("The file store has no room left. Nothing of this file was kept; tell the administrator."),
    "FILES_STORE_AWAY": _("The file store does not answer now (%(reason)s). Please try again in a few minutes."),
    "FILES_CONTENT_MISSING": _(
        "The content of this file is missing from the store. The administrator must look at it."
    ),
    "FILES_SCANNER_AWAY": _("The virus scanner does not answer (%(reason)s)."),
    "MAY_NOT_UPLOAD": _("You may not add a file here."),
    "MAY_NOT_READ_FILE": _("You may not read this file."),
    "MAY_NOT_REMOVE_FILE": _("You may not remove this file."),
    "MAY_NOT_HOLD_FILE": _("You may not set or lift a legal hold."),
    "MAY_NOT_VIEW_FILES": _("You may not look at the list of files."),
    "FILE_USE_UNKNOWN": _("Files cannot be added for this purpose (%(use)s)."),
    "UPLOAD_UNKNOWN": _("This upload does not exist any more. Please start it again."),
    "UPLOAD_INCOMPLETE": _("The file has not arrived whole yet: %(received)s of %(length)s bytes."),
    "TOO_MANY_UPLOADS": _("You have %(most)s unfinished uploads. Finish or cancel some of them first."),
    "FILE_UNKNOWN": _("There is no such file, or it has been removed."),
    "FILE_EMPTY": _("The file is empty."),
    "FILE_OVER_LIMIT": _("The file is too large: at most %(megabytes)s MB."),
    "FILE_TYPE_NOT_ACCEPTED": _("Files of this kind (%(found)s) are not accepted here."),
    "FILE_NOT_WHAT_ITS_NAME_SAYS": _(
        "The name ends in .%(extension)s, but the content is of another kind (%(found)s). Check the file and its name."
    ),
    "FILE_ACTIVE_CONTENT": _("Web pages, SVG drawings and programs are not accepted, whatever their name."),
    "FILE_HAS_MACROS": _("The document contains macros or scripts. Save it without them and send it again."),
    "FILE_FETCHES_CONTENT": _(
        "The document loads a template or an object from elsewhere when opened. Remove the link and send it again."
    ),
    "FILE_CARRIES_FILES": _("The PDF carries further files inside. Take them out and send them one by one."),
    "FILE_ENCRYPTED": _("The document is protected by a password. Save it without a password and send it again."),
    "FILE_PACKED_TOO_TIGHT": _(
        "The packed content is out of proportion or packed several times (%(why)s). Send the files one by one."
    ),
    "FILE_BROKEN": _(
        "The file is damaged or cut short and cannot be read (%(found)s). Open it, save it and try again."
    ),
    "IMAGE_TOO_MANY_PIXELS": _("The picture has %(megapixels)s megapixels; at most %(most)s are accepted."),
    "IMAGE_ANIMATED": _("Moving pictures are not accepted. Send a still picture or a film."),
    "FILE_INFECTED": _("The virus scanner found %(name)s in the file. The file was not kept."),
    "FILE_AWAITS_SCAN": _("The file waits for the virus scanner and cannot be opened yet."),
    "FILE_PURPOSE_MISSING": _("This file holds personal data. Say for what purpose you read it."),
    "HOLD_REASON_MISSING": _("A legal hold needs a reason."),
    "FILE_HELD_ALREADY": _("The file is under legal hold already."),
    "FILE_NOT_HELD": _("The file is not under legal hold."),
    "FILE_HELD": _("The file is under legal hold and cannot be removed: %(reason)s"),
}

SCANS: Mapping[str, Promise] = {
    Scan.NOT_SCANNED: _("Not scanned"),
    Scan.WAITING: _("Waits for the virus scanner"),
    Scan.CLEAN: _("No virus found"),
    Scan.INFECTED: _("Virus found"),
}

PREVIEWS: Mapping[str, Promise] = {
    PreviewState.WAITING: _("Being made"),
    PreviewState.MADE: pgettext_lazy("preview", "Made"),
    PreviewState.FAILED: _("Could not be made"),
    PreviewState.NONE: _("None for this kind of file"),
}


PREVIEW_FAULTS: Mapping[str, Promise] = {
    "BROKEN": _("the content cannot be drawn"),
    "MEMORY": _("it takes too much memory"),
    "TIMEOUT": _("it takes too long"),
    "KILLED": _("the drawing was ended by the system"),
    "TOO_LARGE": _("the file is too large"),
}

KINDS: Mapping[str, Promise] = {
    rules.JPEG: _("JPEG picture"),
    rules.PNG: _("PNG picture"),
    rules.WEBP: _("WebP picture"),
    rules.PDF: _("PDF document"),
    rules.DOCX: _("Word document"),
    rules.XLSX: _("Excel workbook"),
    rules.PPTX: _("PowerPoint presentation"),
    rules.DOC: _("Word document (97–2003)"),
    rules.XLS: _("Excel workbook (97–2003)"),
    rules.PPT: _("PowerPoint presentation (97–2003)"),
    rules.ODT: _("OpenDocument text"),
    rules.ODS: _("OpenDocument spreadsheet"),
    rules.ODP: _("OpenDocument presentation"),
    rules.TEXT: _("Plain text"),
    rules.CSV: _("CSV table"),
    rules.ZIP: _("ZIP archive"),
    rules.MP4: _("MP4 film"),
    rules.QUICKTIME: _("QuickTime film"),
    rules.HEIC: _("HEIC picture"),
}


class _Params(dict[str, object]):
    """A parameter the error does not carry shows as an ellipsis."""

    def __missing__(self, _name: str) -> str:
        return "…"


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The refusal in the language in force; the code itself when it is of another app."""
    return str(REFUSALS.get(code, code)) % _Params(params)


def said(error: Anticipated) -> str:
    return sentence(error.code, error.params)
