"""Addresses of the administration of roles."""

from django.urls import path

from songcau.consoles.administration.roles import views

urlpatterns = [
    path("", views.grants, name="grants"),
    path("matrix/", views.roles_matrix, name="role_matrix"),
    path("grant/", views.add, name="grant_add"),
    path("<uuid:grant_id>/", views.grant, name="grant"),
    path("<uuid:grant_id>/end/", views.change_end, name="grant_change_end"),
    path("<uuid:grant_id>/withdraw/", views.withdraw, name="grant_withdraw"),
]
