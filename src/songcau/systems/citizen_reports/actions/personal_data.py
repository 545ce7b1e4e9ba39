"""What the city's reports hold about a person with an account: the reports they sent, and the alerts they asked for."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.sources import Section, Words, newest
from songcau.systems.citizen_reports.models import AreaAlert, Reporter
from songcau.systems.citizen_reports.rules import shown_code


class OfReports:
    code = "citizen_reports"
    title: Words = _("Citizens' reports")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        return (_sent(person_id, most), _alerts(person_id, most))


def _sent(person_id: UUID, most: int) -> Section:
    found = Reporter.objects.filter(person_id=person_id).select_related("report__category").order_by("-made_at")
    rows, left = newest(found, most)
    return Section(
        code="reports",
        title=_("Reports that you sent"),
        columns=(_("Code"), _("Category"), _("Sent"), _("Name"), _("Telephone"), _("E-mail")),
        rows=[
            (shown_code(one.report.code), one.report.category.name, one.made_at, one.name, one.phone, one.email)
            for one in rows
        ],
        why=_("To ask you, and to tell you what was done. Only the desk of the operations centre can open it."),
        kept=_("Until you have your contacts forgotten on the page of the report; the report itself stays."),
        correctable=True,
        erasable=True,
        left_out=left,
    )


def _alerts(person_id: UUID, most: int) -> Section:
    found = AreaAlert.objects.filter(person_id=person_id).select_related("category").order_by("-made_at")
    rows, left = newest(found, most)
    return Section(
        code="area_alerts",
        title=_("Places you want to hear of"),
        columns=(_("Ward"), _("Category"), _("Around a place, metres"), _("Place"), _("Since")),
        rows=[
            (one.ward_name, one.category.name if one.category else "", one.radius_m, _place(one), one.made_at)
            for one in rows
        ],
        why=_("To tell you of new reports there."),
        kept=_("Until you remove it."),
        erasable=True,
        left_out=left,
    )


def _place(alert: AreaAlert) -> str:
    return f"{alert.latitude}, {alert.longitude}" if alert.radius_m else ""
