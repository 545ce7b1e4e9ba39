"""A report written down for somebody who calls or comes to the counter, and several at once seen by staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.files.receiving import Held, drop_held
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.fields import UNCHOSEN
from songcau.foundation.shell.words import say
from songcau.foundation.shell.written import language
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, Submitted, submit_report
from songcau.systems.citizen_reports.models import Category
from songcau.systems.citizen_reports.pages.code_words import CHANNELS
from songcau.systems.citizen_reports.pages.fields import (
    LONGEST_TEXT,
    CategoryChoice,
    Pictures,
    text_field,
    ward_choices,
)
from songcau.systems.citizen_reports.pages.step_acts import held_files
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.rules import Channel, Question, QuestionKind

ANY = ["GET", "HEAD", "POST"]
ROWS = 8
_WRITTEN_DOWN = (Channel.PHONE, Channel.COUNTER, Channel.STAFF)


class PlaceFields(forms.Form):
    """Where it is: a point, or a ward, or words."""

    place_words = forms.CharField(
        label=gettext_lazy("The place in words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("House number, street, what is near it."),
    )
    ward = forms.ChoiceField(label=gettext_lazy("Ward"), required=False)
    longitude = forms.FloatField(label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90)


class WrittenDownForm(PlaceFields):
    """What somebody says, and how to reach them if they want to be told."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"), choices=[(str(code), CHANNELS[code]) for code in _WRITTEN_DOWN]
    )
    category = CategoryChoice()
    text = text_field(gettext_lazy("What is the matter"), rows=6, limit=LONGEST_TEXT)
    is_urgent = forms.BooleanField(label=gettext_lazy("Urgent: somebody is in danger"), required=False)
    is_private = forms.BooleanField(label=gettext_lazy("Not to be published"), required=False)
    pictures = Pictures(label=gettext_lazy("Pictures"))
    name = forms.CharField(label=gettext_lazy("Name of the sender"), required=False, max_length=120)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("The centre alone sees it."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    asked = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = [
        *("submission_id", "channel", "category", "text", "place_words", "ward", "longitude", "latitude"),
        *("is_urgent", "is_private", "pictures", "name", "phone", "email", "asked"),
    ]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].offer()  # type: ignore[attr-defined]
        self.fields["ward"].choices = ward_choices()  # type: ignore[attr-defined]
        self.questions = self._questions()
        for question in self.questions:
            self.fields[_name(question)] = _field(question)

    def _questions(self) -> tuple[Question, ...]:
        """Those of the category that is chosen in what was sent."""
        key = self.data.get("category", "") if self.is_bound else ""
        try:
            category = Category.objects.filter(pk=UUID(key)).first()
        except ValueError:
            category = None
        return rules.checked_questions(category.questions) if category else ()

    @property
    def must_ask(self) -> bool:
        """Whether the category has questions that the page has not shown yet."""
        return bool(self.questions) and self.data.get("asked") != self.data.get("category")

    def answers(self) -> dict[str, object]:
        return {question.key: self.cleaned_data[_name(question)] for question in self.questions}


def _name(question: Question) -> str:
    return f"q_{question.key}"


