"""Every code of alerts, incidents and shifts in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.rules import alerts, incidents, shifts
from songcau.systems.incidents.rules.alerts import Rung
from songcau.systems.incidents.rules.incidents import EntryKind, Kind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.shifts import Slot

Words = str | Promise

LEVELS: dict[str, Words] = {
    Level.CRITICAL: pgettext_lazy("a level", "Critical"),
    Level.HIGH: pgettext_lazy("a level", "High"),
    Level.MEDIUM: pgettext_lazy("a level", "Medium"),
    Level.LOW: pgettext_lazy("a level", "Low"),
    Level.INFORMATION: pgettext_lazy("a level", "Information"),
}
ALERT_STATES: dict[str, Words] = {
    alerts.State.RAISED: pgettext_lazy("an alert", "Not acknowledged"),
    alerts.State.ACKNOWLEDGED: pgettext_lazy("an alert", "Acknowledged"),
    alerts.State.CLOSED: pgettext_lazy("an alert", "Closed"),
}
STANDINGS: dict[str, Words] = {
    "OPEN": pgettext_lazy("alerts", "Open"),
    "UNACKNOWLEDGED": pgettext_lazy("alerts", "Not acknowledged"),
    "ACKNOWLEDGED": pgettext_lazy("alerts", "Acknowledged, open"),
    "LATE": pgettext_lazy("alerts", "Open and late"),
    "CLEARED": pgettext_lazy("alerts", "Condition gone, open"),
    "CLOSED": pgettext_lazy("alerts", "Closed"),
}
RUNGS: dict[int, Words] = {
    Rung.OFFICER: _("the officer in charge"),
    Rung.WARD: _("the head of the ward"),
    Rung.CITY: _("the city"),
    Rung.PROVINCE: _("the province"),
}
ALERT_STEPS: dict[str, Words] = {
    "raised": _("Raised"),
    "raised_again": _("Raised again"),
    "cleared": _("The condition has gone"),
    "acknowledge": _("Acknowledged"),
    "close": pgettext_lazy("an alert", "Closed"),
    "note": _("Note"),
    "group": _("Put under another alert"),
    "ungroup": _("Stands alone again"),
    "escalate": _("Escalated"),
    "pass_up": _("Passed up"),
    "incident": _("Belongs to an incident"),
}
KINDS: dict[str, Words] = {
    Kind.FLOOD: _("Flood"),
    Kind.STORM: _("Storm, heavy rain"),
    Kind.LANDSLIDE: _("Landslide"),
    Kind.FIRE: _("Fire, explosion"),
    Kind.TRAFFIC: _("Traffic"),
    Kind.POWER: _("Power"),
    Kind.WATER: _("Water supply"),
    Kind.ENVIRONMENT: _("Environment"),
    Kind.HEALTH: _("Health"),
    Kind.SECURITY: _("Public order"),
    Kind.TECHNICAL: _("Technical fault"),
    Kind.OTHER: pgettext_lazy("an incident", "Other"),
}
INCIDENT_STATES: dict[str, Words] = {
    incidents.State.OPEN: pgettext_lazy("an incident", "Being handled"),
    incidents.State.UNDER_CONTROL: pgettext_lazy("an incident", "Under control"),
    incidents.State.RESOLVED: pgettext_lazy("an incident", "Resolved, to be reviewed"),
    incidents.State.CLOSED: pgettext_lazy("an incident", "Closed"),
}
INCIDENT_STANDINGS: dict[str, Words] = {
    "UNDERWAY": pgettext_lazy("incidents", "Being handled"),
    "TO_REVIEW": pgettext_lazy("incidents", "To be reviewed"),
    "CLOSED": pgettext_lazy("incidents", "Closed"),
}
ENTRY_KINDS: dict[str, Words] = {
    EntryKind.NOTE: _("Note"),
    EntryKind.SITUATION: _("Report from the place"),
    EntryKind.DECISION: pgettext_lazy("a line of a timeline", "Decision"),
    EntryKind.MEASURE: _("Measure taken"),
    EntryKind.CONTACT: _("Contact with others"),
    EntryKind.STEP: _("Step"),
    EntryKind.CHANGE: _("Change"),
    EntryKind.ALERT: _("Alert"),
    EntryKind.CHECK: _("Checklist"),
    EntryKind.FILE: pgettext_lazy("a line of a timeline", "File"),
    EntryKind.BULLETIN: _("Bulletin"),
}
ENTRY_STEPS: dict[str, Words] = {
    "open": _("Opened"),
    "control": pgettext_lazy("an incident", "Under control"),
    "resolve": pgettext_lazy("an incident", "Resolved"),
    "review": _("Review written"),
    "close": pgettext_lazy("an incident", "Closed"),
    "reopen": _("Opened again"),
    "change": _("Facts changed"),
    "subject_gone": _("No longer known in the live city"),
    "alert": _("Alert"),
    "tick": _("Done"),
    "untick": _("Not done after all"),
    "attach": _("File added"),
    "publish_bulletin": _("Bulletin published"),
    "withdraw_bulletin": _("Bulletin withdrawn"),
}
SLOTS: dict[str, Words] = {
    Slot.MORNING: _("Morning shift"),
    Slot.AFTERNOON: _("Afternoon shift"),
    Slot.NIGHT: _("Night shift"),
}
SHIFT_STATES: dict[str, Words] = {
    shifts.State.RUNNING: _("running"),
    shifts.State.AWAITING_SIGNATURE: _("waits for the next lead to read and sign"),
    shifts.State.HANDED_OVER: _("handed over"),
}
BULLETIN_STANDINGS: dict[str, Words] = {
    "DRAFT": pgettext_lazy("a bulletin", "Draft"),
    "TO_COME": pgettext_lazy("a bulletin", "Published, not yet in force"),
    "IN_FORCE": pgettext_lazy("a bulletin", "In force"),
    "OVER": pgettext_lazy("a bulletin", "Over"),
    "WITHDRAWN": pgettext_lazy("a bulletin", "Withdrawn"),
}
# Values of a finding that everybody reads; another name is shown as it is.
VALUES: dict[str, Words] = {
    "attribute": _("What was measured"),
    "reason": _("Reason"),
    "rate": _("Change"),
}
# Codes that are values themselves; another is shown as it is.
SAID: dict[str, Words] = {
    "OFFLINE": pgettext_lazy("a device", "not connected"),
    "FLOODING": pgettext_lazy("a citizen's report", "flooding"),
    "RULE_STOPPED": _("The rule was changed or switched off."),
    "ENTITY_DELETED": _("What it is about is no longer known in the live city."),
}
# What the usual rules measure; another attribute is called by its own name.
ATTRIBUTES: dict[str, Words] = {
    "waterLevel": _("Water level"),
    "precipitation": _("Rain"),
    "pm25": "PM2.5",
    "averageVehicleSpeed": _("Mean speed"),
    "intensity": _("Vehicles an hour"),
    "peopleCount": _("People counted"),
    "category": _("Matter of reports"),
}
# What a thing of the live city is, where it has no name of its own; by the type in its id.
TYPES: dict[str, Words] = {
    "WaterObserved": _("Water gauge"),
    "WeatherObserved": _("Weather station"),
    "AirQualityObserved": _("Air station"),
    "TrafficFlowObserved": _("Traffic detector"),
    "CrowdFlowObserved": _("People counter"),
    "CitizenReport": _("Citizen's report"),
}
# UN/CEFACT codes of units as people write them; another code is shown as it is.
UNITS: dict[str, str] = {
    "MTR": "m",
    "CMT": "cm",
    "MMT": "mm",
    "H67": "mm/h",
    "KMH": "km/h",
    "MTS": "m/s",
    "GQ": "µg/m³",
    "CEL": "°C",
    "P1": "%",
    "2N": "dB",
    "C62": "",
}
ACTORS: dict[str, Words] = {SYSTEM.label: _("songcau (by itself)")}
# What of a record two people may have changed at once.
FIELDS: dict[str, Words] = {
    "title": _("title of the incident"),
    "kind": _("kind"),
    "level": _("level"),
    "state": _("state"),
    "controlled_at": _("state"),
    "resolved_at": _("state"),
    "closed_at": _("state"),
    "reopenings": _("state"),
    "description": _("description"),
    "place_words": _("place"),
    "longitude": _("place"),
    "latitude": _("place"),
    "area": _("area"),
    "wards": _("wards"),
    "lead_agency": _("lead agency"),
    "supporting": _("supporting agencies"),
    "items": _("items"),
    "name_vi": _("name"),
    "name_en": _("name"),
    "valid_from": _("beginning"),
    "valid_to": _("end"),
    "title_vi": _("title of the bulletin"),
    "title_en": _("title of the bulletin"),
    "text_vi": _("text"),
    "text_en": _("text"),
    "is_whole_city": _("wards"),
    "published_at": _("publication"),
    "published_by_label": _("publication"),
    "withdrawn_at": _("publication"),
    "withdrawn_by_label": _("publication"),
    "withdrawal_reason": _("publication"),
}
PERMISSIONS = {
    "incidents.view": _("See alerts and incidents"),
    "incidents.handle": _("Acknowledge and close own alerts, work on own incidents"),
    "incidents.operate": _("Work at the operations centre: alerts, incidents, bulletins, shifts"),
}
JOBS = {
    "incidents.escalate_alerts": _("Call after quiet hours, and take alerts up the ladder"),
    "incidents.look_after_subjects": _("Ask the live city for what open incidents are about"),
    "incidents.take_in_waiting": _("Take in files of incidents that wait"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: never by colour alone."""

    style: str
    icon: str


ALERT_LOOKS = {
    alerts.State.RAISED: Look("is-bad", "bell"),
    alerts.State.ACKNOWLEDGED: Look("is-waiting", "user-check"),
    alerts.State.CLOSED: Look("", "check"),
}
INCIDENT_LOOKS = {
    incidents.State.OPEN: Look("is-bad", "alert-triangle"),
    incidents.State.UNDER_CONTROL: Look("is-waiting", "shield-check"),
    incidents.State.RESOLVED: Look("is-good", "check"),
    incidents.State.CLOSED: Look("", "archive"),
}
BULLETIN_LOOKS = {
    "DRAFT": Look("", "edit"),
    "TO_COME": Look("is-waiting", "clock"),
    "IN_FORCE": Look("is-good", "check"),
    "OVER": Look("", "history"),
    "WITHDRAWN": Look("is-bad", "circle-x"),
}


def unit_sign(code: object) -> str:
    """A UN/CEFACT code as people write the unit."""
    return UNITS.get(str(code or ""), str(code or ""))


def in_language(vi: str, en: str) -> str:
    """In the page's language, where it was written in both."""
    return en if get_language() == "en" and en else vi


def actor_words(label: str) -> Words:
    return ACTORS.get(label, label)
