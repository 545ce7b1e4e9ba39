"""Reports, as outside systems send and read them. GeoReport v2: POST and GET service requests, a single one, a token.

Nothing that is answered here says who reported. Everybody reads what is published; the system that sent a report reads,
with its key, how it stands before that.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from songcau.foundation.accounts.access import open_to_everyone
from songcau.kernel.actor import NOBODY
from songcau.systems.citizen_reports.actions.forwarding import taken_over_before
from songcau.systems.citizen_reports.actions.importing import take_over_history
from songcau.systems.citizen_reports.actions.submitting import submit_report
from songcau.systems.citizen_reports.api import faults, reading
from songcau.systems.citizen_reports.api.faults import READ, endpoint
from songcau.systems.citizen_reports.api.formats import Answer, Node
from songcau.systems.citizen_reports.api.services import called, require_jurisdiction
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.rules import BlurState, State, for_everybody, shown_code


@open_to_everyone
@endpoint(*READ, "POST")
def requests(request: HttpRequest) -> Answer:
    """The list, or a new one."""
    params = request.POST if request.method == "POST" else request.GET
    require_jurisdiction(params.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", ""))
    return _created(request) if request.method == "POST" else _list(request)


@open_to_everyone
@endpoint(*READ)
def request_(request: HttpRequest, code: str) -> Answer:
    """One of them, by the id that its POST was answered with."""
    require_jurisdiction(request.GET.get("jurisdiction_id", ""))
    found = _readable(request).filter(code=reading.code_of(code)).first()
    if found is None:
        raise faults.REQUEST_UNKNOWN
    return Answer("service_requests", [_request(found)], "request")


@open_to_everyone
@endpoint(*READ)
def token(request: HttpRequest, token: str) -> Answer:
    """No POST is answered with a token here."""
    require_jurisdiction(request.GET.get("jurisdiction_id", ""))
    raise faults.TOKEN_UNKNOWN


def _created(request: HttpRequest) -> Answer:
    key = reading.key_of(request)
    came = reading.incoming(request, key)
    # Whoever runs the key speaks for the reporter; the contact goes into the table that only the centre reads.
    made = taken_over_before(text=came.draft.text, api_key_id=key.pk) or submit_report(
        by=NOBODY, draft=came.draft, contact=came.contact
    )
    if came.history is not None and made.is_new:
        take_over_history(by=NOBODY, report_id=made.report_id, history=came.history)
    notice = _("The centre looks at it first; the public sees it after that.")
    body: Node = [{"service_request_id": shown_code(made.code), "service_notice": notice, "account_id": ""}]
    return Answer("service_requests", body, "request", 201 if made.is_new else 200)


def _list(request: HttpRequest) -> Answer:
    wanted = reading.asked(request.GET)
    rows = _readable(request)
    if wanted.codes:
        rows = rows.filter(code__in=wanted.codes)
    else:
        rows = rows.filter(received_at__gte=wanted.begin, received_at__lte=wanted.end)
        if wanted.service_codes:
            rows = rows.filter(category__code__in=wanted.service_codes)
        if len(wanted.statuses) == 1:
            rows = rows.filter(is_open="open" in wanted.statuses)
    first = (wanted.page - 1) * wanted.page_size
    page = rows.order_by("-received_at", "-id")[first : first + wanted.page_size]
    pictures = _pictures(page)
    return Answer("service_requests", [_request(one, pictures) for one in page], "request")


def _readable(request: HttpRequest) -> QuerySet[Report]:
    """What is public; with a key also what that key sent."""
    seen = Q(published_at__isnull=False, withheld=False)
    if request.GET.get("api_key"):
        seen |= Q(api_key=reading.key_of(request))
    return Report.objects.filter(seen).select_related("category", "agency")


def _pictures(reports: QuerySet[Report]) -> dict[object, str]:
    shown = Attachment.objects.filter(
        report__in=[one.pk for one in reports], blur_state=BlurState.APPROVED, public_file_id__isnull=False
    )
    rows = shown.select_related("report").order_by("-at")
    return {row.report_id: _picture_address(row) for row in rows}


def _picture_address(row: Attachment) -> str:
    return f"{str(settings.SONGCAU.public_url).rstrip('/')}/portal/reports/{row.report.code}/pictures/{row.pk}/"


def _request(report: Report, pictures: dict[object, str] | None = None) -> Node:
    """A report as anybody may read it: the fuzzed place, the text as published, no contact."""
    found = pictures if pictures is not None else _pictures(Report.objects.filter(pk=report.pk))
    public = report.published_at is not None and not report.withheld
    ended = report.closed_at or report.resolved_at
    return {
        "service_request_id": shown_code(report.code),
        "status": "open" if report.is_open else "closed",
        "status_notes": _notes(report),
        "service_name": called(report.category),
        "service_code": report.category.code,
        "description": report.shown_text if public else "",
        "agency_responsible": report.agency.name if report.agency else "",
        "service_notice": "",
        "requested_datetime": _written(report.received_at),
        "updated_datetime": _written(ended if ended and not report.is_open else report.changed_at),
        "expected_datetime": _written(report.due_at),
        "address": (report.ward_name if report.category.near_homes else report.place_words or report.ward_name)
        if public
        else "",
        "address_id": "",
        "zipcode": "",
        "lat": report.public_latitude if public else None,
        "long": report.public_longitude if public else None,
        "media_url": found.get(report.pk, "") if public else "",
    }


def _notes(report: Report) -> str:
    """In words, what open and closed alone do not say."""
    if report.state in (State.RESOLVED, State.CLOSED):
        return for_everybody(report.closing_text)
    return {
        State.NEW: _("Received; the centre looks at it."),
        State.ACCEPTED: _("Verified; it is being given to who handles it."),
        State.ASSIGNED: _("Given to who handles it."),
        State.IN_PROGRESS: _("Being handled."),
        State.WAITING_OUTSIDE: _("Waiting for another body."),
        State.REOPENED: _("Open again."),
        State.REFUSED: _("Not taken up."),
        State.WITHDRAWN: _("Taken back by the reporter."),
    }.get(State(report.state), _("Waiting for the reporter's answer."))


def _written(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
