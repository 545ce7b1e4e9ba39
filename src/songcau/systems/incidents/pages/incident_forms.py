"""The forms of incidents. They check shapes only; the rules are asked by the actions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.foundation.shell.fields import UNCHOSEN
from songcau.kernel import clock
from songcau.systems.incidents.actions.incidents.opening import Said
from songcau.systems.incidents.models import Alert, Incident, Playbook, Review
from songcau.systems.incidents.pages.code_words import ENTRY_KINDS, KINDS, LEVELS, in_language
from songcau.systems.incidents.pages.fields import Agencies, Corners, Moment, Wards, agency_field, text_field
from songcau.systems.incidents.queries.incidents import Left
from songcau.systems.incidents.rules.incidents import WRITTEN, Kind
from songcau.systems.incidents.rules.levels import Level, most_serious
from songcau.systems.incidents.rules.texts import TITLE_LIMIT


class FactsForm(forms.Form):
    """What is said of an incident, at its opening and later."""

    title = forms.CharField(
        label=_("Title of the incident"),
        max_length=TITLE_LIMIT,
        help_text=_("What and where, such as: Flooding in ward Gia Sàng."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", UNCHOSEN), *((str(c), w) for c, w in KINDS.items())])
    level = forms.ChoiceField(
        label=pgettext_lazy("how serious", "Level"), choices=[(str(code), words) for code, words in LEVELS.items()]
    )
    description = text_field(_("What is known"), required=False)
    lead_agency = agency_field(_("Lead agency"))
    supporting = Agencies(label=_("Supporting agencies"))
    wards = Wards(label=_("Wards concerned"))
    place_words = forms.CharField(label=_("The place in words"), required=False, max_length=300)
    longitude = forms.FloatField(label=_("Longitude"), required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False)
    ring = Corners()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["wards"].offer()  # type: ignore[attr-defined]

    def said(self) -> Said:
        values = self.cleaned_data
        return Said(
            title=values["title"],
            kind=Kind(values["kind"]),
            level=Level(values["level"]),
            description=values["description"],
            place_words=values["place_words"],
            longitude=values["longitude"],
            latitude=values["latitude"],
            ring=values["ring"],
            ward_codes=values["wards"],
            lead_agency_id=values["lead_agency"].pk if values["lead_agency"] else None,
            supporting_ids=[one.pk for one in values["supporting"]],
        )


class OpeningForm(FactsForm):
    began_at = Moment(label=_("Began at"))
    playbook = forms.ModelChoiceField(
        label=_("Playbook"),
        required=False,
        empty_label=UNCHOSEN,
        queryset=Playbook.objects.none(),
        help_text=_("Its items become the checklist of this incident."),
    )
    field_order = [
        "title",
        "kind",
        "level",
        "playbook",
        "began_at",
        "description",
        "lead_agency",
        "supporting",
        "wards",
    ]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field: Any = self.fields["playbook"]
        field.queryset = Playbook.objects.filter(retired_at=None).order_by("code")
        field.label_from_instance = lambda one: in_language(one.name_vi, one.name_en)


class ChangeForm(FactsForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


def opening_facts(alerts: Sequence[Alert]) -> dict[str, Any]:
    """What an incident of these alerts begins with; by hand: nothing but the time."""
    if not alerts:
        return {"level": str(Level.MEDIUM), "began_at": clock.now()}
    first = min(alerts, key=lambda one: one.raised_at)
    worst = most_serious(tuple(str(one.level) for one in alerts))
    name = f"{in_language(first.name_vi, first.name_en)}: {first.subject_name or first.ward_name}".strip(": ")
    return {
        "title": name[:TITLE_LIMIT],
        "level": worst,
        "began_at": first.raised_at,
        "wards": sorted({one.ward_code for one in alerts if one.ward_code}),
        "lead_agency": first.owner_agency_id,
        "longitude": first.longitude,
        "latitude": first.latitude,
    }


def facts_of(incident: Incident) -> dict[str, Any]:
    """The form as the incident stands."""
    corners = incident.area["coordinates"][0][:-1] if incident.area else []
    return {
        "version": incident.version,
        "title": incident.title,
        "kind": incident.kind,
        "level": incident.level,
        "description": incident.description,
        "place_words": incident.place_words,
        "longitude": incident.longitude,
        "latitude": incident.latitude,
        "ring": "\n".join(f"{x}, {y}" for x, y in corners),
        "wards": [one.ward_code for one in incident.wards.all()],
        "lead_agency": incident.lead_agency_id,
        "supporting": list(incident.supporting.values_list("pk", flat=True)),
    }


class EntryForm(forms.Form):
    """A line of the timeline."""

    kind = forms.ChoiceField(label=_("Kind of line"), choices=[(str(one), ENTRY_KINDS[one]) for one in WRITTEN])
    text = text_field(_("Text"), rows=3)
    happened_at = Moment(label=_("Happened at"), required=False, help_text=_("Empty: now."))


class ItemForm(forms.Form):
    """A tick."""

    text = forms.CharField(label=_("Note"), required=False, max_length=500)


class FileForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("A picture, a film or a document, at most 60 MB."))


class SaidForm(forms.Form):
    """A step with words."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = text_field(_("Text"))


class OptionallySaidForm(SaidForm):
    text = text_field(_("Text"), required=False)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class EndingForm(VersionForm):
    """An end. What is left stands above the form; whoever ends it nevertheless says that they know."""

    knows = forms.BooleanField(label=_("I know that this is left, and end the incident nevertheless."), required=False)

    def ends_with(self, left: Left) -> None:
        """Ask only for what there is."""
        if not left:
            del self.fields["knows"]


class ResolvingForm(EndingForm):
    text = text_field(_("Text"))
    with_alerts = forms.BooleanField(
        label=_("Close its open alerts too, with the text above as their closing note."), required=False
    )
    field_order = ["version", "text", "with_alerts", "knows"]

    def ends_with(self, left: Left) -> None:
        super().ends_with(left)
        if not left.alerts:
            del self.fields["with_alerts"]


class ReviewForm(forms.Form):
    """The after-action review."""

    what_happened = text_field(_("What happened"))
    went_well = text_field(_("What went well"))
    to_improve = text_field(_("What must be better next time"))
    measures = text_field(_("Measures, who and until when"), required=False)

    @staticmethod
    def begins_with(review: Review | None) -> dict[str, Any]:
        names = ("what_happened", "went_well", "to_improve", "measures")
        return {name: getattr(review, name) for name in names} if review else {}
