"""The forms of directives. Whether what was typed is allowed say the actions."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.calendar.queries import instant, local
from songcau.foundation.shell.fields import UNCHOSEN, AgencyChoice, Day
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.code_words import SOURCES
from songcau.systems.directives.permissions import DRAFT, GIVE, REPORT, is_centre, supporting_of
from songcau.systems.directives.queries.waiting import waiting_extension
from songcau.systems.directives.rules import (
    ADDRESS_LIMIT,
    CONTENT_LIMIT,
    LABEL_LIMIT,
    MOST_WORKING_DAYS,
    NOTE_LIMIT,
    TITLE_LIMIT,
    WHOLE,
    Due,
    Source,
    SourceKind,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# A day without an hour lasts until its end.
END_OF_DAY = time(23, 59)
DOCUMENTS = "image/*,video/*,.pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.csv,.zip"


def text_field(label: Any, *, rows: int = 4, required: bool = True, limit: int = NOTE_LIMIT, hint: Any = "") -> Any:
    """Several lines of words."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Please write something here.")},
    )


def due_at(day: date, hour: time | None) -> datetime:
    """The instant: of a day without an hour its end."""
    return instant(datetime.combine(day, hour or END_OF_DAY))


class Hour(forms.TimeField):
    """A time of the day."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **more})


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files. What they are is looked at when they are held, not here."""

    def __init__(self, accept: str = DOCUMENTS, **more: Any) -> None:
        super().__init__(**{"required": False, "widget": _SeveralFiles(attrs={"accept": accept}), **more})

    def clean(self, data: Any, initial: Any = None) -> list["UploadedFile[Any]"]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(Files, self).clean(file, initial) for file in files if file]


