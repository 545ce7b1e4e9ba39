"""Bytes by their digest, what they are used for, previews made of them, and uploads under way."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from songcau.foundation.files.rules import PreviewState, Scan, UploadState
from songcau.kernel.ids import new_id


class Blobs(models.QuerySet["Blob"]):
    """Rows of stored bytes, asked for in the words of this app."""

    def unreferenced(self) -> "Blobs":
        """Those that no file and no preview needs."""
        return self.filter(
            ~Exists(FileLink.objects.filter(blob=OuterRef("pk"))),
            ~Exists(FileLink.objects.filter(original=OuterRef("pk"))),
            ~Exists(Preview.objects.filter(image=OuterRef("pk"))),
        )


class Blob(models.Model):
    """Some bytes in the store. `touched_at`: somebody was about to use them then; they are left alone for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    scan = models.CharField(max_length=12, choices=[(s, s) for s in Scan], default=Scan.NOT_SCANNED)
    scanner = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    threat = models.CharField(max_length=200, blank=True)
    preview = models.CharField(max_length=12, choices=[(s, s) for s in PreviewState], default=PreviewState.NONE)
    preview_fault = models.CharField(max_length=60, blank=True)

    objects = Blobs.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["touched_at"], name="files_blob_touched"),
            models.Index(fields=["scan"], condition=Q(scan=Scan.WAITING), name="files_blob_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.media_type}"


class FileLink(models.Model):
    """A file as people know it: bytes under a name, belonging to something (`subject`) for a use.

    The subject is a kind and a UUID of some system, never a foreign key. `original` holds the bytes as they were sent,
    hidden facts and all, where the use keeps them. `retain_until` None: until its owner removes it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    use = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="links")
    original = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="originals", null=True, blank=True)
    name = models.CharField(max_length=200)
    uploader_id = models.UUIDField()
    uploader_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    retain_until = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=200, blank=True)
    hold_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="files_link_subject"),
            models.Index(fields=["retain_until"], condition=Q(held_at__isnull=True), name="files_link_retained"),
            models.Index(fields=["-created_at", "id"], name="files_link_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_held(self) -> bool:
        return self.held_at is not None


class Preview(models.Model):
    """A picture of a page of a document, or of a picture, small enough to show in a list. `page` counts from 1."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="previews")
    page = models.PositiveSmallIntegerField()
    image = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="shown_in")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "page"], name="files_one_preview_a_page")]

    def __str__(self) -> str:
        return f"{self.blob_id} {self.page}"


class Upload(models.Model):
    """A file on its way in. How much of it is there is known to its part file alone (`parts`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    use = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    owner_id = models.UUIDField()
    owner_label = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    length = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=[(s, s) for s in UploadState], default=UploadState.RECEIVING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    refusal = models.CharField(max_length=60, blank=True)
    refusal_params = models.JSONField(default=dict, blank=True)
    link = models.ForeignKey(FileLink, on_delete=models.SET_NULL, related_name="uploads", null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="files_upload_expires"),
            models.Index(fields=["owner_id", "state"], name="files_upload_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
