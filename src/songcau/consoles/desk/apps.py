from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "songcau.consoles.desk"
