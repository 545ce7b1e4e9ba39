"""What stands on each sheet."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songcau.foundation.files.documents.sheets import heading, paragraph, sheet_form, table
from songcau.foundation.shell import written
from songcau.kernel import dates
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.code_words import (
    DEADLINES,
    EXTENSIONS,
    SOURCES,
    STATES,
    TIMINGS,
    look_of,
    step_words,
)
from songcau.systems.directives.queries import comparing, reading
from songcau.systems.directives.queries.comparing import Month
from songcau.systems.directives.queries.lists import PARTS, lines_by_unit
from songcau.systems.directives.rules import Timing

Facts = dict[str, Any]
SHEET = sheet_form("DIRECTIVES_SHEET")
MOST_LINES = 500
MONTHS = 6


def _facts(title: str, about: str, body: Sequence[Any], now: datetime, **more: Any) -> Facts:
    return {
        "language": "en" if get_language() == "en" else "vi",
        "agency": settings.SONGCAU.city_name,
        "heading": title,
        "about": about or None,
        "as_of": _("As of %(at)s · Source: sông Cầu") % {"at": written.moment(now)},
        "body": tuple(body),
        **more,
    }


def late(rows: QuerySet[Directive], done: QuerySet[Directive], first: date, last: date, now: datetime) -> Facts:
    """Late now, agency by agency; then what was done late on the days of the week."""
    found = list(rows.order_by("lead__order_key", "lead_id", "due_at", "pk")[: MOST_LINES + 1])
    body: list[Any] = [heading(_("Late now"))]
    for _agency, lines in groupby(found[:MOST_LINES], key=lambda one: one.lead_id):
        held = list(lines)
        title = _("%(agency)s: %(n)s late") % {"agency": held[0].lead.name, "n": written.number(len(held))}
        body += [paragraph(title), table(_late_columns(), [_late_row(one, now) for one in held], numeric=2)]
    if not found:
        body.append(paragraph(_("No directive is late.")))
    if len(found) > MOST_LINES:
        body.append(paragraph(_("The first %(n)s directives are listed.") % {"n": written.number(MOST_LINES)}))
    body.append(heading(_("Done late in this week")))
    ended = list(done[:MOST_LINES])
    columns = [
        (_("Code"), 1.3),
        (_("Task"), 4.0),
        (_("Leading agency"), 2.2),
        (_("To be done by"), 1.5),
        (_("Done"), 1.5),
    ]
    lines_done = [
        (one.code, one.title, one.lead.name, written.moment(one.due_at), written.moment(one.done_at)) for one in ended
    ]
    body.append(table(columns, lines_done) if ended else paragraph(_("Nothing was done late.")))
    about = f"{written.day(first)} – {written.day(last)}"
    return _facts(_("Late directives by agency"), about, body, now, wide=True)


def _late_columns() -> list[tuple[str, float]]:
    return [
        (_("Code"), 1.3),
        (_("Task"), 4.0),
        (_("Given in the name of"), 2.0),
        (_("First date"), 1.5),
        (_("To be done by"), 1.5),
        (_("State"), 1.5),
        (_("Done, %"), 0.8),
        (_("Days late"), 0.8),
    ]


def _late_row(one: Directive, now: datetime) -> list[object]:
    days = (now - one.due_at).days if one.due_at else 0
    return [
        one.code,
        one.title,
        one.giver_agency.name,
        written.moment(one.first_due_at),
        written.moment(one.due_at),
        STATES[one.state],
        written.number(one.percent),
        written.number(days),
    ]


def months(rows: QuerySet[Directive], first: date, now: datetime) -> Facts:
    """Half a year of months, and each agency's month beside the one before."""
    held = [comparing.month(rows, comparing.month_before(first, back), now) for back in range(MONTHS - 1, -1, -1)]
    columns = [
        (_("Month"), 1.4),
        (_("Fell due"), 1.0),
        (str(TIMINGS[Timing.DONE_IN_TIME].words), 1.0),
        (str(TIMINGS[Timing.DONE_LATE].words), 1.0),
        (str(TIMINGS[Timing.LATE].words), 1.0),
        (_("In time, %"), 1.0),
    ]
    lines = [(_month_words(one.first), *_figures(one)) for one in held]
    body: list[Any] = [heading(_("Month by month")), table(columns, lines, numeric=5)]
    body.append(heading(_("By agency, beside the month before")))
    units = _unit_rows(rows, first, now)
    unit_columns = [
        (_("Leading agency"), 3.0),
        (_("Fell due"), 1.0),
        (_("The month before"), 1.0),
        (_("Late"), 1.0),
        (_("The month before"), 1.0),
        (_("In time, %"), 1.0),
        (_("The month before"), 1.0),
    ]
    body.append(table(unit_columns, units, numeric=6) if units else paragraph(_("Nothing fell due.")))
    return _facts(_("Directives, months compared"), _month_words(first), body, now, wide=True)


