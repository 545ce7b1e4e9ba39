"""Real requests to Baltimore's 311, placed on the city's wards: what a year of a city looks like in lists and maps.

Every one says where it is from. Its days are moved into the last 52 weeks (the weekday and the hour stay), its
neighbourhood becomes a ward, its kind one of the city's categories; by when it is due says the city's own calendar.
The rows are written at once, with everything an action would leave behind but the audit entry of each: one entry
says how many were brought in.
"""

import csv
import random
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar import queries as calendar
from songcau.foundation.calendar.assessing import due, explained
from songcau.foundation.calendar.deadlines import Deadline, Method, Term, day_ended, deadline
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.rules import Calendar, PromiseState
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.evidence import SUBJECT
from songcau.systems.citizen_reports.actions.record import about
from songcau.systems.citizen_reports.actions.submitting import salt_of, secret_of
from songcau.systems.citizen_reports.events import ReportPublished
from songcau.systems.citizen_reports.management.placing import Wards
from songcau.systems.citizen_reports.models import Category, Entry, Report, Reporter
from songcau.systems.citizen_reports.queries.placing import placed, shown_point
from songcau.systems.citizen_reports.queries.routing import agency_for
from songcau.systems.citizen_reports.queries.terms import centre
from songcau.systems.citizen_reports.rules import Channel, RefusalReason, State, Urgency, Visibility

FILE = Path("series") / "citizen_requests_311_baltimore_head2000.csv"
_KINDS = Path(__file__).with_name("kinds_311.csv")
_WEEKS = timedelta(weeks=52)
_AT_ONCE = 500
_CHANNELS = {"Phone": Channel.PHONE, "API": Channel.OPEN311, "Web": Channel.PORTAL, "Mail": Channel.COUNTER}
_OPEN = {"Pending": State.IN_PROGRESS, "In Progress": State.IN_PROGRESS, "Open": State.ASSIGNED}
_CLOSING = "Đơn vị phụ trách của Baltimore đã xử lý và đóng yêu cầu này (số liệu thật, không có ảnh)."


@dataclass(frozen=True, slots=True)
class _Kind:
    prefix: str
    category: str
    words: str


@dataclass
class _Rows:
    """What is written together."""

    reports: list[Report] = field(default_factory=list)
    reporters: list[Reporter] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


