from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(AppConfig):
    name = "songcau.consoles.administration"

    def ready(self) -> None:
        from songcau.consoles.administration.audit import words
        from songcau.foundation.accounts.personal_data.sources import use_action_words
        from songcau.foundation.shell.navigation import ADMINISTRATION, NavigationItem, register

        register(
            NavigationItem(
                _("Overview"), "administration:overview", "chart-bar", "accounts.view_agencies", ADMINISTRATION, 200
            ),
            NavigationItem(
                _("Administrative units"), "administration:units", "map-2", "places.view_units", ADMINISTRATION, 210
            ),
            NavigationItem(
                _("Agencies"), "administration:agencies", "building-bank", "accounts.view_agencies", ADMINISTRATION, 220
            ),
            NavigationItem(_("People"), "administration:people", "users", "accounts.view_people", ADMINISTRATION, 230),
            NavigationItem(
                _("Roles given"), "administration:grants", "shield-lock", "accounts.view_people", ADMINISTRATION, 240
            ),
            NavigationItem(
                _("Delegations"),
                "administration:delegations",
                "user-check",
                "accounts.view_people",
                ADMINISTRATION,
                245,
            ),
            NavigationItem(
                _("Requests about data"),
                "administration:data_requests",
                "clipboard-list",
                "personal_data.answer_requests",
                ADMINISTRATION,
                246,
            ),
            NavigationItem(
                _("Access to data"), "administration:looks", "eye", "personal_data.view_looks", ADMINISTRATION, 247
            ),
            NavigationItem(
                _("Calendar of agencies"),
                "administration:calendar_decrees",
                "calendar",
                "calendar.manage_agency_hours",
                ADMINISTRATION,
                250,
            ),
            NavigationItem(
                _("Promised dates in question"),
                "administration:calendar_dates",
                "calendar-event",
                "calendar.decide_dates",
                ADMINISTRATION,
                255,
            ),
            NavigationItem(_("Files"), "administration:files", "archive", "files.view", ADMINISTRATION, 260),
            NavigationItem(
                _("Messages sent"),
                "administration:notices",
                "mail",
                "notifications.view_deliveries",
                ADMINISTRATION,
                265,
            ),
            NavigationItem(_("Events and jobs"), "administration:outbox", "send", "outbox.view", ADMINISTRATION, 270),
            NavigationItem(_("Audit log"), "administration:audit", "history", "audit.view", ADMINISTRATION, 280),
        )
        use_action_words(words.said)
