"""Refusals in words, and the sentence that explains a date: how it was counted, and which days were passed over."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from songcau.foundation.calendar.deadlines import Deadline, Method, Pause, Rest
from songcau.foundation.calendar.rules import MINUTES_OF_A_DAY, Day, Name, Why

MOST_RANGES = 6

REFUSALS: dict[str, Promise] = {
    "CALENDAR_WITHOUT_WORK": gettext_lazy("This calendar has no working hours for more than a year."),
    "WINDOWS_UNFIT": gettext_lazy("Working hours must lie within one day, end after they begin and not overlap."),
    "OVERRIDES_COLLIDE": gettext_lazy("%(on)s is changed twice: by %(first)s and by %(second)s."),
    "TERM_NOT_POSITIVE": gettext_lazy("A term must be longer than nothing."),
    "TERM_NOT_WHOLE": gettext_lazy(
        "Days and months are counted whole, hours in quarters. Half a day is four working hours."
    ),
    "TERM_TOO_LONG": gettext_lazy("This term is too long: at most %(most)s."),
    "BEYOND_CALENDAR": gettext_lazy("Holidays are known from %(first)s to %(last)s only."),
    "PAUSES_UNFIT": gettext_lazy("Pauses must follow each other after the receipt, and each must end after it begins."),
    "CUT_OFF_UNFIT": gettext_lazy("The cut-off must be a time within the day."),
}


def sentence(deadline: Deadline) -> str:
    """Why the term ends when it does, in the present language; a full text of one or more sentences."""
    return " ".join(_parts(deadline))


def _parts(one: Deadline) -> Iterator[str]:
    yield _("Received %(at)s.") % {"at": _moment(one.received_at)}
    if one.counted_from != one.received_at:
        yield _after_cut_off(one)
    yield _term(one)
    if one.term.method in {Method.DAYS, Method.HOURS, Method.SAME_DAY}:
        yield from _days(one)
    for pause in one.pauses:
        yield _pause(pause)
    if one.moved_from is not None:
        yield _("The last day, %(day)s, is a day of rest (%(why)s), so the term ends with the next working day.") % {
            "day": _day(one.moved_from.on),
            "why": _reason(one.moved_from),
        }
    if one.due_at is None:
        yield _("There is no date until the clock runs again.")
        return
    yield _("Due %(at)s.") % {"at": _moment(one.due_at)}
    if one.provisional:
        words = _("The days of rest of %(year)s may still be changed by decree; this date is provisional.")
        yield words % {"year": str(one.due_at.year)}


def _after_cut_off(one: Deadline) -> str:
    words = _("What comes in from %(cut_off)s on, or on a day of rest, counts as received %(at)s.")
    return words % {"cut_off": _clock(one.cut_off or 0), "at": _moment(one.counted_from)}


def _term(one: Deadline) -> str:
    amount = one.term.amount
    shown = formats.number_format(amount if amount % 1 else int(amount))
    if one.term.method is Method.HOURS:
        days = amount * 60 / MINUTES_OF_A_DAY
        words = ngettext(
            "The term is %(hours)s working hours (%(days)s day of 8 hours) from then on.",
            "The term is %(hours)s working hours (%(days)s days of 8 hours) from then on.",
            1 if days == 1 else 2,
        )
        return words % {"hours": shown, "days": formats.number_format(days if days % 1 else int(days))}
    if one.term.method is Method.SAME_DAY:
        return _("The result is due on the same working day.")
    words = {
        Method.DAYS: ngettext(
            "The term is %(amount)s working day; the day of receipt is not counted.",
            "The term is %(amount)s working days; the day of receipt is not counted.",
            int(amount),
        ),
        Method.CALENDAR_DAYS: ngettext(
            "The term is %(amount)s day; the day of receipt is not counted, days of rest are.",
            "The term is %(amount)s days; the day of receipt is not counted, days of rest are.",
            int(amount),
        ),
        Method.MONTHS: ngettext(
            "The term is %(amount)s month, to the same day of the month or the month's last.",
            "The term is %(amount)s months, to the same day of the month or the month's last.",
            int(amount),
        ),
    }[one.term.method]
    return words % {"amount": shown}


def _days(one: Deadline) -> Iterator[str]:
    """What was passed over, what was worked although it usually is not, what was worked in part."""
    if one.rests:
        by_reason: dict[str, list[Rest]] = {}
        for rest in one.rests:
            by_reason.setdefault(_reason(rest.day), []).append(rest)
        listed = "; ".join(f"{reason} ({_ranges(rests)})" for reason, rests in by_reason.items())
        yield _("Not counted: %(days)s.") % {"days": listed}
    for day in one.worked:
        yield _("Counted as a working day: %(day)s (%(why)s).") % {"day": _day(day.on), "why": _reason(day)}
    if one.term.method is Method.HOURS:
        for day in one.shortened:
            yield _("Worked in part: %(day)s (%(why)s).") % {"day": _day(day.on), "why": _reason(day)}


def _pause(pause: Pause) -> str:
    if pause.end is None:
        return _("The clock has stood since %(begin)s.") % {"begin": _moment(pause.begin)}
    words = _("The clock stood from %(begin)s to %(end)s.")
    return words % {"begin": _moment(pause.begin), "end": _moment(pause.end)}


def _reason(day: Day) -> str:
    usual = {Why.WEEK: _("weekly rest"), Why.CLOSURE: _("closed")}.get(day.why, "")
    named = ", ".join(part for part in (in_language(day.name), day.document) if part)
    return f"{usual}: {named}" if usual and named else usual or named or _("decreed")


def in_language(name: Name) -> str:
    """The name of a day in the present language."""
    return name.vi if (get_language() or "vi").startswith("vi") else name.en


def _ranges(rests: Sequence[Rest]) -> str:
    """Each run of days; of many only how many days they are."""
    if len(rests) > MOST_RANGES:
        days = sum((rest.last - rest.first).days + 1 for rest in rests)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": formats.number_format(days)}
    return ", ".join(
        _short(rest.first) if rest.first == rest.last else f"{_short(rest.first)}–{_short(rest.last)}" for rest in rests
    )


def _short(on: date) -> str:
    return f"{on:%d/%m/%Y}" if (get_language() or "vi").startswith("vi") else formats.date_format(on, "j M Y")


def _day(on: date) -> str:
    return f"{formats.date_format(on, 'l')} {_short(on)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _moment(at: datetime) -> str:
    return _("at %(time)s on %(day)s") % {"time": f"{at:%H:%M}", "day": _day(at.date())}
