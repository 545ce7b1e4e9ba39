"""Plays the made-up directives: every step through the real actions, in the order of time."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from PIL import Image, ImageDraw

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.calendar.queries import instant, local
from songcau.foundation.files.receiving import Held, hold_bytes
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.directives import actions
from songcau.systems.directives.actions import Task
from songcau.systems.directives.actions.evidence import EVIDENCE
from songcau.systems.directives.models import Directive
from songcau.systems.directives.permissions import REPORT
from songcau.systems.directives.rules import Due

_FILE = Path(__file__).with_name("stories.csv")
_CITY = "UBND-164"
# The accounts of the demonstration city who act; where nobody works songcau itself reports.
_LEADER, _OPERATOR, _SPECIALIST = "lanhdao", "truc", "chuyenvien"
_SIZE = (900, 640)
_END_OF_WORK = time(17)
_BACK = "Ảnh chụp cho thấy còn hai lều quán phía cuối chợ; đề nghị xử lý dứt điểm rồi báo cáo lại."
_KEEP = "Danh sách phải chốt trước Tết, đề nghị phường tăng cường người để kịp hạn."
_PART = "Đã cử cán bộ phối hợp kiểm tra hiện trường và cung cấp hồ sơ của các cơ sở trên địa bàn."


@dataclass(frozen=True, slots=True)
class Story:
    """`days_ago` it was given or drafted. `term`: working days, or after `@` days from now, where the leader sets the
    date. `said`: a report, and after a bar the reason.
    """

    number: int
    path: str
    lead: str
    supporting: tuple[str, ...]
    days_ago: int
    term: str
    urgent: bool
    title: str
    content: str
    said: str

    @property
    def report(self) -> str:
        return self.said.partition("|")[0]

    @property
    def reason(self) -> str:
        return self.said.partition("|")[2] or self.said

    @property
    def submission_id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"songcau:demo:directive:{self.number}")


def stories() -> list[Story]:
    """Those of `stories.csv`, in their order."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return [_story(number, row) for number, row in enumerate(csv.DictReader(stream))]


def _story(number: int, row: dict[str, str]) -> Story:
    return Story(
        number=number,
        path=row["path"],
        lead=row["lead"],
        supporting=tuple(row["supporting"].split()),
        days_ago=int(row["days_ago"]),
        term=row["term"],
        urgent=bool(row["urgent"]),
        title=row["title"],
        content=row["content"],
        said=row["said"],
    )


def tell_stories() -> int:
    """How many were told now; those that are there already are left as they are."""
    wanted = [one for one in stories() if not Directive.objects.filter(submission_id=one.submission_id).exists()]
    teller = _Teller(clock.now())
    deeds = sorted((deed for story in wanted for deed in teller.deeds(story)), key=lambda deed: deed.at)
    with transaction.atomic():
        for deed in deeds:
            with clock.frozen(deed.at):
                deed.do()
    return len(wanted)


@dataclass(frozen=True, slots=True)
class _Deed:
    at: datetime
    do: Callable[[], object]


