from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "songcau.consoles.desk"

    def ready(self) -> None:
        from songcau.foundation.shell.navigation import NavigationItem, register

        register(
            NavigationItem(_("My desk"), "desk:home", "home", order=10),
            NavigationItem(_("My notices"), "desk:notices", "bell", order=12),
            NavigationItem(_("Working calendar"), "desk:working_calendar", "calendar", order=15),
            NavigationItem(_("My account"), "desk:me", "user-circle", order=20),
            NavigationItem(_("My data"), "desk:my_data", "id-badge-2", order=25),
        )
