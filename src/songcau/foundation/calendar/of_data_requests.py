"""The dates of requests about personal data, promised as those of every city system are."""

from datetime import datetime
from uuid import UUID

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.actions.promises import PromisedFor, cancel_promise, promise_date, settle_promise
from songcau.foundation.calendar.deadlines import Method, Term
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.queries import due_at, promises_of
from songcau.foundation.calendar.rules import PromiseState
from songcau.kernel.actor import Actor

KIND = "personal_data.request"


class DatesOfDataRequests:
    """What `accounts.personal_data.due` asks for. A request of before the calendar kept them has no promise to end."""

    def promise(
        self, *, by: Actor, request_id: UUID, label: str, agency_id: UUID | None, received_at: datetime, days: int
    ) -> datetime:
        agency_id = agency_id or _over_all()
        if agency_id is None:
            return due_at(received_at, days)
        made = promise_date(
            by=by,
            subject=PromisedFor(KIND, request_id, label),
            agency_id=agency_id,
            received_at=received_at,
            term=Term(Method.DAYS, days),
        )
        return made.due_at

    def settle(self, *, by: Actor, request_id: UUID) -> None:
        if promise := _open_one(request_id):
            settle_promise(by=by, promise_id=promise.pk)

    def cancel(self, *, by: Actor, request_id: UUID) -> None:
        if promise := _open_one(request_id):
            cancel_promise(by=by, promise_id=promise.pk)


def _open_one(request_id: UUID) -> Promise | None:
    return promises_of(KIND, request_id).filter(state=PromiseState.OPEN).first()


def _over_all() -> UUID | None:
    """The agency at the top; None in a city that has no agencies yet."""
    tops = Agency.objects.still_open().filter(parent=None).order_by("opened_on", "path")
    found: UUID | None = tops.values_list("pk", flat=True).first()
    return found
