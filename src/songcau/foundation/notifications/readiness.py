"""Which channels this installation has, by its settings, and where a person can be reached."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings

from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.adapters.port import Readiness
from songcau.foundation.notifications.models import ZaloFollower
from songcau.foundation.notifications.rules import Channel


def readiness_of(channel: Channel) -> Readiness:
    """READY, SIMULATED (a demonstration city without a server), or NOT_SET_UP."""
    said = settings.SONGCAU
    if channel is Channel.IN_APP:
        return Readiness.READY
    set_up = {
        Channel.EMAIL: bool(said.smtp_host),
        Channel.SMS: False,
        Channel.ZALO: bool(said.zalo_app_id and said.zalo_secret_key.get_secret_value()),
    }
    if set_up[channel]:
        return Readiness.READY
    return Readiness.SIMULATED if said.demo else Readiness.NOT_SET_UP


def ready_channels() -> frozenset[Channel]:
    return frozenset(channel for channel in Channel if readiness_of(channel) is not Readiness.NOT_SET_UP)


def reachable(people: Iterable[Person]) -> Mapping[UUID, frozenset[Channel]]:
    """By which channels each person could be reached: set up here, and an address known. One query."""
    people = list(people)
    ready = ready_channels()
    following = set(ZaloFollower.objects.filter(person__in=people, follows=True).values_list("person_id", flat=True))
    found = {}
    for person in people:
        with_address = {Channel.IN_APP: True, Channel.EMAIL: bool(person.email), Channel.SMS: bool(person.phone)}
        with_address[Channel.ZALO] = person.pk in following
        found[person.pk] = frozenset(channel for channel in ready if with_address[channel])
    return found
