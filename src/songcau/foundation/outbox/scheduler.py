"""Turns due jobs into events, each due instant once over all workers."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.events import JobDue
from songcau.foundation.outbox.models import Delivery, JobRun
from songcau.foundation.outbox.reactions import RUN_JOB, Job, installed
from songcau.foundation.outbox.rules import State
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM


def announce_due_jobs() -> int:
    """Announce `JobDue` for each job whose time has come since its last; how many were announced.

    A job that was missed for a day is due once. While a run waits or works, the next is not announced; a dead run
    does not hold back the next. A job seen for the first time counts from now.
    """
    now = clock.now()
    known = {run.job: run for run in JobRun.objects.all()}
    return sum(_announce(job, known.get(job.name), now) for job in installed().jobs.values())


def _announce(job: Job, run: JobRun | None, now: datetime) -> bool:
    if run is None:
        JobRun.objects.get_or_create(job=job.name, defaults={"last_due_at": now})
        return False
    due = job.schedule.latest(run.last_due_at, now, settings.SONGCAU.time_zone)
    return due is not None and not _is_under_way(run) and _announce_once(job, due)


def _announce_once(job: Job, due: datetime) -> bool:
    with transaction.atomic():
        run = JobRun.objects.select_for_update().get(pk=job.name)
        if run.last_due_at >= due:  # another worker was first
            return False
        key = f"job:{job.name}:{_stamp(due)}"
        announce(JobDue(job.name, due), subject=_subject(job.name, due), by=SYSTEM, idempotency_key=key)
        run.last_due_at = due
        run.save(update_fields=["last_due_at"])
    return True


def _is_under_way(run: JobRun) -> bool:
    runs = Delivery.objects.open(State.WAITING, State.CLAIMED)
    return runs.filter(reaction=RUN_JOB, subject=_subject(run.job, run.last_due_at)).exists()


def _subject(job: str, due: datetime) -> str:
    return f"outbox.job:{job}/{_stamp(due)}"


def _stamp(due: datetime) -> str:
    return due.astimezone(UTC).isoformat()
