"""What an officer lends for a leave does not decide the officer's own affairs."""

from datetime import timedelta

import pytest

from songcau.foundation.accounts import actions as accounts
from songcau.foundation.accounts.permissions import NotToOneself
from songcau.foundation.accounts.personal_data import actions
from songcau.foundation.accounts.personal_data.models import CuriosityAlarm, DataRequest
from songcau.foundation.accounts.personal_data.rules import RequestKind
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests import conftest as of_accounts
from songcau.foundation.accounts.tests.people import AT, give, make_person

lan = of_accounts.lan


@pytest.fixture
def holder(tree, now):
    """An officer for data protection, in the whole city."""
    person = make_person("bao-ve-2", tree["P"], "Đặng Thị Hai")
    person.role = give(person, Role.DATA_PROTECTION_OFFICER)
    return person


def lend(holder, to):
    return accounts.delegate_role(
        by=actor_of(holder),
        grant_id=holder.role.id,
        delegate_id=to.id,
        ends_at=AT + timedelta(days=10),
        reason="Nghỉ phép",
    )


def test_nobody_answers_what_the_lender_of_the_right_asked(tree, lan, holder):
    asked = actions.make_request(by=actor_of(holder), kind=RequestKind.OBJECTION, text="Không đồng ý.")
    lend(holder, lan)
    by = actor_of(lan)
    assert not DataRequest.objects.visible_to(by).exists()
    with pytest.raises(NotToOneself):
        actions.take_request(by=by, request_id=asked.id)
    give(lan, Role.DATA_PROTECTION_OFFICER, tree["P"])
    assert DataRequest.objects.visible_to(actor_of(lan)).get() == asked
    actions.take_request(by=actor_of(lan), request_id=asked.id)


def test_nobody_settles_an_alarm_about_the_lender_of_the_right(tree, lan, holder):
    alarm = CuriosityAlarm.objects.create(at=AT, reader=holder, people=31)
    lend(holder, lan)
    with pytest.raises(NotToOneself):
        actions.settle_alarm(by=actor_of(lan), alarm_id=alarm.id, finding="Không sao.")
    other = CuriosityAlarm.objects.create(at=AT, reader=make_person("khac", tree["W1"]), people=31)
    actions.settle_alarm(by=actor_of(lan), alarm_id=other.id, finding="Rà soát theo kế hoạch.")