def _field(question: Question) -> forms.Field:
    """A question as a field; whether the answer fits says the rule."""
    label = question.said(language())
    if question.kind is QuestionKind.CHOICE:
        offered = [("", UNCHOSEN), *question.offered(language())]
        return forms.ChoiceField(label=label, choices=offered, required=question.required)
    if question.kind is QuestionKind.YES_NO:
        offered = [("", UNCHOSEN), ("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=label, choices=offered, required=question.required)
    return forms.CharField(label=label, required=question.required, max_length=500)


@requires("citizen_reports.moderate")
@never_cache
@require_http_methods(ANY)
def write_down(request: HttpRequest) -> HttpResponse:
    """One report; the answer shows code and secret once, to be told to whoever reported."""
    by = actor_of(request)
    require_moderate(by)
    if request.method != "POST":
        form = WrittenDownForm(initial={"submission_id": new_id()})
        return _form(request, form, 200)
    form = WrittenDownForm(request.POST, request.FILES)
    if form.must_ask:
        return _asking(request, form)
    if not form.is_valid():
        return _form(request, form, 422)
    try:
        submitted = _taken(by, form)
    except Refused as refusal:
        form.add_error(None, say(refusal))
        return _form(request, form, status_of(refusal))
    context = {"submitted": submitted, "secret": rules.shown_secret(submitted.secret), "takes_focus": True}
    return render(request, "citizen_reports/written_down.html", context)


def _form(request: HttpRequest, form: WrittenDownForm, status: int, *, asks: bool = False) -> HttpResponse:
    facts = {"form": form, "asks": asks, "takes_focus": not form.errors}
    return render(request, "citizen_reports/write_down.html", facts, status=status)


def _asking(request: HttpRequest, form: WrittenDownForm) -> HttpResponse:
    """The same page with the category's questions in it; what was typed stays."""
    data = request.POST.copy()
    data["asked"] = data.get("category", "")
    shown = WrittenDownForm(data)
    shown.full_clean()
    shown.errors.clear()
    return _form(request, shown, 200, asks=True)


def _taken(by: Actor, form: WrittenDownForm) -> Submitted:
    values = form.cleaned_data
    held: list[Held] = []
    try:
        held += held_files(values["pictures"])
        draft = Draft(
            submission_id=values["submission_id"],
            category=values["category"].code,
            text=values["text"],
            channel=Channel(values["channel"]),
            answers=form.answers(),
            is_private=values["is_private"],
            is_urgent=values["is_urgent"],
            **_place(values),
        )
        contact = Contact(name=values["name"], phone=values["phone"], email=values["email"])
        submitted = submit_report(by=by, draft=draft, contact=contact, pictures=held)
    except BaseException:
        _drop(held)
        raise
    if not submitted.is_new:
        _drop(held)
    return submitted


def _drop(held: list[Held]) -> None:
    for one in held:
        drop_held(one)


def _place(values: Mapping[str, Any]) -> dict[str, Any]:
    longitude, latitude = values["longitude"], values["latitude"]
    has_point = longitude is not None and latitude is not None
    return {
        "longitude": longitude if has_point else None,
        "latitude": latitude if has_point else None,
        "ward_code": values["ward"],
        "place_words": values["place_words"],
    }


class RowForm(PlaceFields):
    """A line of the batch; an empty one is passed over."""

    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    category = CategoryChoice(required=False)
    text = forms.CharField(
        label=gettext_lazy("What is the matter"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["submission_id", "category", "text", "ward", "place_words", "longitude", "latitude"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].offer()  # type: ignore[attr-defined]
        self.fields["ward"].choices = ward_choices()  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        typed = ("text", "category", "place_words", "ward", "longitude", "latitude")
        return not any(self.data.get(self.add_prefix(name)) for name in typed)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("category", "text"):
            if name not in self.errors and not values.get(name):
                self.add_error(name, _("Please fill this in."))
        return values


@dataclass(frozen=True, slots=True)
class Line:
    """What came of a line."""

    code: str
    text: str


@requires("citizen_reports.moderate")
@require_http_methods(ANY)
def write_several(request: HttpRequest) -> HttpResponse:
    """What staff saw on a round, a line each. Lines that are refused stay, with why; the others are in."""
    by = actor_of(request)
    require_moderate(by)
    if request.method != "POST":
        rows = [RowForm(prefix=f"r{n}", initial={"submission_id": new_id()}) for n in range(ROWS)]
        return render(request, "citizen_reports/write_several.html", {"rows": rows, "lines": []})
    sent = [RowForm(request.POST, prefix=f"r{n}") for n in range(ROWS)]
    lines: list[Line] = []
    left = [form for form in sent if not form.is_empty and not _line_taken(by, form, lines)]
    if lines:
        words = ngettext("%(n)d report was taken in.", "%(n)d reports were taken in.", len(lines))
        messages.success(request, words % {"n": len(lines)})
    fresh = [RowForm(prefix=f"r{n}", initial={"submission_id": new_id()}) for n in _free(left)]
    return render(
        request,
        "citizen_reports/write_several.html",
        {"rows": [*left, *fresh], "lines": lines, "refused": bool(left)},
        status=422 if left else 200,
    )


def _free(left: list[RowForm]) -> list[int]:
    taken = {form.prefix for form in left}
    return [n for n in range(ROWS) if f"r{n}" not in taken]


def _line_taken(by: Actor, form: RowForm, lines: list[Line]) -> bool:
    if not form.is_valid():
        return False
    values = form.cleaned_data
    draft = Draft(
        submission_id=values["submission_id"],
        category=values["category"].code,
        text=values["text"],
        channel=Channel.STAFF,
        **_place(values),
    )
    try:
        submitted = submit_report(by=by, draft=draft, contact=Contact())
    except Refused as refusal:
        form.add_error(None, say(refusal))
        return False
    lines.append(Line(submitted.code, values["text"]))
    return True
