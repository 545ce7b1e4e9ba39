"""What files come with a report, who may see them, and how they are taken in after the answer."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from songcau.foundation.files import rules as file_rules
from songcau.foundation.files.actions import finish_held, register_held
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.parts import Busy
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.rules import Limits, UploadState
from songcau.foundation.files.uses import FileUse, Subject
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.directives import rules
from songcau.systems.directives.actions.record import SUBJECT, about, locked, note
from songcau.systems.directives.events import EvidenceAdded
from songcau.systems.directives.models import Directive, Entry, Evidence
from songcau.systems.directives.permissions import may_work, supporting_of
from songcau.systems.directives.rules import EvidenceState

EVIDENCE = "directives.evidence"
LARGEST = 60 * file_rules.MEGABYTE
MOST_AT_ONCE = 200
NAME_LIMIT = 200


def attach(by: Actor, directive: Directive, entry: Entry, files: Sequence[Held]) -> None:
    """Files that were held become those of a line of the timeline. Raises TooManyFiles, MayNotUpload."""
    if not files:
        return
    rules.require_files(directive.evidence.exclude(state=EvidenceState.REFUSED).count(), len(files))
    for held in files:
        register_held(by=by, use=EVIDENCE, subject=Subject(SUBJECT, directive.pk), held=held)
        Evidence.objects.create(
            directive=directive,
            entry=entry,
            upload_id=held.upload_id,
            name=held.name[:NAME_LIMIT],
            is_picture=held.media_type.startswith("image/"),
            at=clock.now(),
        )
    announce(EvidenceAdded(directive.pk), subject=about(directive), by=by)


def take_in_evidence(*, by: Actor, directive_id: UUID) -> int:
    """Finish what waits for one directive; how many were taken in or refused. Outside of any transaction.

    Safe to repeat. One that somebody is at stays waiting. Raises StoreFull, StoreAway; then it is tried again.
    """
    return sum(_taken_in(by, pk, upload_id) for pk, upload_id in _waiting(directive=directive_id))


def take_in_waiting(*, by: Actor) -> int:
    """What no event brought in: after a worker was killed, or the store was full. The longest waiting first."""
    return sum(_taken_in(by, pk, upload_id) for pk, upload_id in _waiting())


def _waiting(**where: UUID) -> list[tuple[UUID, UUID]]:
    rows = Evidence.objects.filter(state=EvidenceState.WAITING, **where).order_by("at", "pk")
    return list(rows.values_list("pk", "upload_id")[:MOST_AT_ONCE])


def _taken_in(by: Actor, evidence_id: UUID, upload_id: UUID) -> bool:
    try:
        upload = finish_held(by=by, upload_id=upload_id)
    except Busy:
        return False
    except (Refused, NotAllowed) as refusal:
        return _noted(by, evidence_id, None, refusal.code)
    if upload.state == UploadState.REFUSED:
        return _noted(by, evidence_id, None, upload.refusal)
    return _noted(by, evidence_id, upload.link_id, "")


@transaction.atomic
def _noted(by: Actor, evidence_id: UUID, file_id: UUID | None, refusal: str) -> bool:
    """Whether it was this call that wrote down what came of it."""
    # The directive first, as everywhere, so that nobody waits crosswise.
    directive = locked(Evidence.objects.values_list("directive_id", flat=True).get(pk=evidence_id))
    evidence: Evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence_id)
    if evidence.state != EvidenceState.WAITING:
        return False
    evidence.file_id = file_id
    evidence.state = EvidenceState.READY if file_id else EvidenceState.REFUSED
    evidence.refusal = refusal[:40]
    evidence.save(update_fields=["file_id", "state", "refusal"])
    if not file_id:
        note(directive, "refuse_file", by=by, file=evidence.name, reason=refusal)
    return True


def _found(directive_id: UUID) -> Directive | None:
    found: Directive | None = Directive.objects.select_related("lead", "giver_agency").filter(pk=directive_id).first()
    return found


def _may_upload(actor: Actor, subject: Subject) -> bool:
    directive = _found(subject.id) if subject.kind == SUBJECT else None
    if directive is None:
        return False
    return actor.is_system or may_work(actor, directive) or bool(supporting_of(actor, directive))


def _may_read(actor: Actor, link: FileLink) -> bool:
    """Who may see the directive."""
    return bool(Directive.objects.visible_to(actor).filter(pk=link.subject_id).exists())


USES = (
    FileUse(
        name=EVIDENCE,
        words=_("Evidence of directives"),
        limits=Limits(
            accepted=file_rules.PICTURES | file_rules.VIDEOS | file_rules.DOCUMENTS | {file_rules.ZIP, file_rules.CSV},
            max_bytes=LARGEST,
        ),
        may_upload=_may_upload,
        may_read=_may_read,
    ),
)
