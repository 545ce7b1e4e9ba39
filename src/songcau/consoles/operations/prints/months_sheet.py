"""Months compared as a printed sheet, and as a table for a spreadsheet."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from songcau.consoles.operations.prints import words
from songcau.consoles.operations.prints.months import OF_WARDS, Measure, MonthsCompared
from songcau.consoles.operations.prints.parts import Part
from songcau.consoles.operations.prints.spans import Days
from songcau.foundation.files.documents.sheets import heading, paragraph, table
from songcau.foundation.shell import written
from songcau.foundation.shell.exports import Sheet
from songcau.kernel import dates
from songcau.systems.incidents.public import AlertKind, AlertsOfMonth

Facts = dict[str, Any]
Words = str | Promise
# Of kinds of alerts; the rest is counted above, and in the file.
MOST_KINDS = 20
PARTS: Mapping[Part, Words] = {
    Part.REPORTS: gettext_lazy("Citizens' reports"),
    Part.ALERTS: gettext_lazy("Alerts"),
    Part.INCIDENTS: gettext_lazy("Incidents"),
    Part.DIRECTIVES: gettext_lazy("Directives"),
}
MEASURES: Mapping[str, Words] = {
    "received": gettext_lazy("Reports that came in"),
    "resolved": gettext_lazy("Reports resolved in the month"),
    "resolved_in_time": gettext_lazy("of these in time"),
    "reports_percent": gettext_lazy("in time, % of those resolved"),
    "median_days": gettext_lazy("from receipt to resolution, median of days"),
    "raised": gettext_lazy("Alerts raised"),
    "acknowledged_in_time": gettext_lazy("of these acknowledged in time"),
    "alerts_percent": gettext_lazy("acknowledged in time, %"),
    "escalated": gettext_lazy("of these escalated"),
    "alerts_closed": gettext_lazy("Alerts closed in the month"),
    "opened": gettext_lazy("Incidents opened"),
    "incidents_closed": gettext_lazy("Incidents closed"),
    "given": gettext_lazy("Directives given"),
    "fell_due": gettext_lazy("Directives that fell due in the month"),
    "done_in_time": gettext_lazy("of these done in time"),
    "done_late": gettext_lazy("of these done late"),
    "late_still": gettext_lazy("of these late still"),
    "directives_percent": gettext_lazy("in time, % of those done or late"),
    "extended": gettext_lazy("Directives that got more time"),
}
# As the heads of the table of wards say it.
SHORT: Mapping[str, Words] = {
    "received": gettext_lazy("Reports that came in"),
    "reports_percent": gettext_lazy("Resolved in time, %"),
    "raised": gettext_lazy("Alerts raised"),
    "opened": gettext_lazy("Incidents opened"),
    "given": gettext_lazy("Directives given"),
}
# Of these a ward's figure is compared with the year before too; there is room for no more.
WITH_THE_YEAR = "received"


def months_sheet(found: MonthsCompared) -> Facts:
    """A table for each part, alerts by kind, incidents by level, then the wards."""
    body = [*_said(found)]
    for part in Part:
        if part in found.measures:
            body += _part(found, part)
    return {
        "language": written.language(),
        "agency": settings.SONGCAU.city_name,
        "heading": _("Months compared"),
        "about": _("%(month)s, beside %(before)s and %(year)s")
        % dict(zip(("month", "before", "year"), map(_month, found.months), strict=True)),
        "as_of": _("As of %(at)s · Source: sông Cầu") % {"at": written.moment(found.now)},
        "body": (*body, *_wards(found), *_notes(found)),
        "wide": True,
    }


def _month(month: Days) -> str:
    return written.period(dates.month_of(month.first.year, month.first.month))


def _said(found: MonthsCompared) -> list[Any]:
    """What must be known before the figures are read."""
    said = []
    if not found.months[0].is_over(found.now):
        on = {"at": written.moment(found.now)}
        said.append(_("This month is not over: its figures go up to %(at)s, beside whole months.") % on)
    if not found.is_whole:
        said.append(_("Of what you may see; it is not all of the city."))
    for part, since in found.since.items():
        if since is None:
            said.append(_("%(part)s: no data yet.") % {"part": PARTS[part]})
        elif since >= found.months[2].span()[0]:
            on = {"part": str(PARTS[part]), "at": written.day(since)}
            said.append(_("%(part)s: known from %(at)s on; what was before is not known.") % on)
    return [paragraph("\n".join(said))] if said else []


def _part(found: MonthsCompared, part: Part) -> list[Any]:
    body: list[Any] = [heading(PARTS[part])]
    if not any(found.known[part]):
        return [*body, paragraph(_("Nothing is known of these months."))]
    body.append(_compared(found, found.measures[part]))
    if part is Part.ALERTS:
        body += _kinds(found)
    if part is Part.INCIDENTS:
        body += _levels(found)
    return body


def _compared(found: MonthsCompared, measures: Iterable[Measure]) -> Any:
    this, before, year = (_month(month) for month in found.months)
    columns = [
        (_("Figure"), 3.2),
        (this, 1.2),
        (before, 1.2),
        (pgettext("beside another month", "Change"), 1.4),
        (year, 1.2),
        (pgettext("beside another month", "Change"), 1.4),
    ]
    return table(columns, [_compared_row(one) for one in measures], numeric=5)


def _compared_row(one: Measure) -> list[object]:
    this, before, year = (_shown(one, nth) for nth in range(3))
    return [MEASURES[one.code], this, before, _change(one, 1), year, _change(one, 2)]


def _decimals(one: Measure) -> int:
    return 1 if one.is_share or one.code == "median_days" else 0


def _shown(one: Measure, nth: int) -> str:
    """What is not known is said; of what could not be measured there is nothing."""
    if not one.known[nth]:
        return words.unknown()
    return written.number(one.values[nth], _decimals(one))


def _change(one: Measure, nth: int) -> str:
    if not one.known[0] or not one.known[nth]:
        return words.unknown()
    return words.change(one.values[0], one.values[nth], decimals=_decimals(one), points=one.is_share)


def _kinds(found: MonthsCompared) -> list[Any]:
    """A line for each month that is known: beside each other they would be too many columns."""
    if not found.kinds:
        return []
    columns = [
        (_("Alert"), 3.2),
        (_("Month"), 1.4),
        (_("Raised"), 1.0),
        (_("Acknowledged in time"), 1.2),
        (_("Not in time"), 1.0),
        (_("Escalated"), 1.0),
        (_("Closed"), 1.0),
    ]
    rows: list[list[object]] = []
    for kind, sums in list(found.kinds.items())[:MOST_KINDS]:
        rows += _kind_rows(found, kind, sums)
    body: list[Any] = [heading(_("Alerts by kind")), table(columns, rows, numeric=5)]
    if len(found.kinds) > MOST_KINDS:
        body.append(paragraph(_("The %(n)s most frequent kinds are listed.") % {"n": written.number(MOST_KINDS)}))
    return body


def _kind_rows(found: MonthsCompared, kind: AlertKind, sums: Sequence[AlertsOfMonth]) -> list[list[object]]:
    name = words.in_language(kind.name_vi, kind.name_en)
    rows: list[list[object]] = []
    for month, one, known in zip(found.months, sums, found.known[Part.ALERTS], strict=True):
        if known:
            counts = (one.raised, one.in_time, one.not_in_time, one.escalated, one.closed)
            rows.append([name, _month(month), *(written.number(many) for many in counts)])
    return rows


def _levels(found: MonthsCompared) -> list[Any]:
    months = [_month(month) for month in found.months]
    columns = [(_("Level of the incident"), 2.0)]
    columns += [(_("opened, %(month)s") % {"month": month}, 1.2) for month in months]
    columns += [(_("closed, %(month)s") % {"month": month}, 1.2) for month in months]
    rows = [
        [words.LEVELS[one.level], *(_shown(row, nth) for row in (one.opened, one.closed) for nth in range(3))]
        for one in found.levels
    ]
    return [heading(_("Incidents by level")), table(columns, rows, numeric=6)]


def _wards(found: MonthsCompared) -> list[Any]:
    shown = _ward_columns(found)
    if not shown:
        return []
    columns = [(_("Ward or commune"), 2.2)]
    for code, nth in shown:
        names = (str(SHORT[code]), _("beside the month before"), _("beside the year before"))
        columns.append((names[nth], 1.2 if nth else 1.0))
    rows = [
        [row.name, *(_change(row.measures[code], nth) if nth else _shown(row.measures[code], 0) for code, nth in shown)]
        for row in found.wards
    ]
    return [heading(_("By ward")), table(columns, rows, numeric=len(columns) - 1)]


def _ward_columns(found: MonthsCompared) -> list[tuple[str, int]]:
    """A figure's code with 0 for the month itself, 1 and 2 for the change. What is known of no ward has no column: that
    nothing is known stands above.
    """
    wanted = [(code, nth) for code in OF_WARDS for nth in ((0, 1, 2) if code == WITH_THE_YEAR else (0, 1))]
    return [
        (code, nth)
        for code, nth in wanted
        if any(code in row.measures and row.measures[code].known[nth] for row in found.wards)
    ]


def _notes(found: MonthsCompared) -> list[Any]:
    said = [
        _(
            "Reports: received in the month; resolved in the month, whenever they came. In time is what was "
            "resolved by the date that was promised. What was opened again counts when it is resolved again."
        ),
        _(
            "Alerts: raised in the month. In time is what somebody took before it went up; what nobody had to "
            "take yet is not judged. Closed in the month, whenever raised."
        ),
        _(
            "Directives: what fell due in the month by the date that holds now, and how that stands now. More "
            "time: so many directives got a later date in the month."
        ),
        _(
            "By ward: reports and alerts by their place, directives by the leading agency; an incident in several"
            " wards counts in each of them."
        ),
        _(
            "“No data” is said of a month before the figure was kept, and of a ward that was not there yet. A "
            "dash: there was nothing to measure."
        ),
        _("Sources: citizens' reports, alerts, incidents and directives of sông Cầu."),
    ]
    left_out = [str(PARTS[part]) for part in Part if part not in found.measures]
    if left_out:
        said.append(_("Not for you to see, and left out: %(kinds)s.") % {"kinds": ", ".join(left_out)})
    return [heading(_("How this is counted")), paragraph("\n".join(said))]


def months_table(found: MonthsCompared) -> Sheet:
    """Every figure, for a spreadsheet: of the whole, by kind, by level, by ward. What is not known stays empty."""
    headings = (_("Area of work"), _("Of what"), _("Figure"), *(_month(month) for month in found.months))
    month = found.months[0].first
    return Sheet(_("Months compared"), f"so-sanh-thang-{month:%Y-%m}", headings, _lines(found))


def _lines(found: MonthsCompared) -> list[list[object]]:
    lines: list[list[object]] = []
    for part, measures in found.measures.items():
        lines += [[str(PARTS[part]), _("All of them"), str(MEASURES[one.code]), *one.values] for one in measures]
    for kind, sums in found.kinds.items():
        name = words.in_language(kind.name_vi, kind.name_en)
        for code, values in _kind_figures(sums).items():
            sure = zip(values, found.known[Part.ALERTS], strict=True)
            lines.append(
                [str(PARTS[Part.ALERTS]), name, str(MEASURES[code]), *(many if known else None for many, known in sure)]
            )
    for level in found.levels:
        for one in (level.opened, level.closed):
            named = [str(PARTS[Part.INCIDENTS]), str(words.LEVELS[level.level]), str(MEASURES[one.code])]
            lines.append([*named, *one.values])
    for row in found.wards:
        lines += [[_("By ward"), row.name, str(MEASURES[code]), *one.values] for code, one in row.measures.items()]
    return lines


def _kind_figures(sums: Sequence[AlertsOfMonth]) -> Mapping[str, Sequence[int]]:
    return {
        "raised": [one.raised for one in sums],
        "acknowledged_in_time": [one.in_time for one in sums],
        "escalated": [one.escalated for one in sums],
        "alerts_closed": [one.closed for one in sums],
    }
