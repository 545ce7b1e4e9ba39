"""Addresses of the administration of overview."""

from django.urls import path

from songcau.consoles.administration.overview import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("people/behind/<slug:name>/", views.behind, name="behind"),
]