def _month_words(first: date) -> str:
    return written.period(dates.month_of(first.year, first.month))


def _figures(one: Month) -> list[object]:
    counts = [written.number(value) for value in (one.due, one.in_time, one.late, one.still_late)]
    return [*counts, _share(one.in_time_percent)]


def _share(percent: float | None) -> str:
    return "–" if percent is None else written.number(percent, 1)


def _unit_rows(rows: QuerySet[Directive], first: date, now: datetime) -> list[list[object]]:
    before = comparing.month_before(first)
    this, last = comparing.by_unit(rows, first, now), comparing.by_unit(rows, before, now)
    names = {key: name for found in (last, this) for key, (name, _month) in found.items()}
    made: list[list[object]] = []
    for key in sorted(names, key=lambda one: names[one]):
        a = this[key][1] if key in this else Month(first, 0, 0, 0, 0)
        b = last[key][1] if key in last else Month(before, 0, 0, 0, 0)
        pairs = [(a.due, b.due), (a.late + a.still_late, b.late + b.still_late)]
        counts = [written.number(value) for pair in pairs for value in pair]
        made.append([names[key], *counts, _share(a.in_time_percent), _share(b.in_time_percent)])
    return made


def by_agency(rows: QuerySet[Directive], now: datetime) -> Facts:
    """How it stands by leading agency."""
    columns = [(_("Leading agency"), 3.0), (_("Given"), 1.0), *((str(TIMINGS[one].words), 1.0) for one in PARTS)]
    columns.append((_("In time, %"), 1.0))
    lines = [
        (
            line.name,
            written.number(line.total),
            *(written.number(line.counts[one]) for one in PARTS),
            _share(line.in_time_percent),
        )
        for line in lines_by_unit(rows, now)
    ]
    made = table(columns, lines, numeric=len(columns) - 1) if lines else paragraph(_("No directive was given."))
    return _facts(_("Directives by agency"), "", [made], now, wide=True)


def directive_sheet(directive: Directive, now: datetime) -> Facts:
    """One directive for a file: what was asked, the dates that held, and what was reported."""
    supporting = ", ".join(row.agency.name for row in directive.supporting.select_related("agency"))
    facts: list[tuple[str, object]] = [
        (_("State"), f"{STATES[directive.state]} · {look_of(directive, now).words}"),
        (_("Given in the name of"), directive.giver_agency.name),
        (_("The leader who gave it"), directive.giver_label or "–"),
        (_("Given on"), written.moment(directive.given_at)),
        (_("Leading agency"), directive.lead.name),
        (_("Supporting agencies"), supporting or "–"),
        (_("First date"), written.moment(directive.first_due_at)),
        (_("To be done by"), written.moment(directive.due_at)),
        (_("Done, %"), written.number(directive.percent)),
        (_("Comes from"), f"{SOURCES[directive.source_kind]} {directive.source_label}".strip()),
    ]
    body: list[Any] = [
        heading(directive.title),
        paragraph(directive.content),
        table([(_("Fact"), 1.0), (_("What it is"), 3.0)], facts),
        *_dates(directive),
        heading(_("What happened")),
        table(_line_columns(), [_line_row(line) for line in reversed(reading.timeline(directive))]),
    ]
    return _facts(_("Directive %(code)s") % {"code": directive.code}, "", body, now)


def _line_columns() -> list[tuple[str, float]]:
    return [(_("When"), 1.6), (_("What happened"), 2.0), (_("Text"), 3.5), (_("Who"), 2.0)]


def _line_row(line: reading.Line) -> list[object]:
    entry = line.entry
    files = ", ".join(one.name for one in line.files)
    text = " ".join(part for part in (entry.text, files and f"({files})") if part)
    percent = f" ({entry.percent} %)" if entry.percent is not None else ""
    who = ", ".join(part for part in (entry.by_label, entry.agency.name if entry.agency else "") if part)
    return [written.moment(entry.at), f"{step_words(entry.step)}{percent}", text, who]


def _dates(directive: Directive) -> list[Any]:
    """The dates that held, and the extensions asked for."""
    held = [
        (DEADLINES[one.kind], written.moment(one.due_at), written.moment(one.set_at), one.by_label)
        for one in directive.deadlines.all()
    ]
    asked = [
        (written.moment(one.asked_at), written.moment(one.wanted_due_at), one.reason, EXTENSIONS[one.state], one.answer)
        for one in directive.extensions.all()
    ]
    body: list[Any] = []
    if held:
        columns = [(_("Date"), 2.0), (_("To be done by"), 1.6), (_("Set on"), 1.6), (_("Who"), 2.0)]
        body += [heading(_("Dates")), table(columns, held)]
    if asked:
        names = [
            (_("Asked"), 1.6),
            (_("New date"), 1.6),
            (_("Reason"), 3.0),
            (_("What was decided"), 1.4),
            (_("Answer"), 2.0),
        ]
        body += [heading(_("More time")), table(names, asked)]
    return body
