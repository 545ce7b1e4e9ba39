"""Addresses of the administration of people."""

from django.urls import path

from songcau.consoles.administration.people import views, zalo

urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="person_add"),
    path("<uuid:person_id>/", views.person, name="person"),
    path("<uuid:person_id>/change/", views.change, name="person_change"),
    path("<uuid:person_id>/deactivate/", views.deactivate, name="person_deactivate"),
    path("<uuid:person_id>/reactivate/", views.reactivate, name="person_reactivate"),
    path("<uuid:person_id>/password/", views.password, name="person_password"),
    path("<uuid:person_id>/second-factor/", views.second_factor, name="person_second_factor"),
    path("<uuid:person_id>/unlock/", views.unlock, name="person_unlock"),
    path("<uuid:person_id>/sign-out/", views.sign_out, name="person_sign_out"),
    path("<uuid:person_id>/zalo/", zalo.link, name="person_zalo"),
    path("<uuid:person_id>/zalo/unlink/", zalo.unlink, name="person_zalo_unlink"),
]
