"""Reports brought to where a test wants them, by the real actions."""

from datetime import datetime, timedelta
from typing import Any

from songcau.foundation.audit.models import Entry as AuditEntry
from songcau.foundation.files.receiving import Held, hold_bytes
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.outbox.models import Event
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import (
    accept_report,
    add_evidence,
    assign_report,
    resolve_report,
    start_work,
    take_in_pictures,
)
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE
from songcau.systems.citizen_reports.actions.reporting import own_reporter as own_reporter
from songcau.systems.citizen_reports.models import Entry, Report, Reporter
from songcau.systems.citizen_reports.permissions import reporter_actor
from songcau.systems.citizen_reports.rules import AttachmentKind
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, found, send

CLOSING = "Đã vá xong ổ gà trước cổng trường bằng bê tông nhựa nóng."


def later(**more: float) -> datetime:
    return NOW + timedelta(**more)


def held(name: str = "ảnh.jpg", **more: Any) -> Held:
    content = photograph(**more)
    return hold_bytes(use=EVIDENCE, name=name, chunks=iter([content]), length=len(content))


def spoilt() -> Held:
    """It begins like a picture, and is none."""
    content = photograph()[:200]
    return hold_bytes(use=EVIDENCE, name="hỏng.jpg", chunks=iter([content]), length=len(content))


def accepted(town: Town, **more: Any) -> Report:
    report = send(**more)
    accept_report(by=town.desk, report_id=report.pk)
    return found(report.pk)


def assigned(town: Town, **more: Any) -> Report:
    """To the ward of `officer` and `head`."""
    report = accepted(town, **more)
    assign_report(by=town.desk, report_id=report.pk, agency_id=town.ward.pk)
    return found(report.pk)


def started(town: Town, **more: Any) -> Report:
    report = assigned(town, **more)
    start_work(by=town.officer, report_id=report.pk)
    return found(report.pk)


def shown_after(by: Actor, report: Report) -> None:
    add_evidence(by=by, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
    take_in_pictures(by=by, report_id=report.pk)


def resolved(town: Town, **more: Any) -> Report:
    report = started(town, **more)
    add_evidence(by=town.officer, report_id=report.pk, kind=AttachmentKind.AFTER, held=held())
    resolve_report(by=town.officer, report_id=report.pk, closing_text=CLOSING)
    return found(report.pk)


def sender(report: Report) -> Actor:
    return reporter_actor(Reporter.objects.get(report=report).pk)


def steps(report: Report) -> list[str]:
    """The timeline, by its steps."""
    return list(Entry.objects.filter(report=report).order_by("at", "pk").values_list("step", flat=True))


def lines(report: Report, step: str) -> Entry:
    return Entry.objects.get(report=report, step=step)


def announced(report: Report) -> list[str]:
    """Names of the events about it, in their order."""
    of_report = Event.objects.filter(subject=f"citizen_reports.report:{report.pk}").order_by("pk")
    return [name.rpartition(".")[2] for name in of_report.values_list("name", flat=True)]


def audited(report: Report) -> list[str]:
    entries = AuditEntry.objects.filter(subject=f"citizen_reports.report:{report.pk}").order_by("sequence")
    return [action.removeprefix("citizen_reports.") for action in entries.values_list("action", flat=True)]
