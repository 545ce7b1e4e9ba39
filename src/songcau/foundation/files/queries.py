"""Files asked for by what they belong to."""

from uuid import UUID

from django.db.models import QuerySet

from songcau.foundation.files.models import FileLink


def files_of(subject_kind: str, subject_id: UUID) -> QuerySet[FileLink]:
    """The files of a subject, oldest first, with their bytes' facts. Who may read them says their use."""
    return (
        FileLink.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
        .select_related("blob")
        .order_by("created_at", "id")
    )
