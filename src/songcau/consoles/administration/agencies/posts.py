"""Posts: adding one, taking it, leaving it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from songcau.consoles.administration.agencies.forms import HoldForm, LeaveForm, PostForm
from songcau.consoles.administration.agencies.views import deed_in, found
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Holding, Post
from songcau.foundation.shell.deeds import carry_out, posted
from songcau.kernel import clock


@requires("accounts.manage_agencies")
def add(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """A new position in the agency."""
    agency = found(request, agency_id)
    deed = deed_in(agency, _("Add a post to %(name)s") % {"name": agency.name}, _("Add"))

    def act(values: Any) -> None:
        actions.add_post(by=actor_of(request), agency_id=agency.pk, title=values["title"], is_head=values["is_head"])

    return carry_out(request, PostForm(posted(request)), deed, act, done=_("The post was added."))


@requires("accounts.manage_agencies")
def hold(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Somebody takes the post."""
    post = Post.objects.select_related("agency").filter(pk=post_id).first()
    if post is None:
        raise Http404
    agency, actor = found(request, post.agency_id), actor_of(request)
    form = HoldForm(posted(request), by=actor, initial={"from_on": clock.today()})
    deed = deed_in(agency, _("Who takes “%(title)s”?") % {"title": post.title}, _("Take the post"))

    def act(values: Any) -> None:
        actions.hold_post(by=actor, post_id=post.pk, person_id=values["person"].pk, from_on=values["from_on"])

    return carry_out(request, form, deed, act, done=_("Saved."))


@requires("accounts.manage_agencies")
def leave(request: HttpRequest, holding_id: UUID) -> HttpResponse:
    """Somebody leaves the post."""
    holding = Holding.objects.select_related("post", "person").filter(pk=holding_id).first()
    if holding is None:
        raise Http404
    agency = found(request, holding.post.agency_id)
    names = {"name": holding.person.full_name, "title": holding.post.title}
    deed = deed_in(agency, _("%(name)s leaves “%(title)s”") % names, _("Leave the post"))
    form = LeaveForm(posted(request), initial={"until_on": clock.today()})

    def act(values: Any) -> None:
        actions.leave_post(by=actor_of(request), holding_id=holding.pk, until_on=values["until_on"])

    return carry_out(request, form, deed, act, done=_("Saved."))
