"""The addresses of incidents, under /incidents/."""

from django.urls import path

from songcau.systems.incidents.pages import (
    alert,
    bulletins,
    incident_steps,
    incidents,
    playbooks,
    prints,
    queue,
    shift,
)
from songcau.systems.incidents.pages.alert_rules import urls as alert_rules

app_name = "incidents"
urlpatterns = [
    *alert_rules.urlpatterns,
    path("alerts/", queue.queue, name="alerts"),
    path("alerts/bulk/", queue.many, name="bulk"),
    path("alerts/<uuid:alert_id>/", alert.alert_page, name="alert"),
    path("alerts/<uuid:alert_id>/<str:name>/", alert.step, name="alert_step"),
    path("", incidents.incidents, name="incidents"),
    path("open/", incidents.open_by_hand, name="incident_open"),
    path("number/<int:number>/", incidents.by_number, name="by_number"),
    path("outlines.geojson", incidents.outlines, name="outlines"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/add/", playbooks.add, name="playbook_add"),
    path("playbooks/<uuid:playbook_id>/", playbooks.change, name="playbook"),
    path("playbooks/<uuid:playbook_id>/retire/", playbooks.retire, name="playbook_retire"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/add/", bulletins.add, name="bulletin_add"),
    path("bulletins/<uuid:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<uuid:bulletin_id>/<str:name>/", bulletins.step, name="bulletin_step"),
    path("shift/", shift.shift_page, name="shift"),
    path("shift/do/<str:name>/", shift.act, name="shift_act"),
    path("shifts/", shift.shifts, name="shifts"),
    path("shifts/<uuid:shift_id>/", shift.past, name="shift_sheet_page"),
    path("shifts/<uuid:shift_id>/sheet.pdf", prints.shift_sheet, name="shift_sheet"),
    path("roster/", shift.roster, name="roster"),
    path("roster/<str:day>/<str:slot>/", shift.duty, name="duty"),
    path("prints/daily.pdf", prints.daily, name="print_daily"),
    path("<uuid:incident_id>/", incidents.incident_page, name="incident"),
    path("<uuid:incident_id>/report.pdf", prints.incident_report, name="incident_report"),
    path("<uuid:incident_id>/items/<uuid:item_id>/<str:name>/", incident_steps.item, name="item"),
    path("<uuid:incident_id>/<str:name>/", incident_steps.step, name="incident_step"),
]