class Agencies(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several agencies, ticked in a box that scrolls."""

    def __init__(self, **more: Any) -> None:
        widget = forms.CheckboxSelectMultiple(attrs={"class": "sc-ticks"})
        super().__init__(queryset=Agency.objects.none(), **{"required": False, "widget": widget, **more})

    def label_from_instance(self, obj: Agency) -> str:
        return obj.name


class TaskForm(forms.Form):
    """A new directive, or a draft that is changed. Either a term or a date."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(widget=forms.HiddenInput, choices=list(SOURCES.items()), required=False)
    source_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    source_label = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LABEL_LIMIT)
    source_address = forms.CharField(widget=forms.HiddenInput, required=False, max_length=ADDRESS_LIMIT)
    giver = AgencyChoice(label=_("In the name of"), queryset=Agency.objects.none(), empty_label=UNCHOSEN)
    title = forms.CharField(label=_("The task in a few words"), max_length=TITLE_LIMIT)
    content = text_field(_("What is to be done, and what result is expected"), rows=6, limit=CONTENT_LIMIT)
    lead = AgencyChoice(label=_("Leading agency"), queryset=Agency.objects.none(), empty_label=UNCHOSEN)
    supporting = Agencies(label=_("Supporting agencies"))
    working_days = forms.IntegerField(
        label=_("Working days"),
        required=False,
        min_value=1,
        max_value=MOST_WORKING_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "sc-short"}),
    )
    due_on = Day(label=_("Or by this day"), required=False)
    due_hour = Hour(label=_("Hour"), required=False)
    is_urgent = forms.BooleanField(label=_("Urgent: they are told at once, by every way"), required=False)

    def __init__(self, data: Any = None, *, by: Actor, draft: Directive | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        givers = givers_for(by) if draft is None else Agency.objects.filter(pk=draft.giver_agency_id)
        self.fields["giver"].queryset = givers  # type: ignore[attr-defined]
        only = givers[:2]
        if len(only) == 1:
            self.initial.setdefault("giver", only[0].pk)
            self.fields["giver"].empty_label = None  # type: ignore[attr-defined]
        offered = agencies_under(givers)
        self.fields["lead"].queryset = offered  # type: ignore[attr-defined]
        self.fields["supporting"].queryset = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("due_hour") and not values.get("due_on"):
            self.add_error("due_on", _("Please give the day too."))
        return values

    @property
    def due(self) -> Due:
        """Raises nothing: whether it is one of the two says the rule."""
        values = self.cleaned_data
        at = due_at(values["due_on"], values["due_hour"]) if values["due_on"] else None
        return Due(values["working_days"], at)

    @property
    def came_from(self) -> Source:
        values = self.cleaned_data
        return Source(
            SourceKind(values["source"] or SourceKind.BY_HAND),
            values["source_id"],
            values["source_label"],
            values["source_address"],
        )


def givers_for(by: Actor) -> Any:
    """In whose name they give; who gives nothing drafts for those: the centre for every committee."""
    rows = Agency.objects.still_open().order_by("path")
    committees = rows.filter(kind__in=[Agency.Kind.CITY_COMMITTEE, Agency.Kind.WARD_COMMITTEE])
    scopes = by.scopes(GIVE)
    if scopes:
        return committees if EVERYWHERE in scopes else rows.filter(path__in=scopes)
    return committees if is_centre(by) else rows.filter(path__in=by.scopes(DRAFT))


def agencies_under(givers: Any) -> Any:
    """To whom any of them gives: the agencies under it, and itself."""
    under = Q(pk__in=[])
    for path in givers.values_list("path", flat=True):
        under |= Q(path__startswith=path)
    desks_last = Case(When(kind=Agency.Kind.ONE_STOP_DESK, then=1), default=0)
    return Agency.objects.still_open().filter(under).order_by(desks_last, "order_key", "code")


class StepForm(forms.Form):
    """The version at which the page was opened: of two who save, the second is told what the first changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, directive: Directive, by: Actor, **more: Any) -> None:
        initial = {"version": directive.version, **self.begins_with(directive), **more.pop("initial", {})}
        super().__init__(data, files, initial=initial, **more)
        self.directive, self.by = directive, by
        self.prepare()

    def begins_with(self, directive: Directive) -> dict[str, Any]:
        return {}

    def prepare(self) -> None:
        """What the form offers, from the directive and who acts."""


class ReasonForm(StepForm):
    reason = text_field(_("Reason"), hint=_("The agencies read it; it stands in the timeline."))


class WordsForm(StepForm):
    text = text_field(_("A word to the agencies"), required=False, rows=3)


class _WithFiles(StepForm):
    photos = Files("image/*", label=_("Photographs"), help_text=_("On a telephone: from the camera or the album."))
    documents = Files(
        label=_("Other files"), help_text=_("PDF, Word, Excel, PowerPoint, CSV or ZIP, films; 60 MB each.")
    )


class ProgressForm(_WithFiles):
    percent = forms.IntegerField(
        label=_("Done so far, %"),
        min_value=0,
        max_value=WHOLE - 1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "sc-short"}),
        help_text=_("From 0 to 99. What is wholly done is reported as done."),
    )
    text = text_field(_("What was done, and what comes next"), rows=5)
    field_order = ["percent", "text", "photos", "documents"]

    def begins_with(self, directive: Directive) -> dict[str, Any]:
        return {"percent": min(directive.percent, WHOLE - 1)}


class FinishForm(_WithFiles):
    text = text_field(_("The result"), rows=5, hint=_("What was done, where and when, compared with what was asked."))
    field_order = ["text", "photos", "documents"]


class ContributeForm(_WithFiles):
    agency = AgencyChoice(label=_("For the agency"), queryset=Agency.objects.none(), empty_label=None)
    text = text_field(_("What your agency has done"), rows=5)
    field_order = ["agency", "text", "photos", "documents"]

    def prepare(self) -> None:
        mine = [agency.pk for agency in supporting_of(self.by, self.directive)]
        self.fields["agency"].queryset = Agency.objects.filter(pk__in=mine)  # type: ignore[attr-defined]


class OfficerForm(StepForm):
    officer = forms.ChoiceField(label=_("Official"))

    def prepare(self) -> None:
        people = Person.objects.filter(pk__in=holders_of(REPORT, self.directive.lead.path)).order_by("full_name")
        pairs = [("", UNCHOSEN), *((str(one.pk), one.label) for one in people)]
        self.fields["officer"].choices = pairs  # type: ignore[attr-defined]


class _DateForm(StepForm):
    due_on = Day(label=_("New date"))
    due_hour = Hour(label=_("Hour"), required=False, help_text=_("Without an hour the whole day counts."))


class ExtensionForm(_DateForm):
    reason = text_field(
        _("Why more time is needed"), hint=_("What hinders it, what was done so far, and why it will be done by then.")
    )
    field_order = ["due_on", "due_hour", "reason"]


class DeadlineForm(_DateForm):
    reason = text_field(_("Reason"), rows=3)
    field_order = ["due_on", "due_hour", "reason"]

    def begins_with(self, directive: Directive) -> dict[str, Any]:
        return as_typed(directive.due_at)


class DecisionForm(StepForm):
    """What was asked stands on the page beside it."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("APPROVE", _("Grant more time")), ("REFUSE", _("Keep the date"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose.")},
    )
    due_on = Day(label=_("New date"), required=False, help_text=_("As asked, unless you change it."))
    due_hour = Hour(label=_("Hour"), required=False)
    answer = text_field(_("A word to the agency"), required=False, rows=3, hint=_("Needed when the date is kept."))
    field_order = ["decision", "due_on", "due_hour", "answer"]

    def begins_with(self, directive: Directive) -> dict[str, Any]:
        extension = waiting_extension(directive)
        return as_typed(extension.wanted_due_at if extension else None)


def as_typed(at: datetime | None) -> dict[str, Any]:
    """A date as the two fields show it: no hour where the whole day counts."""
    if at is None:
        return {}
    wall = local(at)
    whole = wall.time().replace(second=0, microsecond=0) == END_OF_DAY
    return {"due_on": wall.date(), "due_hour": None if whole else wall.time()}


class ChangeForm(StepForm):
    title = forms.CharField(label=_("The task in a few words"), max_length=TITLE_LIMIT)
    content = text_field(_("What is to be done, and what result is expected"), rows=6, limit=CONTENT_LIMIT)
    supporting = Agencies(label=_("Supporting agencies"), help_text=_("Who has contributed already stays."))
    is_urgent = forms.BooleanField(label=_("Urgent: they are told at once, by every way"), required=False)

    def begins_with(self, directive: Directive) -> dict[str, Any]:
        return {
            "title": directive.title,
            "content": directive.content,
            "is_urgent": directive.is_urgent,
            "supporting": list(directive.supporting.values_list("agency_id", flat=True)),
        }

    def prepare(self) -> None:
        offered = agencies_under(Agency.objects.filter(pk=self.directive.giver_agency_id))
        self.fields["supporting"].queryset = offered.exclude(pk=self.directive.lead_id)  # type: ignore[attr-defined]
