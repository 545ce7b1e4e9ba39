"""What the engine keeps: written in one transaction with what came of it, so that a kill loses and doubles nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.alerts.receiving import receive_findings
from songcau.systems.incidents.models import AlertRule, EngineCheckpoint, EngineState, RefusedReadings
from songcau.systems.incidents.permissions import require_songcau
from songcau.systems.incidents.rules.engine.engine import Key
from songcau.systems.incidents.rules.findings import Finding

ONLY = 1
AT_ONCE = 500
SUBJECT_LIMIT = 300


class TakenOver(Refused):
    """Another process follows the live city for the alert rules now; this one has to end."""

    code = "ALERTS_TAKEN_OVER"


@dataclass(frozen=True, slots=True)
class Kept:
    """With what the engine begins: the newest event that it knows, and its rows by rule and number of the condition."""

    last_event: int | None
    saved_at: float | None
    conditions: Mapping[UUID, int]
    rows: tuple[tuple[Key, bytes], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of the events up to `last_event`. refused: (rule, why) → how many, and the last entity."""

    last_event: int | None
    conditions: Mapping[UUID, int]
    findings: Sequence[Finding]
    rows: Mapping[Key, bytes | None]
    stopped: frozenset[UUID]
    refused: Mapping[tuple[UUID, str], tuple[int, str]]


@transaction.atomic
def take_over(*, by: Actor, owner: UUID) -> Kept:
    """From now on only this process writes. Raises NotYours."""
    require_songcau(by)
    EngineCheckpoint.objects.get_or_create(pk=ONLY)
    checkpoint = EngineCheckpoint.objects.select_for_update().get(pk=ONLY)
    checkpoint.owner = owner
    checkpoint.save()
    rows = EngineState.objects.order_by("rule_id", "part", "subject").values_list(
        "rule_id", "part", "subject", "content"
    )
    return Kept(
        checkpoint.last_event,
        checkpoint.saved_at.timestamp() if checkpoint.saved_at else None,
        {UUID(rule_id): number for rule_id, number in checkpoint.conditions.items()},
        tuple((Key(rule_id, part, subject), content.encode()) for rule_id, part, subject, content in rows),
    )


@transaction.atomic
def save_progress(*, by: Actor, owner: UUID, progress: Progress) -> None:
    """Everything or nothing. Raises NotYours, TakenOver."""
    require_songcau(by)
    checkpoint = EngineCheckpoint.objects.select_for_update().get(pk=ONLY)
    if checkpoint.owner != owner:
        raise TakenOver
    if progress.findings:
        receive_findings(by=by, findings=progress.findings)
    if progress.stopped:
        EngineState.objects.filter(rule_id__in=progress.stopped).delete()
    _write(progress.rows)
    _count(progress.refused)
    checkpoint.last_event = progress.last_event
    checkpoint.conditions = {str(rule_id): number for rule_id, number in progress.conditions.items()}
    checkpoint.saved_at = clock.now()
    checkpoint.save()


def _write(rows: Mapping[Key, bytes | None]) -> None:
    gone: dict[tuple[UUID, int], list[str]] = {}
    kept = []
    for key, content in rows.items():
        if content is None:
            gone.setdefault((key.rule_id, key.part), []).append(key.subject)
        else:
            kept.append(EngineState(rule_id=key.rule_id, part=key.part, subject=key.subject, content=content.decode()))
    for (rule_id, part), subjects in gone.items():
        for first in range(0, len(subjects), AT_ONCE):
            EngineState.objects.filter(
                rule_id=rule_id, part=part, subject__in=subjects[first : first + AT_ONCE]
            ).delete()
    EngineState.objects.bulk_create(
        kept,
        batch_size=AT_ONCE,
        update_conflicts=True,
        update_fields=["content"],
        unique_fields=["rule_id", "part", "subject"],
    )


def _count(refused: Mapping[tuple[UUID, str], tuple[int, str]]) -> None:
    known = set(AlertRule.objects.filter(pk__in={rule_id for rule_id, _why in refused}).values_list("pk", flat=True))
    now = clock.now()
    for (rule_id, why), (count, subject) in refused.items():
        if rule_id not in known:
            continue
        facts = {"last_subject": subject[:SUBJECT_LIMIT], "last_at": now}
        row, is_new = RefusedReadings.objects.get_or_create(
            rule_id=rule_id, why=why, defaults={"count": count, **facts}
        )
        if not is_new:
            RefusedReadings.objects.filter(pk=row.pk).update(count=F("count") + count, **facts)
