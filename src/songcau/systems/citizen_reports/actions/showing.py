"""What the public sees of a report: nothing before the centre shows it, and never one that was sent privately."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.record import about, change, locked, note, require_words
from songcau.systems.citizen_reports.actions.submitting import names_of
from songcau.systems.citizen_reports.events import ReportPublished, ReportWithheld
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.rules import State, Visibility

UNSHOWN = frozenset({State.NEW, State.WAITING_REPORTER_FIRST, State.REFUSED, State.WITHDRAWN})


class ReportIsPrivate(Refused):
    """The sender asked that it be shown to nobody, or its category is shown to nobody."""

    code = "REPORT_IS_PRIVATE"


class ReportNotModerated(Refused):
    """What the centre has not accepted, or has refused, is not shown."""

    code = "REPORT_NOT_MODERATED"
    conflict = True


class ReportNotShown(Refused):
    """It is not public as it is."""

    code = "REPORT_NOT_SHOWN"
    conflict = True


@transaction.atomic
def publish_report(*, by: Actor, report_id: UUID, version: int | None = None, public_text: str = "") -> Report:
    """Show a report to everybody; `public_text` is a shorter text, where the sender's own says too much.

    Contacts in it are masked. Raises NotYours, ReportUnknown, ChangedMeanwhile, ReportIsPrivate, ReportNotModerated,
    ReportTextTooLong, ReportWithoutWords.
    """
    require_moderate(by)
    report = locked(report_id, version)
    if report.is_private or not report.category.is_public:
        raise ReportIsPrivate
    if report.state in UNSHOWN:
        raise ReportNotModerated
    shown = rules.require_report(public_text) if plain(public_text).strip() else ""
    values = {
        "published_at": report.published_at or clock.now(),
        "withheld": False,
        "public_text": _without_reporter(report, shown),
    }
    if report.take(values):
        note(report, "publish", by=by, visibility=Visibility.REPORTER)
        change(by, report, "publish", ReportPublished(report.pk), shortened=bool(shown))
    return report


def _without_reporter(report: Report, text: str) -> str:
    """The centre writes it, which may know the name: a unit learns nothing by its being hidden."""
    shown = rules.hidden_contacts(text)[0]
    for name, person_id in Reporter.objects.filter(report=report).values_list("name", "person_id"):
        for known in names_of(name, person_id):
            shown = rules.hidden_name(shown, known)[0]
    return shown


@transaction.atomic
def withhold_report(*, by: Actor, report_id: UUID, version: int | None = None, reason: str) -> Report:
    """Show it to the public no more. Raises NotYours, ReportUnknown, ChangedMeanwhile, ReportNotShown."""
    require_moderate(by)
    report = locked(report_id, version)
    said = require_words(reason)
    if report.published_at is None or report.withheld:
        raise ReportNotShown
    report.take({"withheld": True})
    note(report, "withhold", by=by, visibility=Visibility.STAFF, text=said)
    change(by, report, "withhold", ReportWithheld(report.pk))
    return report


def take_back(by: Actor, report: Report) -> dict[str, object]:
    """What changes on a report that ends unhandled: the public sees it no more. Announced here, saved by the caller."""
    if report.published_at is None or report.withheld:
        return {}
    announce(ReportWithheld(report.pk), subject=about(report), by=by)
    return {"withheld": True}
