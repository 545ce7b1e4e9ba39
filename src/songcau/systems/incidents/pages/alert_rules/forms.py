"""One form a kind of condition: its facts, what is watched, when it fires; what is refused stands at its field."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.foundation.accounts.models import Agency
from songcau.foundation.shell.fields import LONGEST_REASON, AgencyChoice
from songcau.systems.incidents.actions.alert_rules import AlertRuleDraft
from songcau.systems.incidents.models import AlertRule
from songcau.systems.incidents.pages.alert_rules import words
from songcau.systems.incidents.pages.alert_rules.fields import Also, Lines, Minutes, Values, ward_scopes
from songcau.systems.incidents.pages.code_words import LEVELS
from songcau.systems.incidents.rules.alert_rules import AlertRuleUnfit, Condition, Fault, read_condition
from songcau.systems.incidents.rules.alerts import Grouping
from songcau.systems.incidents.rules.levels import Level

Words = str | Promise
_FACTS = (
    *("code", "name_vi", "name_en", "level", "owner_agency", "due_minutes", "escalate_minutes"),
    *("quiet_from", "quiet_until", "group_by", "group_minutes"),
)
_WATCHED = ("type", "attribute", "unit", "scope", "ids", "lowest", "highest")


def _choices(codes: Mapping[str, Words]) -> list[tuple[str, Any]]:
    return [(str(code), said) for code, said in codes.items()]


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def whole(value: Any) -> Any:
    """A number without what stands behind the point when that is nothing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class RuleForm(forms.Form):
    """What all kinds share. A subclass adds the fields of its condition, each named as in the condition."""

    kind: ClassVar[str]
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("A–Z, 0–9 and _, such as RIVER_LEVEL_2. It never changes.")
    )
    name_vi = forms.CharField(label=pgettext_lazy("a thing", "Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    level = forms.ChoiceField(label=pgettext_lazy("how serious", "Level"), choices=_choices(LEVELS))
    owner_agency = AgencyChoice(
        label=_("Agency in charge"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=pgettext_lazy("an agency", "Operations centre"),
    )
    due_minutes = forms.IntegerField(label=_("To be acted on within so many minutes"), min_value=1)
    escalate_minutes = Minutes(
        label=_("Taken up the ladder after so many minutes"),
        required=False,
        help_text=_("Ward, city, province; such as 10, 20, 40."),
    )
    quiet_from = _time(_("Quiet hours from"))
    quiet_until = _time(_("Quiet hours until"))
    group_by = forms.ChoiceField(label=_("Grouping"), choices=_choices(words.GROUPINGS))
    group_minutes = forms.IntegerField(label=_("What comes within so many minutes stands together"), min_value=1)
    type = forms.CharField(
        label=_("Type of entity"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "types", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("As the live city names it, such as WaterObserved."),
    )
    attribute = forms.CharField(
        label=_("Attribute"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "attributes", "spellcheck": "false", "autocomplete": "off"}),
    )
    scope = forms.ChoiceField(label=_("Where"), required=False)
    ids = Lines(label=_("Only these entities"), required=False, help_text=_("Ids, one a line. Empty: all of the type."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands beside this version, for those who will ask later."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, rule: AlertRule | None = None) -> None:
        super().__init__(data, initial=self.begins_with(rule))
        self.is_new = rule is None
        if rule is not None:
            del self.fields["code"]
        owner: Any = self.fields["owner_agency"]
        owner.offer(Agency.objects.still_open().order_by("order_key", "code"), or_none=True)
        if "scope" in self.fields:
            self.fields["scope"].choices = ward_scopes()  # type: ignore[attr-defined]

    @classmethod
    def begins_with(cls, rule: AlertRule | None) -> dict[str, Any]:
        if rule is None:
            return {"level": Level.MEDIUM, "due_minutes": 30, "group_by": Grouping.NONE, "group_minutes": 30}
        facts = {name: getattr(rule, name) for name in _FACTS}
        return {**facts, **cls.fields_of(rule.condition), "version": rule.version}

    @classmethod
    def fields_of(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a condition, for the form to begin with."""
        return {name: whole(value) for name, value in document.items()}

    def document(self) -> dict[str, Any]:
        """The condition as it was typed."""
        names = set(self.fields) - {*_FACTS, "reason", "version"}
        values = {name: self.cleaned_data.get(name) for name in names}
        return {"kind": self.kind, **{name: value for name, value in values.items() if value not in (None, "")}}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.condition_errors():
            try:
                self.condition: Condition = read_condition(self.document())
            except AlertRuleUnfit as refusal:
                for fault in refusal.faults:
                    self.note(fault)
        return found

    def condition_errors(self) -> set[str]:
        """Fields of the condition in which something is wrong already."""
        return set(self.errors) - {*_FACTS, "reason", "version"}

    def note(self, fault: Fault) -> None:
        name = fault.field if fault.field in self.fields else None
        self.add_error(name, str(words.FAULTS[fault.code]))

    def draft(self, *, enabled: bool) -> AlertRuleDraft:
        values = self.cleaned_data
        plain = ("name_vi", "name_en", "due_minutes", "escalate_minutes", "quiet_from", "quiet_until", "group_minutes")
        owner = values["owner_agency"]
        return AlertRuleDraft(
            **{name: values[name] for name in plain},
            condition=self.document(),
            level=Level(values["level"]),
            owner_agency_id=owner.pk if owner else None,
            group_by=Grouping(values["group_by"]),
            enabled=enabled,
        )

    def groups(self) -> Iterator[tuple[Words, list[BoundField]]]:
        """The fields under their headings, in the order in which a rule is thought of."""
        shown = [name for name in self.fields if name not in (*_FACTS, *_WATCHED, "reason", "version")]
        for heading, names in (
            (_("What is watched"), _WATCHED),
            (_("When it fires"), shown),
            (_("Who is called"), _FACTS),
            ("", ("reason",)),
        ):
            yield heading, [self[name] for name in names if name in self.fields]


class MeasuredForm(RuleForm):
    unit = forms.CharField(
        label=_("Unit"),
        max_length=20,
        required=False,
        help_text=_("Code of UN/CEFACT, such as MTR. A reading in another unit is never compared."),
    )
    lowest = forms.FloatField(
        label=_("Lowest possible value"), required=False, help_text=_("What lies below or above is no reading.")
    )
    highest = forms.FloatField(label=_("Highest possible value"), required=False)
    need = forms.IntegerField(label=_("So many readings must agree"), min_value=1, max_value=20)
    of = forms.IntegerField(label=_("of the last"), min_value=1, max_value=20)
    hold_minutes = forms.FloatField(label=_("It must hold for so many minutes"), min_value=0, required=False)

    @classmethod
    def begins_with(cls, rule: AlertRule | None) -> dict[str, Any]:
        return {"need": 2, "of": 3, "hold_minutes": 0, **super().begins_with(rule)}


class ThresholdForm(MeasuredForm):
    kind = "THRESHOLD"
    side = forms.ChoiceField(label=_("Alarming is a value"), choices=_choices(words.SIDES))
    limit = forms.FloatField(label=_("Limit"))
    clear = forms.FloatField(
        label=_("Over beyond"), required=False, help_text=_("So that it does not flutter about the limit.")
    )


class RateForm(MeasuredForm):
    kind = "RATE"
    side = forms.ChoiceField(label=_("The value"), choices=_choices(words.RATE_SIDES))
    change = forms.FloatField(label=_("by"))
    minutes = forms.FloatField(label=_("within so many minutes"))
    clear = forms.FloatField(label=_("Over when it changes by less than"), required=False)


class AbsenceForm(RuleForm):
    kind = "ABSENCE"
    minutes = forms.FloatField(label=_("Nothing for so many minutes"))


class DeviationForm(MeasuredForm):
    kind = "DEVIATION"
    side = forms.ChoiceField(label=_("The value is"), choices=_choices(words.DEVIATION_SIDES))
    limit = forms.FloatField(
        label=_("by so many usual spreads"), help_text=_("3.5 is a good beginning; a higher number fires less often.")
    )
    clear = forms.FloatField(label=_("Over below so many"), required=False)
    smooth_minutes = forms.FloatField(label=_("Looking at the last minutes"), min_value=0)
    history_days = forms.FloatField(label=_("After so many days of history"), min_value=1)

    @classmethod
    def begins_with(cls, rule: AlertRule | None) -> dict[str, Any]:
        return {"limit": 3.5, "smooth_minutes": 60, "history_days": 7, **super().begins_with(rule)} | (
            {"need": 1, "of": 1} if rule is None else {}
        )


class StateForm(RuleForm):
    kind = "STATE"
    values = Values(label=_("Is one of these values"), help_text=_("One a line, such as OFFLINE or false."))
    hold_minutes = forms.FloatField(label=_("It must hold for so many minutes"), min_value=0, required=False)


class CountForm(RuleForm):
    kind = "COUNT"
    values = Values(label=_("With one of these values"), help_text=_("One a line, such as FLOODING."))
    also = Also(label=_("And besides"), required=False, help_text=_("One a line, such as isOpen = true."))
    time_attribute = forms.CharField(
        label=_("Attribute that says when"), max_length=80, required=False, help_text=_("Such as reportedAt.")
    )
    by = forms.ChoiceField(label=_("Counted"), choices=_choices(words.AREAS))
    longitude = forms.FloatField(label=_("Longitude of the centre"), required=False)
    latitude = forms.FloatField(label=_("Latitude of the centre"), required=False)
    metres = forms.FloatField(label=_("Radius in metres"), required=False)
    minutes = forms.FloatField(label=_("within so many minutes"))
    limit = forms.IntegerField(label=_("So many or more"), min_value=1)
    clear = forms.IntegerField(label=_("Over below so many"), min_value=1, required=False)

    @classmethod
    def fields_of(cls, document: Mapping[str, Any]) -> dict[str, Any]:
        return super().fields_of({**document, **(document.get("circle") or {})})

    def document(self) -> dict[str, Any]:
        found = super().document()
        circle = {name: found.pop(name) for name in ("longitude", "latitude", "metres") if name in found}
        return {**found, "circle": circle} if circle else found
