"""Addresses of files: uploads by tus, downloads, previews."""

from django.urls import path

from songcau.foundation.files import downloads, tus

app_name = "files"
urlpatterns = [
    path("uploads/", tus.uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", tus.upload, name="upload"),
    path("<uuid:file_id>", downloads.download, name="download"),
    path("<uuid:file_id>/previews/<int:page>", downloads.preview, name="preview"),
]
