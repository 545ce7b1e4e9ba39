"""Codes of the lines and figures in words, and how long is said."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from songcau.foundation.shell import written
from songcau.systems.citizen_reports.public import LateReport
from songcau.systems.citizen_reports.public import State as ReportState
from songcau.systems.directives.public import LateDirective
from songcau.systems.directives.public import State as DirectiveState
from songcau.systems.incidents.public import AlertState, LateAlert, LateStep, Missed, Rung

Words = str | Promise
LONGEST_TEXT = 140
MINUTES_OF_A_WORKING_DAY, MINUTES_OF_A_DAY = 8 * 60, 24 * 60

REPORTS: Mapping[ReportState, Words] = {
    ReportState.NEW: gettext_lazy("not verified yet"),
    ReportState.ACCEPTED: gettext_lazy("not given to a unit yet"),
    ReportState.ASSIGNED: gettext_lazy("not begun"),
    ReportState.IN_PROGRESS: gettext_lazy("in progress"),
    ReportState.WAITING_OUTSIDE: gettext_lazy("waits for others"),
    ReportState.WAITING_REPORTER_FIRST: gettext_lazy("waits for the sender"),
    ReportState.WAITING_REPORTER: gettext_lazy("waits for the sender"),
    ReportState.REOPENED: gettext_lazy("opened again"),
    ReportState.RESOLVED: gettext_lazy("done"),
    ReportState.CLOSED: gettext_lazy("done"),
    ReportState.REFUSED: pgettext_lazy("a report", "turned down"),
    ReportState.WITHDRAWN: pgettext_lazy("a report", "withdrawn"),
}
DIRECTIVES: Mapping[DirectiveState, Words] = {
    DirectiveState.GIVEN: gettext_lazy("not begun"),
    DirectiveState.IN_PROGRESS: gettext_lazy("in progress"),
    DirectiveState.DONE: gettext_lazy("done"),
    DirectiveState.CLOSED: gettext_lazy("done"),
    DirectiveState.WITHDRAWN: gettext_lazy("withdrawn"),
}
MISSED: Mapping[Missed, Words] = {
    Missed.ACKNOWLEDGE: gettext_lazy("not acknowledged in time"),
    Missed.CLOSE: gettext_lazy("not closed in time"),
}
ALERTS: Mapping[AlertState, Words] = {
    AlertState.RAISED: pgettext_lazy("an alert", "nobody has it"),
    AlertState.ACKNOWLEDGED: pgettext_lazy("an alert", "acknowledged"),
    AlertState.CLOSED: pgettext_lazy("an alert", "closed"),
}
RUNGS: Mapping[int, Words] = {
    Rung.WARD: gettext_lazy("went up to the head of the ward"),
    Rung.CITY: gettext_lazy("went up to the city"),
    Rung.PROVINCE: gettext_lazy("went up to the province"),
}
LEVELS: Mapping[str, Words] = {
    "CRITICAL": pgettext_lazy("a level", "Critical"),
    "HIGH": pgettext_lazy("a level", "High"),
    "MEDIUM": pgettext_lazy("a level", "Medium"),
    "LOW": pgettext_lazy("a level", "Low"),
    "INFORMATION": pgettext_lazy("a level", "Information"),
}


def centre() -> str:
    return _("The operations centre")


def no_ward() -> str:
    return _("In no ward, or not known")


def in_language(vietnamese: str, english: str) -> str:
    return english if get_language() == "en" and english else vietnamese


def report_words(one: LateReport) -> str:
    """Its category; its words only where everybody may read them."""
    category = in_language(one.category, one.category_en)
    return f"{category}: {_cut(one.text)}" if one.text else category


def report_state(one: LateReport) -> str:
    words = str(REPORTS[one.state])
    return _at(words, one.ended_at) if one.ended_at else _late(words)


def directive_state(one: LateDirective) -> str:
    words = str(DIRECTIVES[one.state])
    if one.ended_at is None:
        return _late(words)
    if one.was_extended:
        return _("more time granted, until %(due)s; now: %(state)s") % {
            "due": written.moment(one.due_at),
            "state": words,
        }
    return _at(words, one.ended_at)


def alert_words(one: LateAlert) -> str:
    name = in_language(one.name_vi, one.name_en)
    level = LEVELS.get(one.level, one.level)
    return " · ".join(part for part in (f"{name} ({level})", one.subject) if part)


def alert_state(one: LateAlert) -> str:
    """What was missed, how far up it went, and how it stands."""
    missed = ", ".join(str(MISSED[what]) for what in one.missed)
    parts = [missed, str(RUNGS[one.rung]) if one.rung in RUNGS else ""]
    now = _("now: %(state)s") % {"state": ALERTS[one.state]}
    return "; ".join(part for part in (*parts, now) if part)


def step_words(one: LateStep) -> str:
    return f"{one.title}: {in_language(one.text_vi, one.text_en)}"


def step_state(one: LateStep) -> str:
    if one.ended_at is None:
        return _late(_("not done"))
    if one.is_done:
        return _at(_("done"), one.ended_at)
    return _("never done; the incident was resolved %(at)s") % {"at": written.moment(one.ended_at)}


def _late(words: str) -> str:
    return _("late still: %(state)s") % {"state": words}


def _at(words: str, at: object) -> str:
    return f"{words} {written.shown(at)}"


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"


def how_long(late: timedelta, *, working: bool) -> str:
    """`3 ngày 2 giờ làm việc`: working days have eight hours; the time of the wall clock else."""
    minutes = int(late.total_seconds()) // 60
    days, rest = divmod(minutes, MINUTES_OF_A_WORKING_DAY if working else MINUTES_OF_A_DAY)
    values = {"days": written.number(days), "hours": rest // 60, "minutes": rest % 60}
    if working and not minutes:
        return _("outside working time")
    if days and rest < 60:
        said = _("%(days)s working days") if working else _("%(days)s days")
    elif days:
        said = _("%(days)s working days %(hours)s h") if working else _("%(days)s days %(hours)s h")
    else:
        said = _("%(hours)s h %(minutes)s min of work") if working else _("%(hours)s h %(minutes)s min")
    return said % values


def unknown() -> str:
    return _("no data")


def change(now: float | None, before: float | None, *, decimals: int = 0, points: bool = False) -> str:
    """`up 5`, `down 3`, `unchanged`; where one of the two is not known there is nothing to compare."""
    if now is None or before is None:
        return written.NOTHING
    moved = round(now, decimals) - round(before, decimals)
    if not round(moved, decimals):
        return pgettext("a figure", "unchanged")
    values = {"n": written.number(round(abs(moved), decimals), decimals)}
    if points:
        return (_("up %(n)s points") if moved > 0 else _("down %(n)s points")) % values
    return (_("up %(n)s") if moved > 0 else _("down %(n)s")) % values
