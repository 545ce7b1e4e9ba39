"""Numbers that people say aloud: of incidents, of bulletins."""

from django.db import models


class Counter(models.Model):
    """The last number that was given."""

    name = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


def next_number(name: str) -> int:
    """One more than the last, in the caller's transaction: two that ask at once wait for each other."""
    Counter.objects.get_or_create(name=name)
    counter = Counter.objects.select_for_update().get(name=name)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last
