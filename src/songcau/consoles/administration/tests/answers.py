"""What the tests of the pages of people, agencies and roles ask of an answer and of the log."""

from django.http import HttpResponseBase
from django.urls import reverse

from songcau.foundation.accounts.models import Person
from songcau.foundation.audit.models import Entry


def at(name: str, *args: object) -> str:
    """The address of a page of the administration."""
    return reverse(f"administration:{name}", args=args)


def entries(action: str) -> list[Entry]:
    """What the log says of an action, in order."""
    return list(Entry.objects.filter(action=f"accounts.{action}").order_by("sequence"))


def text(response: HttpResponseBase) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def giving(person: Person) -> str:
    """Where the person is given a role."""
    return f"{at('grant_add')}?person={person.pk}"
