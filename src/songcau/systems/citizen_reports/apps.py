from django.apps import AppConfig


class CitizenReportsConfig(AppConfig):
    name = "songcau.systems.citizen_reports"

    def ready(self) -> None:
        from songcau.foundation.accounts.roles import extend_roles
        from songcau.foundation.files.uses import register
        from songcau.systems.citizen_reports.actions.evidence import USES
        from songcau.systems.citizen_reports.permissions import GIVEN

        extend_roles(GIVEN)
        register(*USES)
