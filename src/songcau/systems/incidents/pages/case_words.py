"""Refusals of alerts, incidents, bulletins, shifts and walls in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "CASE_WORDS_MISSING": _("Please write what is meant, in words or figures."),
    "CASE_WORDS_TOO_LONG": _("The text is too long: at most %(limit)s characters."),
    "ALERT_UNKNOWN": _("There is no such alert here, or it is not one of yours."),
    "ALERT_CLOSED": _("This alert was closed already, by %(who)s, at %(at)s."),
    "ALERT_ACKNOWLEDGED_ALREADY": _("%(who)s has acknowledged this alert already, at %(at)s."),
    "ALERT_ACKNOWLEDGED_BY_YOU": _("You have acknowledged this alert, at %(at)s."),
    "ALERTS_NONE_CHOSEN": _("Please tick at least one alert."),
    "ALERTS_TOO_FEW_TO_GROUP": _("Please tick at least two alerts: a group has at least two."),
    "ALERTS_TOO_MANY": _("That is too many at once: please choose at most %(most)s."),
    "ALERT_LADDER_AT_ITS_TOP": _("The province was called already: there is nobody above."),
    "ALERT_NOT_IN_A_GROUP": _("This alert stands alone already."),
    "ALERT_OF_ANOTHER_INCIDENT": _("One of these alerts belongs to incident #%(number)s already."),
    "INCIDENT_UNKNOWN": _("There is no such incident here, or it is not one of yours."),
    "INCIDENT_CLOSED": _("This incident is closed. To change it, open it again first."),
    "INCIDENT_REVIEWED": _("Please write the after-action review first; then the incident can be closed."),
    "INCIDENT_WARD_UNKNOWN": _("There is no ward with the code %(code)s today."),
    "INCIDENT_AGENCY_UNKNOWN": _("Please choose agencies that are open."),
    "INCIDENT_PLACE_UNFIT": _(
        "Please give longitude and latitude in degrees, such as 105.8425 and 21.5942, or neither."
    ),
    "INCIDENT_AREA_UNFIT": _(
        "Please draw an area with at least three corners, at most %(most)s, that are not in one line."
    ),
    "INCIDENT_AREA_OUTSIDE": _(
        "This area touches no ward of the city. Please set its corners anew; longitude stands before latitude."
    ),
    "INCIDENT_THINGS_LEFT": _(
        "Still left: open alerts %(alerts)s, undone steps %(items)s. Deal with them first, or tick that you know."
    ),
    "INCIDENT_FILES_TOO_MANY": _("An incident takes at most %(most)s files."),
    "REVIEW_TOO_EARLY": _("The review is written once the incident is resolved."),
    "ENTRY_KIND_UNFIT": _("This kind of line is written by the system."),
    "ENTRY_IN_THE_FUTURE": _("Please give a time that has passed already."),
    "CHECKLIST_ITEM_UNKNOWN": _("The checklist has no such item."),
    "CHECKLIST_ITEM_DONE_ALREADY": _("%(who)s has ticked this item already, at %(at)s."),
    "CHECKLIST_ITEM_NOT_DONE": _("This item is not ticked."),
    "PLAYBOOK_UNKNOWN": _("Please choose a playbook that is in use."),
    "PLAYBOOK_UNFIT": _(
        "A playbook has between one and %(most)s items; each says who, within how many minutes (at most %(minutes)s), "
        "and what is to be done."
    ),
    "PLAYBOOK_CODE_UNFIT": _("Please choose another code: letters A to Z, digits and _, used by no other playbook."),
    "BULLETIN_UNKNOWN": _("There is no such bulletin."),
    "BULLETIN_WITHOUT_WARDS": _("Please choose the wards that it concerns, or the whole city."),
    "BULLETIN_PERIOD_UNFIT": _(
        "A bulletin ends after it begins, not in the past, and holds for at most %(days)s days."
    ),
    "BULLETIN_PUBLISHED_ALREADY": _("This bulletin is published already; withdraw it and write a new one."),
    "BULLETIN_NOT_IN_FORCE": _("Only a published bulletin that was not withdrawn can be withdrawn."),
    "SHIFT_NONE_RUNS": _("No shift runs now. Please start one first."),
    "SHIFT_RUNS_ALREADY": _("The shift of %(who)s runs still. It is handed over before the next begins."),
    "SHIFT_NOT_THE_LEAD": _("Only who leads the shift hands it over: %(who)s."),
    "SHIFT_SIGNED_BY_ITSELF": _("Whoever hands over does not sign for it; the next lead does."),
    "SHIFT_NOTE_NOT_READ": _("Please read the note, the alerts and the incidents, and say so by the tick."),
    "SHIFT_NOTE_CHANGED": _("The note was changed since you opened it. Please read it again."),
    "DUTY_UNFIT": _("Please choose between one and %(most)s people, one of whom leads, on a day within %(days)s days."),
    "DUTY_PERSON_UNKNOWN": _("Somebody of the list has no account in use any more."),
    "WALL_UNKNOWN": _("There is no such wall."),
    "WALL_WITHOUT_CENTRE": _("The city has no operations centre whose wall it could be."),
    "WALL_UNFIT": _(
        "This arrangement cannot be shown (tile %(tile)s: %(why)s). Tiles lie within the grid, side by side."
    ),
    "WALL_NAME_TAKEN": _("A wall of this name exists already."),
}
