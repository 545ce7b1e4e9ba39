"""Requests about personal data: taken up, carried out, answered."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.consoles.administration.data_requests import listing
from songcau.consoles.administration.data_requests.forms import AnswerForm, CorrectionForm
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import actions
from songcau.foundation.accounts.personal_data.looking import note_look
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import (
    CORRECTABLE,
    Ground,
    Outcome,
    Purpose,
    RequestState,
)
from songcau.foundation.accounts.personal_data.sources import title_of
from songcau.foundation.accounts.personal_data.words import (
    COLOURS,
    GROUNDS,
    OFFERED,
    OUTCOMES,
    REQUEST_KINDS,
    REQUEST_STATES,
    TEMPLATE_TITLES,
    TEMPLATES,
)
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.lists import render_list

NEEDED = "personal_data.answer_requests"


def _found(request: HttpRequest, request_id: UUID) -> DataRequest:
    visible = DataRequest.objects.visible_to(actor_of(request)).select_related("person__home", "officer")
    found = visible.filter(pk=request_id).first()
    if found is None:
        raise Http404
    # Every page of a request shows what the person wrote, or their addresses.
    note_look(request, found.person_id, kind="personal_data.request", default=Purpose.DATA_REQUEST, subject_id=found.pk)
    return found


def _deed(found: DataRequest, title: str, submit: str, notice: str = "") -> Deed:
    page = reverse("administration:data_request", args=[found.pk])
    crumbs = (
        (_("Requests about personal data"), reverse("administration:data_requests")),
        (found.person.full_name, page),
    )
    return Deed(title, submit, page, notice, crumbs=crumbs)


@requires(NEEDED)
@require_GET
def data_requests(request: HttpRequest) -> HttpResponseBase:
    """The worklist."""
    return render_list(request, listing.LISTING, listing.rows(actor_of(request)))


@requires(NEEDED)
@require_GET
def data_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: who asks what, until when, what was answered, and what there is to do."""
    found = _found(request, request_id)
    in_work = found.state == RequestState.IN_WORK
    context = {
        "asked": found,
        "kind": REQUEST_KINDS[found.kind],
        "about": title_of(found.about) if found.about else "",
        "state": REQUEST_STATES[found.state],
        "colour": found.colour,
        "colour_words": COLOURS[found.colour],
        "outcome": OUTCOMES.get(found.outcome, ""),
        "ground": GROUNDS.get(found.ground, ""),
        "may_take": found.state == RequestState.RECEIVED,
        "may_answer": in_work,
        "may_correct": in_work and found.kind in CORRECTABLE,
        "sees_person": Person.objects.visible_to(actor_of(request)).filter(pk=found.person_id).exists(),
    }
    return render(request, "administration/data_requests/request.html", context)


@requires(NEEDED)
def take(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Begin to work on it."""
    found = _found(request, request_id)
    notice = _("Your name stands with the request from now on, and the person sees that it is being worked on.")
    deed = _deed(found, _("Take up the request of %(name)s?") % {"name": found.person.full_name}, _("Take up"), notice)

    def act(_values: Any) -> None:
        actions.take_request(by=actor_of(request), request_id=found.pk)

    return carry_out(request, Confirmation(posted(request)), deed, act, done=_("The request is yours now."))


@requires(NEEDED)
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Write the answer; `?template=` begins it."""
    found = _found(request, request_id)
    deed = _deed(found, _("Answer %(name)s") % {"name": found.person.full_name}, _("Answer"))
    offered = _offered(found)
    facts = {"templates": [(code, TEMPLATE_TITLES[code]) for code in offered], "quoted": found.text}

    def act(values: Any) -> None:
        actions.answer_request(
            by=actor_of(request),
            request_id=found.pk,
            outcome=Outcome(values["outcome"]),
            answer=values["answer"],
            ground=Ground(values["ground"]) if values["ground"] else None,
        )

    form = AnswerForm(posted(request), initial=_begun(request.GET.get("template", ""), offered))
    return carry_out(request, form, deed, act, done=_("Answered."), facts=facts)


def _offered(found: DataRequest) -> list[str]:
    """The templates that fit the request. That addresses were erased is offered once they are."""
    left = found.person.email or found.person.phone
    return [code for code in OFFERED[found.kind] if code != "CONTACT_ERASED" or not left]


def _begun(code: str, offered: list[str]) -> dict[str, str]:
    """What a template fills in; nothing for one that is not offered."""
    if code not in offered:
        return {}
    outcome, ground, said = TEMPLATES[code]
    return {"outcome": outcome, "ground": ground, "answer": str(said)}


@requires(NEEDED)
def correct(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Put name and addresses right, as asked."""
    found = _found(request, request_id)
    notice = _(
        "What you save is in force at once. The audit log notes the request it was done for. "
        "Answer the person afterwards."
    )
    deed = _deed(found, _("Put the data of %(name)s right") % {"name": found.person.full_name}, _("Save"), notice)

    def act(values: Any) -> None:
        actions.correct_for_request(by=actor_of(request), request_id=found.pk, **values)

    form = CorrectionForm(posted(request), person=found.person)
    return carry_out(request, form, deed, act, done=_("Saved."), facts={"quoted": found.text})
