"""The outbox's own reactions and jobs."""

from songcau.foundation.outbox.reactions import Job, Reaction

REACTIONS: tuple[Reaction, ...] = ()
JOBS: tuple[Job, ...] = ()
