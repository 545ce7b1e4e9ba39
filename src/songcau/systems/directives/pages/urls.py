"""The addresses of directives, under /directives/."""

from django.urls import path

from songcau.systems.directives.pages import case, giving, overview, prints, units

app_name = "directives"
urlpatterns = [
    path("", overview.mine, name="mine"),
    path("all/", overview.all_directives, name="all"),
    path("late/", overview.late, name="late"),
    path("units/", units.units, name="units"),
    path("give/", giving.give, name="give"),
    path("prints/", prints.choose, name="prints"),
    path("prints/<str:name>.pdf", prints.document, name="print"),
    path("<uuid:directive_id>/", case.case, name="case"),
    path("<uuid:directive_id>/sheet.pdf", prints.directive_sheet, name="sheet"),
    path("<uuid:directive_id>/draft/", giving.change_draft, name="change_draft"),
    path("<uuid:directive_id>/<str:name>/", case.step, name="step"),
]
