"""The demonstration city has made-up addresses and a first notice for each, and only once."""

import pytest

from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.demo import seed_notices
from songcau.foundation.notifications.models import Notice
from songcau.foundation.notifications.sending import send_due
from songcau.foundation.notifications.tests.telling import simulated, states
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db


def test_made_up_people_get_made_up_addresses_once(lan: Person, binh: Person) -> None:
    Person.objects.filter(pk=lan.pk).update(is_demo=True, email="", phone="")
    assert [seed_notices(SYSTEM), seed_notices(SYSTEM)] == [1, 0]
    lan.refresh_from_db()
    assert (lan.email, lan.phone) == ("lan@songcau.example", "+12025550101")
    assert not Notice.objects.filter(person=binh).exists(), "nobody real is told anything"
    send_due()
    assert set(states(lan).values()) == {"DELIVERED"}
    assert simulated("zalo")[0]["to"] == "demo-lan"
