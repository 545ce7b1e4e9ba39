"""What the administration does by itself: it verifies the audit log every night."""

from songcau.consoles.administration.audit.asking import JOB, verify_as_job
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import daily

REACTIONS: tuple[Reaction, ...] = ()
JOBS: tuple[Job, ...] = (Job(JOB, daily(at="03:20"), verify_as_job, lease_seconds=3600),)
