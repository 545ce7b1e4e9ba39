"""The desk's menu of the operations centre."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.navigation import NavigationItem

CENTRE = _("Operations centre")
_VIEW, _OPERATE = "incidents.view", "incidents.operate"
ITEMS = (
    NavigationItem(_("Alerts"), "incidents:alerts", "bell", _VIEW, CENTRE, 60),
    NavigationItem(_("Incidents"), "incidents:incidents", "alert-triangle", _VIEW, CENTRE, 62),
    NavigationItem(_("Bulletins"), "incidents:bulletins", "mail", _VIEW, CENTRE, 64),
    NavigationItem(_("Shift"), "incidents:shift", "users-group", _OPERATE, CENTRE, 66),
    NavigationItem(_("Duty roster"), "incidents:roster", "calendar-event", _OPERATE, CENTRE, 68),
    NavigationItem(_("Playbooks"), "incidents:playbooks", "clipboard-list", _OPERATE, CENTRE, 70),
    NavigationItem(_("Alert rules"), "incidents:alert_rules", "adjustments", _OPERATE, CENTRE, 71),
)
