"""What an Office document says of its own parts: macros under whatever name, and what it would fetch when opened."""

import re
import zipfile
from collections.abc import Callable, Mapping
from xml.parsers import expat

from songcau.foundation.files import rules
from songcau.foundation.files.refusals import FetchesContent, FileBroken, HasMacros

TYPES = "[Content_Types].xml"
# A list of relations has an entry for each link of a book; longer ones nobody writes.
_LONGEST_LIST = 32 * rules.MEGABYTE
_MACROS = ("macroenabled", "vbaproject", "macrosheet")
# Loaded when the document is opened; a link or a picture waits, or shows only.
_FETCHED = ("attachedtemplate", "oleobject", "frame", "subdocument", "package", "control")
_ON_THIS_MACHINE = re.compile(r"(file:/{0,3})?[a-z]:[\\/]", re.IGNORECASE)


def require_plain_parts(archive: zipfile.ZipFile, names: list[str]) -> None:
    """Raises HasMacros, FetchesContent, FileBroken."""
    if len({name.lower() for name in names}) < len(names):
        # One reader takes the first of two parts of the same name, another the last.
        raise FileBroken(found=rules.ZIP)
    _read_elements(archive, TYPES, _require_no_macros)
    for name in names:
        if name.lower().endswith(".rels"):
            _read_elements(archive, name, _require_here)


def _require_no_macros(said: Mapping[str, str]) -> None:
    if any(sign in said.get("ContentType", "").lower() for sign in _MACROS):
        raise HasMacros


def _require_here(said: Mapping[str, str]) -> None:
    kind = said.get("Type", "").rpartition("/")[2].lower()
    if kind in ("vbaproject", "xlmacrosheet", "xlintlmacrosheet"):
        raise HasMacros
    if kind not in _FETCHED or said.get("TargetMode", "").lower() != "external":
        return
    # Word notes the template of whoever wrote it, which on another machine is not found and does nothing.
    if not _ON_THIS_MACHINE.match(said.get("Target", "")):
        raise FetchesContent


def _read_elements(archive: zipfile.ZipFile, name: str, look: Callable[[Mapping[str, str]], None]) -> None:
    """As XML and not as bytes: the same words can be spelled in UTF-16 or by numbers."""
    if archive.getinfo(name).file_size > _LONGEST_LIST:
        raise FileBroken(found=rules.ZIP)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _tag, said: look(said)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(name) as part:
            parser.ParseFile(part)
    except expat.ExpatError as error:
        raise FileBroken(found=rules.ZIP) from error


def _refuse_doctype(*_declared: object) -> None:
    """No office writes one; it is where entities that unfold without end are declared."""
    raise FileBroken(found=rules.ZIP)
