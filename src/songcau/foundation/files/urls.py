"""Addresses of files: uploads by tus, downloads, previews."""

from django.urls import path

from songcau.foundation.files import tus

app_name = "files"
urlpatterns = [
    path("uploads/", tus.uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", tus.upload, name="upload"),
]
