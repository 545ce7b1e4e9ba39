from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "songcau.consoles.administration"
