"""What directives hold about a person: those they gave, drafted or have in hand, and what they wrote about them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.sources import Section, Words, newest
from songcau.systems.directives.models import Directive, Entry

_WHY = _("So that it stays known who gave an official task, who had it and what was reported.")
_KEPT = _("As long as the directive itself, which is a record of the administration.")
_WHY_NOT = _("A record of official acts is not changed afterwards; what is wrong in it is put right by a new line.")


class OfDirectives:
    code = "directives"
    title: Words = _("Directives of leaders")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        return (_named(person_id, most), _written(person_id, most))


def _named(person_id: UUID, most: int) -> Section:
    named = Q(giver_id=person_id) | Q(drafter_id=person_id) | Q(officer_id=person_id)
    rows, left = newest(Directive.objects.filter(named).select_related("lead").order_by("-drafted_at"), most)
    return Section(
        code="named",
        title=_("Directives that carry your name"),
        columns=(_("Code"), _("Task"), _("Leading agency"), _("Drafted on")),
        rows=[(one.code, one.title, one.lead.name, one.drafted_at) for one in rows],
        why=_WHY,
        kept=_KEPT,
        why_not=_WHY_NOT,
        left_out=left,
    )


def _written(person_id: UUID, most: int) -> Section:
    found = Entry.objects.filter(by_id=person_id).select_related("directive").order_by("-at")
    rows, left = newest(found, most)
    return Section(
        code="written",
        title=_("What you wrote on directives"),
        columns=(_("Code"), _("Text"), _("When")),
        rows=[(one.directive.code, one.text, one.at) for one in rows],
        why=_WHY,
        kept=_KEPT,
        why_not=_WHY_NOT,
        left_out=left,
    )
