"""Who wants to hear of a report that everybody may see, because of where it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import AreaAlert, Category, Report
from songcau.systems.citizen_reports.queries.offered import said

# Degrees of latitude in which everybody lives who could watch a place.
_WIDEST = max(rules.RADII) / 111_000


@dataclass(frozen=True, slots=True)
class AreaNews:
    """A published report as it is told to those who watch where it is; `category` is a code, `ward` may be empty."""

    code: str
    ward: str
    category: str
    people: tuple[UUID, ...]


def area_news(report_id: UUID) -> AreaNews | None:
    """Whom to tell of it, each once; None for what is not public (any more)."""
    report = Report.objects.public().select_related("category").filter(pk=report_id).first()
    if report is None:
        return None
    fitting = Q(category=None) | Q(category=report.category_id) | Q(category=report.category.parent_id)
    rows = AreaAlert.objects.filter(fitting)
    in_ward = rows.filter(ward_code=report.ward_code).values_list("person_id", flat=True) if report.ward_code else ()
    people = tuple(sorted({*in_ward, *_around(rows, report)}))
    return AreaNews(report.code, report.ward_name, report.category.code, people)


def _around(rows: QuerySet[AreaAlert], report: Report) -> Iterator[UUID]:
    """Who watches a place near by. By its public place: the exact one of what happens at homes is nobody's."""
    east, north = report.public_longitude, report.public_latitude
    if east is None or north is None:
        return
    lowest, highest = north - _WIDEST, north + _WIDEST
    near = rows.filter(radius_m__isnull=False, latitude__range=(lowest, highest))
    for person_id, longitude, latitude, radius_m in near.values_list("person_id", "longitude", "latitude", "radius_m"):
        # The table keeps all three or none.
        if longitude is None or latitude is None or radius_m is None:
            continue
        if rules.metres_between(longitude, latitude, east, north) <= radius_m:
            yield person_id


def category_in_words(code: str) -> str:
    """The name of a category in the present language; the code where it is gone."""
    row = Category.objects.filter(code=code).first()
    return said(row, (get_language() or "vi")[:2]) if row else code
