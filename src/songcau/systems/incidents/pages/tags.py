"""`{% load incidents %}`: codes of alerts, incidents and shifts in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from songcau.foundation.calendar.rules import Name
from songcau.foundation.shell.templatetags.shell import icon
from songcau.kernel import clock
from songcau.systems.incidents.models import Alert, Bulletin, Incident
from songcau.systems.incidents.pages import code_words
from songcau.systems.incidents.pages.code_words import Look, Words
from songcau.systems.incidents.pages.listing import bulletin_standing
from songcau.systems.incidents.pages.raised_by import in_words as words_of_values
from songcau.systems.incidents.pages.raised_by import values_of
from songcau.systems.incidents.rules.receiving import AREA

register = template.Library()

_TABLES: dict[str, dict[str, Words]] = {
    "level": code_words.LEVELS,
    "alert_state": code_words.ALERT_STATES,
    "alert_step": code_words.ALERT_STEPS,
    "kind": code_words.KINDS,
    "incident_state": code_words.INCIDENT_STATES,
    "entry_kind": code_words.ENTRY_KINDS,
    "entry_step": code_words.ENTRY_STEPS,
    "slot": code_words.SLOTS,
    "shift_state": code_words.SHIFT_STATES,
    "attribute": code_words.ATTRIBUTES,
}


@register.filter
def words_of(code: str, table: str) -> Words:
    """`{{ incident.state|words_of:"incident_state" }}`."""
    return _TABLES[table].get(code, code)


@register.filter
def raised_by(values: dict[str, object]) -> str:
    """What a finding's values say; empty for other facts of a story."""
    return words_of_values(values)


@register.filter
def in_short(alert: Alert) -> str:
    """What raised it, for its line in the list."""
    return words_of_values(values_of(alert))


@register.filter
def subject_words(alert: Alert) -> Words:
    """Where it is: never an id, where there is a name for it."""
    if alert.subject_name or not alert.subject.startswith(AREA):
        return alert.subject_name or entity_words(alert.subject)
    return alert.ward_name or _("The whole city")


@register.filter
def entity_words(entity: str) -> Words:
    """What an entity is, by the type in its id."""
    kind = entity.removeprefix("urn:ngsi-ld:").partition(":")[0]
    return code_words.TYPES.get(kind, kind)


@register.filter
def rung_words(rung: int) -> Words:
    return code_words.RUNGS.get(rung, "")


@register.filter
def rung_named(name: str) -> Words:
    """`WARD` → the head of the ward."""
    return next((words for rung, words in code_words.RUNGS.items() if getattr(rung, "name", "") == name), name)


@register.filter
def in_language(row: object, names: str) -> str:
    """`{{ alert|in_language:"name" }}`: `name_vi` or `name_en`; of mappings too."""
    get = row.get if isinstance(row, dict) else lambda name, default="": getattr(row, name, default)
    return code_words.in_language(str(get(f"{names}_vi", "")), str(get(f"{names}_en", "")))


@register.simple_tag
def done_by(label: str) -> Words:
    """Who did it, as a timeline names them."""
    return code_words.actor_words(label)


def _shown(look: Look, words: Words) -> SafeString:
    return format_html('<span class="sc-state {}">{}{}</span>', look.style, icon(look.icon), words)


@register.simple_tag
def alert_state(alert: Alert) -> SafeString:
    return _shown(code_words.ALERT_LOOKS[alert.state], code_words.ALERT_STATES[alert.state])


@register.simple_tag
def incident_state(incident: Incident) -> SafeString:
    look = code_words.INCIDENT_LOOKS[incident.state]
    return _shown(look, code_words.INCIDENT_STATES[incident.state])


@register.simple_tag
def bulletin_state(bulletin: Bulletin) -> SafeString:
    standing = bulletin_standing(bulletin, clock.now())
    return _shown(code_words.BULLETIN_LOOKS[standing], code_words.BULLETIN_STANDINGS[standing])


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The page's own query with some of it changed; None or an empty value takes a parameter out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def unlocalised(value: float) -> str:
    """A figure of a drawing: with a point, whatever the language."""
    return f"{value:.1f}"


@register.filter
def at_key(table: dict[str, object], key: str) -> object:
    return table.get(key, ())


@register.filter
def holiday_name(name: Name) -> str:
    return code_words.in_language(name.vi, name.en) or str(_("Holiday"))


@register.filter
def in_alert(params: dict[str, str]) -> str:
    """Of a line of the timeline: the alert and its subject."""
    name = code_words.in_language(params.get("name", ""), params.get("name_en", ""))
    return ", ".join(part for part in (name, params.get("subject", "")) if part)


@register.filter
def in_item(params: dict[str, str]) -> str:
    """Of a line of the timeline: the item of the checklist."""
    return code_words.in_language(params.get("item", ""), params.get("item_en", ""))


@register.filter
def in_fields(names: list[str]) -> str:
    """Names of fields as the form calls them, each once."""
    return ", ".join(dict.fromkeys(str(code_words.FIELDS.get(name, name)) for name in names))
