"""What the writer changes and what the handlers do. Nothing here is unique: a double effect must be able to show."""

from django.db import models


class Change(models.Model):
    """The business fact an event tells about, written in the same transaction."""

    token = models.UUIDField()
    subject = models.CharField(max_length=40)

    def __str__(self) -> str:
        return str(self.token)


class Effect(models.Model):
    """A handler ran to its commit."""

    reaction = models.CharField(max_length=40)
    token = models.UUIDField(db_index=True)
    subject = models.CharField(max_length=40)
    sequence = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.reaction} {self.token}"
