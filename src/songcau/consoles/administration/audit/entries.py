"""The list of audit entries: its columns, and filters that stay on the indexes of a table of millions of rows."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.audit import words
from songcau.foundation.accounts.models import Person
from songcau.foundation.audit import permissions
from songcau.foundation.audit.models import Entry
from songcau.foundation.shell.filters import LONGEST_SEARCH, Chip, Choice, DateRange
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel.actor import NOBODY, SYSTEM, Actor
from songcau.kernel.text import folded, normal

Rows = QuerySet[Any]
# More people than this behind one word is no search for somebody.
MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class _Typed:
    """A filter with a text field; what it means is said by the class above it."""

    name: str
    label: str | Promise
    hint: str | Promise = ""

    def cleaned(self, params: QueryDict) -> str:
        return normal(params.get(self.name, ""))[:LONGEST_SEARCH]

    def params(self, value: str) -> dict[str, object]:
        return {self.name: value}

    def chip(self, value: str) -> Chip | None:
        return Chip(self.label, f"“{value}”") if value else None

    def control(self, value: str) -> dict[str, object]:
        return {"kind": "search", "value": value, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Who(_Typed):
    """A name or username, looked up among people first, so that the log itself is asked by id."""

    def applied(self, rows: Rows, value: str) -> Rows:
        return rows.filter(actor_id__in=_ids_of(value))


@dataclass(frozen=True, slots=True)
class Subject(_Typed):
    """A subject as the log writes it, or a bare id, which may be that of any kind of thing."""

    def applied(self, rows: Rows, value: str) -> Rows:
        asked = [value] if ":" in value else [value, *(f"{kind}:{value}" for kind in words.SUBJECTS)]
        return rows.filter(subject__in=asked)


def _ids_of(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        pass
    ids = list(Person.objects.found_by(text).values_list("pk", flat=True)[:MOST_PEOPLE])
    for actor, names in ((SYSTEM, ("songcau", "he thong")), (NOBODY, ("anonymous", "an danh"))):
        if folded(text) in names:
            ids.append(actor.id)
    return ids


def _action_choices() -> list[tuple[str, str | Promise]]:
    """Each part of the city as a whole (`accounts.`), its actions under it."""
    known = words.actions()
    choices: list[tuple[str, str | Promise]] = []
    for part in dict.fromkeys(code.partition(".")[0] for code in known):
        choices.append((f"{part}.", _all_of(part)))
        choices += [(code, f"– {said}") for code, said in known.items() if code.startswith(f"{part}.")]
    return choices


def _all_of(part: str) -> str:
    return str(words.part_of(f"{part}.")).upper()


def _is_action(asked: str) -> Q:
    """By equality, never by LIKE: only so both databases go by the index."""
    if not asked.endswith("."):
        return Q(action=asked)
    return Q(action__in=[code for code in words.actions() if code.startswith(asked)])


def _label(entry: Entry) -> str:
    return str(words.said(entry.action))


LISTING = Listing(
    title=_("Audit log"),
    columns=(
        Column(
            "sequence",
            _("No."),
            lambda entry: entry.sequence,
            numeric=True,
            link=lambda entry: reverse("administration:audit_entry", args=[entry.sequence]),
        ),
        Column("at", _("When"), lambda entry: entry.at),
        Column("actor", _("Who"), lambda entry: entry.actor_label, template="administration/audit/actor.html"),
        Column("action", _("What"), _label, template="administration/audit/action.html"),
        Column("subject", _("On what"), lambda entry: entry.subject, template="administration/audit/subject.html"),
    ),
    filters=(
        Who("who", _("Who"), _("Name or username")),
        Subject("subject", _("On what"), _("Id or subject, as the log writes it")),
        Choice("action", _("What"), _action_choices, where=_is_action),
        DateRange("at", _("When"), "at"),
    ),
    file_name="nhat-ky",
    empty_title=_("The audit log is empty"),
    empty_text=_("Every sign-in and every change will be written here, in a chain that nobody can alter unseen."),
)


def listing_for(actor: Actor) -> Listing:
    """Files only for those who may take the log away."""
    may = permissions.may_export(actor)
    return replace(LISTING, can_export=may, more_formats=(("jsonl", _("JSON lines")),) if may else ())


def rows(actor: Actor) -> QuerySet[Entry]:
    """Newest first. Raises MayNotViewAudit."""
    permissions.require_view(actor)
    return Entry.objects.order_by("-sequence")
