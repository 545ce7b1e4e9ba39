"""The addresses of alert rules, under /incidents/rules/."""

from django.urls import path

from songcau.systems.incidents.pages.alert_rules import previewing, upkeep, views

urlpatterns = [
    path("rules/", views.rules, name="alert_rules"),
    path("rules/add/", views.kinds, name="alert_rule_kinds"),
    path("rules/add/<str:kind>/", views.add, name="alert_rule_add"),
    path("rules/preview/<str:kind>/", previewing.show, name="alert_rule_preview"),
    path("rules/maintenance/", upkeep.windows, name="maintenance"),
    path("rules/maintenance/add/", upkeep.add, name="maintenance_add"),
    path("rules/maintenance/<uuid:window_id>/end/", upkeep.end, name="maintenance_end"),
    path("rules/<uuid:rule_id>/", views.rule, name="alert_rule"),
    path("rules/<uuid:rule_id>/switch/", views.switch, name="alert_rule_switch"),
    path("rules/<uuid:rule_id>/versions/", views.versions, name="alert_rule_versions"),
]
