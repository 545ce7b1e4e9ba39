"""The outbox's own reactions and jobs: running jobs, and forgetting what was delivered long ago."""

import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from songcau.foundation.outbox.delivery import code_of
from songcau.foundation.outbox.events import JobDue
from songcau.foundation.outbox.models import UNFINISHED_ROWS, Delivery, Event, JobRun, WorkerBeat
from songcau.foundation.outbox.reactions import RUN_JOB, Carrier, DeliveryFacts, Job, Reaction, installed
from songcau.foundation.outbox.rules import daily
from songcau.kernel import clock

KEPT_FOR = timedelta(days=30)
PURGED_AT_ONCE = 1000


class JobUnknown(Exception):
    """A due job that this process does not know: an older event, or a newer one during a deployment."""


def run_job(event: JobDue, facts: DeliveryFacts) -> None:
    """Run a due job and store how it went. Raises JobUnknown, and what the job raises."""
    job = installed().jobs.get(event.job)
    if job is None:
        raise JobUnknown
    started_at, start = clock.now(), time.monotonic()
    result = "OK"
    try:
        job.run()
    except Exception as error:
        result = code_of(error)
        raise
    finally:
        duration_ms = round((time.monotonic() - start) * 1000)
        ran = {"started_at": started_at, "duration_ms": duration_ms, "result": result}
        JobRun.objects.update_or_create(
            job=event.job, defaults=ran, create_defaults={"last_due_at": event.due_at, **ran}
        )


def purge_old_events() -> None:
    """Delete events older than `KEPT_FOR` with nothing left to deliver, in batches; and the beats of dead workers."""
    limit = clock.now() - KEPT_FOR
    unfinished = Delivery.objects.filter(UNFINISHED_ROWS, event_id=OuterRef("sequence"))
    old = Event.objects.filter(~Exists(unfinished), at__lt=limit).order_by("at")
    while batch := list(old.values_list("sequence", flat=True)[:PURGED_AT_ONCE]):
        Event.objects.filter(sequence__in=batch).delete()
    WorkerBeat.objects.filter(beat_at__lt=clock.now() - timedelta(days=1)).delete()


REACTIONS = (Reaction(JobDue, run_job, RUN_JOB, outside=True),)
JOBS = (Job("outbox.purge_old_events", daily(at="02:40"), purge_old_events),)


def carriers() -> tuple[Carrier, ...]:
    """The NATS carrier where the settings name a server, else none."""
    if not settings.SONGCAU.nats:
        return ()
    from songcau.foundation.outbox.jetstream import JetStream

    return (Carrier("outbox.nats", JetStream(settings.SONGCAU.nats).carry),)
