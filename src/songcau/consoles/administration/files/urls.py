"""Addresses of the administration of files."""

from django.urls import path

from songcau.consoles.administration.files import views

urlpatterns = [
    path("", views.files, name="files"),
    path("try-out/", views.try_out, name="file_try_out"),
    path("<uuid:file_id>/", views.file, name="file"),
    path("<uuid:file_id>/hold/", views.hold, name="hold_file"),
    path("<uuid:file_id>/release/", views.release, name="release_file"),
]
