from django.apps import AppConfig


class CitizenReportsConfig(AppConfig):
    name = "songcau.systems.citizen_reports"

    def ready(self) -> None:
        from songcau.foundation.accounts.personal_data import records, sources
        from songcau.foundation.accounts.roles import extend_roles
        from songcau.foundation.accounts.words import name_permissions
        from songcau.foundation.files.uses import register
        from songcau.foundation.notifications import kinds
        from songcau.foundation.shell import navigation
        from songcau.systems.citizen_reports.actions import publishing
        from songcau.systems.citizen_reports.actions.evidence import USES
        from songcau.systems.citizen_reports.actions.looking import RECORDS
        from songcau.systems.citizen_reports.actions.notices import KINDS
        from songcau.systems.citizen_reports.actions.personal_data import OfReports
        from songcau.systems.citizen_reports.pages.code_words import PERMISSIONS
        from songcau.systems.citizen_reports.pages.navigation import ITEMS
        from songcau.systems.citizen_reports.permissions import GIVEN

        extend_roles(GIVEN)
        name_permissions(PERMISSIONS)
        navigation.register(*ITEMS)
        register(*USES, *publishing.USES)
        records.register(*RECORDS)
        sources.register(OfReports())
        kinds.register(*KINDS)
