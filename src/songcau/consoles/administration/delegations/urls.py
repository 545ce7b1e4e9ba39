"""Addresses of the administration of delegations."""

from django.urls import path

from songcau.consoles.administration.delegations import views

urlpatterns = [
    path("", views.delegations, name="delegations"),
    path("<uuid:delegation_id>/", views.delegation, name="delegation"),
    path("<uuid:delegation_id>/withdraw/", views.withdraw, name="delegation_withdraw"),
]
