from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "songcau.foundation.files.documents"