def place_requests(by: Actor, file: Path) -> int:
    """How many were placed now; those that are there already are left as they are."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    placing = _Placing(by, clock.now(), rows)
    known = set(Report.objects.filter(is_demo=True).values_list("submission_id", flat=True))
    made = [row for row in rows if _id_of(row) not in known and placing.take(row)]
    with transaction.atomic():
        Report.objects.bulk_create(placing.made.reports, _AT_ONCE)
        Reporter.objects.bulk_create(placing.made.reporters, _AT_ONCE)
        Promise.objects.bulk_create(placing.made.promises, _AT_ONCE)
        Entry.objects.bulk_create(placing.made.entries, _AT_ONCE)
        if made:
            details = {"file": file.name, "placed": len(made)}
            record_entry(by=by, action="citizen_reports.load_demo", subject="citizen_reports.demo", details=details)
        for report in placing.made.reports:
            if report.is_open and report.is_public:
                announce(ReportPublished(report.pk), subject=about(report), by=by)
    return len(made)


def _id_of(row: dict[str, str]) -> UUID:
    return uuid5(NAMESPACE_URL, f"songcau:demo:311:{row['SRRecordID']}")


class _Placing:
    """Turns rows of the series into rows of reports."""

    def __init__(self, by: Actor, now: datetime, rows: list[dict[str, str]]) -> None:
        self.by, self.now, self.made = by, now, _Rows()
        self.today = calendar.local(now).date()
        self.wards = Wards(self.today)
        self.categories = {one.code: one for one in Category.objects.select_related("parent")}
        self.desk = centre()
        self.agencies: dict[tuple[str, str], Agency | None] = {}
        self.calendars: dict[str, Calendar] = {}
        self.first: dict[tuple[str, str], Report] = {}
        # Neighbours stay neighbours: those of one district are placed on wards that follow each other.
        places = sorted({(row["CouncilDistrict"].zfill(2), row["Neighborhood"]) for row in rows})
        self.ward_of = {
            place: self.wards.nth(at * len(self.wards.codes) // len(places)) for at, place in enumerate(places)
        }

    @cached_property
    def rows(self) -> calendar.Stored:
        return calendar.stored(self.seen, since=self.today - _WEEKS - timedelta(days=30))

    @cached_property
    def seen(self) -> int:
        return calendar.latest_change()

    @cached_property
    def kinds(self) -> list[_Kind]:
        with _KINDS.open(encoding="utf-8", newline="") as stream:
            return [_Kind(row["prefix"], row["category"], row["words"]) for row in csv.DictReader(stream)]

    def take(self, row: dict[str, str]) -> bool:
        """False for what cannot be placed: a row without the time of its receipt, or of a category the city lacks."""
        kind = next(one for one in self.kinds if row["SRType"].startswith(one.prefix))
        category = self.categories.get(kind.category) or self.categories.get("OTHER")
        if category is None or not row["CreatedDate"]:
            return False
        created = datetime.fromisoformat(row["CreatedDate"])
        weeks = (calendar.local(self.now) - created) // _WEEKS
        report = self._report(row, kind, category, calendar.instant(created + weeks * _WEEKS))
        self._walk(report, row, created)
        report.derive()
        self.made.reports.append(report)
        self.made.reporters.append(Reporter(report=report, made_at=report.received_at))
        return True

    def _report(self, row: dict[str, str], kind: _Kind, category: Category, received_at: datetime) -> Report:
        ward = self.ward_of[row["CouncilDistrict"].zfill(2), row["Neighborhood"]]
        chance = random.Random(row["SRRecordID"])  # noqa: S311 - a place, guards nothing
        longitude, latitude = self.wards.point(ward, chance)
        shown = shown_point(longitude, latitude, near_homes=category.near_homes)
        place = placed(longitude, latitude, "", self.today)
        report_id, urgency = new_id(), Urgency(category.urgency)
        hours = rules.verify_hours(urgency, category.verify_hours)
        return Report(
            id=report_id,
            code=rules.new_code(secrets.token_bytes(8)),
            secret_hash=rules.secret_hash(secret_of(_id_of(row)), salt_of(report_id)),
            submission_id=_id_of(row),
            category=category,
            urgency=urgency,
            text=f"{kind.words} (Yêu cầu 311 số {row['ServiceRequestNum']} của Baltimore, loại “{row['SRType']}”.)",
            channel=_CHANNELS.get(row["MethodReceived"], Channel.IMPORT),
            is_demo=True,
            longitude=longitude,
            latitude=latitude,
            public_longitude=shown[0],
            public_latitude=shown[1],
            place_words=row["Neighborhood"],
            ward_unit_id=place.unit_id,
            ward_code=place.code,
            ward_name=place.name,
            place_doubt=place.doubt,
            received_at=received_at,
            changed_at=received_at,
            verify_due_at=due(self._deadline(received_at, Term(Method.HOURS, hours), self.desk)),
            is_private=not category.is_public,
        )

    def _walk(self, report: Report, row: dict[str, str], created: datetime) -> None:
        """Through the states up to the one it is in, each step with its line."""
        self._note(report, report.received_at, "submit", channel=str(report.channel), written_at="")
        status, closed_at = row["SRStatus"], self._closed_at(report, row, created)
        key = (report.category.code, report.ward_code)
        if (
            "Duplicate" in status
            and (first := self.first.get(key)) is not None
            and first.received_at < report.received_at
        ):
            self._refuse(report, first, closed_at or report.received_at + timedelta(hours=2))
            return
        self.first.setdefault(key, report)
        if status == "New" and closed_at is None:
            return
        span = (closed_at or self.now) - report.received_at
        steps = [report.received_at + min(span * part / 4, timedelta(hours=3 * part)) for part in (1, 2, 3)]
        self._accept(report, steps[0])
        self._assign(report, steps[1])
        if closed_at is None and _OPEN.get(status) is State.ASSIGNED:
            return
        report.state, report.started_at, report.changed_at = State.IN_PROGRESS, steps[2], steps[2]
        self._note(report, steps[2], "start", agency=report.agency)
        if closed_at is not None:
            self._resolve(report, closed_at)

    def _closed_at(self, report: Report, row: dict[str, str], created: datetime) -> datetime | None:
        """None as well where that day has not come yet."""
        if not row["CloseDate"] or not row["SRStatus"].startswith("Closed"):
            return None
        took = max(datetime.fromisoformat(row["CloseDate"]) - created, timedelta(minutes=10))
        closed_at: datetime = report.received_at + took
        return closed_at if closed_at <= self.now else None

    def _refuse(self, report: Report, first: Report, at: datetime) -> None:
        report.state, report.refusal_reason, report.duplicate_of = State.REFUSED, RefusalReason.DUPLICATE, first
        report.closed_at = report.changed_at = at
        shown = first.code if first.is_public else ""
        reason = str(RefusalReason.DUPLICATE)
        self._note(report, at, "refuse", visibility=Visibility.REPORTER, reason=reason, first=shown)

    def _accept(self, report: Report, at: datetime) -> None:
        report.state, report.accepted_at, report.changed_at = State.ACCEPTED, at, at
        self._note(report, at, "accept")
        if not report.is_private:
            report.published_at = at
            self._note(report, at, "publish", visibility=Visibility.REPORTER)

    def _assign(self, report: Report, at: datetime) -> None:
        agency = self._agency(report)
        if agency is None:
            return
        category = report.category
        term = rules.term_of(Method(category.term_method), category.term_amount)
        found = self._deadline(report.received_at, term, agency)
        told = explained(self.rows, agency, found)
        due_at = due(found)
        promise = Promise(
            subject_kind=SUBJECT,
            subject_id=report.pk,
            label=rules.shown_code(report.code),
            agency=agency,
            received_at=report.received_at,
            received_on=found.received_at.date(),
            method=term.method,
            amount=term.amount,
            first_due_at=due_at,
            due_at=due_at,
            reckoned_at=due_at,
            reckoned_on=day_ended(calendar.local(due_at)),
            seen=self.seen,
            first_explained=told,
            explained=told,
            made_at=at,
        )
        self.made.promises.append(promise)
        report.state, report.agency, report.assigned_at, report.changed_at = State.ASSIGNED, agency, at, at
        report.promise_id, report.due_at, report.first_due_at, report.due_explained = promise.pk, due_at, due_at, told
        report.thrice_due_at = rules.thrice_due_at(report.received_at, due_at)
        # What is late already was told when it became so.
        report.escalation = rules.escalation_due(self.now, report.received_at, due_at, 0) or 0
        self._note(report, at, "assign", to=agency.name, due=due_at.isoformat())

    def _deadline(self, received_at: datetime, term: Term, agency: Agency | None) -> Deadline:
        """By a calendar that is read once for all."""
        path = agency.path if agency else ""
        if path not in self.calendars:
            self.calendars[path] = self.rows.layers.calendar(self.rows.chain(path) if path else ())
        return deadline(self.calendars[path], calendar.local(received_at), term)

    def _agency(self, report: Report) -> Agency | None:
        key = (report.category.code, report.ward_code)
        if key not in self.agencies:
            today = placed(report.longitude, report.latitude, report.ward_code, self.today)
            self.agencies[key] = agency_for(report.category, report.ward_code, self.now, today) or self.desk
        return self.agencies[key]

    def _resolve(self, report: Report, at: datetime) -> None:
        report.state, report.resolved_at, report.changed_at = State.RESOLVED, at, at
        report.closing_text, report.escalation = _CLOSING, 0
        self._note(report, at, "resolve", text=_CLOSING, agency=report.agency)
        if report.agency is not None:
            self.made.promises[-1].state, self.made.promises[-1].settled_at = PromiseState.SETTLED, at
        closed_at = at + rules.REOPEN_WITHIN + timedelta(hours=1)
        if closed_at < self.now:
            report.state, report.closed_at, report.changed_at = State.CLOSED, closed_at, closed_at
            self._note(report, closed_at, "close_after_days")

    def _note(
        self,
        report: Report,
        at: datetime,
        step: str,
        *,
        visibility: Visibility = Visibility.PUBLIC,
        text: str = "",
        agency: Agency | None = None,
        **params: str,
    ) -> None:
        self.made.entries.append(
            Entry(
                report=report,
                at=at,
                step=step,
                visibility=visibility,
                text=text,
                params=params,
                by_label=self.by.label,
                agency_name=agency.name if agency else "",
            )
        )
