"""The first page of the administration, and the lists behind its figures."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from songcau.consoles.administration.overview import figures, rows
from songcau.foundation.accounts.access import requires, signed_in
from songcau.foundation.shell.lists import render_list
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed


class NothingToAdminister(NotAllowed):
    """The person holds none of the permissions that open a part of the administration."""

    code = "NOTHING_TO_ADMINISTER"


@signed_in
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How the installation is, as far as the person may see it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not figures.may_open(actor):
        raise NothingToAdminister
    context = {"sections": figures.sections(actor), "workers_alive": figures.workers_alive(actor)}
    return render(request, "administration/overview/overview.html", context)


@requires("accounts.view_people")
@require_GET
def behind(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list that a figure counts."""
    if name not in rows.BEHIND:
        raise Http404
    listing, query = rows.BEHIND[name]
    found = query(request.actor)  # type: ignore[attr-defined]
    return render_list(request, listing, found, template="administration/overview/behind.html")
