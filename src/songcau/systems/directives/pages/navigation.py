"""The desk's menu of directives."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.navigation import NavigationItem

DIRECTIVES = _("Directives of leaders")
_VIEW = "directives.view"
ITEMS = (
    NavigationItem(_("My tasks"), "directives:mine", "clipboard-list", _VIEW, DIRECTIVES, 140),
    NavigationItem(_("All directives"), "directives:all", "list", _VIEW, DIRECTIVES, 142),
    NavigationItem(_("Late directives"), "directives:late", "clock", _VIEW, DIRECTIVES, 144),
    NavigationItem(_("Directives by agency"), "directives:units", "chart-bar", _VIEW, DIRECTIVES, 146),
    NavigationItem(_("Prints of directives"), "directives:prints", "printer", _VIEW, DIRECTIVES, 148),
)
