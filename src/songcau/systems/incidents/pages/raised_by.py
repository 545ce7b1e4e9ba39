"""What raised an alert, in words: each kind of condition compares something else, and says it as people do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from songcau.foundation.shell import written
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.pages import code_words
from songcau.systems.incidents.pages.alert_rules.words import sentence
from songcau.systems.incidents.pages.code_words import Words
from songcau.systems.incidents.queries.alert_rules import condition_at
from songcau.systems.incidents.rules.alert_rules import All, Condition
from songcau.systems.incidents.rules.evidence import Shape, parts_of, shape_of, shown_after

# What a sentence or a figure says already, or is of no use to a person.
_SAID = {"value", "limit", "unit", "name", "change", "minutes", "last", "usual", "spread", "score"}


@dataclass(frozen=True, slots=True)
class Part:
    """Of a conjunction: what its rule asks, and what was so when it was raised."""

    rule: str
    says: str


def values_of(alert: Alert) -> dict[str, Any]:
    """As last said; where that says nothing, as when it was raised."""
    return shown_after(alert.first_values, alert.last_values, has_ended=False)


def in_words(values: Mapping[str, Any]) -> str:
    """One sentence; of a conjunction one for each part. Empty: there is nothing to be said."""
    shape = shape_of(values)
    if shape is not None:
        return _SENTENCES[shape](values)
    return " · ".join(said for part in parts_of(values) if (said := in_words(part)))


def parts(alert: Alert) -> list[Part]:
    """None: it is no conjunction. Its rule is read as it was when the alert was raised."""
    found = parts_of(values_of(alert))
    rule = condition_at(alert.rule_id, alert.received_at) if found else None
    asked: list[Condition] = [part.condition for part in rule.parts] if isinstance(rule, All) else []
    if len(asked) != len(found):
        return [Part(_("Part %(number)s") % {"number": n}, in_words(values)) for n, values in enumerate(found, 1)]
    return [Part(sentence(one, named=True), in_words(values)) for one, values in zip(asked, found, strict=True)]


def other_facts(values: Mapping[str, Any]) -> list[tuple[Words, Words]]:
    """What stands in no sentence, such as why it ended."""
    named = [(name, value) for name, value in values.items() if name not in _SAID and "." not in name]
    return [(code_words.VALUES.get(name, name), _named(value)) for name, value in named if value not in (None, "")]


def figures(values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands large beside the sentence: of a count or a state the sentence is all."""
    shape, unit = shape_of(values), code_words.unit_sign(values.get("unit"))
    large = shape in (Shape.LIMIT, Shape.CHANGE, Shape.UNUSUAL) and values.get("value") is not None
    return {
        "value": _plain(values["value"]) if large else "",
        "limit": _plain(values["limit"]) if shape == Shape.LIMIT and values["limit"] is not None else "",
        "unit": unit,
        "says": "" if shape in (None, Shape.LIMIT) else in_words(values),
    }


def _limit(values: Mapping[str, Any]) -> str:
    facts = {"value": _amount(values["value"], values), "limit": _amount(values["limit"], values)}
    if values["limit"] is None:
        return facts["value"]
    return _("%(value)s (limit %(limit)s)") % facts


def _change(values: Mapping[str, Any]) -> str:
    change, limit = values["change"] or 0, values["limit"] or 0
    facts = {
        "change": _amount(abs(change), values),
        "minutes": _plain(values.get("minutes")),
        "limit": _amount(abs(limit), values),
    }
    if (change or limit) < 0:
        return _("fell %(change)s in %(minutes)s minutes (threshold %(limit)s)") % facts
    return _("rose %(change)s in %(minutes)s minutes (threshold %(limit)s)") % facts


def _silence(values: Mapping[str, Any]) -> str:
    facts = {"minutes": _plain(values["minutes"]), "last": ""}
    if not isinstance(values["last"], int | float):
        return _("nothing heard for more than %(minutes)s minutes") % facts
    facts["last"] = written.moment(datetime.fromtimestamp(values["last"], UTC))
    return _("nothing heard since %(last)s, for more than %(minutes)s minutes") % facts


def _unusual(values: Mapping[str, Any]) -> str:
    score = values.get("score")
    facts = {
        "value": _amount(values.get("value"), values),
        "usual": _amount(values["usual"], values),
        "score": _plain(abs(score)) if isinstance(score, int | float) else written.NOTHING,
        "limit": _plain(values["limit"]),
    }
    return _("%(value)s; usual at this hour: %(usual)s (%(score)s times its usual spread, threshold %(limit)s)") % facts


def _count(values: Mapping[str, Any]) -> str:
    facts = {name: _plain(values[name]) for name in ("value", "limit", "minutes")}
    return _("%(value)s counted in %(minutes)s minutes (threshold %(limit)s)") % facts


def _state(values: Mapping[str, Any]) -> str:
    value = values["value"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _amount(value, values)
    return _("state: %(value)s") % {"value": _named(value)}


_SENTENCES = {
    Shape.LIMIT: _limit,
    Shape.CHANGE: _change,
    Shape.SILENCE: _silence,
    Shape.UNUSUAL: _unusual,
    Shape.COUNT: _count,
    Shape.STATE: _state,
}


def _amount(value: Any, values: Mapping[str, Any]) -> str:
    """With its unit."""
    return f"{_plain(value)} {code_words.unit_sign(values.get('unit'))}".strip()


def _plain(value: Any) -> str:
    """A figure as precise as anybody reads: two places, of what is small three digits. A word stays a word."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(_named(value))
    rounded = round(value, 2) if abs(value) >= 0.1 else float(f"{value:.3g}")
    return written.number(int(rounded) if float(rounded).is_integer() else rounded)


def _named(value: Any) -> Words:
    """A code in words where it is known."""
    known = code_words.SAID.get(value) if isinstance(value, str) else None
    return known or str(written.shown(value))
