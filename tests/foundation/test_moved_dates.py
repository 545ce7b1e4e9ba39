"""From a decree over the question it raises to the date of a request about personal data."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from songcau.entry.reactions import install_all
from songcau.foundation.accounts.personal_data.actions import make_request
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import RequestKind
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests.people import actor_with, make_agency, make_person
from songcau.foundation.calendar.actions import decide_impacts, promise_date, record_decree
from songcau.foundation.calendar.actions.promises import PromisedFor
from songcau.foundation.calendar.deadlines import Method, Term
from songcau.foundation.calendar.models import Impact
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.rules import State
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def work() -> None:
    while claimed := claim_next("test"):
        deliver(claimed)
    assert not Delivery.objects.filter(state=State.WAITING, attempts__gt=0).exists(), "a reaction failed"


@pytest.mark.parametrize("move", [True, False])
def test_a_decree_asks_about_the_date_of_a_request_and_a_decision_moves_it(move: bool) -> None:
    install_all()
    with clock.frozen(at("2026-11-25 09:00")):
        ward = make_agency("UBND-1")
        asked = make_request(
            by=actor_of(make_person("lan", ward)), kind=RequestKind.CORRECTION, text="Tên viết sai dấu."
        )
        promise_date(
            by=SYSTEM,
            subject=PromisedFor("tests.dossier", new_id(), "Hồ sơ"),
            agency_id=ward.pk,
            received_at=clock.now(),
            term=Term(Method.DAYS, 2),
        )
        root = actor_with(Role.SYSTEM_ADMINISTRATOR, ward)
        record_decree(
            by=root,
            agency_id=None,
            document="15/QĐ-TTg",
            document_on=date(2026, 11, 20),
            reason="nghỉ bù",
            off=[date(2026, 11, 27)],
        )
        work()
        chosen = list(Impact.objects.open().values_list("pk", flat=True))
        assert len(chosen) == 2
        decide_impacts(by=root, impact_ids=chosen, move=move, basis="Thông báo 5/TB")
        work()
    now = DataRequest.objects.get(pk=asked.pk)
    told, later = at("2026-11-27 17:00"), at("2026-11-30 17:00")
    assert (now.due_at, now.first_due_at) == ((later, told) if move else (told, None))
