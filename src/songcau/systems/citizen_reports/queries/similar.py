"""Reports that look like one matter with this one; and what fits the words that somebody typed."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.rules import Likeness, Matter, State

# Beyond either two reports are not compared at all.
WITHIN_METRES = 300
WITHIN_TIME = timedelta(days=60)
MOST_COMPARED = 200
MOST_SHOWN = 5
# Shown to the centre from this likeness on; what is likely a duplicate says `rules.is_likely_duplicate`.
WORTH_A_LOOK = 0.3
_METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class Similar:
    """`first` is the report that came first of the two, which a duplicate is counted to."""

    report: Report
    likeness: Likeness
    is_likely: bool


def similar_reports(report: Report, *, most: int = MOST_SHOWN) -> list[Similar]:
    """The likest first: near in place and time, of the same or a related category, with words in common."""
    about = matter_of(report)
    rows = Report.objects.exclude(pk=report.pk).exclude(state__in=[State.WITHDRAWN, State.REFUSED])
    begin, end = report.received_at - WITHIN_TIME, report.received_at + WITHIN_TIME
    rows = rows.filter(_around(report), received_at__range=(begin, end)).select_related("category__parent", "agency")
    found = []
    for other in rows.order_by("-received_at")[:MOST_COMPARED]:
        likeness = rules.likeness(about, matter_of(other))
        if likeness.score >= WORTH_A_LOOK:
            found.append(Similar(other, likeness, rules.is_likely_duplicate(likeness)))
    return sorted(found, key=lambda one: (-one.likeness.score, one.report.received_at))[:most]


def matter_of(report: Report) -> Matter:
    """What of a report is compared."""
    return Matter(
        category=report.category.code,
        parent_category=report.category.parent.code if report.category.parent else None,
        at=report.received_at,
        longitude=report.longitude,
        latitude=report.latitude,
        words=rules.words_of(f"{report.text} {report.place_words}"),
    )


def _around(report: Report) -> Q:
    if report.longitude is None or report.latitude is None:
        return Q(ward_code=report.ward_code, category=report.category_id) if report.ward_code else Q(pk__in=[])
    north = WITHIN_METRES / _METRES_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(report.latitude)))
    return Q(
        latitude__range=(report.latitude - north, report.latitude + north),
        longitude__range=(report.longitude - east, report.longitude + east),
    )


def suggested_categories(text: str) -> list[Category]:
    """What the words say it is about, the likeliest first."""
    known = {category.code: category for category in Category.objects.offered()}
    described = [
        rules.Described(one.code, (one.name, one.name_en), tuple(one.keywords.splitlines())) for one in known.values()
    ]
    return [known[code] for code in rules.category_suggestions(text, described)]
