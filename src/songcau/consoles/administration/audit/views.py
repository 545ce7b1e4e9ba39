"""The audit log: its list, one entry, its files, its verification."""

import json

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from songcau.consoles.administration.audit import asking, words
from songcau.consoles.administration.audit import entries as listed
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.audit import actions, permissions, queries
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.words import FAULTS
from songcau.foundation.shell.exports import FORMATS
from songcau.foundation.shell.lists import State, render_list
from songcau.kernel import clock
from songcau.kernel.actor import Actor

JSON_LINES = "jsonl"
LARGEST_SEQUENCE = 2**63 - 1


@requires("audit.view")
@require_GET
def entries(request: HttpRequest) -> HttpResponseBase:
    """The list; with `?format=` a file of what is filtered, which is itself noted in the log first."""
    actor = actor_of(request)
    listing, rows = listed.listing_for(actor), listed.rows(actor)
    state = State(listing, request.GET)
    if state.format in (*FORMATS, JSON_LINES):
        # Up to now: the entry about this export is not part of it.
        rows = rows.filter(sequence__lte=queries.length())
        found = state.applied(rows)
        actions.record_export(by=actor, form=state.format, filters=state.query(), rows=found.count())
        return _json_lines(actor, found) if state.format == JSON_LINES else render_list(request, listing, rows)
    verification = queries.last_verification(actor)
    extra = {
        "verification": verification,
        "may_verify": permissions.may_verify(actor),
        "findings": [(sequence, FAULTS[fault]) for sequence, fault in verification.findings],
    }
    return render_list(request, listing, rows, template="administration/audit/list.html", extra=extra)


def _json_lines(actor: Actor, rows: QuerySet[Entry]) -> HttpResponseBase:
    lines = queries.export_rows(actor, rows)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    today = timezone.localtime(clock.now()).strftime("%Y-%m-%d")
    response["Content-Disposition"] = f'attachment; filename="{listed.LISTING.file_name}-{today}.jsonl"'
    response["Cache-Control"] = "no-store"
    return response


@requires("audit.view")
@require_GET
def entry(request: HttpRequest, sequence: int) -> HttpResponse:
    """One entry with everything that was signed."""
    actor = actor_of(request)
    permissions.require_view(actor)
    found = Entry.objects.filter(sequence=sequence).first() if sequence <= LARGEST_SEQUENCE else None
    if found is None:
        raise Http404
    context = {
        "entry": found,
        "said": words.said(found.action),
        "part": words.part_of(found.action),
        "kind": words.kind_of(found.subject),
        "details": json.dumps(found.details, ensure_ascii=False, indent=2),
        "previous": sequence - 1,
        "next": sequence + 1 if sequence < queries.length() else None,
    }
    return render(request, "administration/audit/entry.html", context)


@requires("audit.verify")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain now, or ask a worker to."""
    verdict = asking.verify(actor_of(request))
    if verdict is None:
        messages.info(request, _("The log is long, so a worker verifies it. The result will stand on this page."))
    elif verdict.is_whole:
        messages.success(request, _("The whole log was verified: no fault."))
    else:
        messages.error(request, _("The log was verified and has faults. They are listed below; keep a copy now."))
    return redirect("administration:audit")
