from django.apps import AppConfig


class DirectivesConfig(AppConfig):
    name = "songcau.systems.directives"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import sources
        from songcau.foundation.accounts.roles import extend_roles
        from songcau.foundation.accounts.words import name_permissions
        from songcau.foundation.files.uses import register
        from songcau.foundation.notifications import kinds
        from songcau.foundation.shell import navigation
        from songcau.systems.directives.actions.evidence import USES
        from songcau.systems.directives.actions.notices import KINDS
        from songcau.systems.directives.actions.personal_data import OfDirectives
        from songcau.systems.directives.pages.code_words import PERMISSIONS
        from songcau.systems.directives.pages.navigation import ITEMS
        from songcau.systems.directives.permissions import GIVEN

        extend_roles(GIVEN)
        name_permissions(PERMISSIONS)
        navigation.register(*ITEMS)
        register(*USES)
        sources.register(OfDirectives())
        kinds.register(*KINDS)
