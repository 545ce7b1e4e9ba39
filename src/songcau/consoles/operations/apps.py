from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "songcau.consoles.operations"

    def ready(self) -> None:
        from songcau.consoles.operations.tied import PARTS
        from songcau.foundation.shell import beside
        from songcau.foundation.shell.navigation import NavigationItem, register

        group = _("The operations centre")
        register(
            NavigationItem(_("Wall"), "operations:wall", "device-desktop", "context.read", group, 50),
            NavigationItem(_("Live map"), "operations:map", "map-2", "context.read", group, 51),
            NavigationItem(_("Units"), "operations:units", "building-community", "context.read", group, 52),
            NavigationItem(
                _("In the field"), "operations:field", "device-mobile", "citizen_reports.view_reports", group, 53
            ),
            # Among what the incidents offer: all prints of the centre, theirs too.
            NavigationItem(
                _("Prints of the centre"), "operations:prints", "printer", "incidents.view", _("Operations centre"), 72
            ),
        )
        for kind, part in PARTS.items():
            beside.register(kind, "operations.directives", part)
