from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "songcau.foundation.shell"
