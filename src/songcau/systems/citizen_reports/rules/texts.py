"""What a report has to say."""

from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports.rules.steps import letters

REPORT_LIMIT = 4000
SHORTEST_REPORT = 3


class ReportTextEmpty(Refused):
    code = "REPORT_TEXT_EMPTY"


class ReportTextTooLong(Refused):
    """`length` characters, at most `limit`."""

    code = "REPORT_TEXT_TOO_LONG"


class ReportWithoutWords(Refused):
    """Little pictures or dots only."""

    code = "REPORT_WITHOUT_WORDS"


def require_report(text: str, *, limit: int = REPORT_LIMIT) -> str:
    """The text as it is stored: nothing invisible in it, `<b>` three signs like any others.

    Raises ReportTextEmpty, ReportTextTooLong, ReportWithoutWords.
    """
    said = plain(text).strip()
    if not said:
        raise ReportTextEmpty()
    if len(said) > limit:
        raise ReportTextTooLong(length=len(said), limit=limit)
    if letters(said) < SHORTEST_REPORT:
        raise ReportWithoutWords()
    return said