@dataclass
class _Teller:
    """Knows the city, and which directive each story has become."""

    now: datetime
    made: dict[int, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wards = Agency.objects.filter(kind=Agency.Kind.WARD_COMMITTEE, path__contains=f"/{_CITY}/").order_by("code")
        self.wards = [one.code for one in wards]
        self.people = {one.username: actor_of(one) for one in Person.objects.filter(is_demo=True)}

    def deeds(self, story: Story) -> Iterator[_Deed]:
        """What happens, spread over the days since it was given."""
        steps = _WAYS[story.path]
        begun = self.now - timedelta(days=story.days_ago, hours=3, minutes=7 * story.number)
        span = (self.now - begun) * 0.9
        for nth, name in enumerate(steps):
            at = begun + span * (nth / max(len(steps), 2))
            yield _Deed(at, lambda name=name: getattr(self, f"_{name}")(story))  # type: ignore[misc]

    def _agency(self, code: str) -> Agency:
        """`WARD:3` is the fourth ward by its code, `MC-WARD:0` the counter of the first."""
        prefix, mark, number = code.partition("WARD:")
        if mark:
            ward = self.wards[int(number) % len(self.wards)]
            code = ward.replace("UBND-", "MC-") if prefix else ward
        return Agency.objects.get(code=code)

    def _leader(self) -> Actor:
        return self.people.get(_LEADER, SYSTEM)

    def _worker(self, agency: Agency) -> Actor:
        specialist = self.people.get(_SPECIALIST, SYSTEM)
        return specialist if specialist.may(REPORT, within=agency.path) else SYSTEM

    def _task(self, story: Story) -> Task:
        return Task(
            submission_id=story.submission_id,
            title=story.title,
            content=story.content,
            lead_id=self._agency(story.lead).pk,
            due=self._due(story.term),
            supporting_ids=[self._agency(code).pk for code in story.supporting],
            giver_agency_id=self._agency(_CITY).pk,
            is_urgent=story.urgent,
            is_demo=True,
        )

    def _due(self, term: str) -> Due:
        if term.startswith("@"):
            day = local(self.now).date() + timedelta(days=int(term[1:]))
            return Due(at=instant(datetime.combine(day, _END_OF_WORK)))
        return Due(working_days=int(term))

    def _found(self, story: Story) -> Directive:
        found: Directive = Directive.objects.select_related("lead").get(pk=self.made[story.number])
        return found

    def _give(self, story: Story) -> None:
        self.made[story.number] = actions.give_directive(by=self._leader(), task=self._task(story)).pk

    def _draft(self, story: Story) -> None:
        by = self.people.get(_OPERATOR, SYSTEM)
        self.made[story.number] = actions.draft_directive(by=by, task=self._task(story)).pk

    def _refuse_draft(self, story: Story) -> None:
        actions.refuse_draft(by=self._leader(), directive_id=self.made[story.number], reason=story.said)

    def _start(self, story: Story) -> None:
        directive = self._found(story)
        actions.start_work(by=self._worker(directive.lead), directive_id=directive.pk)

    def _report(self, story: Story) -> None:
        directive = self._found(story)
        percent = 35 + 5 * (story.number % 9)
        files = [_picture(story, percent)]
        by = self._worker(directive.lead)
        actions.report_progress(by=by, directive_id=directive.pk, percent=percent, text=story.report, files=files)

    def _contribute(self, story: Story) -> None:
        agency = self._agency(story.supporting[0])
        by = self._worker(agency)
        actions.contribute(by=by, directive_id=self.made[story.number], agency_id=agency.pk, text=_PART)

    def _ask(self, story: Story) -> None:
        directive = self._found(story)
        assert directive.due_at is not None  # noqa: S101  # it was given
        wanted = max(directive.due_at, self.now) + timedelta(days=10)
        actions.ask_extension(
            by=self._worker(directive.lead), directive_id=directive.pk, due_at=wanted, reason=story.reason
        )

    def _approve(self, story: Story) -> None:
        actions.decide_extension(by=self._leader(), directive_id=self.made[story.number], approved=True)

    def _keep(self, story: Story) -> None:
        by = self._leader()
        actions.decide_extension(by=by, directive_id=self.made[story.number], approved=False, answer=_KEEP)

    def _finish(self, story: Story) -> None:
        directive = self._found(story)
        by, files = self._worker(directive.lead), [_picture(story, 100)]
        actions.finish_work(by=by, directive_id=directive.pk, text=story.report, files=files)

    def _send_back(self, story: Story) -> None:
        actions.send_back(by=self._leader(), directive_id=self.made[story.number], reason=_BACK)

    def _accept(self, story: Story) -> None:
        actions.accept_result(by=self._leader(), directive_id=self.made[story.number])

    def _withdraw(self, story: Story) -> None:
        actions.withdraw_directive(by=self._leader(), directive_id=self.made[story.number], reason=story.said)

    def _wait(self, _story: Story) -> None:
        """Time goes on."""


# What happens to a directive, one after the other; the steps of one way are spread evenly over its days.
_WAYS: dict[str, tuple[str, ...]] = {
    "DRAFT": ("draft",),
    "DRAFT_REFUSED": ("draft", "refuse_draft"),
    "GIVEN": ("give",),
    "IN_PROGRESS": ("give", "start", "report"),
    "SOON": ("give", "start", "report"),
    "LATE": ("give", "start", "report"),
    "SUPPORTED": ("give", "start", "contribute", "report"),
    "EXTENSION": ("give", "start", "report", "ask"),
    "EXTENDED": ("give", "start", "report", "ask", "approve"),
    "EXTENSION_REFUSED": ("give", "start", "report", "ask", "keep"),
    "DONE": ("give", "start", "report", "finish"),
    "SENT_BACK": ("give", "start", "finish", "send_back"),
    "CLOSED": ("give", "start", "finish", "accept", "wait", "wait", "wait"),
    "CLOSED_LATE": ("give", "start", "report", "finish", "accept"),
    "WITHDRAWN": ("give", "withdraw"),
}


def _picture(story: Story, percent: int) -> Held:
    """A drawing that says it is one; nobody's photograph is used."""
    drawn = Image.new("RGB", _SIZE, (226, 232, 228))
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 430, 900, 640), fill=(112, 116, 120))
    for left in range(0, 900, 150):
        pen.rectangle((left + 20, 250, left + 120, 430), fill=(206, 190, 164))
        pen.rectangle((left + 45, 290, left + 95, 350), fill=(128, 158, 176))
    pen.rectangle((60, 520, 60 + int(7.8 * percent), 560), fill=(63, 125, 78))
    pen.rectangle((60, 520, 840, 560), outline=(30, 50, 50), width=4)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=80)
    content = out.getvalue()
    return hold_bytes(use=EVIDENCE, name="anh-hien-truong.jpg", chunks=iter([content]), length=len(content))
