"""Codes of alert rules in words: kinds, sides, faults, why a reading was not compared; a condition as a sentence."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.written import number
from songcau.systems.incidents.pages.code_words import ATTRIBUTES, SAID, unit_sign
from songcau.systems.incidents.rules.alert_rules import (
    Absence,
    All,
    Condition,
    Count,
    CountBy,
    Deviation,
    DeviationSide,
    FaultCode,
    Join,
    Rate,
    RateSide,
    Side,
    State,
    Threshold,
)
from songcau.systems.incidents.rules.alerts import Grouping

Words = str | Promise

KINDS: dict[str, Words] = {
    "THRESHOLD": _("A limit is passed"),
    "RATE": _("A value changes fast"),
    "ABSENCE": _("A feed is silent"),
    "DEVIATION": _("Other than usual at this hour of the week"),
    "STATE": _("A state lasts"),
    "COUNT": _("Many of a kind in one area"),
    "ALL": _("Several conditions at once"),
}
KIND_HINTS: dict[str, Words] = {
    "THRESHOLD": _("A number is above or below a limit, if wanted for so many minutes."),
    "RATE": _("A number rises or falls by so much within so many minutes."),
    "ABSENCE": _("Nothing was heard for so many minutes."),
    "DEVIATION": _("What is usual is learnt by itself, for each hour of the week."),
    "STATE": _("An attribute has one of some values, such as OFFLINE."),
    "COUNT": _("So many entities that fit, in a ward, a circle or the city, within so many minutes."),
    "ALL": _("Two or three conditions hold at the same time in the same ward, in the city, or of one entity."),
}
SIDES: dict[str, Words] = {
    Side.ABOVE: pgettext_lazy("a value", "above the limit"),
    Side.BELOW: pgettext_lazy("a value", "below the limit"),
}
RATE_SIDES: dict[str, Words] = {
    RateSide.RISE: pgettext_lazy("a value", "rises"),
    RateSide.FALL: pgettext_lazy("a value", "falls"),
}
DEVIATION_SIDES: dict[str, Words] = {
    DeviationSide.BOTH: pgettext_lazy("a value", "more or less than usual"),
    DeviationSide.ABOVE: pgettext_lazy("a value", "more than usual"),
    DeviationSide.BELOW: pgettext_lazy("a value", "less than usual"),
}
AREAS: dict[str, Words] = {
    CountBy.WARD: _("in one ward"),
    CountBy.CITY: _("in the whole city"),
    CountBy.CIRCLE: _("in a circle"),
}
JOINS: dict[str, Words] = {
    Join.WARD: _("in the same ward"),
    Join.CITY: _("anywhere in the city"),
    Join.ENTITY: _("of the same entity"),
}
GROUPINGS: dict[str, Words] = {
    Grouping.NONE: _("Each alert stands alone"),
    Grouping.WARD: _("Alerts of one ward stand together"),
    Grouping.RULE: _("All alerts of the rule stand together"),
}
FAULTS: dict[str, Words] = {
    FaultCode.MISSING: _("Please fill this in."),
    FaultCode.UNKNOWN_FIELD: _("A condition of this kind has no such field."),
    FaultCode.UNKNOWN_KIND: _("There is no condition of this kind here."),
    FaultCode.NOT_A_NUMBER: _("Please enter a number."),
    FaultCode.OUT_OF_BOUNDS: _("This number is too small or too large."),
    FaultCode.NOT_OFFERED: _("Please choose one of those offered."),
    FaultCode.UNFIT_NAME: _("Please write it as the live city does: letters, digits and _, without spaces."),
    FaultCode.TOO_MANY: _("These are too many."),
    FaultCode.TOO_FEW: _("These are too few."),
    FaultCode.UNFIT: _("This cannot be read as a condition."),
    FaultCode.FIRES_ON_ITSELF: _(
        "Alerts, incidents and directives cannot be watched: the rule would fire on what it causes itself."
    ),
    FaultCode.NEED_ABOVE_OF: _("More readings would have to agree than are looked at."),
    FaultCode.RANGE_EMPTY: _("No value lies between the lowest and the highest that are possible."),
    FaultCode.CLEAR_BEYOND_LIMIT: _("The value at which it is over lies beyond the limit: it would never be over."),
    FaultCode.LIMIT_OUT_OF_RANGE: _("The limit lies outside of what is possible: it would never be passed."),
    FaultCode.CIRCLE_MISSING: _("A circle needs its centre and its radius; other areas have none."),
    FaultCode.ALL_ANYWHERE: _("At least one condition has to say where it holds."),
    FaultCode.COUNT_OF_ENTITY: _("A count is of no single entity; choose a ward or the city instead."),
}
REFUSED: dict[str, Words] = {
    "AHEAD_OF_CLOCK": _("ahead of the clock"),
    "TOO_OLD": _("too old"),
    "NOT_A_NUMBER": _("not a number"),
    "OTHER_UNIT": _("in another unit"),
    "IMPOSSIBLE": _("outside of what is possible"),
}
# What of a rule two people may have changed at once.
FIELDS: dict[str, Words] = {
    "condition": _("condition"),
    "owner_agency_id": _("agency in charge"),
    "due_minutes": _("time to act"),
    "escalate_minutes": _("escalation"),
    "quiet_from": _("quiet hours"),
    "quiet_until": _("quiet hours"),
    "group_by": _("grouping"),
    "group_minutes": _("grouping"),
    "enabled": _("in use"),
    "level": _("level"),
    "name_vi": _("name"),
    "name_en": _("name in English"),
}
REFUSALS: dict[str, Promise] = {
    "ALERT_RULE_UNFIT": _("The condition cannot be meant like this (%(field)s: %(first)s; %(count)s faults)."),
    "ALERT_RULE_UNKNOWN": _("There is no such alert rule."),
    "ALERT_RULE_CODE_UNFIT": _(
        "A rule's code is 2 to 40 of A–Z, 0–9 and underscore, begins with a letter, and is used by no other rule."
    ),
    "ALERT_RULE_NAME_MISSING": _("Please give a name in both languages, each at most %(limit)s characters long."),
    "ALERT_RULE_REASON_MISSING": _("Please give the reason, in at most %(limit)s characters."),
    "ALERT_RULE_TIMES_UNFIT": _(
        "Times are from 1 to %(most)s minutes; there are at most %(rungs)s steps of escalation, each later than the "
        "one before; quiet hours have a beginning and an end."
    ),
    "MAINTENANCE_TIMES_UNFIT": _("Maintenance ends after it begins and after now, and lasts at most %(days)s days."),
    "MAINTENANCE_PLACE_UNFIT": _(
        "Please name a rule, an entity by its id, or a ward; an entity and a ward together cannot be named."
    ),
    "MAINTENANCE_UNKNOWN": _("There is no such maintenance window."),
    "MAINTENANCE_OVER": _("This maintenance window has ended already."),
    "ALERTS_TAKEN_OVER": _("Another process runs the alert rules now; this one ends."),
}


def sentence(condition: Condition, *, named: bool = False) -> str:
    """What the condition says, in one sentence. `named`: as who watches reads it, with as few codes as can be."""
    if isinstance(condition, All):
        return gettext("%(parts)s – all at once, %(where)s") % {
            "parts": "; ".join(sentence(part.condition, named=named) for part in condition.parts),
            "where": JOINS[condition.join],
        }
    what = ATTRIBUTES.get(condition.attribute) if named else None
    facts = {**_facts(condition, named), "what": what or f"{condition.type}.{condition.attribute}"}
    return str(_SENTENCES[type(condition)]) % facts


_SENTENCES: Mapping[type, Words] = {
    Threshold: _("%(what)s %(side)s %(limit)s%(hold)s"),
    Rate: _("%(what)s %(side)s by %(change)s within %(minutes)s minutes%(hold)s"),
    Absence: _("nothing of %(what)s for %(minutes)s minutes"),
    Deviation: _("%(what)s %(side)s, by %(limit)s of its usual spread%(hold)s"),
    State: _("%(what)s is %(values)s%(hold)s"),
    Count: _("%(limit)s or more with %(what)s %(values)s %(side)s within %(minutes)s minutes"),
}
_SIDES = {Threshold: SIDES, Rate: RATE_SIDES, Deviation: DEVIATION_SIDES, Count: AREAS}


def plain(value: float) -> str:
    """A number as it is said: 26, 25,8."""
    return number(int(value) if float(value).is_integer() else round(value, 2))


def _facts(condition: Condition, named: bool) -> dict[str, object]:
    facts: dict[str, object] = {}
    unit = getattr(condition, "unit", "")
    unit = unit_sign(unit) if named else unit
    for name in ("limit", "change", "minutes"):
        value = getattr(condition, name, None)
        if value is not None:
            facts[name] = f"{plain(value)} {unit}".strip() if name != "minutes" else plain(value)
    side = getattr(condition, "by", None) or getattr(condition, "side", None)
    if side is not None:
        facts["side"] = _SIDES[type(condition)][side]
    values = getattr(condition, "values", ())
    facts["values"] = ", ".join(str(SAID.get(str(value), value) if named else value) for value in values)
    hold = getattr(condition, "hold_minutes", 0)
    facts["hold"] = gettext(", for %(minutes)s minutes") % {"minutes": plain(hold)} if hold else ""
    return facts
