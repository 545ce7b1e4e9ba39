from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "songcau.foundation.notifications"

    def ready(self) -> None:
        from songcau.foundation.notifications.kinds import register
        from songcau.foundation.notifications.own_kinds import KINDS

        register(*KINDS)
