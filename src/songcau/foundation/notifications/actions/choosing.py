"""What a person wants to be told by which channel, and when not."""

from collections.abc import Mapping
from datetime import time

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.notifications.events import PreferencesChanged
from songcau.foundation.notifications.kinds import kind_of
from songcau.foundation.notifications.models import Delivery, Preference, QuietHours
from songcau.foundation.notifications.rules import NOTICE, OPEN, OUTSIDE, Channel, State
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused

SWITCHED_OFF = "SWITCHED_OFF"


class HoursUnusable(Refused):
    """Quiet hours have a beginning and an end."""

    code = "QUIET_HOURS_UNUSABLE"


@transaction.atomic
def choose_channels(*, by: Actor, choices: Mapping[tuple[str, Channel], bool]) -> int:
    """Keep one's own choices, (kind, channel) → wanted; how many differ from before.

    A channel that a kind requires stays on, whatever is chosen; what waits for a channel now switched off is given up.
    Raises KindUnknown.
    """
    known = {(one.kind, Channel(one.channel)): one for one in Preference.objects.filter(person_id=by.id)}
    changed = {}
    for (code, channel), wanted in choices.items():
        kind = kind_of(code)
        if channel not in OUTSIDE or channel in kind.required:
            continue
        before = known.get((code, channel))
        if (before.is_on if before else channel in kind.usual) == wanted:
            continue
        changed[f"{code} {channel}"] = wanted
        Preference.objects.update_or_create(person_id=by.id, kind=code, channel=channel, defaults={"is_on": wanted})
        if not wanted:
            _give_up(by, code, channel)
    if changed:
        _done(by, "choose_channels", **changed)
    return len(changed)


@transaction.atomic
def choose_quiet_hours(*, by: Actor, begins: time | None, ends: time | None) -> None:
    """One's own quiet hours; both None: none. What was held is looked at again now. Raises HoursUnusable."""
    if (begins is None) != (ends is None):
        raise HoursUnusable
    kept = {"begins": begins or time(), "ends": ends or time()}
    QuietHours.objects.update_or_create(person_id=by.id, defaults=kept)
    held = Delivery.objects.filter(person_id=by.id, state=State.HELD)
    held.update(state=NOTICE.step(State.HELD, "release"), next_at=clock.now())
    _done(by, "choose_quiet_hours", begins=f"{kept['begins']:%H:%M}", ends=f"{kept['ends']:%H:%M}")


def _give_up(by: Actor, kind: str, channel: Channel) -> None:
    waiting = Delivery.objects.filter(person_id=by.id, kind=kind, channel=channel, state__in=OPEN)
    for delivery in waiting.filter(claim__isnull=True).select_for_update():
        delivery.state = NOTICE.step(State(delivery.state), "give_up")
        delivery.last_error = SWITCHED_OFF
        delivery.save(update_fields=["state", "last_error"])


def _done(by: Actor, verb: str, **details: object) -> None:
    subject = f"accounts.person:{by.id}"
    record_entry(by=by, action=f"notifications.{verb}", subject=subject, details=details)
    announce(PreferencesChanged(by.id), subject=subject, by=by)
