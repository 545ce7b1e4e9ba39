"""Who may read looks, settle alarms and answer requests: data protection officers, each in their agencies."""

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.permissions import (
    NotYours,
    require,
    require_another,
    require_not_for_lender,
)
from songcau.foundation.accounts.personal_data.models import ANSWER, VIEW_LOOKS, DataRequest
from songcau.kernel.actor import Actor


def require_settle(by: Actor, reader: Person) -> None:
    """Nobody settles what they, or who lent them the right, did themselves. Raises NotYours, NotToOneself."""
    require(by, VIEW_LOOKS, reader.home)
    require_another(by, reader)
    require_not_for_lender(by, VIEW_LOOKS, reader)


def require_answer(by: Actor, request: DataRequest) -> None:
    """Nobody answers what they, or who lent them the right, asked. Raises NotYours, NotToOneself."""
    require(by, ANSWER, request.person.home)
    require_another(by, request.person)
    require_not_for_lender(by, ANSWER, request.person)


def require_own(by: Actor, request: DataRequest) -> None:
    """Raises NotYours."""
    if request.person_id != by.id:
        raise NotYours()
