"""Addresses of the administration of units."""

from django.urls import path

from songcau.consoles.administration.units import importing, views

urlpatterns = [
    path("", views.unit_map, name="units"),
    path("outlines/", views.outlines, name="unit_outlines"),
    path("list/", views.unit_list, name="unit_list"),
    path("point/", views.point, name="unit_point"),
    path("import/", importing.check, name="boundary_import"),
    path("import/apply/", importing.apply, name="boundary_apply"),
    path("<uuid:unit_id>/", views.unit, name="unit"),
]
