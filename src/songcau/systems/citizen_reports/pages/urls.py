"""The addresses of citizen reports, under /citizen_reports/."""

from django.urls import path

from songcau.systems.citizen_reports.pages import (
    bulk,
    case,
    heat,
    intake,
    moderation,
    prints,
    sources,
    spot_checks,
    statistics,
    worklist,
)
from songcau.systems.citizen_reports.pages.setting_up import categories, others, routing

app_name = "citizen_reports"
urlpatterns = [
    path("", worklist.my_worklist, name="worklist"),
    path("reports/", worklist.all_reports, name="reports"),
    path("late/", worklist.late, name="late"),
    path("three_times/", worklist.three_times, name="three_times"),
    path("code/<str:code>/", worklist.by_code, name="by_code"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/bulk/", bulk.many, name="bulk"),
    path("moderation/<uuid:report_id>/", moderation.triage, name="triage"),
    path("write_down/", intake.write_down, name="write_down"),
    path("write_down/several/", intake.write_several, name="write_several"),
    path("map/", heat.heat_map, name="heat"),
    path("map/points.geojson", heat.points, name="heat_points"),
    path("map/outlines.geojson", heat.outlines, name="outlines"),
    path("statistics/", statistics.table, name="statistics"),
    path("spot_checks/", spot_checks.spot_checks, name="spot_checks"),
    path("spot_checks/<uuid:report_id>/", spot_checks.spot_check, name="spot_check"),
    path("prints/", prints.choose, name="prints"),
    path("prints/<str:name>.pdf", prints.document, name="print"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<uuid:standing_id>/", sources.source, name="source"),
    path("set_up/categories/", categories.categories, name="categories"),
    path("set_up/categories/add/", categories.add, name="category_add"),
    path("set_up/categories/<uuid:category_id>/", categories.change, name="category"),
    path("set_up/categories/<uuid:category_id>/retire/", categories.retire, name="category_retire"),
    path("set_up/routing/", routing.rules, name="routing"),
    path("set_up/routing/add/", routing.add, name="rule_add"),
    path("set_up/routing/<uuid:rule_id>/", routing.change, name="rule"),
    path("set_up/routing/<uuid:rule_id>/remove/", routing.remove, name="rule_remove"),
    path("set_up/bodies/", others.bodies, name="bodies"),
    path("set_up/bodies/add/", others.body_add, name="body_add"),
    path("set_up/bodies/<uuid:body_id>/", others.body, name="body"),
    path("set_up/templates/", others.templates, name="templates"),
    path("set_up/templates/add/", others.template_add, name="template_add"),
    path("set_up/templates/<uuid:template_id>/", others.template, name="template"),
    path("set_up/templates/<uuid:template_id>/retire/", others.template_retire, name="template_retire"),
    path("<uuid:report_id>/", case.case, name="case"),
    path("<uuid:report_id>/sender/", case.reporter, name="reporter"),
    path("<uuid:report_id>/false/", sources.false_report, name="false_report"),
    path("<uuid:report_id>/sheet.pdf", prints.report_sheet, name="print_report"),
    path("<uuid:report_id>/<str:name>/", case.step, name="step"),
from songcau.systems.citizen_reports.pages import reviewing
    path("pictures/", reviewing.next_picture, name="pictures"),
    path("pictures/<uuid:picture_id>/", reviewing.picture, name="picture"),
]
