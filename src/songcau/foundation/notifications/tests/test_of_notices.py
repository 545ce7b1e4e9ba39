"""What notifications hold about a person is on the page of one's own data, and no more than asked for."""

import pytest

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.sources import registered
from songcau.foundation.notifications.models import ZaloFollower
from songcau.foundation.notifications.of_notices import OfNotices
from songcau.foundation.notifications.tests.conftest import MORNING
from songcau.foundation.notifications.tests.telling import tell

pytestmark = pytest.mark.django_db


def test_the_source_is_among_those_of_the_city() -> None:
    assert any(isinstance(source, OfNotices) for source in registered())


def test_everything_held_is_shown_to_whom_it_is_about_and_nobody_elses(lan: Person, binh: Person) -> None:
    ZaloFollower.objects.create(person=lan, user_id="77", linked_at=MORNING)
    for n in range(3):
        tell(lan, key=str(n))
    tell(binh, key="strange")
    notices, messages, choices = OfNotices().held_about(lan.pk, most=2)
    assert (len(notices.rows), notices.left_out) == (2, 1)
    assert notices.rows[0][1] == "Report of Nguyễn Văn Kín"
    assert (len(messages.rows), messages.left_out) == (2, 7)
    assert choices.rows == [("21:00", "07:00", "77")]
    whole = OfNotices().held_about(binh.pk, most=200)
    assert (whole[0].left_out, whole[1].left_out, whole[2].rows[0][2]) == (0, 0, "")
    assert all(section.as_data()["rows"] for section in whole)
