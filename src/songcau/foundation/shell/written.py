"""Numbers, money, days and instants as the present language writes them, in the city's zone. Nothing is `—`.

How each language writes them stands in `kernel.numbers` and `kernel.dates`; Django's formats (`formats/`) serve its
own form fields, and a test holds the two together. Its `number_format` is not used: it cuts decimals off.
"""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext

from songcau.kernel import dates, numbers, spelling

NOTHING = "—"
Numeric = Decimal | float | str | None


def language() -> str:
    """The present language, `vi` or `en`."""
    return "vi" if (get_language() or "vi").startswith("vi") else "en"


def number(value: Numeric, decimals: int | None = None) -> str:
    """1889852 → `1.889.852` (vi), `1,889,852` (en); with `decimals` that many places, rounded. A word stays a word."""
    exact = _exact(value)
    return exact if isinstance(exact, str) else numbers.written(exact, language(), decimals)


def percent(value: Numeric, decimals: int = 1) -> str:
    """46.3, in percent, → `46,3 %` with a space that does not break (vi), `46.3%` (en)."""
    exact = _exact(value)
    return exact if isinstance(exact, str) else numbers.percent(exact, language(), decimals)


def money(value: Numeric) -> str:
    """Đồng, all of them: `1.348.900.000.000 đồng` (vi), `VND 1,348,900,000,000` (en)."""
    exact = _exact(value)
    return exact if isinstance(exact, str) else numbers.money(exact, language())


def budget(value: Numeric, decimals: int = 1) -> str:
    """Đồng as budgets write them: `1.348,9 tỷ đồng` (vi), `VND 1,348.9 billion` (en)."""
    exact = _exact(value)
    return exact if isinstance(exact, str) else numbers.money(exact, language(), short=True, decimals=decimals)


def in_words(value: int | None) -> str:
    """An amount of đồng read out, for the line below it: `Một triệu không trăm linh năm đồng`."""
    return NOTHING if value is None else spelling.money_in_words(value, language())


def _exact(value: Numeric) -> Decimal | str:
    if value is None or value == "":
        return NOTHING
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def day(value: date | None) -> str:
    """`23/11/2026` (vi), `23 Nov 2026` (en)."""
    return dates.day(_local(value), language()) if value else NOTHING


def day_in_full(value: date | None) -> str:
    """`ngày 23 tháng 11 năm 2026` (vi), `23 November 2026` (en)."""
    return dates.day_in_full(_local(value), language()) if value else NOTHING


def period(value: dates.Period | None) -> str:
    """`tháng 11/2026`, `quý IV/2026`, `năm 2026` (vi); `November 2026`, `Q4 2026`, `2026` (en)."""
    return dates.period(value, language()) if value else NOTHING


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
