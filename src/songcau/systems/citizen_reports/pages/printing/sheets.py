"""What stands on each sheet. Nothing of who reported is on any of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songcau.foundation.places.queries import boundaries_geojson
from songcau.foundation.places.rules import Level
from songcau.foundation.shell import written
from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages.answers import asked
from songcau.systems.citizen_reports.pages.code_words import (
    ACTORS,
    CHANNELS,
    OUTCOMES,
    REASONS,
    STATES,
    step_words,
)
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.pages.printing.drawing import Drawing, Spot, rings_of
from songcau.systems.citizen_reports.pages.printing.forms import heading, paragraph, table
from songcau.systems.citizen_reports.queries import heat, reading, statistics
from songcau.systems.citizen_reports.queries.statistics import By, Line
from songcau.systems.citizen_reports.rules import shown_code

Facts = dict[str, Any]
MOST_LINES = 500
SPOT_ZOOM = 14
MOST_SPOTS = 15
# So many reports of one place make it a hot spot.
HOT_FROM = 2


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


def days_words(first: date | None, last: date | None) -> str:
    if first and last:
        return f"{written.day(first)} – {written.day(last)}"
    return ""


def by_unit(rows: QuerySet[Report], first: date | None, last: date | None, now: datetime) -> Facts:
    """The weekly table: received, in time, late, reopened, satisfaction, a line for each unit."""
    within = statistics.received_between(rows, first, last)
    lines, whole = statistics.lines(within, By.UNIT, now), statistics.total(within, now)
    columns = [
        (_("Unit"), 4.0),
        (_("Reports received"), 1.2),
        (str(OUTCOMES["IN_TIME"]), 1.2),
        (str(OUTCOMES["DONE_LATE"]), 1.2),
        (str(OUTCOMES["OPEN"]), 1.2),
        (str(OUTCOMES["OPEN_LATE"]), 1.2),
        (str(OUTCOMES["REOPENED"]), 1.2),
        (_("In time, %"), 1.2),
        (_("Content, %"), 1.2),
    ]
    named = [(line.name or _("Not given to a unit yet"), line) for line in lines] + [(_("Together"), whole)]
    made = table(columns, [_unit_row(name, line) for name, line in named], numeric=len(columns) - 1)
    return _facts(_("Reports by unit"), days_words(first, last), [made], now, wide=True)


def _unit_row(name: str, line: Line) -> list[object]:
    counts = [line.counts[code] for code in ("IN_TIME", "DONE_LATE", "OPEN", "OPEN_LATE", "REOPENED")]
    shares = [_share(line.in_time_percent), _share(line.content_percent)]
    return [name, written.number(line.received), *(written.number(one) for one in counts), *shares]


def _share(percent: float | None) -> str:
    return "–" if percent is None else written.number(percent, 1)


def late(rows: QuerySet[Report], now: datetime) -> Facts:
    """Open and past the date, the longest first."""
    columns = [
        (_("Code"), 2.2),
        (_("Matter"), 3.9),
        (_("Category"), 1.8),
        (_("Ward"), 1.6),
        (_("Unit"), 2.2),
        (_("State"), 1.5),
        (_("Due by"), 1.6),
        (_("Days late"), 1.0),
    ]
    found = list(rows[: MOST_LINES + 1])
    lines = [
        (
            shown_code(one.code),
            one.text[:160],
            category_words(one.category),
            one.ward_name,
            one.agency.name if one.agency else _("Not given to a unit yet"),
            STATES[one.state],
            written.moment(one.asked_at),
            written.number((now - one.asked_at).days),
        )
        for one in found[:MOST_LINES]
    ]
    body: list[Any] = [table(columns, lines, numeric=1)]
    if not lines:
        body = [paragraph(_("No open report is late."))]
    elif len(found) > MOST_LINES:
        body.append(paragraph(_("Only the first %(n)s are listed.") % {"n": written.number(MOST_LINES)}))
    return _facts(_("Late reports"), "", body, now, wide=True)


def hot_spots(rows: QuerySet[Report], first: date | None, last: date | None, now: datetime) -> Facts:
    """Where many reports are, as cells of some 300 m: a map and the list with the same numbers."""
    within = statistics.received_between(rows, first, last)
    spots = [one for one in heat.clusters(within, None, SPOT_ZOOM, now) if one.count >= HOT_FROM][:MOST_SPOTS]
    columns = [(_("No."), 0.6), (_("Place"), 4.0), (_("Most often"), 3.0), (_("Reports"), 1.0), (_("Late"), 1.0)]
    lines = [
        (n, *_about_spot(within, one), written.number(one.count), written.number(one.late))
        for n, one in enumerate(spots, 1)
    ]
    title, about = _("Hot spots of reports"), days_words(first, last)
    if not lines:
        return _facts(title, about, [paragraph(_("No place had several reports."))], now)
    drawing = Drawing(
        alt=_("Map of the wards with the numbered places"),
        rings=rings_of(boundaries_geojson(Level.WARD, clock.today())),
        spots=tuple(
            Spot(number=n, longitude=one.longitude, latitude=one.latitude, count=one.count)
            for n, one in enumerate(spots, 1)
        ),
    )
    return _facts(title, about, [table(columns, lines, numeric=2)], now, drawing=drawing)


def _about_spot(rows: QuerySet[Report], spot: heat.Cluster) -> tuple[str, str]:
    """Ward and place as a report of the cell has them, and its most frequent category."""
    half = heat.cell_degrees(SPOT_ZOOM)
    near = rows.filter(
        longitude__range=(spot.longitude - half, spot.longitude + half),
        latitude__range=(spot.latitude - half, spot.latitude + half),
    )
    first = near.exclude(ward_name="").order_by("-received_at").first()
    frequent = statistics.lines(near, By.CATEGORY, clock.now())[:1]
    where = ", ".join(part for part in (first.place_words, first.ward_name) if part) if first else ""
    return where or f"{spot.latitude:.4f}, {spot.longitude:.4f}", frequent[0].name if frequent else ""


def voters(rows: QuerySet[Report], ward: str, first: date | None, last: date | None, now: datetime) -> Facts:
    """What was reported in a ward and what came of it: for a meeting of deputies with voters."""
    within = statistics.received_between(rows, first, last)
    whole = statistics.total(within, now)
    said = _("%(received)s reports received, %(done)s resolved, %(open)s open, of these %(late)s late.") % {
        "received": written.number(whole.received),
        "done": written.number(whole.done),
        "open": written.number(whole.counts["OPEN"] + whole.counts["OPEN_LATE"]),
        "late": written.number(whole.counts["OPEN_LATE"]),
    }
    columns = [(_("Code"), 1.6), (_("What was reported"), 4.0), (_("Unit"), 2.0), (_("What came of it"), 4.0)]
    # Published ones only: the sheet is read out before people.
    shown = list(within.public().order_by("category__name", "received_at")[: MOST_LINES + 1])  # type: ignore[attr-defined]
    body: list[Any] = [paragraph(said)]
    for name in dict.fromkeys(category_words(one.category) for one in shown[:MOST_LINES]):
        lines = [_voters_row(one) for one in shown[:MOST_LINES] if category_words(one.category) == name]
        body += [heading(name), table(columns, lines)]
    if not shown:
        body.append(paragraph(_("None of them is published.")))
    meeting = _("For the meeting with voters of %(ward)s") % {"ward": ward} if ward else _("For meetings with voters")
    about = " · ".join(part for part in (meeting, days_words(first, last)) if part)
    return _facts(_("What citizens reported, and what came of it"), about, body, now, wide=True)


def _voters_row(one: Report) -> list[object]:
    # What was answered before it was opened again is no result; and as the public reads it.
    answered = "" if one.is_open else rules.hidden_contacts(one.closing_text)[0]
    came = answered or STATES[one.state]
    if one.is_open and one.plan_due_on:
        came = _("%(state)s; planned until %(on)s") % {"state": came, "on": written.day(one.plan_due_on)}
    unit = one.agency.name if one.agency else _("The operations centre")
    return [shown_code(one.code), one.shown_text[:300], unit, came]


def report_sheet(report: Report, now: datetime) -> Facts:
    """One report for a file or for whoever goes there; its timeline as officials read it."""
    place = ", ".join(part for part in (report.place_words, report.ward_name) if part)
    facts: list[tuple[str, object]] = [
        (_("Category"), category_words(report.category)),
        (_("State"), STATES[report.state]),
        (_("Received"), f"{written.moment(report.received_at)}, {CHANNELS[report.channel]}"),
        (_("Place"), place or "–"),
        (_("Unit"), report.agency.name if report.agency else _("Nobody yet")),
        (_("Official"), report.officer_label or "–"),
        (_("Due by"), written.moment(report.due_at)),
        (_("First promised"), written.moment(report.first_due_at)),
    ]
    if report.plan_due_on:
        facts.append((_("Work is planned"), f"{written.day(report.plan_due_on)}: {report.plan_text}"))
    if report.refusal_reason:
        facts.append((_("Refused"), f"{REASONS[report.refusal_reason]} {report.refusal_text}"))
    body: list[Any] = [heading(_("What was reported")), paragraph(report.text)]
    if answers := asked(report):
        body.append(table([(_("Question"), 2.0), (_("Answer"), 3.0)], answers))
    body += [heading(_("Facts")), table([(_("Fact"), 1.0), (_("What it is"), 3.0)], facts)]
    if report.closing_text:
        body += [heading(_("What was done")), paragraph(report.closing_text)]
    lines = [
        (written.moment(one.at), step_words(one.step), one.text, ACTORS.get(one.by_label, one.by_label))
        for one in reading.timeline(report, at_the_centre=False)
    ]
    columns = [(_("When"), 1.6), (_("What happened"), 2.0), (_("Text"), 3.5), (_("Who"), 1.6)]
    body += [heading(_("What happened")), table(columns, lines)]
    return _facts(_("Report %(code)s") % {"code": shown_code(report.code)}, "", body, now)
