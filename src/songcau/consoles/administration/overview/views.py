"""The first page of the administration, and the lists behind its figures."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from songcau.consoles.administration.overview import figures, rows
from songcau.foundation.accounts.access import actor_of, signed_in
from songcau.foundation.shell.lists import render_list
from songcau.kernel.errors import NotAllowed


class NothingToAdminister(NotAllowed):
    """The person holds none of the permissions that open a part of the administration."""

    code = "NOTHING_TO_ADMINISTER"


@signed_in
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How the installation is, as far as the person may see it."""
    actor = actor_of(request)
    if not figures.may_open(actor):
        raise NothingToAdminister
    context = {"sections": figures.sections(actor), "workers_alive": figures.workers_alive(actor)}
    return render(request, "administration/overview/overview.html", context)


@signed_in
@require_GET
def behind(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list that a figure counts, for whoever may see the figure."""
    if name not in rows.BEHIND:
        raise Http404
    found, actor = rows.BEHIND[name], actor_of(request)
    if not actor.may(found.permission):
        raise NotAllowed
    return render_list(request, found.listing, found.rows(actor), template="administration/overview/behind.html")
