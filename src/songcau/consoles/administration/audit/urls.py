"""Addresses of the administration of audit."""

from django.urls import path

from songcau.consoles.administration.audit import views

urlpatterns = [
    path("", views.entries, name="audit"),
    path("verify/", views.verify, name="audit_verify"),
    path("<int:sequence>/", views.entry, name="audit_entry"),
]
