"""Promised dates that a changed calendar would give otherwise, and one decision for many of them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from songcau.consoles.administration.calendar import listing
from songcau.consoles.administration.calendar.forms import DecisionForm
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.actions.impacts import MOST_AT_ONCE
from songcau.foundation.calendar.models import Change
from songcau.foundation.calendar.permissions import MANAGE_HOURS
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.lists import Rows, State, list_context, render_list
from songcau.foundation.shell.words import say
from songcau.foundation.shell.written import number
from songcau.kernel.errors import Refused

TEMPLATE = "administration/calendar/dates.html"
DECISIONS = ("keep", "move")


@requires("calendar.decide_dates")
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: HttpRequest) -> HttpResponseBase:
    """The list; what is to be decided unless the address asks otherwise. A POST decides."""
    rows = listing.impacts(actor_of(request))
    if "state" not in request.GET:
        rows = rows.open()  # type: ignore[attr-defined]
    if request.method == "POST":
        return _decided(request, rows)
    return render_list(request, listing.DATES, rows, template=TEMPLATE, extra=_around(request, DecisionForm()))


def _around(request: HttpRequest, form: DecisionForm) -> dict[str, object]:
    return {
        "form": form,
        # Filtering swaps the list alone: the form is there whenever any list could hold something to decide.
        "is_anything_open": listing.impacts(actor_of(request)).open().exists(),  # type: ignore[attr-defined]
        "unassessed": Change.objects.filter(assessed_at=None).count(),
        "may_manage": actor_of(request).may(MANAGE_HOURS),
        "may_decide": True,
        "most_at_once": MOST_AT_ONCE,
        "chosen": request.POST.getlist("impact"),
    }


def _decided(request: HttpRequest, rows: Rows) -> HttpResponse:
    form, status = DecisionForm(request.POST), 422
    if request.POST.get("decision") not in DECISIONS:
        form.add_error(None, _("Please choose whether the dates are kept or moved."))
    if form.is_valid():
        move = request.POST["decision"] == "move"
        chosen = _chosen(request, rows, everything=form.cleaned_data["everything"])
        try:
            basis = form.cleaned_data["basis"]
            count = actions.decide_impacts(by=actor_of(request), impact_ids=chosen, move=move, basis=basis)
        except Refused as refusal:
            form.add_error(None, say(refusal))
            status = status_of(refusal)
        else:
            messages.success(request, _said(count, move=move))
            return redirect(request.get_full_path())
    context = list_context(request, listing.DATES, rows) | _around(request, form)
    return render(request, TEMPLATE, context, status=status)


def _chosen(request: HttpRequest, rows: Rows, *, everything: bool) -> list[UUID]:
    """What was ticked; or what the list finds and is still to be decided, one more than may be at once."""
    if everything:
        found = State(listing.DATES, request.GET).applied(rows).filter(state="OPEN")
        return list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    return [UUID(typed) for typed in request.POST.getlist("impact") if _is_id(typed)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _said(count: int, *, move: bool) -> str:
    moved = ngettext("%(count)s promised date was moved.", "%(count)s promised dates were moved.", count)
    kept = ngettext("%(count)s promised date was kept.", "%(count)s promised dates were kept.", count)
    return _("Decided.") + " " + (moved if move else kept) % {"count": number(count)}
