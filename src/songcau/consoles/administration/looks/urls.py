"""Addresses of the access log of personal data."""

from django.urls import path

from songcau.consoles.administration.looks import views

urlpatterns = [
    path("", views.looks, name="looks"),
    path("alarms/<uuid:alarm_id>/settle/", views.settle, name="curiosity_settle"),
]
