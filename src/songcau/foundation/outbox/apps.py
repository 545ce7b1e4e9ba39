from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "songcau.foundation.outbox"
