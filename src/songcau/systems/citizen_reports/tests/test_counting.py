"""Every figure of the statistics is the count of the list it leads to, also where that list is longer than counted."""

import random
from dataclasses import replace
from itertools import combinations
from urllib.parse import urlsplit

import pytest
from django.test import RequestFactory

from songcau.foundation.shell.lists import list_context
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages import counting, listing
from songcau.systems.citizen_reports.pages.statistics import Asked, Figure, Row, _figures, _rows
from songcau.systems.citizen_reports.queries import worklist
from songcau.systems.citizen_reports.queries.statistics import By
from songcau.systems.citizen_reports.tests.test_kept_sums import changed
from songcau.systems.citizen_reports.tests.town import Town, send

pytestmark = pytest.mark.usefixtures("wards")
ALL_YEARS = {"received_from": "2020-01-01", "received_to": "2030-12-31"}


def counted(href: str, by: Actor, most: int) -> int | None:
    """What the head of the list says."""
    request = RequestFactory().get("/?" + urlsplit(href).query)
    short = replace(listing.REPORTS, most_counted=most, page_size=1)
    said = list_context(request, short, worklist.reports_of(by), exact=counting.exact_of(by, whole=True))
    if said["known_total"] is None:
        assert not said["is_more"], href
        return said["page"].total  # type: ignore[attr-defined,no-any-return]
    return said["known_total"]  # type: ignore[return-value]


def require_figures(by: Actor, asked: Asked) -> int:
    whole, lines = _figures(asked, by)
    rows: list[Row] = _rows(asked, lines)
    figures = [one for row in rows for one in (row.received, *row.figures)]
    figures += [Figure(whole.received, asked.address())]
    figures += [Figure(many, asked.address(outcome=code)) for code, many in whole.counts.items() if code != "UNHAPPY"]
    for figure in figures:
        assert counted(figure.href, by, most=2) == figure.value, figure.href
    return len(figures)


def test_each_figure_is_the_count_of_its_list_whatever_the_filters(town: Town) -> None:
    report = changed(town, 30)[0]
    Report.objects.filter(pk=report.pk).update(ward_code="")
    narrow = {"unit": str(town.ward.pk), "ward": "05443", "category": "POTHOLE", "channel": "PORTAL"}
    chance = random.Random(5)
    for many in range(3):
        for names in combinations(narrow, many):
            for by in chance.sample(tuple(By), 2) if names else By:
                query = ALL_YEARS | {name: narrow[name] for name in names} | {"by": by}
                asked = Asked(RequestFactory().get("/", query))
                assert require_figures(town.desk, asked) > 5
    assert require_figures(town.officer, Asked(RequestFactory().get("/", ALL_YEARS))) > 5


@pytest.mark.parametrize("query", ["unit=none", "ward=none", "category=POTHOLE", "colour=GREEN", "officer=mine"])
def test_other_lists_are_counted_where_that_is_cheap(town: Town, query: str) -> None:
    for _report in range(4):
        send()
    found = counted(f"/?{query}", town.desk, most=2)
    assert found == {"ward=none": 0}.get(query, 4)


def test_a_search_and_what_would_look_at_every_report_say_more_than(town: Town) -> None:
    for _report in range(4):
        send()
    for query in ("state=NEW", "urgency=NORMAL"):
        request = RequestFactory().get(f"/?{query}")
        short = replace(listing.REPORTS, most_counted=2)
        exact = counting.exact_of(town.desk, whole=True)
        said = list_context(request, short, worklist.reports_of(town.desk), exact=exact)
        assert (said["known_total"], said["is_more"]) == (None, True), query
    request = RequestFactory().get("/?q=o+ga")
    short = replace(listing.REPORTS, most_found=2)
    said = list_context(request, short, worklist.reports_of(town.desk), exact=counting.exact_of(town.desk))
    assert (said["known_total"], said["is_more"]) == (None, True)
