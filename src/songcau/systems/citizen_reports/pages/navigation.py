"""The desk's menu of reports."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.navigation import NavigationItem

REPORTS = _("Citizens' reports")
_VIEW, _MODERATE = "citizen_reports.view_reports", "citizen_reports.moderate"
_SET_UP = "citizen_reports.configure"
ITEMS = (
    NavigationItem(_("Moderation"), "citizen_reports:moderation", "inbox", _MODERATE, REPORTS, 100),
    NavigationItem(_("Pictures to be reviewed"), "citizen_reports:pictures", "eye", _MODERATE, REPORTS, 101),
    NavigationItem(_("Worklist"), "citizen_reports:worklist", "clipboard-list", _VIEW, REPORTS, 102),
    NavigationItem(_("All reports"), "citizen_reports:reports", "list", _VIEW, REPORTS, 104),
    NavigationItem(_("Late reports"), "citizen_reports:late", "clock", _VIEW, REPORTS, 106),
    NavigationItem(_("Map of reports"), "citizen_reports:heat", "map-2", _VIEW, REPORTS, 108),
    NavigationItem(_("Statistics"), "citizen_reports:statistics", "chart-bar", _VIEW, REPORTS, 110),
    NavigationItem(
        _("Spot checks"), "citizen_reports:spot_checks", "shield-check", "citizen_reports.spot_check", REPORTS, 112
    ),
    NavigationItem(_("Prints"), "citizen_reports:prints", "printer", _VIEW, REPORTS, 114),
    NavigationItem(_("Sources warned and blocked"), "citizen_reports:sources", "user-off", _MODERATE, REPORTS, 116),
    NavigationItem(_("Categories of reports"), "citizen_reports:categories", "tag", _SET_UP, REPORTS, 120),
    NavigationItem(_("Who gets what"), "citizen_reports:routing", "sitemap", _SET_UP, REPORTS, 122),
    NavigationItem(_("Outside bodies"), "citizen_reports:bodies", "building", _SET_UP, REPORTS, 124),
    NavigationItem(_("Standard answers"), "citizen_reports:templates", "file-text", _SET_UP, REPORTS, 126),
    NavigationItem(
        _("Other systems (Open311)"), "citizen_reports:jurisdictions", "plug-connected", _SET_UP, REPORTS, 128
    ),
    NavigationItem(_("Keys of other systems"), "citizen_reports:api_keys", "key", _SET_UP, REPORTS, 130),
)
