"""What people ask about their own data: made, taken, answered, carried out, withdrawn."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from songcau.foundation.accounts.actions.people import correct_person, locked_person
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data import permissions, rules
from songcau.foundation.accounts.personal_data.due import promised_dates
from songcau.foundation.accounts.personal_data.events import (
    DataRequestAnswered,
    DataRequestDateMoved,
    DataRequestReceived,
    DataRequestTaken,
    DataRequestWithdrawn,
    OwnDataExported,
)
from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import REQUEST, Ground, Outcome, RequestKind, RequestState
from songcau.foundation.accounts.personal_data.sources import known_code
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor


@transaction.atomic
def make_request(*, by: Actor, kind: RequestKind, text: str, about: str = "") -> DataRequest:
    """Ask about one's own data; `about` the code of a source, empty for all. Raises RequestTextMissing,
    RequestOpenAlready.
    """
    person = locked_person(by.id)
    now = clock.now()
    request = DataRequest(
        person=person,
        kind=kind,
        about=known_code(about),
        text=rules.usable_text(text),
        received_at=now,
    )
    request.due_at = promised_dates().promise(
        by=by,
        request_id=request.id,
        label=_called(now),
        agency_id=person.home_id,
        received_at=now,
        days=rules.WORKING_DAYS,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise rules.RequestOpenAlready() from None
    event = DataRequestReceived(request.id, person.id, str(kind), request.due_at)
    _done(by, "make_request", request, event, kind=str(kind), about=request.about, due_at=request.due_at.isoformat())
    return request


@transaction.atomic
def withdraw_request(*, by: Actor, request_id: UUID) -> DataRequest:
    """By the person who asked, until it is answered. Raises NotYours, TransitionRefused."""
    request = _locked(request_id)
    permissions.require_own(by, request)
    request.state = REQUEST.step(RequestState(request.state), "withdraw")
    request.withdrawn_at = clock.now()
    request.save()
    promised_dates().cancel(by=by, request_id=request.id)
    _done(by, "withdraw_request", request, DataRequestWithdrawn(request.id, request.person_id))
    return request


@transaction.atomic
def take_request(*, by: Actor, request_id: UUID) -> DataRequest:
    """Begin to work on it. Raises NotYours, NotToOneself, TransitionRefused."""
    request = _locked(request_id)
    permissions.require_answer(by, request)
    request.state = REQUEST.step(RequestState(request.state), "take")
    request.officer_id, request.taken_at = row_of(by), clock.now()
    request.save()
    _done(by, "take_request", request, DataRequestTaken(request.id, request.person_id, by.id))
    return request


@transaction.atomic
def answer_request(
    *, by: Actor, request_id: UUID, outcome: Outcome, answer: str, ground: Ground | None = None
) -> DataRequest:
    """The answer the person reads. Raises NotYours, NotToOneself, TransitionRefused, AnswerMissing, GroundMissing,
    GroundUnneeded.
    """
    request = _locked(request_id)
    permissions.require_answer(by, request)
    state = REQUEST.step(RequestState(request.state), "answer")
    request.answer = rules.usable_answer(answer, outcome, ground)
    request.state, request.outcome, request.ground = state, outcome, ground or ""
    request.officer_id, request.answered_at = row_of(by), clock.now()
    request.save()
    promised_dates().settle(by=by, request_id=request.id)
    late = request.answered_at > request.due_at
    event = DataRequestAnswered(request.id, request.person_id, str(outcome), late)
    _done(by, "answer_request", request, event, outcome=str(outcome), ground=request.ground, late=late)
    return request


@transaction.atomic
def note_moved_date(*, by: Actor, request_id: UUID, due_at: datetime) -> None:
    """The promised date was moved by a decision; the first one stays beside it. Nothing once the request is closed."""
    request = _locked(request_id)
    if not request.is_open or request.due_at == due_at:
        return
    request.first_due_at = request.first_due_at or request.due_at
    request.due_at = due_at
    request.save(update_fields=["first_due_at", "due_at"])
    event = DataRequestDateMoved(request.id, request.person_id, due_at)
    _done(by, "move_date", request, event, due_at=due_at.isoformat())


@transaction.atomic
def correct_for_request(*, by: Actor, request_id: UUID, version: int, full_name: str, email: str, phone: str) -> Person:
    """Carry out what a person asked: the name, or an address that is put right or emptied.

    Raises NotYours, NotToOneself, NothingToCorrect, and what `correct_person` raises.
    """
    request = _locked(request_id)
    permissions.require_answer(by, request)
    rules.require_correctable(RequestKind(request.kind), RequestState(request.state))
    return correct_person(
        by=by,
        person_id=request.person_id,
        version=version,
        full_name=full_name,
        email=email,
        phone=phone,
        basis=f"personal_data.request:{request.id}",
    )


@transaction.atomic
def record_export(*, by: Actor) -> None:
    """Note that a person takes a copy of what is held about them, before a byte of it is sent."""
    subject = f"accounts.person:{by.id}"
    record_entry(by=by, action="personal_data.export_own_data", subject=subject)
    announce(OwnDataExported(by.id), subject=subject, by=by)


def _called(received_at: datetime) -> str:
    """How those who decide on promised dates read it: without the person and what is asked."""
    at = timezone.localtime(received_at)
    with translation.override(settings.LANGUAGE_CODE):
        said = _("Request about personal data received at %(hour)s on %(day)s")
        return said % {"hour": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}


def _locked(request_id: UUID) -> DataRequest:
    return (
        DataRequest.objects.select_related("person__home")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=request_id)
    )


def _done(by: Actor, verb: str, request: DataRequest, event: object, **details: object) -> None:
    subject = f"accounts.person:{request.person_id}"
    facts = {"request": str(request.id), **details}
    record_entry(by=by, action=f"personal_data.{verb}", subject=subject, details=facts)
    announce(event, subject=subject, by=by)
