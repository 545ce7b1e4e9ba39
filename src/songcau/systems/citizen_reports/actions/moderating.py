"""The centre looks at what came in: accepts it, refuses it with a reason, puts right what, where and how urgent."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.calendar.queries import local
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.merging import loosen_children
from songcau.systems.citizen_reports.actions.promising import cancel
from songcau.systems.citizen_reports.actions.record import (
    ReportUnknown,
    about,
    change,
    finish,
    locked,
    note,
    require_words,
    step,
)
from songcau.systems.citizen_reports.actions.showing import take_back
from songcau.systems.citizen_reports.actions.submitting import CategoryUnknown
from songcau.systems.citizen_reports.events import ReportChanged, ReporterAsked
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.permissions import require_handle, require_moderate
from songcau.systems.citizen_reports.queries.placing import placed, shown_point
from songcau.systems.citizen_reports.queries.terms import centre, verify_due_at
from songcau.systems.citizen_reports.rules import RefusalReason, State, Urgency, Visibility

_ASK_FIRST = "ask_reporter_first"


class PlaceUnfit(Refused):
    """Neither a point on earth nor a ward of the city."""

    code = "REPORT_PLACE_UNFIT"


@transaction.atomic
def accept_report(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """The centre has looked at it: it is a matter of the city. Raises NotYours, ReportUnknown, ChangedMeanwhile,
    TransitionRefused.
    """
    require_moderate(by)
    report = locked(report_id, version)
    before = step(by, report, "accept", accepted_at=clock.now())
    note(report, "accept", by=by, visibility=Visibility.PUBLIC)
    finish(by, report, "accept", before)
    return report


@transaction.atomic
def refuse_report(
    *,
    by: Actor,
    report_id: UUID,
    reason: RefusalReason,
    text: str = "",
    first_report: UUID | None = None,
    version: int | None = None,
) -> Report:
    """End it without work, with a reason that the reporter reads. `first_report`: what a duplicate repeats.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused, and the refusals of `rules.require_refusal`.
    """
    require_moderate(by)
    report = locked(report_id, version)
    was_asked = report.entries.filter(step=_ASK_FIRST).exists()
    said = rules.require_refusal(reason, first_report, text, was_asked=was_asked)
    first = _first(report, first_report) if reason is RefusalReason.DUPLICATE else None
    before = step(
        by,
        report,
        "refuse",
        refusal_reason=reason,
        refusal_text=said,
        duplicate_of=first,
        closed_at=clock.now(),
        **take_back(by, report),
    )
    cancel(by, report)
    loosen_children(by, report)
    shown = first.code if first is not None and first.is_public else ""
    note(report, "refuse", by=by, visibility=Visibility.REPORTER, text=said, reason=str(reason), first=shown)
    finish(by, report, "refuse", before, reason=str(reason), first_report=str(first.pk) if first else "")
    return report


@transaction.atomic
def recategorise(*, by: Actor, report_id: UUID, category: str, version: int | None = None) -> Report:
    """Put it under another category. A date that was promised stays; the next one is counted by the new term.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, CategoryUnknown, ReportDone.
    """
    require_moderate(by)
    report = locked(report_id, version)
    rules.require_open(State(report.state))
    chosen = Category.objects.in_use().filter(code=category).first()
    if chosen is None:
        raise CategoryUnknown
    was = report.category.code
    point = shown_point(report.longitude, report.latitude, near_homes=chosen.near_homes)
    values: dict[str, object] = {"category": chosen, "public_longitude": point[0], "public_latitude": point[1]}
    if not chosen.is_public:
        values |= take_back(by, report)
    if report.take(values):
        note(report, "recategorise", by=by, visibility=Visibility.PUBLIC, was=was, category=chosen.code)
        change(by, report, "recategorise", ReportChanged(report.pk, "category"), was=was, category=chosen.code)
    return report


@transaction.atomic
def relocate(
    *,
    by: Actor,
    report_id: UUID,
    longitude: float | None = None,
    latitude: float | None = None,
    ward_code: str = "",
    place_words: str | None = None,
    version: int | None = None,
) -> Report:
    """Put it where it is: at a point (degrees, WGS 84), or in a ward where no point is known.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, PlaceUnfit, ReportDone.
    """
    require_moderate(by)
    report = locked(report_id, version)
    rules.require_open(State(report.state))
    _require_place(longitude, latitude, ward_code)
    place = placed(longitude, latitude, ward_code, local(report.received_at).date())
    if longitude is None and place.unit_id is None:
        raise PlaceUnfit
    point = shown_point(longitude, latitude, near_homes=report.category.near_homes)
    words = report.place_words if place_words is None else rules.hidden_contacts(place_words.strip())[0][:300]
    values: dict[str, object] = {
        "longitude": longitude,
        "latitude": latitude,
        "public_longitude": point[0],
        "public_latitude": point[1],
        "ward_unit_id": place.unit_id,
        "ward_code": place.code,
        "ward_name": place.name,
        "place_doubt": str(place.doubt),
        "place_words": words,
    }
    if report.take(values):
        note(report, "relocate", by=by, visibility=Visibility.STAFF, ward=place.name)
        change(by, report, "relocate", ReportChanged(report.pk, "place"), ward=place.code)
    return report


@transaction.atomic
def set_urgency(*, by: Actor, report_id: UUID, urgency: Urgency, version: int | None = None) -> Report:
    """What is urgent is verified sooner, counted from its receipt. Raises NotYours, ReportUnknown, ChangedMeanwhile,
    ReportDone.
    """
    require_moderate(by)
    report = locked(report_id, version)
    rules.require_open(State(report.state))
    hours = rules.verify_hours(urgency, report.category.verify_hours)
    values = {"urgency": urgency, "verify_due_at": verify_due_at(report.received_at, hours, centre())}
    if report.take(values):
        note(report, "set_urgency", by=by, visibility=Visibility.STAFF, urgency=str(urgency))
        change(by, report, "set_urgency", ReportChanged(report.pk, "urgency"), urgency=str(urgency))
    return report


@transaction.atomic
def ask_reporter(*, by: Actor, report_id: UUID, text: str, version: int | None = None) -> Report:
    """Ask whoever reported for something that is missing: the centre before anybody has it, then the unit that has it.

    Nobody learns by it who that is. Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused,
    ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id, version)
    is_first = report.state in (State.NEW, State.ACCEPTED)
    if is_first:
        require_moderate(by)
    else:
        require_handle(by, report)
    said = require_words(text)
    name = _ASK_FIRST if is_first else "ask_reporter"
    before = step(by, report, name)
    entry = note(report, name, by=by, visibility=Visibility.REPORTER, text=said)
    finish(by, report, name, before)
    announce(ReporterAsked(report.pk, entry.pk), subject=about(report), by=by)
    return report


def _first(report: Report, first_report: UUID | None) -> Report:
    """What was first of all, where the one that was named is a duplicate itself."""
    named = Report.objects.filter(pk=first_report) if first_report else Report.objects.none()
    found = named.exclude(pk=report.pk).select_related("duplicate_of").first()
    if found is None or found.duplicate_of_id == report.pk:
        raise ReportUnknown
    return found.duplicate_of or found


def _require_place(longitude: float | None, latitude: float | None, ward_code: str) -> None:
    if longitude is None or latitude is None:
        if longitude is not None or latitude is not None or not ward_code:
            raise PlaceUnfit
    elif not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise PlaceUnfit
