"""Numbers, days and instants as the present language writes them, in the city's zone. Nothing is `—`."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext

NOTHING = "—"


def number(value: Decimal | float | str | None, decimals: int | None = None) -> str:
    """1889852 → `1.889.852` (vi), `1,889,852` (en); with `decimals` that many places."""
    if value is None or value == "":
        return NOTHING
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def percent(value: Decimal | float | str | None, decimals: int = 1) -> str:
    """46.3, in percent, → `46,3 %` with a space that does not break (vi), `46.3%` (en)."""
    if value is None or value == "":
        return NOTHING
    space = "\N{NO-BREAK SPACE}" if formats.get_format("DECIMAL_SEPARATOR") == "," else ""
    return f"{number(value, decimals)}{space}%"


def day(value: date | None) -> str:
    """`23/11/2026` (vi), `23 Nov 2026` (en)."""
    return formats.date_format(_local(value), "DATE_FORMAT") if value else NOTHING


def moment(value: datetime | None) -> str:
    """`14:32 23/11/2026` (vi), `14:32, 23 Nov 2026` (en)."""
    return formats.date_format(_local(value), "DATETIME_FORMAT") if value else NOTHING


def hour(value: datetime | None) -> str:
    """`14:32`."""
    return formats.date_format(_local(value), "TIME_FORMAT") if value else NOTHING


def when(value: date | None) -> str:
    """`moment` for an instant, `day` for a date."""
    return moment(value) if isinstance(value, datetime) else day(value)


def shown(value: object) -> object:
    """Any value as a cell or a sentence shows it; words stay as they are."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int | float | Decimal):
        return number(value)
    return when(value) if isinstance(value, date) else value


def browser(agent: str) -> str:
    """A User-Agent header in short: `Chrome 140 · Android`. What is not known is shown as it came, cut."""
    names = (
        *(("Edg/", "Edge"), ("OPR/", "Opera"), ("coc_coc_browser/", "Cốc Cốc"), ("Firefox/", "Firefox")),
        *(("Chrome/", "Chrome"), ("Version/", "Safari")),
    )
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")
    found = next(((name, agent.split(mark, 1)[1]) for mark, name in names if mark in agent), None)
    if found is None:
        return agent[:60] or NOTHING
    version = found[1].split(".", 1)[0].split(" ", 1)[0][:5]
    system = next((name for name in systems if name in agent), "")
    return f"{found[0]} {version}" + (f" · {system}" if system else "")


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
