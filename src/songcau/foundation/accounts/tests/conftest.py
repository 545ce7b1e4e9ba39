"""The outbox of a process that reacts to nothing, and an empty cache for each test."""

import pytest
from django.core.cache import cache

from songcau.foundation.accounts import roles
from songcau.foundation.accounts.tests.people import make_agency, make_person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox import reactions


@pytest.fixture(autouse=True)
def _outbox():
    before = list(reactions._installed)
    reactions.install((), (), record=record_entry)
    yield
    reactions._installed[:] = before


@pytest.fixture(autouse=True)
def _roles_as_they_were():
    before = dict(roles._added)
    yield
    roles._added.clear()
    roles._added.update(before)


@pytest.fixture
def tree(db):
    """Province → city → two wards, one with a desk; and a city of another province."""
    cache.clear()
    province = make_agency("P")
    city = make_agency("C", province)
    ward = make_agency("W1", city)
    desk = make_agency("D1", ward)
    other_ward = make_agency("W10", city)
    elsewhere = make_agency("P2")
    return {one.code: one for one in (province, city, ward, desk, other_ward, elsewhere)}


@pytest.fixture
def lan(tree):
    return make_person("lan", tree["W1"], full_name="Trần Thị Lan")
