"""Looking after the channels: a test, Zalo's authorisation, and which Zalo user a person is."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.notifications.actions.telling import notify
from songcau.foundation.notifications.adapters.port import Readiness
from songcau.foundation.notifications.events import PreferencesChanged, ZaloAuthorised
from songcau.foundation.notifications.models import ZaloFollower, ZaloToken
from songcau.foundation.notifications.own_kinds import TEST
from songcau.foundation.notifications.permissions import require_manage
from songcau.foundation.notifications.readiness import reachable, readiness_of
from songcau.foundation.notifications.rules import Channel
from songcau.foundation.notifications.sealing import sealed
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.kernel.text import normal


class ChannelNotSetUp(Refused):
    """The settings of this installation name no server for the channel."""

    code = "CHANNEL_NOT_SET_UP"


class NoAddress(Refused):
    """The account holds no address for this channel."""

    code = "NO_ADDRESS_ON_CHANNEL"


class TokenMissing(Refused):
    """A refresh token is some text without spaces."""

    code = "ZALO_TOKEN_MISSING"


@transaction.atomic
def send_test(*, by: Actor, channel: Channel) -> None:
    """Send oneself a test. Raises MayNotManageChannels, ChannelNotSetUp, NoAddress."""
    require_manage(by)
    if readiness_of(channel) is Readiness.NOT_SET_UP:
        raise ChannelNotSetUp
    person = Person.objects.filter(pk=by.id).first()
    if person is None or channel not in reachable([person])[person.pk]:
        raise NoAddress
    notify(
        by=by,
        people=[person.pk],
        kind=TEST,
        params={},
        subject=f"notifications.channel:{channel}",
        key=str(new_id()),
        only=[channel],
    )


@transaction.atomic
def set_zalo_token(*, by: Actor, refresh_token: str) -> None:
    """Keep the refresh token of a new authorisation. Raises MayNotManageChannels, TokenMissing."""
    require_manage(by)
    token = normal(refresh_token)
    if not token or " " in token:
        raise TokenMissing
    now = clock.now()
    row, _created = ZaloToken.objects.select_for_update().get_or_create(pk=ZaloToken.ONLY, defaults={"changed_at": now})
    row.refresh_token, row.access_token, row.expires_at = sealed(token), "", None
    row.generation, row.spending_until, row.refused_at, row.changed_at = row.generation + 1, None, None, now
    row.save()
    subject = "notifications.channel:ZALO"
    record_entry(by=by, action="notifications.set_zalo_token", subject=subject, details={"generation": row.generation})
    announce(ZaloAuthorised(row.generation), subject=subject, by=by)


@transaction.atomic
def link_zalo(*, by: Actor, person_id: UUID, user_id: str) -> None:
    """This person is that follower of the Official Account, and follows (again); nobody else is it any more.

    Raises MayNotManageChannels, NoAddress for no user.
    """
    require_manage(by)
    user = normal(user_id)
    if not user or len(user) > 64:
        raise NoAddress
    for other in ZaloFollower.objects.filter(user_id=user).exclude(person_id=person_id):
        unlink_zalo(by=by, person_id=other.person_id)
    linked = {"user_id": user, "follows": True, "linked_at": clock.now()}
    ZaloFollower.objects.update_or_create(person_id=person_id, defaults=linked)
    _done(by, "link_zalo", person_id)


@transaction.atomic
def unlink_zalo(*, by: Actor, person_id: UUID) -> None:
    """Forget which Zalo user a person is; everybody may for themselves. Raises MayNotManageChannels."""
    if by.id != person_id:
        require_manage(by)
    ZaloFollower.objects.filter(person_id=person_id).delete()
    _done(by, "unlink_zalo", person_id)


def _done(by: Actor, verb: str, person_id: UUID) -> None:
    subject = f"accounts.person:{person_id}"
    record_entry(by=by, action=f"notifications.{verb}", subject=subject)
    announce(PreferencesChanged(person_id), subject=subject, by=by)
