"""What happens to a directive, from the action over the outbox to the inboxes of those whom it concerns."""

# ruff: noqa: F811 - fixtures are imported, and asked for by name
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from songcau.entry.reactions import jobs, reactions
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.events import PromisedDateMoved
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.rendering import in_language
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.reactions import install
from songcau.foundation.outbox.rules import State as DeliveryState
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.directives import actions
from songcau.systems.directives.models import Evidence
from songcau.systems.directives.queries import telling
from songcau.systems.directives.rules import Due, EvidenceState
from songcau.systems.directives.tasks import JOBS
from songcau.systems.directives.tests.conftest import _files_of_its_own, _stands, town  # noqa: F401
from songcau.systems.directives.tests.town import DONE, WHY, Town, drafted, found, given, held, later


@pytest.fixture(autouse=True)
def _whole_city(db: None) -> None:
    # The live map needs a broker; nothing of it is asked here.
    install([one for one in reactions() if "on_the_map" not in one.name], jobs(), record=record_entry)


def work() -> None:
    """What a worker does until nothing is left."""
    while claimed := claim_next("test"):
        deliver(claimed)
    failed = Delivery.objects.filter(attempts__gt=0, state__in=(DeliveryState.WAITING, DeliveryState.DEAD))
    assert list(failed.values_list("reaction", "last_error")) == []


def told(of: Actor) -> list[str]:
    rows = Notice.objects.filter(person_id=of.id).order_by("created_at", "pk")
    return [kind.removeprefix("directives.") for kind in rows.values_list("kind", flat=True)]


def test_those_who_lead_and_support_are_told_each_in_their_way(town: Town) -> None:
    directive = given(town, supporting_ids=[town.office.pk])
    work()
    assert (told(town.officer), told(town.head), told(town.engineer)) == (["given"], ["given"], ["support"])
    assert told(town.neighbour) == told(town.mayor) == []
    notice = Notice.objects.filter(person_id=town.officer.id).get()
    assert notice.link == f"/directives/{directive.pk}/"
    for language in ("vi", "en"):
        with translation.override(language):
            shown = in_language(notice, language)
        assert directive.code in shown.title
        assert directive.title in shown.body


def test_an_urgent_one_is_told_as_urgent(town: Town) -> None:
    given(town, is_urgent=True)
    work()
    assert told(town.officer) == ["given_urgent"]


def test_a_draft_waits_for_its_leaders_and_who_wrote_it_hears(town: Town) -> None:
    draft = drafted(town)
    work()
    assert told(town.mayor) == told(town.deputy) == ["drafted"]
    assert told(town.officer) == []
    actions.refuse_draft(by=town.mayor, directive_id=draft.pk, reason=WHY)
    gone = drafted(town)
    actions.withdraw_directive(by=town.desk, directive_id=gone.pk, reason=WHY)
    work()
    assert told(town.desk) == ["draft_refused"]
    assert told(town.officer) == []


def test_the_one_who_gave_it_decides_and_the_agencies_hear(town: Town) -> None:
    directive = given(town, supporting_ids=[town.office.pk])
    key = {"directive_id": directive.pk}
    actions.assign_officer(by=town.officer, officer_id=town.officer.id, **key)
    actions.contribute(by=town.engineer, agency_id=town.office.pk, text=DONE, files=[held()], **key)
    actions.ask_extension(by=town.officer, due_at=later(days=30), reason=WHY, **key)
    work()
    assert told(town.officer) == ["given", "contributed"]
    assert told(town.head) == []
    assert (told(town.mayor), told(town.deputy)) == (["extension_asked"], [])
    assert Evidence.objects.get().state == EvidenceState.READY
    actions.decide_extension(by=town.mayor, approved=True, **key)
    actions.ask_extension(by=town.officer, due_at=later(days=60), reason=WHY, **key)
    actions.decide_extension(by=town.mayor, approved=False, answer=WHY, **key)
    actions.finish_work(by=town.officer, text=DONE, files=[held()], **key)
    actions.send_back(by=town.mayor, reason=WHY, **key)
    actions.finish_work(by=town.officer, text=DONE, **key)
    actions.accept_result(by=town.mayor, **key)
    work()
    assert sorted(told(town.officer)) == sorted(
        ["given", "contributed", "extension_approved", "extension_refused", "sent_back", "closed"]
    )
    assert sorted(told(town.engineer)) == sorted(["support", "extension_approved", "extension_refused", "closed"])
    assert told(town.mayor).count("done") == 2


def test_changes_support_asked_later_reminders_and_withdrawal_are_told(town: Town) -> None:
    directive = given(town)
    work()
    key = {"directive_id": directive.pk}
    facts = {"title": directive.title, "content": directive.content, "is_urgent": False}
    actions.change_directive(by=town.mayor, supporting_ids=[town.office.pk], **facts, **key)
    actions.assign_officer(by=town.officer, officer_id=town.officer.id, **key)
    actions.nudge_directive(by=town.mayor, **key)
    actions.withdraw_directive(by=town.mayor, reason=WHY, **key)
    work()
    assert sorted(told(town.engineer)) == sorted(["changed", "support", "nudged", "withdrawn"])
    assert set(told(town.officer)) == {"given", "changed", "nudged", "withdrawn"}


def test_what_falls_due_is_told_to_the_agency_and_then_to_who_gave_it(town: Town) -> None:
    given(town, due=Due(at=later(days=8)))
    jobs_by_name = {job.name: job for job in JOBS}
    for days in (7, 8.5, 12):
        with clock.frozen(later(days=days)):
            jobs_by_name["directives.tell_fallen_due"].run()
            work()
    assert told(town.officer) == ["given", "soon", "late", "late"]
    assert told(town.mayor) == ["late_to_giver", "late_to_giver"]
    for job in JOBS:
        job.run()


def test_a_moved_promise_moves_the_directive(town: Town) -> None:
    directive = given(town)
    assert directive.due_at is not None
    moved = directive.due_at + timedelta(days=1)
    event = PromisedDateMoved(uuid4(), "directives.directive", directive.pk, directive.due_at, moved)
    announce(event, subject="calendar.promise:x", by=SYSTEM)
    work()
    assert found(directive.pk).due_at == moved


def test_of_a_directive_there_is_not_nobody_is_told() -> None:
    nothing = uuid4()
    assert telling.facts_of(nothing) is None
    assert telling.leaders_of(nothing) == telling.workers_of(nothing) == telling.supporters_of(nothing) == []
    assert telling.drafter_of(nothing) == []
