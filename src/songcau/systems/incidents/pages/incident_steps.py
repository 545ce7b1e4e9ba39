"""What is done with an incident, one after the other: its form, its action, and when it is offered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.files.receiving import drop_held, hold_bytes
from songcau.foundation.shell.deeds import Deed, carry_out, posted, refused_in_words
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.incidents import stepping, working
from songcau.systems.incidents.actions.incidents.attachments import ATTACHMENTS
from songcau.systems.incidents.actions.incidents.opening import change_incident
from songcau.systems.incidents.models import Incident, Review
from songcau.systems.incidents.pages import code_words
from songcau.systems.incidents.pages import incident_forms as shapes
from songcau.systems.incidents.pages.code_words import Words
from songcau.systems.incidents.permissions import may_operate, may_work_on
from songcau.systems.incidents.queries import incidents as queries
from songcau.systems.incidents.rules.incidents import WORKFLOW, EntryKind, State

ANY = ["GET", "HEAD", "POST"]
Values = Any


@dataclass(frozen=True, slots=True)
class Step:
    """`takes` names the step of the workflow that must be open; empty: `when` decides. `of_centre`: the centre only."""

    name: str
    title: Words
    button: Words
    form: type[forms.Form]
    act: Callable[[Actor, Incident, forms.Form, Values], object]
    done: Words
    takes: str = ""
    when: Callable[[Incident], bool] = lambda incident: incident.state != State.CLOSED
    of_centre: bool = True
    notice: Words = ""
    is_first: bool = False


def _named(by: Actor, incident: Incident, values: Values) -> dict[str, Any]:
    return {"by": by, "incident_id": incident.pk, "version": values["version"]}


def _write(by: Actor, incident: Incident, _form: forms.Form, values: Values) -> object:
    return working.write_entry(
        by=by,
        incident_id=incident.pk,
        kind=EntryKind(values["kind"]),
        text=values["text"],
        happened_at=values["happened_at"],
    )


def _attach(by: Actor, incident: Incident, _form: forms.Form, values: Values) -> object:
    """On disk first, then registered in the transaction of the change."""
    file = values["file"]
    held = hold_bytes(use=ATTACHMENTS, name=file.name, chunks=file.chunks(), length=file.size)
    try:
        return working.attach_file(by=by, incident_id=incident.pk, held=held)
    except BaseException:
        drop_held(held)
        raise


STEPS: tuple[Step, ...] = (
    Step(
        "entry",
        gettext_lazy("Write into the timeline"),
        gettext_lazy("Write"),
        shapes.EntryForm,
        _write,
        gettext_lazy("Written into the timeline."),
        of_centre=False,
        notice=gettext_lazy("A line is written once; nobody changes it afterwards."),
    ),
    Step(
        "control",
        gettext_lazy("It is under control"),
        gettext_lazy("Under control"),
        shapes.OptionallySaidForm,
        lambda by, one, form, values: stepping.control_incident(**_named(by, one, values), text=values["text"]),
        gettext_lazy("The incident is under control."),
        takes="control",
        is_first=True,
    ),
    Step(
        "resolve",
        gettext_lazy("It is resolved"),
        pgettext_lazy("an incident", "Resolve"),
        shapes.ResolvingForm,
        lambda by, one, form, values: stepping.resolve_incident(
            **_named(by, one, values),
            text=values["text"],
            with_alerts=values.get("with_alerts", False),
            knowing=values.get("knows", False),
        ),
        gettext_lazy("Resolved. Please write the review, then close it."),
        takes="resolve",
        is_first=True,
        notice=gettext_lazy("Say what was done and how it stands now."),
    ),
    Step(
        "review",
        gettext_lazy("After-action review"),
        gettext_lazy("Write the review"),
        shapes.ReviewForm,
        lambda by, one, form, values: stepping.review_incident(by=by, incident_id=one.pk, **values),
        gettext_lazy("The review is written."),
        when=lambda one: one.state in (State.RESOLVED, State.CLOSED),
        is_first=True,
    ),
    Step(
        "close",
        gettext_lazy("Close the incident"),
        pgettext_lazy("an incident", "Close"),
        shapes.EndingForm,
        lambda by, one, form, values: stepping.close_incident(
            **_named(by, one, values), knowing=values.get("knows", False)
        ),
        gettext_lazy("Closed."),
        takes="close",
        is_first=True,
        notice=gettext_lazy("The review must be written. A closed incident can be opened again."),
    ),
    Step(
        "change",
        gettext_lazy("Change the facts"),
        gettext_lazy("Change the facts"),
        shapes.ChangeForm,
        lambda by, one, form, values: change_incident(
            by=by,
            incident_id=one.pk,
            version=values["version"],
            said=form.said(),  # type: ignore[attr-defined]
        ),
        gettext_lazy("Saved; the timeline says what changed."),
    ),
    Step(
        "attach",
        gettext_lazy("Add a file"),
        gettext_lazy("Add a file"),
        shapes.FileForm,
        _attach,
        gettext_lazy("The file is on disk; it is looked into and then shown."),
        of_centre=False,
    ),
    Step(
        "reopen",
        gettext_lazy("Open it again"),
        gettext_lazy("Open it again"),
        shapes.SaidForm,
        lambda by, one, form, values: stepping.reopen_incident(**_named(by, one, values), text=values["text"]),
        gettext_lazy("Opened again."),
        takes="reopen",
        when=lambda _one: True,
        notice=gettext_lazy("Say why it goes on."),
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def found_incident(request: HttpRequest, incident_id: UUID) -> Incident:
    """The incident, if the person may see it. Raises Http404."""
    incident: Incident | None = queries.incidents_of(actor_of(request)).filter(pk=incident_id).first()
    if incident is None:
        raise Http404
    return incident


def steps_for(by: Actor, incident: Incident) -> list[Step]:
    """What the person can do with it as it stands."""
    at_the_centre, works = may_operate(by), may_work_on(by, incident)
    open_steps = {one.name for one in WORKFLOW.steps_from(State(incident.state))}
    return [
        step
        for step in STEPS
        if (at_the_centre if step.of_centre else works)
        and (step.takes in open_steps if step.takes else step.when(incident))
    ]


@requires("incidents.view")
@require_http_methods(ANY)
def step(request: HttpRequest, incident_id: UUID, name: str) -> HttpResponse:
    """One thing that is done with it. What its state or the person's rights do not allow is said."""
    wanted = BY_NAME.get(name)
    if wanted is None:
        raise Http404
    incident, by = found_incident(request, incident_id), actor_of(request)
    files = request.FILES if request.method == "POST" else None
    form = wanted.form(posted(request), files, initial=_initial(wanted, incident))
    left = None
    if isinstance(form, shapes.EndingForm):
        form.ends_with(left := queries.left_of(incident))
    page = reverse("incidents:incident", args=[incident.pk])
    crumbs = ((_("Incidents"), reverse("incidents:incidents")), (f"#{incident.number}", page))
    deed = Deed(wanted.title, wanted.button, page, wanted.notice, crumbs=crumbs, fields=code_words.FIELDS)
    is_map = isinstance(form, shapes.FactsForm)
    return carry_out(
        request,
        form,
        deed,
        lambda values: wanted.act(by, incident, form, values),
        done=wanted.done,
        facts={"incident": incident, "offered": wanted in steps_for(by, incident), "left": left},
        template="incidents/incident_form.html" if is_map else "incidents/step.html",
    )


def _initial(wanted: Step, incident: Incident) -> dict[str, Any]:
    if wanted.name == "change":
        return shapes.facts_of(incident)
    if wanted.name == "review":
        return shapes.ReviewForm.begins_with(Review.objects.filter(incident=incident).first())
    return {"version": incident.version}


@requires("incidents.view")
@require_POST
def item(request: HttpRequest, incident_id: UUID, item_id: UUID, name: str) -> HttpResponse:
    """Tick an item of the checklist, or take the tick away."""
    incident, by = found_incident(request, incident_id), actor_of(request)
    form = shapes.ItemForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        if name == "tick":
            working.tick_item(by=by, incident_id=incident.pk, item_id=item_id, text=text)
        elif name == "untick":
            working.untick_item(by=by, incident_id=incident.pk, item_id=item_id)
        else:
            raise Http404
    except Refused as refusal:
        messages.warning(request, refused_in_words(refusal, code_words.FIELDS))
    return redirect(reverse("incidents:incident", args=[incident.pk]) + "#checklist")
