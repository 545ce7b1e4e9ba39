"""False reports are noted, their source warned and then blocked for a time; whoever is blocked may object.

A source (an account, a telephone, an address) is known by a keyed hash only: nobody has to open who reported.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.record import change, locked, note, require_words
from songcau.systems.citizen_reports.actions.submitting import names_of, source_hash
from songcau.systems.citizen_reports.events import ReportChanged, SourceBlocked
from songcau.systems.citizen_reports.models import Report, Reporter, Standing
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.rules import Visibility

REASON_LIMIT = 500
LONGEST_BLOCK_DAYS = 365
MOST_NAMES = 100


class SourceUnknown(Refused):
    """Nothing is known of where a report came from, so nobody can be warned; or no such record."""

    code = "REPORT_SOURCE_UNKNOWN"


class WarnedForThis(Refused):
    """The source was warned for this report already."""

    code = "WARNED_FOR_THIS_REPORT"
    conflict = True


class BlockUnfit(Refused):
    """A block lasts from one to `most` days."""

    code = "BLOCK_UNFIT"


@transaction.atomic
def warn_source(*, by: Actor, report_id: UUID, reason: str) -> Standing:
    """Note that a report was false. Its source is warned; after two warnings it is blocked, longer each time.

    Raises NotYours, ReportUnknown, SourceUnknown, WarnedForThis, ReportWordsMissing, ReportWordsTooLong.
    """
    require_moderate(by)
    report = locked(report_id)
    said = require_words(reason, REASON_LIMIT)
    standing = _standing_of(report)
    if report.entries.filter(step="false_report").exists():
        raise WarnedForThis
    sanction = rules.standing_after(standing.warnings, clock.now())
    standing.warnings = sanction.warnings
    until = max(filter(None, (standing.blocked_until, sanction.blocked_until)), default=None)
    _write(standing, report, said, until)
    note(report, "false_report", by=by, visibility=Visibility.CENTRE, text=said, warnings=standing.warnings)
    change(by, report, "false_report", ReportChanged(report.pk, "false_report"), warnings=standing.warnings)
    _tell(by, standing, "warn_source", blocked=sanction.blocked_until is not None)
    return standing


@transaction.atomic
def block_source(*, by: Actor, report_id: UUID, days: int, reason: str) -> Standing:
    """Take no reports from where this one came from, for so many days.

    Raises NotYours, ReportUnknown, SourceUnknown, BlockUnfit, ReportWordsMissing, ReportWordsTooLong.
    """
    require_moderate(by)
    report = locked(report_id)
    said = require_words(reason, REASON_LIMIT)
    if not 1 <= days <= LONGEST_BLOCK_DAYS:
        raise BlockUnfit(most=LONGEST_BLOCK_DAYS)
    standing = _standing_of(report)
    standing.warnings = max(1, standing.warnings)
    _write(standing, report, said, clock.now() + timedelta(days=days))
    note(report, "block_source", by=by, visibility=Visibility.CENTRE, text=said, days=days)
    change(by, report, "block_source", ReportChanged(report.pk, "false_report"), days=days)
    _tell(by, standing, "block_source", blocked=True)
    return standing


@transaction.atomic
def unblock(*, by: Actor, standing_id: UUID, reason: str, clear_warnings: bool = False) -> Standing:
    """Take reports again, by an appeal or without one. Raises NotYours, SourceUnknown, ReportWordsMissing,
    ReportWordsTooLong.
    """
    require_moderate(by)
    standing = _locked(standing_id)
    standing.reason = require_words(reason, REASON_LIMIT)
    standing.blocked_until, standing.settled_at = None, clock.now()
    if clear_warnings:
        standing.warnings = 0
    standing.changed_at = clock.now()
    standing.save()
    _tell(by, standing, "unblock_source", blocked=False)
    return standing


@transaction.atomic
def uphold(*, by: Actor, standing_id: UUID, reason: str) -> Standing:
    """An appeal was read and the block stays. Raises as `unblock` does."""
    require_moderate(by)
    standing = _locked(standing_id)
    standing.reason = require_words(reason, REASON_LIMIT)
    standing.settled_at = standing.changed_at = clock.now()
    standing.save()
    _tell(by, standing, "uphold_block", blocked=standing.blocked_until is not None)
    return standing


@transaction.atomic
def appeal(*, source: str, text: str) -> Standing:
    """Whoever was warned or blocked objects; `source` as it came with their report. Contacts and names are masked.

    Raises the refusals of `rules.require_appeal`.
    """
    standing: Standing | None = (
        Standing.objects.select_for_update().filter(source_hash=source_hash(source) or "none").first()
    )
    is_open = standing is not None and standing.appealed_at is not None and standing.settled_at is None
    said = rules.require_appeal(text, warnings=standing.warnings if standing else 0, is_open=is_open)
    assert standing is not None  # noqa: S101  # without one there is nothing to appeal
    standing.appeal_text = _without_names(rules.hidden_contacts(said)[0], standing)
    standing.appealed_at = standing.changed_at = clock.now()
    standing.settled_at = None
    standing.save()
    _tell(SYSTEM, standing, "appeal", blocked=standing.blocked_until is not None)
    return standing


def _without_names(text: str, standing: Standing) -> str:
    """The centre decides about a source, not about a person: the names it gave in reports are masked too."""
    given = Reporter.objects.filter(source_hash=standing.source_hash).order_by("name", "person_id")
    for name, person_id in given.values_list("name", "person_id").distinct()[:MOST_NAMES]:
        for known in names_of(name, person_id):
            text = rules.hidden_name(text, known)[0]
    return text


def _standing_of(report: Report) -> Standing:
    known_by = Reporter.objects.filter(report=report).values_list("source_hash", flat=True).first()
    if not known_by:
        raise SourceUnknown
    Standing.objects.get_or_create(source_hash=known_by, defaults={"changed_at": clock.now()})
    standing: Standing = Standing.objects.select_for_update().get(source_hash=known_by)
    return standing


def _locked(standing_id: UUID) -> Standing:
    standing: Standing | None = Standing.objects.select_for_update().filter(pk=standing_id).first()
    if standing is None:
        raise SourceUnknown
    return standing


def _write(standing: Standing, report: Report, reason: str, until: datetime | None) -> None:
    standing.blocked_until, standing.reason, standing.report_id = until, reason, report.pk
    standing.changed_at = clock.now()
    standing.save()


def _tell(by: Actor, standing: Standing, what: str, *, blocked: bool) -> None:
    subject = f"citizen_reports.standing:{standing.pk}"
    until = standing.blocked_until.isoformat() if standing.blocked_until else ""
    details = {"warnings": standing.warnings, "blocked_until": until}
    record_entry(by=by, action=f"citizen_reports.{what}", subject=subject, details=details)
    announce(SourceBlocked(standing.pk, blocked), subject=subject, by=by)
