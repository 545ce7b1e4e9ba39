"""Which other systems a report can be passed on to."""

from songcau.systems.citizen_reports.models import Jurisdiction, OutsideLink, Report


def their_code(jurisdiction: Jurisdiction, category: str) -> str:
    """Their service for a category of ours; empty where nothing of that kind goes there."""
    ours_to_theirs = jurisdiction.service_map.get("out", {})
    return str(ours_to_theirs.get(category) or ours_to_theirs.get("*", ""))


def takers(report: Report) -> list[Jurisdiction]:
    """Those that get reports, take its category, and neither have it nor sent it."""
    having = OutsideLink.objects.filter(report=report).values("jurisdiction")
    rows = Jurisdiction.objects.filter(forwards=True).exclude(pk__in=having)
    return [one for one in rows if their_code(one, report.category.code)]


def failed_links(report: Report) -> list[OutsideLink]:
    """What could not be sent, and may be tried again."""
    return list(OutsideLink.objects.filter(report=report, state="FAILED").select_related("jurisdiction"))
