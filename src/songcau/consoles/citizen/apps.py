from django.apps import AppConfig


class CitizenConfig(AppConfig):
    name = "songcau.consoles.citizen"
