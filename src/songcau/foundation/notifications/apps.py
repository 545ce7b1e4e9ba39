from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "songcau.foundation.notifications"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import sources
        from songcau.foundation.notifications.kinds import register
        from songcau.foundation.notifications.of_notices import OfNotices
        from songcau.foundation.notifications.own_kinds import KINDS

        register(*KINDS)
        sources.register(OfNotices())
