"""Many reports at once: what can be done is done, what cannot is told one by one."""

from uuid import uuid4

import pytest

from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.rules import ChangedMeanwhile
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions import (
    Chosen,
    accept_reports,
    assign_reports,
    bulk,
    close_reports,
    publish_reports,
    recategorise_reports,
    refuse_reports,
)
from songcau.systems.citizen_reports.actions.bulk import TooManyAtOnce
from songcau.systems.citizen_reports.actions.record import ReportUnknown
from songcau.systems.citizen_reports.actions.showing import ReportIsPrivate
from songcau.systems.citizen_reports.rules import RefusalReason, State
from songcau.systems.citizen_reports.tests.town import Town, found, send
from songcau.systems.citizen_reports.tests.working import resolved


def test_each_refusal_is_told_beside_its_report(town: Town) -> None:
    good, stale, private, unknown = send(), send(), send(is_private=True), uuid4()
    chosen = [Chosen(good.pk, good.version), Chosen(stale.pk, 99), Chosen(private.pk), Chosen(unknown)]
    outcome = accept_reports(by=town.desk, chosen=chosen)
    assert outcome.done == [good.pk, private.pk]
    why = {one: type(refusal) for one, refusal in outcome.refused.items()}
    assert why == {stale.pk: ChangedMeanwhile, unknown: ReportUnknown}
    told = publish_reports(by=town.desk, chosen=[Chosen(good.pk), Chosen(private.pk)])
    assert (told.done, type(told.refused[private.pk])) == ([good.pk], ReportIsPrivate)
    moved = recategorise_reports(by=town.desk, chosen=[Chosen(good.pk)], category="STREET_LAMP")
    given = assign_reports(by=town.desk, chosen=[Chosen(good.pk)], agency_id=town.office.pk)
    assert (moved.done, given.done, found(good.pk).agency) == ([good.pk], [good.pk], town.office)


def test_refusing_and_closing_many(town: Town) -> None:
    first, second, done = send(), send(), resolved(town)
    spam = refuse_reports(by=town.desk, chosen=[Chosen(first.pk)], reason=RefusalReason.SPAM)
    many = {"by": town.desk, "reason": RefusalReason.UNCLEAR, "text": "Không rõ ở đâu"}
    unclear = refuse_reports(chosen=[Chosen(second.pk)], **many)
    assert (spam.done, type(unclear.refused[second.pk])) == ([first.pk], rules.ReporterNotAsked)
    closed = close_reports(by=town.desk, chosen=[Chosen(done.pk), Chosen(done.pk), Chosen(first.pk)])
    assert (closed.done, list(closed.refused)) == ([done.pk], [first.pk])
    assert found(done.pk).state == State.CLOSED
    assert type(close_reports(by=town.head, chosen=[Chosen(done.pk)]).refused[done.pk]) is NotYours


def test_there_is_an_end_to_many(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    with pytest.raises(TooManyAtOnce):
        accept_reports(by=town.desk, chosen=[Chosen(uuid4()), Chosen(uuid4())])
