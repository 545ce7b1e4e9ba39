"""Who wants to hear of a report that everybody may see, because of where it is."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from songcau.systems.citizen_reports.models import AreaAlert, Category, Report
from songcau.systems.citizen_reports.queries.offered import said


@dataclass(frozen=True, slots=True)
class AreaNews:
    """A published report as it is told to those who watch its ward; `category` is a code."""

    code: str
    ward: str
    category: str
    people: tuple[UUID, ...]


def area_news(report_id: UUID) -> AreaNews | None:
    """Whom to tell of it, each once; None for what is not public (any more), and where no ward is known."""
    report = Report.objects.public().select_related("category").filter(pk=report_id).exclude(ward_code="").first()
    if report is None:
        return None
    fitting = Q(category=None) | Q(category=report.category_id) | Q(category=report.category.parent_id)
    watching = AreaAlert.objects.filter(fitting, ward_code=report.ward_code).order_by("person_id")
    people = tuple(watching.values_list("person_id", flat=True).distinct())
    return AreaNews(report.code, report.ward_name, report.category.code, people)


def category_in_words(code: str) -> str:
    """The name of a category in the present language; the code where it is gone."""
    row = Category.objects.filter(code=code).first()
    return said(row, (get_language() or "vi")[:2]) if row else code
