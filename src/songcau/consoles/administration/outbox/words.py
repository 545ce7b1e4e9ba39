"""Jobs, schedules and errors of the outbox in words. City systems bring `JOBS` in `pages/words.py`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songcau.foundation.outbox.rules import Daily, Every, Schedule
from songcau.foundation.shell.words import refusals

Words = str | Promise

JOBS: dict[str, Words] = {
    "accounts.expire_roles": gettext_lazy("Mark roles that have run out"),
    "accounts.keep_delegations": gettext_lazy("Begin and end delegations"),
    "personal_data.remove_old_looks": gettext_lazy("Remove looks at personal data whose retention has ended"),
    "accounts.forget_phone_codes": gettext_lazy("Forget old codes to telephones"),
    "audit.verify_chain": gettext_lazy("Verify the audit log"),
    "calendar.find_missed_impacts": gettext_lazy("Look for promised dates that a change puts in question"),
    "files.finish_received_uploads": gettext_lazy("Take in uploads that arrived whole"),
    "files.remove_abandoned_uploads": gettext_lazy("Remove abandoned uploads"),
    "files.remove_expired_files": gettext_lazy("Remove files whose retention has ended"),
    "files.remove_unneeded_content": gettext_lazy("Remove content no file needs"),
    "notifications.send_waiting": gettext_lazy("Send messages that wait"),
    "notifications.purge_old_notices": gettext_lazy("Delete notices older than a year"),
    "operations.tell_totals": gettext_lazy("Count the totals of the city and its wards"),
    "outbox.purge_old_events": gettext_lazy("Delete events delivered more than 30 days ago"),
}

_ERRORS: dict[str, Words] = {
    "PAYLOAD_UNREADABLE": gettext_lazy("The stored event no longer fits this version of the programme."),
    "LEASE_EXPIRED": gettext_lazy("The worker died or hung in the middle of it."),
    "ReactionUnknown": gettext_lazy("This version of the programme does not know the reaction."),
    "EventUnknown": gettext_lazy("This version of the programme does not know the event."),
    "JobUnknown": gettext_lazy("This version of the programme does not know the job."),
}


@cache
def jobs() -> Mapping[str, Words]:
    """name → words, the city systems' included."""
    found = dict(JOBS)
    for config in apps.get_app_configs():
        if config.name.startswith("songcau.systems.") and find_spec(f"{config.name}.pages.words"):
            found |= getattr(import_module(f"{config.name}.pages.words"), "JOBS", {})
    return found


def error(stored: str) -> str:
    """What is stored of an error (its type, then its code where it has one) in words."""
    name, _space, code = stored.partition(" ")
    if known := _ERRORS.get(name) or _ERRORS.get(code):
        return str(known)
    if words := refusals().get(code):
        # Its parameters were not stored: they may hold personal data.
        return str(words) % _Anything()
    return _("An error in the programme (%(name)s). The worker's log holds the rest.") % {"name": name or "—"}


def schedule(of: Schedule) -> str:
    """When a job is due, in words."""
    if isinstance(of, Daily):
        return _("every day at %(time)s") % {"time": of.at.strftime("%H:%M")}
    if isinstance(of, Every):
        return _every(round(of.period.total_seconds()))
    return str(of)


def _every(seconds: int) -> str:
    if seconds % 3600 == 0:
        return ngettext("every hour", "every %(count)d hours", seconds // 3600) % {"count": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("every minute", "every %(count)d minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("every second", "every %(count)d seconds", seconds) % {"count": seconds}


def next_due(of: Schedule, after: datetime, zone: str) -> datetime | None:
    """The first due instant after another one; None when there is none within 400 days."""
    ahead, longest = timedelta(seconds=1), timedelta(days=400)
    while (due := of.latest(after, after + ahead, zone)) is None:
        if ahead > longest:
            return None
        ahead *= 2
    # `latest` gave the last one of that span; go back to the first.
    while earlier := of.latest(after, due - timedelta(microseconds=1), zone):
        due = earlier
    return due


def age(seconds: float) -> str:
    """How long something has waited, in its largest unit."""
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if days:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if hours:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    if minutes:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d second", "%(count)d seconds", int(seconds)) % {"count": int(seconds)}


class _Anything(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"
