from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "songcau.foundation.files"
