"""The figures of the wall: each with its trend, as of when, from which source, who owns it, and the list it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songcau.consoles.operations.wall.watcher import Watcher
from songcau.consoles.operations.words import Words
from songcau.foundation.calendar.queries import local
from songcau.foundation.shell.written import number
from songcau.systems.citizen_reports.public import ReportTotals

UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None: there is none, which is not zero. `is_worse`: the trend is to the bad."""

    label: Words
    value: int | None
    href: str
    as_of: datetime
    source: Words
    owner: Words
    trend: str = ""
    trend_words: str = ""
    is_worse: bool = False
    level: str = ""


SOURCE = gettext_lazy("Citizens' reports")
OWNER = gettext_lazy("The operations centre")
CODES: Mapping[str, Words] = {
    "reports_open": gettext_lazy("Open reports"),
    "reports_late": gettext_lazy("Late reports"),
    "reports_urgent": gettext_lazy("Urgent reports"),
    "reports_today": gettext_lazy("Reports of today"),
}


def figure(code: str, watcher: Watcher) -> Figure | None:
    """None: there is no such figure, or it is not for this person."""
    if code not in CODES or not watcher.by.may("citizen_reports.view_reports"):
        return None
    return _MADE[code](watcher.totals, watcher)


def _made(code: str, value: int, href: str, watcher: Watcher, **more: object) -> Figure:
    return Figure(CODES[code], value, href, watcher.now, SOURCE, OWNER, **more)  # type: ignore[arg-type]


def _open(totals: ReportTotals, watcher: Watcher) -> Figure:
    change = totals.came - totals.ended
    words = _("in 24 hours %(came)s came, %(ended)s were ended") % {
        "came": number(totals.came),
        "ended": number(totals.ended),
    }
    return _made(
        "reports_open",
        totals.still_open,
        reverse("citizen_reports:open"),
        watcher,
        trend=_sign(change),
        trend_words=words,
        is_worse=change > 0,
    )


def _late(totals: ReportTotals, watcher: Watcher) -> Figure:
    many = totals.turned_late
    words = ngettext("%(many)s more in 24 hours", "%(many)s more in 24 hours", many) % {"many": number(many)}
    return _made(
        "reports_late",
        totals.late,
        reverse("citizen_reports:late"),
        watcher,
        trend=UP if many else SAME,
        trend_words=words,
        is_worse=many > 0,
        level="critical" if totals.late else "",
    )


def _urgent(totals: ReportTotals, watcher: Watcher) -> Figure:
    href = f"{reverse('citizen_reports:open')}?{urlencode({'urgency': 'URGENT'})}"
    return _made("reports_urgent", totals.urgent, href, watcher, level="high" if totals.urgent else "")


def _today(totals: ReportTotals, watcher: Watcher) -> Figure:
    day = local(watcher.now).date().isoformat()
    href = f"{reverse('citizen_reports:reports')}?{urlencode({'received_from': day, 'received_to': day})}"
    words = _("yesterday up to now: %(many)s") % {"many": number(totals.today_before)}
    return _made(
        "reports_today", totals.today, href, watcher, trend=_sign(totals.today - totals.today_before), trend_words=words
    )


def _sign(change: int) -> str:
    return SAME if change == 0 else UP if change > 0 else DOWN


_MADE: Mapping[str, Callable[[ReportTotals, Watcher], Figure]] = {
    "reports_open": _open,
    "reports_late": _late,
    "reports_urgent": _urgent,
    "reports_today": _today,
}
