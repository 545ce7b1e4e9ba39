"""Plays the made-up reports: every step through the real actions, in the order of time, at the hour it is told for."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.calendar import queries as calendar
from songcau.foundation.calendar.deadlines import Method, Term, end
from songcau.foundation.calendar.rules import Calendar
from songcau.foundation.files.receiving import Held, hold_bytes
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.systems.citizen_reports import actions, rules
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE
from songcau.systems.citizen_reports.actions.usual_categories import ROADS_OFFICE
from songcau.systems.citizen_reports.management.pictures import drawn
from songcau.systems.citizen_reports.management.placing import Wards
from songcau.systems.citizen_reports.management.stories import Path, Story, closings, stories
from songcau.systems.citizen_reports.models import Category, Report, Reporter
from songcau.systems.citizen_reports.permissions import reporter_actor
from songcau.systems.citizen_reports.queries.routing import suggest_agency
from songcau.systems.citizen_reports.rules import AttachmentKind, Channel, Colour, State

# The accounts of the demonstration city who act: its centre's operator, and a ward's specialist.
_OPERATOR, _SPECIALIST = "truc", "chuyenvien"
_NAMES = ("Nông Thị Mẫu", "Vi Văn Mẫu", "Bàn Thị Mẫu", "Dương Văn Mẫu", "Lý Thị Mẫu", "Hà Văn Mẫu")
_LONGEST_AGO = timedelta(days=150)
_STRIDE = timedelta(minutes=90)
_PLAN = "Phải làm lại cả đoạn vì nền yếu; vật tư đã đặt, thi công trong hai tuần tới nếu trời không mưa."
_WAITS = {
    "POWER": "Chờ đơn vị quản lý lưới cắt điện để thi công an toàn.",
    "WATER_SUPPLY": "Chờ công ty cấp nước khóa van và thay đoạn ống vỡ.",
}
_QUESTION = "Bạn cho biết thêm số nhà gần nhất hoặc gửi thêm một ảnh chụp từ xa được không?"
_REROUTE = "Đoạn này do đơn vị khác quản lý theo phân cấp, chuyển đúng nơi để xử lý."
_REFUSALS = {
    rules.RefusalReason.PRIVATE_DISPUTE: "Đây là tranh chấp giữa hai hộ; đề nghị hai bên gặp tổ hòa giải của phường.",
    rules.RefusalReason.COMPLAINT_OR_DENUNCIATION: "Tố cáo được nhận tại Ban Tiếp công dân theo Luật Tố cáo.",
    rules.RefusalReason.OUT_OF_AREA: "Địa điểm thuộc địa phương khác; đề nghị gửi đến cổng của địa phương đó.",
    rules.RefusalReason.SPAM: "Nội dung là quảng cáo, không phải phản ánh hiện trường.",
}


def tell_stories() -> int:
    """How many reports were told now; those that are there already are left as they are."""
    wanted = [story for story in stories() if not Report.objects.filter(submission_id=_id_of(story)).exists()]
    teller = _Teller(clock.now())
    deeds = [deed for story in wanted for deed in teller.deeds(story)]
    deeds.sort(key=lambda deed: (deed.at, deed.story.number, deed.nth))
    with transaction.atomic():
        for deed in deeds:
            with clock.frozen(deed.at):
                deed.do()
    return len(wanted)


def _id_of(story: Story) -> UUID:
    return uuid5(NAMESPACE_URL, f"songcau:demo:report:{story.number}")


@dataclass(frozen=True, slots=True)
class _Deed:
    at: datetime
    story: Story
    nth: int
    do: Callable[[], object]


@dataclass
class _Teller:
    """Knows the city, and which report each story has become."""

    now: datetime
    wards: Wards = field(init=False)
    closings: dict[str, str] = field(init=False)
    reports: dict[int, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.closings = closings()
        self.wards = Wards(calendar.local(self.now).date())
        people = {one.username: actor_of(one) for one in Person.objects.filter(username__in=(_OPERATOR, _SPECIALIST))}
        homes = dict(Person.objects.filter(username=_SPECIALIST).values_list("home_id", "username"))
        self.desk = people.get(_OPERATOR, SYSTEM)
        self.specialists = {home: people[name] for home, name in homes.items()}
        self.categories = {one.code: one for one in Category.objects.all()}
        self.calendar = calendar.calendar_of(None, since=calendar.local(self.now - _LONGEST_AGO).date())

    def deeds(self, story: Story) -> Iterator[_Deed]:
        received_at, due_at = self._when(story)
        term = due_at - received_at
        yield _Deed(received_at, story, 0, lambda: self._submit(story))
        steps = [*_WAYS[story.path]]
        for nth, name in enumerate(steps, start=1):
            at = self._at(story, name, nth, len(steps), received_at, term)
            yield _Deed(at, story, nth, lambda name=name: getattr(self, f"_{name}")(story))  # type: ignore[misc]

    def _at(self, story: Story, name: str, nth: int, many: int, received_at: datetime, term: timedelta) -> datetime:
        """Early steps within hours; the answer after its part of the term; what the reporter says a day after it."""
        begun = min(nth * timedelta(hours=2), (self.now - received_at) * nth / (many + 1))
        if isinstance(story.wish, Colour) or name in _EARLY:
            return received_at + begun
        resolved_at = received_at + max(term * story.part, timedelta(hours=12))
        later = {"resolve": timedelta(), "evidence": -timedelta(minutes=20), "close": timedelta(days=7, hours=1)}
        return min(resolved_at + later.get(name, timedelta(hours=20)), self.now - timedelta(minutes=many - nth))

    def _when(self, story: Story) -> tuple[datetime, datetime]:
        category = self.categories[story.category]
        term = rules.term_of(Method(category.term_method), category.term_amount)
        if story.path in (Path.NEW, Path.ASKED_FIRST, Path.ACCEPTED):
            hours = rules.verify_hours(rules.Urgency(category.urgency), category.verify_hours)
            term = Term(Method.HOURS, hours)
        if isinstance(story.wish, int):
            received_at = self.now - timedelta(days=story.wish, minutes=13 * story.number)
            return received_at, _end(self.calendar, received_at, term)
        return self._as_wished(story, term)

    def _as_wished(self, story: Story, term: Term) -> tuple[datetime, datetime]:
        """The latest receipt from which it has the wished colour now; at weekends not every colour can be had."""
        found: dict[Colour, tuple[datetime, datetime]] = {}
        ago = timedelta(minutes=25 + 3 * story.number)
        while ago < _LONGEST_AGO and story.wish not in found:
            received_at = self.now - ago
            due_at = _end(self.calendar, received_at, term)
            found.setdefault(rules.colour(self.now, received_at, due_at, State.IN_PROGRESS), (received_at, due_at))
            ago += _STRIDE
        return next(found[one] for one in (story.wish, Colour.RED, Colour.GREEN) if one in found)

    def _submit(self, story: Story) -> None:
        chance = random.Random(f"demo report {story.ward} {story.place}")  # noqa: S311 - a place, guards nothing
        code = self.wards.nth(story.ward)
        longitude, latitude = self.wards.point(code, chance)
        if story.path is Path.MERGED:
            longitude += story.number % 3 * 0.0002
        draft = actions.Draft(
            submission_id=_id_of(story),
            category=story.category,
            text=story.text,
            channel=Channel.PHONE if story.number % 7 == 3 else Channel.PORTAL,
            longitude=longitude,
            latitude=latitude,
            place_words=story.place,
            is_demo=True,
        )
        contact = actions.Contact(name=_NAMES[story.number % len(_NAMES)], email=f"dan{story.number}@songcau.example")
        pictures = [_held(story, is_after=False)] if story.picture else []
        by = self.desk if draft.channel is Channel.PHONE else NOBODY
        sent = actions.submit_report(by=by, draft=draft, contact=contact, pictures=pictures)
        self.reports[story.number] = sent.report_id

    def _report(self, story: Story) -> Report:
        found: Report = Report.objects.select_related("agency", "category").get(pk=self.reports[story.number])
        return found

    def _unit(self, report: Report) -> Actor:
        """Who works at it: the specialist where the report is their ward's, else the centre."""
        home = report.agency_id
        return self.specialists.get(home, self.desk) if home else self.desk

    def _citizen(self, story: Story) -> Actor:
        return reporter_actor(Reporter.objects.values_list("pk", flat=True).get(report=self.reports[story.number]))

    def _accept(self, story: Story) -> None:
        actions.accept_report(by=self.desk, report_id=self.reports[story.number])

    def _publish(self, story: Story) -> None:
        if not self._report(story).is_private:
            actions.publish_report(by=self.desk, report_id=self.reports[story.number])

    def _ask_reporter(self, story: Story) -> None:
        report = self._report(story)
        by = self._unit(report) if report.agency_id else self.desk
        actions.ask_reporter(by=by, report_id=report.pk, text=_QUESTION)

    def _assign(self, story: Story) -> None:
        report = self._report(story)
        agency = suggest_agency(report, clock.now()) or self._committee(report)
        actions.assign_report(by=self.desk, report_id=report.pk, agency_id=agency.pk)

    def _committee(self, report: Report) -> Agency:
        of_ward = Agency.objects.still_open().filter(unit_id=report.ward_unit_id, kind=Agency.Kind.WARD_COMMITTEE)
        found: Agency = of_ward.first() or Agency.objects.still_open().get(code="UBND-164")
        return found

    def _reroute(self, story: Story) -> None:
        report = self._report(story)
        to = self._committee(report)
        if to.pk == report.agency_id:
            to = Agency.objects.still_open().get(code=ROADS_OFFICE)
        actions.reroute_report(by=self.desk, report_id=report.pk, agency_id=to.pk, reason=_REROUTE)

    def _start(self, story: Story) -> None:
        report = self._report(story)
        actions.start_work(by=self._unit(report), report_id=report.pk)

    def _plan(self, story: Story) -> None:
        report = self._report(story)
        on: date = calendar.local(clock.now()).date() + timedelta(days=20)
        actions.plan_work(by=self._unit(report), report_id=report.pk, due_on=on, text=_PLAN)

    def _wait_outside(self, story: Story) -> None:
        report = self._report(story)
        actions.wait_outside(by=self._unit(report), report_id=report.pk, waiting_for=_WAITS[story.category])

    def _evidence(self, story: Story) -> None:
        report, held = self._report(story), _held(story, is_after=True)
        actions.add_evidence(by=self._unit(report), report_id=report.pk, kind=AttachmentKind.AFTER, held=held)

    def _resolve(self, story: Story) -> None:
        report, text = self._report(story), self.closings[story.category]
        actions.resolve_report(by=self._unit(report), report_id=report.pk, closing_text=text)

    def _rate(self, story: Story) -> None:
        by = self._citizen(story)
        actions.rate_report(by=by, report_id=self.reports[story.number], rating=story.rating, text=story.said)

    def _reopen(self, story: Story) -> None:
        actions.reopen_report(by=self._citizen(story), report_id=self.reports[story.number], text=story.said)

    def _close(self, _story: Story) -> None:
        actions.close_after_days(by=SYSTEM)

    def _refuse(self, story: Story) -> None:
        assert story.reason is not None  # noqa: S101 - what a refused story says
        pk, text = self.reports[story.number], _REFUSALS.get(story.reason, "")
        actions.refuse_report(by=self.desk, report_id=pk, reason=story.reason, text=text)

    def _withdraw(self, story: Story) -> None:
        actions.withdraw_report(by=self._citizen(story), report_id=self.reports[story.number])

    def _merge(self, story: Story) -> None:
        """The last of those at one place hangs all of them on the first."""
        same = sorted(one.number for one in stories() if one.path is Path.MERGED)
        ids = [self.reports[number] for number in same if number in self.reports]
        if story.number == same[-1] and len(ids) > 1:
            actions.merge_reports(by=self.desk, parent_id=ids[0], child_ids=ids[1:])


