"""How it went, by unit, ward, category or time. Each figure opens the list that it counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell import exports, written
from songcau.foundation.shell.lists import Listing, State, controls_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Category
from songcau.systems.citizen_reports.pages import listing
from songcau.systems.citizen_reports.pages.code_words import GROUPS, OUTCOMES, Words
from songcau.systems.citizen_reports.pages.listing import NOBODY, category_words
from songcau.systems.citizen_reports.queries import statistics, worklist
from songcau.systems.citizen_reports.queries.statistics import By, Line

USUAL_DAYS = 30
SHOWN = ("IN_TIME", "DONE_LATE", "OPEN", "OPEN_LATE", "TURNED_DOWN", "REOPENED")
FILTERS = Listing(
    title="",
    columns=(),
    filters=(listing.RECEIVED, listing.UNIT, listing.WARD, listing.CATEGORY, listing.CHANNEL),
)
_NAMES = {By.UNIT: "unit", By.WARD: "ward", By.CATEGORY: "category"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the address of the list that has so many rows."""

    value: int
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `figures` in the order of `SHOWN`."""

    name: str
    received: Figure
    figures: tuple[Figure, ...]
    line: Line
    content_href: str

    @property
    def named(self) -> list[tuple[Words, Figure]]:
        return [(OUTCOMES[code], figure) for code, figure in zip(SHOWN, self.figures, strict=True)]

    @property
    def in_time_href(self) -> str:
        return self.figures[SHOWN.index("IN_TIME")].href


class Asked:
    """What the address asks for; without days the last thirty."""

    def __init__(self, request: HttpRequest) -> None:
        params = request.GET.copy()
        if not params.get("received_from") and not params.get("received_to"):
            today = clock.today()
            params["received_from"] = (today - timedelta(days=USUAL_DAYS - 1)).isoformat()
            params["received_to"] = today.isoformat()
        self.state = State(FILTERS, params)
        by = params.get("by", "")
        self.by = By(by) if by in list(By) else By.UNIT
        self.now = clock.now()

    def address(self, **more: object) -> str:
        """Of the list that a figure counts."""
        return reverse("citizen_reports:reports") + "?" + self.state.query(**more)

    def of(self, line: Line) -> dict[str, object]:
        """What the list is filtered by, besides, for a line."""
        if self.by in _NAMES:
            return {_NAMES[self.by]: line.key or NOBODY}
        first = date.fromisoformat(line.key)
        lowest, highest = self.state.values["received"]
        begin, end = max(first, lowest or first), _last_of(self.by, first)
        return {"received_from": begin.isoformat(), "received_to": min(end, highest or end).isoformat()}


def _last_of(by: By, first: date) -> date:
    if by is By.DAY:
        return first
    if by is By.WEEK:
        return first + timedelta(days=6)
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@requires("citizen_reports.view_reports")
@require_GET
def table(request: HttpRequest) -> HttpResponseBase:
    """The figures of all, then a line each; `?format=csv|xlsx` the same as a file."""
    asked = Asked(request)
    whole, found = _figures(asked, actor_of(request))
    lines = _rows(asked, found)
    if request.GET.get("format") in exports.FORMATS:
        return exports.respond(_sheet(asked, lines), request.GET["format"])
    query = asked.state.query(by=asked.by)
    context = {
        "controls": controls_of(asked.state),
        "groups": [(str(code), words, code is asked.by) for code, words in GROUPS.items()],
        "group": GROUPS[asked.by],
        "is_lying": asked.by in _NAMES,
        "headings": [(code, OUTCOMES[code]) for code in SHOWN],
        "rows": lines,
        "whole": whole,
        "received": Figure(whole.received, asked.address()),
        "figures": [(OUTCOMES[code], Figure(whole.counts[code], asked.address(outcome=code))) for code in SHOWN],
        "three_times": Figure(whole.counts["THREE_TIMES"], asked.address(outcome="THREE_TIMES")),
        "content": Figure(whole.counts["CONTENT"], asked.address(outcome="CONTENT")),
        "rated": Figure(whole.counts["RATED"], asked.address(outcome="RATED")),
        "now": asked.now,
        "csv_href": f"?{query}&format=csv",
        "xlsx_href": f"?{query}&format=xlsx",
    }
    return render(request, "citizen_reports/statistics.html", context)


def _figures(asked: Asked, by: Actor) -> tuple[Line, list[Line]]:
    """The total and the lines; of everything from the sums that are kept, of a part from the reports."""
    narrowed = [value for name, value in asked.state.values.items() if name != "received" and value]
    if not narrowed and worklist.sees_everything(by):
        span = asked.state.values["received"]
        return statistics.whole_total(span, asked.now), statistics.whole_lines(span, asked.by, asked.now)
    rows = asked.state.applied(worklist.reports_of(by))
    return statistics.total(rows, asked.now), statistics.lines(rows, asked.by, asked.now)


def _rows(asked: Asked, lines: list[Line]) -> list[Row]:
    names = {one.code: category_words(one) for one in Category.objects.all()} if asked.by is By.CATEGORY else {}
    found = []
    for line in lines:
        of = asked.of(line)
        figures = tuple(Figure(line.counts[code], asked.address(**of, outcome=code)) for code in SHOWN)
        received, content = Figure(line.received, asked.address(**of)), asked.address(**of, outcome="CONTENT")
        found.append(Row(_name(asked.by, line, names), received, figures, line, content))
    return found


def _name(by: By, line: Line, names: dict[str, str]) -> str:
    if by is By.DAY:
        return written.day(date.fromisoformat(line.key))
    if by is By.WEEK:
        first = date.fromisoformat(line.key)
        return f"{written.day(first)} – {written.day(_last_of(by, first))}"
    if by is By.MONTH:
        return date.fromisoformat(line.key).strftime("%m/%Y")
    return names.get(line.key, line.name) or (_("Nobody yet") if by is By.UNIT else _("Not known"))


def _sheet(asked: Asked, rows: list[Row]) -> exports.Sheet:
    headings = [
        str(GROUPS[asked.by]),
        _("Reports received"),
        *(str(OUTCOMES[code]) for code in SHOWN),
        _("In time, %"),
        _("Ratings"),
        _("Content, %"),
        _("Mean rating"),
    ]
    return exports.Sheet(
        title=_("Statistics of reports"),
        file_name="thong-ke-phan-anh",
        headings=tuple(headings),
        lines=[_cells(row) for row in rows],
    )


def _cells(row: Row) -> list[Any]:
    line = row.line
    return [
        row.name,
        row.received.value,
        *(figure.value for figure in row.figures),
        _rounded(line.in_time_percent),
        line.counts["RATED"],
        _rounded(line.content_percent),
        _rounded(line.rating),
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
