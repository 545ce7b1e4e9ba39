"""Files: the list, one file with what is known of it, legal holds, and a page to try an upload out."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from songcau.consoles.administration.files import listing
from songcau.consoles.administration.files.forms import ReasonForm
from songcau.consoles.administration.log import last_entries
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.files import actions, permissions, rules
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.uses import TRY_OUT, use_of
from songcau.foundation.files.words import PREVIEW_FAULTS, PREVIEWS, SCANS
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.lists import render_list
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused

SHOWN_ELSEWHERE = 20


@requires("files.view")
@require_GET
def files(request: HttpRequest) -> HttpResponseBase:
    """The list of all files."""
    actor = actor_of(request)
    extra = {"may_try_out": permissions.may_try_out(actor)}
    return render_list(
        request, listing.FILES, listing.rows(actor), template="administration/files/list.html", extra=extra
    )


@requires("files.view")
@require_GET
def file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """One file: what is known of it, where its content is used, its scan and previews, its hold."""
    actor, found = actor_of(request), _found(request, file_id)
    blob = found.blob
    context = {
        "file": found,
        "use": listing.use_words(found.use),
        "kind": listing.kind_words(blob.media_type),
        "scan": SCANS[blob.scan],
        "preview": PREVIEWS[blob.preview],
        "preview_fault": PREVIEW_FAULTS.get(blob.preview_fault, blob.preview_fault),
        "elsewhere": blob.links.exclude(pk=found.pk).order_by("created_at")[:SHOWN_ELSEWHERE],
        "previews": blob.previews.order_by("page"),
        "may_hold": permissions.may_hold(actor),
        **_readable(actor, found),
        "log": last_entries(actor, f"files.file:{found.pk}"),
    }
    return render(request, "administration/files/file.html", context)


def _readable(actor: Actor, found: FileLink) -> dict[str, bool]:
    """Whoever looks after files does not read them for that: the use decides, as everywhere."""
    try:
        use = use_of(found.use)
    except Refused:
        return {"may_read": False, "asks_purpose": False}
    may_read = use.may_read(actor, found) and rules.may_be_given_out(found.blob.scan)
    return {"may_read": may_read, "asks_purpose": use.personal_data}


@requires("files.hold")
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Set a legal hold, with its reason."""
    found = _found(request, file_id)
    deed = _deed(
        found,
        _("Put “%(name)s” under legal hold") % {"name": found.name},
        _("Set the hold"),
        _("Nobody and no retention date removes the file until the hold is lifted."),
    )

    def act(values: Any) -> None:
        actions.hold_file(by=actor_of(request), file_id=found.pk, reason=values["reason"])

    return carry_out(request, ReasonForm(posted(request)), deed, act, done=_("The file is under legal hold."))


@requires("files.hold")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Lift a legal hold, with the reason."""
    found = _found(request, file_id)
    deed = _deed(
        found,
        _("Lift the legal hold of “%(name)s”") % {"name": found.name},
        _("Lift the hold"),
        _("A file whose retention has ended is removed in the following night."),
    )

    def act(values: Any) -> None:
        actions.release_file(by=actor_of(request), file_id=found.pk, reason=values["reason"])

    return carry_out(request, ReasonForm(posted(request)), deed, act, done=_("The legal hold was lifted."))


@requires("files.try_out")
@require_GET
def try_out(request: HttpRequest) -> HttpResponse:
    """Send a file as the systems' pages do, with a break when wanted."""
    context = {"use": TRY_OUT, "subject": actor_of(request).id, "largest": TRY_OUT.limits.max_bytes}
    return render(request, "administration/files/try_out.html", context)


def _deed(found: FileLink, title: str, submit: str, notice: str) -> Deed:
    here = reverse("administration:file", args=[found.pk])
    crumbs = ((_("Files"), reverse("administration:files")), (found.name, here))
    return Deed(title=title, submit=submit, back=here, notice=notice, crumbs=crumbs)


def _found(request: HttpRequest, file_id: UUID) -> FileLink:
    found = listing.rows(actor_of(request)).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found
