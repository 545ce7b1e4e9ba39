"""The form of a new directive: who leads gives it, others write a draft for a leader; and a draft that is changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out
from songcau.kernel.ids import new_id
from songcau.systems.directives import actions
from songcau.systems.directives.actions import Task
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.case import ANY, crumbs_of, found_directive
from songcau.systems.directives.pages.code_words import FIELDS, SOURCES
from songcau.systems.directives.pages.forms import TaskForm, as_typed
from songcau.systems.directives.permissions import GIVE, VIEW, may_change_draft, may_write
from songcau.systems.directives.rules import CONTENT_LIMIT, TITLE_LIMIT, SourceKind, State, is_own_page

# What another system's page hands over by the address of this one.
_HANDED = ("source", "source_id", "source_label", "source_address")


@requires(VIEW)
@require_http_methods(ANY)
def give(request: HttpRequest) -> HttpResponse:
    """In force at once by who leads; a draft by who does not. Others are told that it is not for them."""
    by = actor_of(request)
    if not may_write(by):
        return render(request, "directives/not_for_you.html", status=403)
    gives = by.may(GIVE)
    form = TaskForm(request.POST if request.method == "POST" else None, by=by, initial=_begins_with(request))
    deed = Deed(
        _("Give a directive") if gives else _("Draft a directive for a leader"),
        _("Give it") if gives else _("Hand the draft to the leader"),
        reverse("directives:mine"),
        ""
        if gives
        else _("The leader reads it, may change it, and gives it or not. The agencies learn of it only then."),
        crumbs=((_("My tasks"), reverse("directives:mine")),),
        here=_("New directive"),
    )

    def act(_values: Any) -> HttpResponse:
        act_of = actions.give_directive if gives else actions.draft_directive
        made = act_of(by=by, task=_task(form))
        told = _("Given. The agencies are told.") if gives else _("The leader is told of the draft.")
        messages.success(request, told)
        return redirect("directives:case", made.pk)

    facts = {"source": _source_of(form), "may_give": gives}
    return carry_out(request, form, deed, act, done="", facts=facts, template="directives/give.html")


def _begins_with(request: HttpRequest) -> dict[str, Any]:
    """What the address hands over; what makes no sense in it is left out."""
    said = request.GET
    begins: dict[str, Any] = {
        "submission_id": new_id(),
        "title": said.get("title", "")[:TITLE_LIMIT],
        "content": said.get("content", "")[:CONTENT_LIMIT],
    }
    handed = {name: said.get(name, "") for name in _HANDED}
    if handed["source"] in list(SourceKind) and is_own_page(handed["source_address"]):
        begins |= handed
    return begins


def _source_of(form: TaskForm) -> dict[str, Any] | None:
    """What the form says it comes from, for the page."""
    kind, label, address = (form[name].value() for name in ("source", "source_label", "source_address"))
    if kind not in SOURCES or kind == SourceKind.BY_HAND or not is_own_page(str(address or "")):
        return None
    return {"kind": SOURCES[str(kind)], "label": label, "address": address}


def _task(form: TaskForm) -> Task:
    values = form.cleaned_data
    return Task(
        submission_id=values["submission_id"],
        title=values["title"],
        content=values["content"],
        lead_id=values["lead"].pk,
        due=form.due,
        supporting_ids=[agency.pk for agency in values["supporting"]],
        giver_agency_id=values["giver"].pk,
        source=form.came_from,
        is_urgent=values["is_urgent"],
    )


@requires(VIEW)
@require_http_methods(ANY)
def change_draft(request: HttpRequest, directive_id: UUID) -> HttpResponse:
    """By who wrote it, the centre, or the leader for whom it is."""
    directive, by = found_directive(request, directive_id), actor_of(request)
    if directive.state != State.DRAFT or not may_change_draft(by, directive):
        raise Http404
    form = TaskForm(
        request.POST if request.method == "POST" else None, by=by, draft=directive, initial=_as_drafted(directive)
    )
    page = reverse("directives:case", args=[directive.pk])
    deed = Deed(_("Change the draft"), _("Save the draft"), page, crumbs=crumbs_of(directive), fields=FIELDS)

    def act(values: Any) -> None:
        actions.change_draft(by=by, directive_id=directive.pk, task=_task(form), version=values["version"])

    facts = {"source": None, "may_give": True}
    done = _("The draft was changed.")
    return carry_out(request, form, deed, act, done=done, facts=facts, template="directives/give.html")


def _as_drafted(directive: Directive) -> dict[str, Any]:
    return {
        "version": directive.version,
        "submission_id": directive.submission_id,
        "giver": directive.giver_agency_id,
        "title": directive.title,
        "content": directive.content,
        "lead": directive.lead_id,
        "supporting": list(directive.supporting.values_list("agency_id", flat=True)),
        "working_days": directive.term_days,
        "is_urgent": directive.is_urgent,
        **as_typed(directive.wanted_due_at),
    }
