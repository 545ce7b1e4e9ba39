from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "songcau.foundation.notifications"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import sources
        from songcau.foundation.accounts.phone_codes import use_code_sender
        from songcau.foundation.notifications.adapters.port import Readiness
        from songcau.foundation.notifications.codes import send_code
        from songcau.foundation.notifications.kinds import register
        from songcau.foundation.notifications.of_notices import OfNotices
        from songcau.foundation.notifications.own_kinds import KINDS
        from songcau.foundation.notifications.readiness import readiness_of
        from songcau.foundation.notifications.rules import Channel

        register(*KINDS)
        if readiness_of(Channel.SMS) is not Readiness.NOT_SET_UP:
            use_code_sender(send_code)
        sources.register(OfNotices())
