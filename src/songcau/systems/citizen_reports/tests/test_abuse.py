"""False reports lead to warnings, then to a block; whoever is blocked objects; nobody has to know who it is."""

from datetime import timedelta
from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import block_source, submit_report, unblock, uphold, warn_source
from songcau.systems.citizen_reports.actions.abuse import BlockUnfit, SourceUnknown, WarnedForThis, appeal
from songcau.systems.citizen_reports.actions.record import ReportWordsMissing
from songcau.systems.citizen_reports.actions.submitting import Contact
from songcau.systems.citizen_reports.models import Report, Standing
from songcau.systems.citizen_reports.rules import Visibility
from songcau.systems.citizen_reports.tests.conftest import NOW
from songcau.systems.citizen_reports.tests.town import Town, draft, found
from songcau.systems.citizen_reports.tests.working import later, lines

FALSE = "Đã đến xem: không có ổ gà nào ở đây."
OBJECTION = "Tôi có phản ánh đúng, hôm đó đoạn đường vừa được vá xong. Gọi 0912345678."


def sent(source: str = "10.0.0.7", at: timedelta = timedelta(), name: str = "") -> Report:
    with clock.frozen(NOW + at):
        return found(submit_report(by=NOBODY, draft=draft(), contact=Contact(source=source, name=name)).report_id)


def test_two_warnings_then_a_week_then_a_month(town: Town) -> None:
    reports = [sent(at=timedelta(hours=-hours)) for hours in (8, 6, 4, 2)]
    blocks = [warn_source(by=town.desk, report_id=one.pk, reason=FALSE).blocked_until for one in reports]
    assert blocks == [None, None, NOW + rules.FIRST_BLOCK, NOW + rules.LATER_BLOCK]
    standing = Standing.objects.get()
    assert (standing.warnings, standing.report_id, standing.reason) == (4, reports[3].pk, FALSE)
    assert lines(reports[0], "false_report").visibility == Visibility.CENTRE
    assert Event.objects.filter(name__endswith="SourceBlocked").count() == 4
    with pytest.raises(rules.ReportingBlocked):
        sent()
    assert sent("10.0.0.8")


def test_a_source_is_warned_once_for_a_report_and_only_where_it_is_known(town: Town) -> None:
    report = sent()
    with pytest.raises(NotYours):
        warn_source(by=town.officer, report_id=report.pk, reason=FALSE)
    with pytest.raises(ReportWordsMissing):
        warn_source(by=town.desk, report_id=report.pk, reason="")
    warn_source(by=town.desk, report_id=report.pk, reason=FALSE)
    with pytest.raises(WarnedForThis):
        warn_source(by=town.desk, report_id=report.pk, reason=FALSE)
    with pytest.raises(SourceUnknown):
        warn_source(by=town.desk, report_id=sent("").pk, reason=FALSE)


def test_the_centre_blocks_at_once_and_a_warning_does_not_shorten_it(town: Town) -> None:
    report = sent()
    with pytest.raises(NotYours):
        block_source(by=town.officer, report_id=report.pk, days=3, reason=FALSE)
    for days in (0, 366):
        with pytest.raises(BlockUnfit):
            block_source(by=town.desk, report_id=report.pk, days=days, reason=FALSE)
    block_source(by=town.desk, report_id=report.pk, days=90, reason=FALSE)
    standing = warn_source(by=town.desk, report_id=report.pk, reason=FALSE)
    assert (standing.blocked_until, standing.warnings) == (later(days=90), 2)


def test_whoever_is_blocked_objects_once_and_is_answered(town: Town) -> None:
    with pytest.raises(rules.NothingToAppeal):
        appeal(source="10.0.0.7", text=OBJECTION)
    with pytest.raises(rules.NothingToAppeal):
        appeal(source="", text=OBJECTION)
    report = sent(name="Trần Thị Bưởi")
    block_source(by=town.desk, report_id=report.pk, days=9, reason=FALSE)
    with pytest.raises(rules.AppealTextMissing):
        appeal(source="10.0.0.7", text="Không")
    standing = appeal(source="10.0.0.7", text=f"{OBJECTION} Trần Thị Bưởi")
    assert "0912345678" not in standing.appeal_text
    assert "Bưởi" not in standing.appeal_text
    with pytest.raises(rules.AppealOpenAlready):
        appeal(source="10.0.0.7", text=OBJECTION)
    with pytest.raises(NotYours):
        uphold(by=town.officer, standing_id=standing.pk, reason=FALSE)
    uphold(by=town.desk, standing_id=standing.pk, reason=FALSE)
    with pytest.raises(rules.ReportingBlocked):
        sent()
    appeal(source="10.0.0.7", text=OBJECTION)
    with pytest.raises(NotYours):
        unblock(by=town.officer, standing_id=standing.pk, reason="Đúng như người gửi nói")
    with pytest.raises(SourceUnknown):
        unblock(by=town.desk, standing_id=uuid4(), reason="Đúng như người gửi nói")
    unblock(by=town.desk, standing_id=standing.pk, reason="Đúng như người gửi nói")
    assert (Standing.objects.get().warnings, Standing.objects.get().blocked_until) == (1, None)
    unblock(by=town.desk, standing_id=standing.pk, reason="Đúng như người gửi nói", clear_warnings=True)
    assert Standing.objects.get().warnings == 0
    assert sent()
