from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "songcau.systems.incidents"

    def ready(self) -> None:
        from songcau.foundation.accounts.roles import extend_roles
        from songcau.foundation.accounts.words import name_permissions
        from songcau.foundation.files.uses import register
        from songcau.foundation.notifications import kinds
        from songcau.foundation.shell import navigation
        from songcau.systems.incidents.actions.incidents.attachments import USES
        from songcau.systems.incidents.actions.notices import KINDS
        from songcau.systems.incidents.pages.code_words import PERMISSIONS
        from songcau.systems.incidents.pages.navigation import ITEMS
        from songcau.systems.incidents.permissions import GIVEN

        extend_roles(GIVEN)
        name_permissions(PERMISSIONS)
        navigation.register(*ITEMS)
        register(*USES)
        kinds.register(*KINDS)