_SHOWN = ("accept", "publish")
_BEGUN = (*_SHOWN, "assign", "start")
_DONE = (*_BEGUN, "evidence", "resolve")
_EARLY = frozenset({*_BEGUN, "refuse", "withdraw", "reroute"})
_WAYS: dict[Path, tuple[str, ...]] = {
    Path.NEW: (),
    Path.ASKED_FIRST: ("ask_reporter",),
    Path.ACCEPTED: _SHOWN,
    Path.ASSIGNED: (*_SHOWN, "assign"),
    Path.IN_PROGRESS: _BEGUN,
    Path.REROUTED: (*_SHOWN, "assign", "reroute", "start"),
    Path.PLANNED: (*_BEGUN, "plan"),
    Path.OUTSIDE: (*_BEGUN, "wait_outside"),
    Path.ASKED: (*_BEGUN, "ask_reporter"),
    Path.RESOLVED: _DONE,
    Path.UNHAPPY: (*_DONE, "rate"),
    Path.CONTENT: (*_DONE, "rate"),
    Path.CLOSED: (*_DONE, "close"),
    Path.REOPENED: (*_DONE, "reopen"),
    Path.REFUSED: ("refuse",),
    Path.WITHDRAWN: ("withdraw",),
    Path.MERGED: ("accept", "publish", "merge"),
}


def _end(kept: Calendar, received_at: datetime, term: Term) -> datetime:
    return calendar.instant(end(kept, calendar.local(received_at), term))


def _held(story: Story, *, is_after: bool) -> Held:
    content = drawn(story.category, story.number, is_after=is_after)
    return hold_bytes(use=EVIDENCE, name="anh.jpg", chunks=iter([content]), length=len(content))
