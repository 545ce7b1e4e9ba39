"""The page of one directive, and what is done with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.deeds import Deed, carry_out
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages.code_words import FIELDS
from songcau.systems.directives.pages.steps import BY_NAME, steps_for
from songcau.systems.directives.permissions import VIEW, may_change_draft
from songcau.systems.directives.queries import reading
from songcau.systems.directives.queries.waiting import waiting_extension
from songcau.systems.directives.rules import State

ANY = ["GET", "HEAD", "POST"]


def found_directive(request: HttpRequest, directive_id: UUID) -> Directive:
    """The directive, if the person may see it. Raises Http404."""
    rows = Directive.objects.visible_to(actor_of(request)).select_related("lead", "giver_agency")
    directive: Directive | None = rows.filter(pk=directive_id).first()
    if directive is None:
        raise Http404
    return directive


@requires(VIEW)
@require_GET
def case(request: HttpRequest, directive_id: UUID) -> HttpResponse:
    """Everything about one directive."""
    directive = found_directive(request, directive_id)
    return render(request, "directives/case.html", facts_of(actor_of(request), directive))


def facts_of(by: Actor, directive: Directive) -> dict[str, Any]:
    """What the page of a directive is drawn from."""
    steps = steps_for(by, directive)
    explained = directive.due_explained or {}
    return {
        "directive": directive,
        "now": clock.now(),
        "first_steps": [step for step in steps if step.is_first],
        "more_steps": [step for step in steps if not step.is_first],
        "may_change_draft": directive.state == State.DRAFT and may_change_draft(by, directive),
        "timeline": reading.timeline(directive),
        "supporting": directive.supporting.select_related("agency"),
        "deadlines": directive.deadlines.all(),
        "extensions": directive.extensions.all(),
        "waiting": waiting_extension(directive),
        "due_explained": explained.get(get_language() or "vi", explained.get("vi", "")),
    }


@requires(VIEW)
@require_http_methods(ANY)
def step(request: HttpRequest, directive_id: UUID, name: str) -> HttpResponse:
    """One thing that is done with it. What the state or the person's rights do not allow is said, never a 500."""
    wanted = BY_NAME.get(name)
    if wanted is None:
        raise Http404
    directive, by = found_directive(request, directive_id), actor_of(request)
    is_post = request.method == "POST"
    form = wanted.form(
        request.POST if is_post else None, request.FILES if is_post else None, directive=directive, by=by
    )
    page = reverse("directives:case", args=[directive.pk])
    deed = Deed(
        wanted.title,
        wanted.button,
        page,
        wanted.notice,
        wanted.is_danger,
        crumbs=crumbs_of(directive),
        here=wanted.title,
        fields=FIELDS,
    )
    facts = {
        "directive": directive,
        "now": clock.now(),
        "offered": wanted in steps_for(by, directive),
        "waiting": waiting_extension(directive),
    }

    def act(values: Any) -> HttpResponse:
        wanted.act(by, directive, values)
        messages.success(request, str(wanted.done))
        return redirect(page)

    return carry_out(request, form, deed, act, done=wanted.done, facts=facts, template="directives/step.html")


def crumbs_of(directive: Directive) -> tuple[tuple[str, str], ...]:
    return (
        (_("My tasks"), reverse("directives:mine")),
        (directive.code, reverse("directives:case", args=[directive.pk])),
    )
