"""Telling people something: the notice stands in their inbox at the commit, and goes its other ways after it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.queries import those_who_may
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.notifications import rules
from songcau.foundation.notifications.events import NoticesGiven
from songcau.foundation.notifications.kinds import Kind, kind_of, require_params
from songcau.foundation.notifications.models import Delivery, Notice, Preference, QuietHours
from songcau.foundation.notifications.readiness import reachable
from songcau.foundation.notifications.rules import NOTICE, TOGETHER_FOR, USUAL_QUIET, Channel, Quiet, State, Urgency
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor

AT_ONCE = 500


@transaction.atomic
def notify(
    *,
    by: Actor,
    people: Iterable[UUID],
    kind: str,
    params: Mapping[str, str],
    subject: str,
    link: str = "",
    key: str = "",
    only: Collection[Channel] | None = None,
) -> int:
    """Tell these people; how many of them were told by this call.

    The same kind, subject and `key` is told to a person once, however often this is called: give an event's id as the
    key where a thing may happen to a subject again. `link` is a path of this site. `only` leaves out the other
    outside channels. Who does not hold the kind's permission is passed over.
    Raises KindUnknown and ParamsWrong, which are errors in the programme.
    """
    told = kind_of(kind)
    require_params(told, params)
    now = clock.now()
    persons = _those_to_tell(told, set(people))
    notices = [
        Notice(person_id=person, kind=kind, params=dict(params), subject=subject, link=link, key=key, created_at=now)
        for person in sorted(persons)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    stored = set(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).values_list("pk", flat=True))
    given = [notice for notice in notices if notice.pk in stored]
    if not given:
        return 0
    ways = _Ways(told, [persons[notice.person_id] for notice in given], now, only)
    Delivery.objects.bulk_create([delivery for notice in given for delivery in ways.of(notice)])
    record_entry(by=by, action="notifications.notify", subject=subject, details={"kind": kind, "people": len(given)})
    for start in range(0, len(given), AT_ONCE):
        ids = tuple(notice.pk for notice in given[start : start + AT_ONCE])
        announce(NoticesGiven(ids), subject=f"notifications.notice:{ids[0]}", by=by)
    return len(given)


def _those_to_tell(kind: Kind, ids: set[UUID]) -> dict[UUID, Person]:
    wanted = Person.objects.filter(pk__in=those_who_may(kind.permission, ids) if kind.permission else ids)
    return {person.pk: person for person in (wanted if kind.to_closed_accounts else wanted.filter(is_active=True))}


class _Ways:
    """By which channels each person gets a notice of a kind, and when. Four queries, however many people."""

    def __init__(self, kind: Kind, people: list[Person], now: datetime, only: Collection[Channel] | None) -> None:
        self.kind, self.now, self.only = kind, now, only
        ids = [person.pk for person in people]
        self.reachable = reachable(people)
        self.quiet = {one.pk: one.quiet for one in QuietHours.objects.filter(pk__in=ids)}
        self.chosen: dict[UUID, dict[Channel, bool]] = {}
        for choice in Preference.objects.filter(person__in=ids, kind=kind.code):
            self.chosen.setdefault(choice.person_id, {})[Channel(choice.channel)] = choice.is_on
        lately = Delivery.objects.filter(person__in=ids, kind=kind.code, sent_at__gt=now - TOGETHER_FOR)
        grouped = lately.order_by().values_list("person_id", "channel").annotate(last=Max("sent_at"))
        self.last = {(person, channel): last for person, channel, last in grouped}

    def of(self, notice: Notice) -> Iterator[Delivery]:
        for channel in self._channels(notice.person_id):
            state, next_at = self._begins(notice.person_id, channel)
            yield Delivery(
                notice=notice,
                person_id=notice.person_id,
                kind=notice.kind,
                channel=channel,
                urgency=self.kind.urgency,
                state=state,
                next_at=next_at,
            )

    def _channels(self, person: UUID) -> tuple[Channel, ...]:
        if self.only is not None:
            return (Channel.IN_APP, *(channel for channel in rules.OUTSIDE if channel in self.only))
        chosen = self.chosen.get(person, {})
        return rules.channels_for(self.kind.usual, self.kind.required, chosen, self.reachable[person])

    def _begins(self, person: UUID, channel: Channel) -> tuple[State, datetime]:
        """In the inbox it has arrived; elsewhere it is queued, or held until the quiet hours end."""
        if channel is Channel.IN_APP:
            return State(NOTICE.step(State.QUEUED, "confirm")), self.now
        quiet: Quiet = self.quiet.get(person, USUAL_QUIET)
        if until := rules.held_until(self.now, quiet, self.kind.urgency, settings.SONGCAU.time_zone):
            return State(NOTICE.step(State.QUEUED, "hold")), until
        if self.kind.urgency is Urgency.URGENT:
            return State.QUEUED, self.now
        return State.QUEUED, rules.together_at(self.now, self.last.get((person, channel)))
