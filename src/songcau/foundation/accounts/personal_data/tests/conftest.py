"""A ward, its people, and an officer of the city who answers them."""

import pytest

from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.tests import conftest as of_accounts
from songcau.foundation.accounts.tests.people import AT, give, make_person
from songcau.kernel import clock

tree = of_accounts.tree


@pytest.fixture
def now(db):
    with clock.frozen(AT):
        yield AT


@pytest.fixture
def an(tree, now):
    return make_person("van-an", tree["W1"], "Nguyễn Văn An", email="an@example.vn", phone="0912345678")


@pytest.fixture
def officer(tree, now):
    person = make_person("bao-ve", tree["C"], "Đặng Thị Mẫu")
    give(person, Role.DATA_PROTECTION_OFFICER, tree["C"])
    return actor_of(person)
