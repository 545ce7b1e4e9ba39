"""The weekly late list as a printed sheet, and as a table for a spreadsheet."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from songcau.consoles.operations.prints import words
from songcau.consoles.operations.prints.late import IN_WORKING_TIME, Kind, LateWeek, Line, Section, still_late
from songcau.foundation.calendar.deadlines import worked
from songcau.foundation.calendar.queries import local, stored
from songcau.foundation.calendar.rules import Calendar
from songcau.foundation.files.documents.sheets import heading, paragraph, table
from songcau.foundation.shell import written
from songcau.foundation.shell.exports import Sheet

Facts = dict[str, Any]
# Of a section; the rest is counted, and in the file. The longest late stand first.
MOST_LINES = 60
KINDS: Mapping[Kind, str | Promise] = {
    Kind.REPORT: gettext_lazy("Report"),
    Kind.DIRECTIVE: gettext_lazy("Directive"),
    Kind.ALERT: gettext_lazy("Alert"),
    Kind.STEP: gettext_lazy("Step of an incident"),
}
PLURALS: Mapping[Kind, str | Promise] = {
    Kind.REPORT: gettext_lazy("Reports"),
    Kind.DIRECTIVE: gettext_lazy("Directives"),
    Kind.ALERT: gettext_lazy("Alerts"),
    Kind.STEP: gettext_lazy("Steps of incidents"),
}


class Lateness:
    """How long lines are or were late: what offices promise in their working time, the rest by the wall clock."""

    def __init__(self, lines: Sequence[Line], now: datetime) -> None:
        self.now = now
        dues = [line.due_at for line in lines if line.kind in IN_WORKING_TIME]
        self._stored = stored(since=local(min(dues)).date()) if dues else None

    def of(self, line: Line) -> timedelta:
        until = line.ended_at or self.now
        if line.kind not in IN_WORKING_TIME:
            return until - line.due_at
        return worked(self._calendar(line.path), local(line.due_at), local(until))

    def words(self, line: Line) -> str:
        return words.how_long(self.of(line), working=line.kind in IN_WORKING_TIME)

    def _calendar(self, path: str) -> Calendar:
        assert self._stored is not None  # noqa: S101  # there is a line that it was read for
        return self._stored.layers.calendar(self._stored.chain(path) if path else ())


def late_sheet(found: LateWeek) -> Facts:
    """Totals first, then a section for each ward; what was not late is said too."""
    body = [*_summary(found), *_sections(found), *_notes(found)]
    return {
        "language": written.language(),
        "agency": settings.SONGCAU.city_name,
        "heading": _("Late list of the week, by ward"),
        "about": f"{written.day(found.week.first)} – {written.day(found.week.last)}",
        "as_of": _("As of %(at)s · Source: sông Cầu") % {"at": written.moment(found.now)},
        "body": tuple(body),
        "wide": True,
    }


def _summary(found: LateWeek) -> list[Any]:
    body: list[Any] = [heading(_("Together"))]
    if not found.week.is_over(found.now):
        body.append(paragraph(_("This week is not over: what is said holds up to now.")))
    if not found.is_whole:
        body.append(paragraph(_("Of what you may see; it is not all of the city.")))
    if found.unknown:
        kinds = ", ".join(str(PLURALS[kind]) for kind in found.unknown)
        body.append(paragraph(_("No data of this week, since none was kept yet: %(kinds)s.") % {"kinds": kinds}))
    if found.unknown == found.shown:
        return body
    if not found.lines:
        body.append(paragraph(_("Nothing was late in this week.")))
    else:
        values = {"n": written.number(len(found.lines)), "still": written.number(still_late(found.lines))}
        many = len(found.lines)
        said = ngettext(
            "%(n)s matter was late in this week; %(still)s is late still.",
            "%(n)s matters were late in this week; %(still)s are late still.",
            many,
        )
        body += [paragraph(said % values), _totals(found)]
    return body + _clean(found)


def _totals(found: LateWeek) -> Any:
    columns = [(_("Ward or unit"), 3.4), *((str(PLURALS[kind]), 1.2) for kind in found.shown)]
    columns += [(_("Together"), 1.2), (_("Late still"), 1.2)]
    whole = Section("", _("All of them"), list(found.lines))
    rows = [_total(section, found) for section in (whole, *found.sections)]
    return table(columns, rows, numeric=len(columns) - 1)


def _total(section: Section, found: LateWeek) -> list[object]:
    counts = [None if kind in found.unknown else section.counts.get(kind, 0) for kind in found.shown]
    return [section.name, *(written.number(many) for many in (*counts, len(section.lines), section.still_late))]


def _clean(found: LateWeek) -> list[Any]:
    if not found.clean:
        return []
    names = {"wards": ", ".join(found.clean)}
    if found.is_whole:
        return [paragraph(_("Nothing was late in: %(wards)s.") % names)]
    return [paragraph(_("Of what you may see nothing was late in: %(wards)s.") % names)]


def _sections(found: LateWeek) -> list[Any]:
    lateness = Lateness(found.lines, found.now)
    return list(chain.from_iterable(_section(section, lateness) for section in found.sections))


def _section(section: Section, lateness: Lateness) -> list[Any]:
    columns = [
        (_("Kind"), 1.2),
        (_("Code"), 1.9),
        (_("What"), 3.3),
        (_("First date"), 1.3),
        (_("Due by"), 1.3),
        (_("Late for"), 1.3),
        (_("Unit in charge"), 2.0),
        (_("State"), 2.3),
    ]
    rows = [_row(line, lateness) for line in section.lines[:MOST_LINES]]
    title = _("%(ward)s: %(n)s late") % {"ward": section.name, "n": written.number(len(section.lines))}
    body = [heading(title), table(columns, rows)]
    if len(section.lines) > MOST_LINES:
        cut = _("The %(n)s that were late longest are listed; the file has all %(all)s.")
        body.append(paragraph(cut % {"n": written.number(MOST_LINES), "all": written.number(len(section.lines))}))
    return body


def _row(line: Line, lateness: Lateness) -> list[object]:
    first = written.moment(line.first_due_at) if line.first_due_at else written.NOTHING
    # A rule's code is for machines; its name stands in what it is about.
    code = written.NOTHING if line.kind is Kind.ALERT else line.code
    named = [KINDS[line.kind], code, line.what, first, written.moment(line.due_at)]
    return [*named, lateness.words(line), line.holder, line.state]


def _notes(found: LateWeek) -> list[Any]:
    """What is counted how, and what is left out."""
    said = [
        _("Late is what was past its date at some time of the week, whether it is done by now or not."),
        _(
            "How long reports and directives are late is counted in the working time of who has them (a working "
            "day has 8 hours); alerts and steps of incidents run day and night."
        ),
        _(
            "Of a directive the date counts that held then; the first date stays beside it. Of a report the date "
            "counts that holds now."
        ),
        _("An alert is late when nobody took it before it went up, or nobody closed it by its due time."),
        _("A step of an incident in several wards stands under each of them and counts once for the whole."),
        _("Sources: citizens' reports, directives, alerts and incidents of sông Cầu. Who reported stands nowhere."),
    ]
    left_out = [str(PLURALS[kind]) for kind in Kind if kind not in found.shown]
    if left_out:
        said.append(_("Not for you to see, and left out: %(kinds)s.") % {"kinds": ", ".join(left_out)})
    return [heading(_("How this is counted")), paragraph("\n".join(said))]


def late_table(found: LateWeek) -> Sheet:
    """Every line once, for a spreadsheet: hours as numbers."""
    headings = (
        _("Ward or unit"),
        _("Kind"),
        _("Code"),
        _("What"),
        _("First date"),
        _("Due by"),
        pgettext("of being late", "Ended"),
        _("Hours late"),
        _("Unit of time"),
        _("Unit in charge"),
        _("State"),
    )
    title = _("Late list of the week, by ward")
    return Sheet(title, f"qua-han-tuan-{found.week.first.isoformat()}", headings, _lines(found))


def _lines(found: LateWeek) -> list[list[object]]:
    lateness = Lateness(found.lines, found.now)
    names = {section.place: section.name for section in found.sections}
    return [
        [
            "; ".join(names[place] for place in line.places),
            str(KINDS[line.kind]),
            line.code,
            line.what,
            line.first_due_at,
            line.due_at,
            line.ended_at,
            round(lateness.of(line).total_seconds() / 3600, 2),
            _("working hours") if line.kind in IN_WORKING_TIME else _("hours"),
            line.holder,
            line.state,
        ]
        for line in found.lines
    ]
