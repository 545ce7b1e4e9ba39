"""Dead letters, workers and people for the tests of the administration's pages."""

from datetime import timedelta

from django.test import Client

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.roles import Role, facts_of
from songcau.foundation.accounts.tests.people import give, make_agency, make_person, sign_in
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.models import Delivery, Event, WorkerBeat
from songcau.foundation.outbox.rules import State
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM


def person_with(role: Role | None, username: str = "") -> Person:
    agency = make_agency(f"CQ-{Person.objects.count()}")
    person = make_person(username or (role or "khong-vai-tro").lower().replace("_", "-"), agency)
    if role:
        give(person, role, None if facts_of(role).whole_city else agency)
    return person


def client_of(role: Role | None, username: str = "") -> Client:
    client = Client()
    sign_in(client, person_with(role, username))
    return client


def make_delivery(
    subject: str = "accounts.person:1", reaction: str = "thu.nhan", state: State = State.DEAD, **more: object
) -> Delivery:
    event = Event.objects.create(
        name="PersonAdded",
        subject=subject,
        payload={"person": "019b", "note": "riêng tư"},
        actor_id=SYSTEM.id,
        actor_label="Trần Văn Mẫu (kiemtoan)",
        at=clock.now() - timedelta(minutes=5),
    )
    facts: dict[str, object] = {"attempts": 8, "faults": 8, "last_error": "KeyError", "next_at": clock.now(), **more}
    return Delivery.objects.create(event=event, reaction=reaction, subject=subject, state=state, **facts)


def make_worker(seconds_ago: float = 0, name: str = "worker-1") -> WorkerBeat:
    at = clock.now() - timedelta(seconds=seconds_ago)
    return WorkerBeat.objects.create(worker=name, threads=4, started_at=at, beat_at=at)


def install(*jobs: reactions.Job) -> None:
    from songcau.foundation.outbox.tasks import REACTIONS

    reactions.install(REACTIONS, jobs, record=record_entry)
