"""Verifying the chain: at once while it is short, by the nightly job's own means when it is long."""

from django.db import transaction

from songcau.foundation.audit import actions, queries
from songcau.foundation.audit.rules import Verdict
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.events import JobDue
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor

JOB = "audit.verify_chain"
# About a third of a second of work: nobody needs a job for that.
AT_ONCE = 20_000


def verify(by: Actor) -> Verdict | None:
    """The verdict, or None when a worker has been asked to walk the chain. Raises MayNotVerifyAudit."""
    if queries.length() <= AT_ONCE:
        return actions.verify_chain(by=by)
    with transaction.atomic():
        actions.ask_verification(by=by)
        now = clock.now()
        announce(JobDue(JOB, now), subject=f"outbox.job:{JOB}/asked", by=by)
    return None


def verify_as_job() -> None:
    """Every night, and whenever somebody has asked."""
    asked = queries.last_verification(SYSTEM).asked
    actions.verify_chain(by=SYSTEM, asked_by=asked.actor_label if asked else "")
