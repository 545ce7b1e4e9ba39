"""Refusals in words, and the sentence that explains a date: how it was counted, and which days were passed over."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from songcau.foundation.calendar.deadlines import Deadline, Method, Pause, Rest, day_ended
from songcau.foundation.calendar.rules import MINUTES_OF_A_DAY, Day, Name, Week, Why, Window, clock_written

MOST_RANGES = 6

REFUSALS: dict[str, Promise] = {
    "CALENDAR_WITHOUT_WORK": gettext_lazy("This calendar has no working hours for more than a year."),
    "WINDOWS_UNFIT": gettext_lazy("Working hours must lie within one day, end after they begin and not overlap."),
    "WINDOW_BACKWARDS": gettext_lazy(
        "A window must end after it begins. One that goes over midnight is entered as two, on two days."
    ),
    "WINDOW_BEYOND_DAY": gettext_lazy("Working hours lie between 00:00 and 24:00."),
    "WINDOWS_OVERLAP": gettext_lazy("Two windows of a day overlap."),
    "OVERRIDES_COLLIDE": gettext_lazy("%(on)s is changed twice: by %(first)s and by %(second)s."),
    "TERM_NOT_POSITIVE": gettext_lazy("A term must be longer than nothing."),
    "TERM_NOT_WHOLE": gettext_lazy(
        "Days and months are counted whole, hours in quarters. Half a day is four working hours."
    ),
    "TERM_TOO_LONG": gettext_lazy("This term is too long: at most %(most)s."),
    "BEYOND_CALENDAR": gettext_lazy("Holidays are known from %(first)s to %(last)s only."),
    "PAUSES_UNFIT": gettext_lazy("Pauses must follow each other after the receipt, and each must end after it begins."),
    "CUT_OFF_UNFIT": gettext_lazy("The cut-off must be a time within the day."),
    "CALENDAR_PERIOD_BACKWARDS": gettext_lazy("The end must come after the beginning."),
    "CALENDAR_DOCUMENT_MISSING": gettext_lazy(
        "Please give the number of the document, at most %(limit)s characters long."
    ),
    "CALENDAR_REASON_MISSING": gettext_lazy("Please give a reason or basis, at most %(limit)s characters long."),
    "WEEK_WITHOUT_WORK": gettext_lazy("Please enter hours for at least one day of the week."),
    "DECREED_DAY_WITHOUT_WORK": gettext_lazy("Please enter hours for a day made a working day by a document."),
    "HOURS_FROM_ALREADY": gettext_lazy(
        "Hours that begin on %(on)s are set already; withdraw them first, or choose another day."
    ),
    "DECREE_EMPTY": gettext_lazy("Please enter at least one day off or one day worked."),
    "DECREE_TOO_LONG": gettext_lazy("One document changes at most %(most)s days here."),
    "DAY_BOTH_WAYS": gettext_lazy("%(on)s cannot be off and worked at once."),
    "DAY_DECREED_ALREADY": gettext_lazy("%(on)s is changed by %(document)s already; withdraw that first."),
    "DAY_OFF_ALREADY": gettext_lazy("%(on)s is a day of rest already."),
    "DAY_WORKED_ALREADY": gettext_lazy("%(on)s is a working day already."),
    "CLOSURE_OVERLAPS": gettext_lazy("The agency is closed from %(first)s to %(last)s already."),
    "CLOSURE_TOO_LONG": gettext_lazy("A closure lasts at most %(most)s days; for good, the agency itself is closed."),
    "CALENDAR_ROW_UNKNOWN": gettext_lazy("This was withdrawn meanwhile, or was never there. Please reload the page."),
    "MAY_NOT_CHANGE_CALENDAR": gettext_lazy("You do not have the right to change this calendar."),
    "MAY_NOT_DECIDE_DATES": gettext_lazy("You do not have the right to decide on dates that this agency promised."),
    "PROMISE_UNKNOWN": gettext_lazy("This promised date is not known."),
    "IMPACT_UNKNOWN": gettext_lazy("Please choose at least one date. One that you chose is gone; reload the page."),
    "TOO_MANY_IMPACTS": gettext_lazy("At most %(most)s dates can be decided at once."),
}

CHANGES: dict[str, Promise] = {
    "HOURS_SET": gettext_lazy("Office hours set"),
    "HOURS_WITHDRAWN": gettext_lazy("Office hours withdrawn"),
    "DECREE_RECORDED": gettext_lazy("Days changed by a document"),
    "DECREE_WITHDRAWN": gettext_lazy("Document withdrawn"),
    "AGENCY_CLOSED": gettext_lazy("Agency closed for a while"),
    "AGENCY_REOPENED": gettext_lazy("Closure lifted"),
    "AGENCY_MOVED": gettext_lazy("Agency moved under another"),
}
IMPACT_STATES: dict[str, Promise] = {
    "OPEN": gettext_lazy("to be decided"),
    "KEPT": gettext_lazy("date kept"),
    "MOVED": gettext_lazy("date moved"),
    "OVERTAKEN": gettext_lazy("no longer needed"),
}


def sentence(deadline: Deadline) -> str:
    """Why the term ends when it does, in the present language; a full text of one or more sentences."""
    return " ".join(_parts(deadline))


def _parts(one: Deadline) -> Iterator[str]:
    yield _("Received at %(at)s.") % {"at": _moment(one.received_at)}
    yield from _receipt(one)
    if one.counted_from != one.received_at:
        yield _after_cut_off(one)
    yield _term(one)
    if one.term.method in {Method.DAYS, Method.HOURS, Method.SAME_DAY}:
        yield from _days(one)
    for pause in one.pauses:
        yield _pause(pause)
    if one.due_at is None:
        yield _("There is no date until the clock runs again.")
        return
    yield from _last_day(one)
    yield _("Due at %(at)s.") % {"at": _end(one.due_at)}
    if one.provisional:
        words = _("The days of rest of %(year)s may still be changed by decree; this date is provisional.")
        yield words % {"year": str(day_ended(one.due_at).year)}


def _receipt(one: Deadline) -> Iterator[str]:
    """Why the day of receipt is a day of rest, or one of work although it usually is not."""
    day = one.receipt
    if not day.works:
        words = _("The day of receipt, %(day)s, is a day of rest (%(why)s).")
        yield words % {"day": _day(day.on), "why": _reason(day)}
    elif decreed := day.decreed_work:
        words = _("The day of receipt, %(day)s, is a working day (%(why)s).")
        yield words % {"day": _day(day.on), "why": _reason(decreed)}
    same_day = one.term.method is Method.SAME_DAY and one.counted_from == one.received_at
    if same_day and day.works and _minute(one.received_at) >= day.end:
        yield _("By then the work of that day was over.")


def _last_day(one: Deadline) -> Iterator[str]:
    """That the last day was moved, and that it was shortened; by hours every shortened day has been told."""
    if one.moved_from is not None:
        yield _("The last day, %(day)s, is a day of rest (%(why)s), so the term ends with the next working day.") % {
            "day": _day(one.moved_from.on),
            "why": _reason(one.moved_from),
        }
    last = one.shortened[-1] if one.shortened else None
    if last is None or last.on != one.due_on or one.term.method is Method.HOURS:
        return
    if last.before_closing and last.end < last.before_closing.end:
        words = _("On the last day, %(day)s, work ends at %(time)s already (%(why)s).")
        yield words % {"day": _day(last.on), "time": clock_written(last.end), "why": _reason(last)}


def _after_cut_off(one: Deadline) -> str:
    words = _("What comes in from %(cut_off)s on, or on a day of rest, counts as received at %(at)s.")
    return words % {"cut_off": clock_written(one.cut_off or 0), "at": _moment(one.counted_from)}


def _term(one: Deadline) -> str:
    amount = one.term.amount
    shown = formats.number_format(amount if amount % 1 else int(amount))
    if one.term.method is Method.HOURS:
        days = amount * 60 / MINUTES_OF_A_DAY
        hours_words = ngettext("%(hours)s working hour", "%(hours)s working hours", 1 if amount == 1 else 2)
        days_words = ngettext("%(days)s day of 8 hours", "%(days)s days of 8 hours", 1 if days == 1 else 2)
        return _("The term is %(hours)s (%(days)s) from then on.") % {
            "hours": hours_words % {"hours": shown},
            "days": days_words % {"days": formats.number_format(days if days % 1 else int(days))},
        }
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
        yield _("Counted as a working day: %(day)s (%(why)s).") % {
            "day": _day(day.on),
            "why": _reason(day.decreed_work or day),
        }
    if one.term.method is Method.HOURS:
        yield from _shortened(one.shortened)


def _shortened(days: Sequence[Day]) -> Iterator[str]:
    """The days worked in part, those of one closure together."""
    by_reason: dict[str, list[str]] = {}
    for day in days:
        by_reason.setdefault(_reason(day), []).append(_day(day.on))
    for why, listed in by_reason.items():
        many = ngettext("%(days)s day", "%(days)s days", len(listed)) % {"days": formats.number_format(len(listed))}
        shown = many if len(listed) > MOST_RANGES else ", ".join(listed)
        yield _("Worked in part: %(day)s (%(why)s).") % {"day": shown, "why": why}


def _pause(pause: Pause) -> str:
    if pause.end is None:
        return _("The clock has stood since %(begin)s.") % {"begin": _moment(pause.begin)}
    words = _("The clock stood from %(begin)s to %(end)s.")
    return words % {"begin": _moment(pause.begin), "end": _moment(pause.end)}


def _reason(day: Day) -> str:
    usual = {Why.WEEK: _("weekly rest"), Why.CLOSURE: pgettext("an agency for a while", "closed")}.get(day.why, "")
    named = ", ".join(part for part in (in_language(day.name), day.document) if part)
    return f"{usual}: {named}" if usual and named else usual or named or _("decreed")


def hours(week: Week) -> str:
    """The hours of a week: “Monday to Friday 07:30–11:30, 13:00–17:00; Saturday 07:30–11:30”."""
    runs = [
        (windows, [weekday for weekday, _windows in run]) for windows, run in groupby(enumerate(week.days), _second)
    ]
    told = [f"{_weekdays(run)} {windows_shown(windows)}" for windows, run in runs if windows]
    return "; ".join(told) or _("no hours")


def _second(pair: tuple[int, tuple[Window, ...]]) -> tuple[Window, ...]:
    return pair[1]


def windows_shown(windows: Sequence[Window]) -> str:
    """`07:30–11:30, 13:00–17:00`."""
    return ", ".join(f"{clock_written(begin)}–{clock_written(end)}" for begin, end in windows)


def _weekdays(run: Sequence[int]) -> str:
    first, last = (str(WEEKDAYS[weekday]) for weekday in (run[0], run[-1]))
    return first if len(run) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}


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


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _moment(at: datetime) -> str:
    return _("%(time)s on %(day)s") % {"time": f"{at:%H:%M}", "day": _day(at.date())}


def _end(at: datetime) -> str:
    """An end: midnight is 24:00 of the day before."""
    on = day_ended(at)
    return _("%(time)s on %(day)s") % {"time": f"{at:%H:%M}" if on == at.date() else "24:00", "day": _day(on)}


def counted_with(whose: str, week: Week) -> str:
    """Whose hours a date was counted with, and which they are."""
    return _("Counted with the office hours of %(whose)s: %(hours)s.") % {"whose": whose, "hours": hours(week)}


def counted_then_with(on: date, whose: str, week: Week) -> str:
    """Which hours came to hold while the term ran."""
    return _("From %(on)s on counted with the office hours of %(whose)s: %(hours)s.") % {
        "on": _short(on),
        "whose": whose,
        "hours": hours(week),
    }


def usual_offices() -> str:
    """Whose hours they are where no agency has set any."""
    return _("the city's usual offices")
