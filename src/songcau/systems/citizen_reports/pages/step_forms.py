"""The forms of what is done with a report. They check shapes only; the rules are asked by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.rules import NOTE_LIMIT, Purpose
from songcau.foundation.accounts.personal_data.words import PURPOSES
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.shell.fields import UNCHOSEN, Day
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Jurisdiction, Report
from songcau.systems.citizen_reports.pages.code_words import REASONS, URGENCIES, VERDICTS
from songcau.systems.citizen_reports.pages.fields import (
    LONGEST_TEXT,
    CategoryChoice,
    Pictures,
    ReportChoice,
    text_field,
    unit_field,
    ward_choices,
)
from songcau.systems.citizen_reports.permissions import HANDLE
from songcau.systems.citizen_reports.queries.outside import takers

# For what the desk may look; care of accounts is not among them.
LOOKS = (Purpose.CASE_WORK, Purpose.DATA_REQUEST, Purpose.INSPECTION, Purpose.OTHER)


class StepForm(forms.Form):
    """The version at which the page was opened: of two who save, the second is told what the first changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, report: Report, by: Actor, **more: Any) -> None:
        initial = {"version": report.version, **self.begins_with(report), **more.pop("initial", {})}
        super().__init__(data, files, initial=initial, **more)
        self.report, self.by = report, by
        self.prepare()

    def begins_with(self, report: Report) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        """What the form offers, from the report and who acts."""


class TextForm(StepForm):
    text = text_field(_("Text"))


class ReasonForm(StepForm):
    reason = text_field(_("Reason"), hint=_("For colleagues; it stands in the timeline."))


class AnswerForm(StepForm):
    """A text that the sender reads; the standard answers are on the page beside it."""

    text = text_field(_("What the sender will read"), rows=5)


class RefuseForm(StepForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", UNCHOSEN), *((str(c), w) for c, w in REASONS.items())])
    text = text_field(
        _("What the sender will read besides"),
        required=False,
        hint=_("Where the reason says too little by itself: to whom they can turn, what was missing."),
    )
    first_report = ReportChoice(
        label=_("The first report"), required=False, help_text=_("Of a duplicate: the code of the one that came first.")
    )

    def prepare(self) -> None:
        self.fields["first_report"].visible = Report.objects.visible_to(self.by)  # type: ignore[attr-defined]


class CategoryForm(StepForm):
    category = CategoryChoice()

    def prepare(self) -> None:
        self.fields["category"].offer()  # type: ignore[attr-defined]

    def begins_with(self, report: Report) -> dict[str, Any]:
        return {"category": report.category_id}


class UrgencyForm(StepForm):
    urgency = forms.ChoiceField(label=_("Urgency"), choices=[(str(code), words) for code, words in URGENCIES.items()])

    def begins_with(self, report: Report) -> dict[str, Any]:
        return {"urgency": report.urgency}


class PlaceForm(StepForm):
    """A point, or a ward where no point is known."""

    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    ward = forms.ChoiceField(label=_("Ward"), required=False, help_text=_("Only where no point is known."))
    place_words = forms.CharField(label=_("The place in words"), required=False, max_length=300)

    def begins_with(self, report: Report) -> dict[str, Any]:
        return {
            "longitude": report.longitude,
            "latitude": report.latitude,
            "ward": report.ward_code,
            "place_words": report.place_words,
        }

    def prepare(self) -> None:
        self.fields["ward"].choices = ward_choices()  # type: ignore[attr-defined]


class PublishForm(StepForm):
    public_text = text_field(
        _("The text as the public reads it"),
        rows=6,
        required=False,
        limit=LONGEST_TEXT,
        hint=_("Shorten it where the sender's own words say too much of somebody. Empty: as it stands."),
    )

    def begins_with(self, report: Report) -> dict[str, Any]:
        return {"public_text": report.shown_text}


class UnitForm(StepForm):
    agency = unit_field()
    officer = forms.ChoiceField(
        label=_("Official"),
        required=False,
        help_text=_("Of the unit that has it now. Others choose their own."),
    )
    field_order = ["agency", "officer"]

    def prepare(self) -> None:
        self.fields["officer"].choices = officers_of(self.report)  # type: ignore[attr-defined]


class RerouteForm(StepForm):
    agency = unit_field(hint=_("The date that was promised first stays, whoever has the report."))
    reason = text_field(_("Reason"), rows=3)
    field_order = ["agency", "reason"]


class OfficerForm(StepForm):
    officer = forms.ChoiceField(label=_("Official"))

    def prepare(self) -> None:
        self.fields["officer"].choices = officers_of(self.report)  # type: ignore[attr-defined]


def officers_of(report: Report) -> list[tuple[str, Any]]:
    """Who handles reports in the unit that has it."""
    if report.agency is None:
        return [("", UNCHOSEN)]
    people = Person.objects.filter(pk__in=holders_of(HANDLE, report.agency.path)).order_by("full_name")
    return [("", UNCHOSEN), *((str(one.pk), one.label) for one in people)]


class PlanForm(StepForm):
    due_on = Day(label=_("It will be done by"))
    text = text_field(_("Why not sooner"), rows=3, hint=_("The sender reads it. The promised date stays as it is."))
    field_order = ["due_on", "text"]


class EvidenceForm(StepForm):
    before = Pictures(label=_("Pictures of before"))
    after = Pictures(label=_("Pictures of after"))


class ResolveForm(StepForm):
    text = text_field(
        _("What was done"),
        rows=6,
        limit=LONGEST_TEXT,
        hint=_("The sender and the public read it. “Passed on” is no answer: write what was done, by whom and when."),
    )
    before = Pictures(label=_("Pictures of before"), help_text=_("Not needed where the sender has sent one."))
    after = Pictures(label=_("Pictures of after"))

    def prepare(self) -> None:
        if not self.report.category.needs_photo_after:
            self.fields["after"].help_text = _("This category needs none.")
        else:
            self.fields["after"].help_text = _("Needed before it can be resolved, unless one was added already.")


class MergeForm(StepForm):
    """`parent`: the report it belongs to; this one follows it."""

    parent = ReportChoice(label=_("The report it belongs to"), help_text=_("Its code. This one follows it then."))

    def prepare(self) -> None:
        self.fields["parent"].visible = Report.objects.visible_to(self.by)  # type: ignore[attr-defined]


class PurposeForm(StepForm):
    """Why somebody wants to know who sent it. The words beside the purpose are sealed in the log."""

    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=[("", UNCHOSEN), *((str(code), PURPOSES[code]) for code in LOOKS)],
        help_text=_("It is written into the log together with your name."),
    )
    note = forms.CharField(
        label=_("Basis or number of the document"),
        required=False,
        max_length=NOTE_LIMIT,
        help_text=_("Needed for “another purpose”."),
    )


class VerdictForm(StepForm):
    verdict = forms.ChoiceField(
        label=_("What you found"),
        choices=[(str(code), words) for code, words in VERDICTS.items() if code],
        widget=forms.RadioSelect,
    )
    text = text_field(_("What you saw"), required=False, hint=_("Needed when it was not done: it is reopened then."))


class ForwardForm(StepForm):
    """To whom it is passed on: those that take its category and do not have it yet."""

    jurisdiction = forms.ModelChoiceField(label=_("System"), queryset=Jurisdiction.objects.none(), empty_label=UNCHOSEN)

    def prepare(self) -> None:
        taking = [one.pk for one in takers(self.report)]
        self.fields["jurisdiction"].queryset = Jurisdiction.objects.filter(pk__in=taking)  # type: ignore[attr-defined]
