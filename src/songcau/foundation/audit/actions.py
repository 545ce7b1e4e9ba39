"""The one thing that is done to the audit log: an entry is appended."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.audit import rules
from songcau.foundation.audit.models import Entry, Head
from songcau.kernel import clock, trace
from songcau.kernel.actor import Actor


def record_entry(*, by: Actor, action: str, subject: str, details: Mapping[str, object] | None = None) -> None:
    """Append who did what to the chain, inside the caller's transaction.

    `action` like "accounts.grant_role", `subject` like "accounts.person:0190…"; `details` hold ids and labels only.
    Call it before `outbox.announce`: both take locks until the commit, and one order of locks cannot deadlock.
    Raises TransactionManagementError outside of a transaction, TypeError for details JSON cannot hold.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("an audit entry is written in the transaction of what it tells about")
    details_json = rules.canonical(details or {})
    head, _created = Head.objects.select_for_update().get_or_create(pk=Head.ONLY)
    record = rules.Record(
        sequence=head.sequence + 1,
        at=clock.now(),
        actor_id=by.id,
        actor_label=by.label[:200],
        action=action,
        subject=subject,
        details_json=details_json,
        trace=trace.current()[:80],
        previous_hash=head.hash,
    )
    head.sequence, head.hash = record.sequence, rules.sealed(record, settings.AUDIT_KEY.encode())
    Entry.objects.create(
        sequence=record.sequence,
        at=record.at,
        actor_id=record.actor_id,
        actor_label=record.actor_label,
        action=record.action,
        subject=record.subject,
        details_json=record.details_json,
        trace=record.trace,
        previous_hash=record.previous_hash,
        hash=head.hash,
    )
    head.save(update_fields=["sequence", "hash"])
