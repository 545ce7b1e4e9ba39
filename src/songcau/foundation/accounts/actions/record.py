"""The end of every action: the audit entry, then the event (in this order, so that locks are taken in one order)."""

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel.actor import Actor


def done(by: Actor, verb: str, on: Person | Agency, event: object, **details: object) -> None:
    """`verb` is the name of the action; `on` is what it was done to, and what events keep their order on."""
    subject = f"accounts.{type(on).__name__.lower()}:{on.pk}"
    record_entry(by=by, action=f"accounts.{verb}", subject=subject, details=details)
    announce(event, subject=subject, by=by)
