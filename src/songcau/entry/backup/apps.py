from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "songcau.entry.backup"
