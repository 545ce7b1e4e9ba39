"""The form of a conjunction: up to three parts, each a limit, a state or a count."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songcau.systems.incidents.pages.alert_rules import words
from songcau.systems.incidents.pages.alert_rules.fields import Also, Values
from songcau.systems.incidents.pages.alert_rules.forms import RuleForm, Words, whole
from songcau.systems.incidents.rules.alert_rules import Fault

MOST: Final = 3
ABOVE, BELOW, STATE, COUNT, KEPT = "ABOVE", "BELOW", "STATE", "COUNT", "KEPT"
KINDS: Final = (
    ("", "—"),
    (ABOVE, _("A number is above a limit")),
    (BELOW, _("A number is below a limit")),
    (STATE, _("An attribute is one of some values")),
    (COUNT, _("Many of a kind in one ward")),
)
# Which fields a part of each kind has.
_OF: Final = {
    ABOVE: ("type", "attribute", "unit", "limit", "clear"),
    BELOW: ("type", "attribute", "unit", "limit", "clear"),
    STATE: ("type", "attribute", "values"),
    COUNT: ("type", "attribute", "values", "also", "time_attribute", "minutes", "limit", "clear"),
}
_NAMES: Final = ("kind", "type", "attribute", "unit", "values", "also", "time_attribute", "minutes", "limit", "clear")


def _part_fields(number: int) -> dict[str, forms.Field]:
    made: dict[str, forms.Field] = {
        "kind": forms.ChoiceField(label=_("Condition"), choices=KINDS, required=number <= 2),
        "type": forms.CharField(
            label=_("Type of entity"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "types"})
        ),
        "attribute": forms.CharField(
            label=_("Attribute"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "attributes"})
        ),
        "unit": forms.CharField(label=_("Unit"), max_length=20, required=False),
        "values": Values(label=_("With one of these values"), required=False),
        "also": Also(label=_("And besides"), required=False, help_text=_("One a line, such as isOpen = true.")),
        "time_attribute": forms.CharField(label=_("Attribute that says when"), max_length=80, required=False),
        "minutes": forms.FloatField(label=_("within so many minutes"), required=False),
        "limit": forms.FloatField(label=_("Limit"), required=False),
        "clear": forms.FloatField(label=_("Over beyond"), required=False),
        "anywhere": forms.BooleanField(label=_("It may hold anywhere, not only in the same ward"), required=False),
    }
    return {f"part{number}_{name}": field for name, field in made.items()}


class AllForm(RuleForm):
    """A part that has no place in the form, such as a rate, stays as it is and is shown in words."""

    kind = "ALL"
    join = forms.ChoiceField(label=_("They hold"), choices=[(str(code), said) for code, said in words.JOINS.items()])
    type = attribute = scope = ids = None  # type: ignore[assignment]  # of its parts, not of the whole

    def __init__(self, data: Any = None, *, rule: Any = None) -> None:
        self._before = rule.condition["parts"] if rule is not None else []
        super().__init__(data, rule=rule)
        for number in range(1, MOST + 1):
            self.fields.update(_part_fields(number))
            if self._kept(number) is not None:
                said: Any = self.fields[f"part{number}_kind"]
                said.choices = [(KEPT, _("As it is: a condition that this form does not show")), *KINDS]

    def _kept(self, number: int) -> dict[str, Any] | None:
        """The part as it was before, if the form cannot show it."""
        before = self._before[number - 1] if number <= len(self._before) else None
        return before if before is not None and _shown_kind(before["condition"]) == KEPT else None

    @classmethod
    def fields_of(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        found = {"join": document["join"]}
        for number, part in enumerate(document["parts"], 1):
            condition = part["condition"]
            facts = {**condition, "kind": _shown_kind(condition), "anywhere": part["anywhere"]}
            found |= {f"part{number}_{name}": whole(value) for name, value in facts.items()}
        return found

    def document(self) -> dict[str, Any]:
        parts = [part for number in range(1, MOST + 1) if (part := self._part(number)) is not None]
        return {"kind": self.kind, "join": self.cleaned_data.get("join"), "parts": parts}

    def _part(self, number: int) -> dict[str, Any] | None:
        kind = self.cleaned_data.get(f"part{number}_kind")
        anywhere = bool(self.cleaned_data.get(f"part{number}_anywhere"))
        if kind == KEPT:
            kept = self._kept(number) or {}
            return {**kept, "anywhere": anywhere}
        if not kind:
            return None
        values = {name: self.cleaned_data.get(f"part{number}_{name}") for name in _OF[kind]}
        condition = self._unseen(number, kind) | {
            name: value for name, value in values.items() if value not in (None, "")
        }
        if kind in (ABOVE, BELOW):
            condition |= {"kind": "THRESHOLD", "side": kind}
        else:
            condition["kind"] = kind
        return {"condition": condition, "anywhere": anywhere}

    def _unseen(self, number: int, kind: str) -> dict[str, Any]:
        """What the part had that the form does not show, such as the highest possible value."""
        before = self._before[number - 1]["condition"] if number <= len(self._before) else None
        if before is None or _shown_kind(before) != kind:
            return {}
        return {name: value for name, value in before.items() if name not in _OF[kind]}

    def note(self, fault: Fault) -> None:
        """`parts.1.condition.limit` stands at the limit of the second part that was filled in."""
        steps = fault.where.split(".")
        filled = [n for n in range(1, MOST + 1) if self.cleaned_data.get(f"part{n}_kind")]
        if steps[0] == "parts" and len(steps) > 1 and int(steps[1]) < len(filled):
            number = filled[int(steps[1])]
            name = f"part{number}_{fault.field}"
            self.add_error(name if name in self.fields else f"part{number}_kind", str(words.FAULTS[fault.code]))
        else:
            super().note(fault)

    def groups(self) -> Iterator[tuple[Words, list[BoundField]]]:
        for number in range(1, MOST + 1):
            names = [f"part{number}_{name}" for name in (*_NAMES, "anywhere")]
            yield gettext("Condition %(number)s") % {"number": number}, [self[name] for name in names]
        for heading, fields in super().groups():
            shown = [field for field in fields if not field.name.startswith("part")]
            if shown:
                yield heading, shown


def _shown_kind(condition: Mapping[str, Any]) -> str:
    if condition["kind"] == "THRESHOLD":
        return str(condition["side"])
    return condition["kind"] if condition["kind"] in (STATE, COUNT) and condition.get("by", "WARD") == "WARD" else KEPT
