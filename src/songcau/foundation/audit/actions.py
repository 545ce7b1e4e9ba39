"""What is done to the audit log: an entry is appended, the chain is verified, a part is taken away as a file."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.audit import rules
from songcau.foundation.audit.models import Entry, Head
from songcau.foundation.audit.permissions import require_export, require_verify
from songcau.foundation.audit.queries import verify_chain as walked
from songcau.kernel import clock, trace
from songcau.kernel.actor import Actor


def record_entry(*, by: Actor, action: str, subject: str, details: Mapping[str, object] | None = None) -> None:
    """Append who did what to the chain, inside the caller's transaction.

    `action` like "accounts.grant_role", `subject` like "accounts.person:0190…"; `details` hold ids and labels only.
    What was done by a right that another person lent says so: `on_behalf_of`.
    Call it before `outbox.announce`: both take locks until the commit, and one order of locks cannot deadlock.
    Raises TransactionManagementError outside of a transaction, TypeError for details JSON cannot hold.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("an audit entry is written in the transaction of what it tells about")
    details_json = rules.canonical(dict(details or {}) | _on_behalf(by))
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


def _on_behalf(by: Actor) -> dict[str, object]:
    """Those for whom the actor stood in so far, with the rights that were lent; nothing for what is one's own."""
    lent: dict[str, dict[str, object]] = {}
    for whom, permission in sorted(by.relied_on, key=lambda pair: (str(pair[0].delegation_id), pair[1])):
        line = lent.setdefault(
            str(whom.delegation_id),
            {"delegation": str(whom.delegation_id), "person": str(whom.person_id), "label": whom.label, "rights": []},
        )
        line["rights"] = [*cast("list[str]", line["rights"]), permission]
    return {"on_behalf_of": list(lent.values())} if lent else {}


CHAIN = "audit.chain"
FINDINGS_NOTED = 20


def verify_chain(*, by: Actor, asked_by: str = "") -> rules.Verdict:
    """Walk the whole chain and append what was found; `asked_by` names who wanted it when `by` is songcau itself.

    Takes about ten seconds for a million entries. Raises MayNotVerifyAudit.
    """
    verdict = walked(by)
    details = {
        "entries": verdict.entries,
        "faults": verdict.faults,
        "head": verdict.head.hash if verdict.head else "",
        "findings": [[found.sequence, str(found.fault)] for found in verdict.findings[:FINDINGS_NOTED]],
        "asked_by": asked_by,
    }
    with transaction.atomic():
        record_entry(by=by, action=rules.VERIFY_CHAIN, subject=CHAIN, details=details)
    return verdict


def ask_verification(*, by: Actor) -> None:
    """Note who wants the chain verified by a job, inside the caller's transaction. Raises MayNotVerifyAudit."""
    require_verify(by)
    record_entry(by=by, action=rules.ASK_VERIFICATION, subject=CHAIN)


@transaction.atomic
def record_export(*, by: Actor, form: str, filters: str, rows: int) -> None:
    """Note who takes which part of the log away, before a line of it is sent. Raises MayNotExportAudit."""
    require_export(by)
    details = {"form": form, "filters": filters, "rows": rows}
    record_entry(by=by, action=rules.EXPORT_ENTRIES, subject=CHAIN, details=details)
