"""When a citizens' report is shown to everybody, those who watch its ward or a place near by are told."""

from django.conf import settings

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import notices


def tell(event: reports.ReportPublished, _facts: DeliveryFacts) -> None:
    news = reports.area_news(event.report_id)
    if news is None or not news.people:
        return
    notify(
        by=SYSTEM,
        people=list(news.people),
        kind=notices.IN_MY_AREA,
        params={
            "code": reports.shown_code(news.code),
            "ward": news.ward or settings.SONGCAU.city_name,
            "category": news.category,
        },
        subject=f"{reports.SUBJECT}:{event.report_id}",
        # Shown, taken back and shown again it is told once.
        key=f"area:{event.report_id}",
        link=f"/portal/reports/{news.code}/",
    )


PUBLISHED = Reaction(reports.ReportPublished, tell, "flows.published_report_is_told_to_its_area")
