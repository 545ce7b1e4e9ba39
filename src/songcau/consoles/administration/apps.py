from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "songcau.consoles.administration"

    def ready(self) -> None:
        from songcau.foundation.shell.navigation import ADMINISTRATION, NavigationItem, register

        register(
            NavigationItem(
                _("Overview"), "administration:overview", "chart-bar", "accounts.view_agencies", ADMINISTRATION, 200
            ),
            NavigationItem(_("Events and jobs"), "administration:outbox", "send", "outbox.view", ADMINISTRATION, 270),
            NavigationItem(_("Audit log"), "administration:audit", "history", "audit.view", ADMINISTRATION, 280),
        )
