"""One's roles lent for a leave, and those lent to oneself."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from songcau.consoles.administration.delegations.lines import lines_of
from songcau.consoles.administration.delegations.withdrawing import withdraw_page
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of, signed_in, signed_in_anew
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import LONGEST
from songcau.foundation.accounts.models import Holding, Person, RoleGrant
from songcau.foundation.accounts.queries import people_of
from songcau.foundation.accounts.roles import Role, may_be_lent
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.fields import UNCHOSEN, Day, ReasonForm
from songcau.kernel import clock

# The last day that has a day after it in every zone.
LAST_DAY = date(9999, 12, 29)


class _PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Person) -> str:
        home = f" – {obj.home.name}" if obj.home else ""
        return f"{obj.full_name} ({obj.username}){home}"


class LeaveForm(ReasonForm):
    """To whom, and for which days."""

    delegate = _PersonChoice(
        label=gettext_lazy("Delegate to"),
        queryset=Person.objects.none(),
        empty_label=UNCHOSEN,
        help_text=gettext_lazy("People of the agency of the role and of those under it."),
    )
    first = Day(label=gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: at once."))
    last = Day(label=gettext_lazy("Until the end of"))
    field_order = ["delegate", "first", "last", "reason"]

    def __init__(self, *args: object, people: QuerySet[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["delegate"].queryset = people  # type: ignore[attr-defined]


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((_("My account"), reverse("desk:me")), (_("Delegations"), reverse("desk:delegations")))


@signed_in
@require_GET
def delegations(request: HttpRequest) -> HttpResponse:
    """What one has lent, what was lent to one, and what one may lend."""
    me = actor_of(request).id
    lendable = [grant for grant in _own_grants(me) if may_be_lent(Role(grant.role))]
    agencies = {grant.agency_id for grant in lendable}
    posts = [one for one in _own_posts(me) if one.post.agency_id in agencies]
    context = {
        "lent": lines_of(Delegation.objects.filter(grant__person=me)),
        "received": lines_of(Delegation.objects.filter(delegate=me)),
        "grants": [(grant, ROLES[Role(grant.role)]) for grant in lendable],
        "posts": posts,
        "longest": LONGEST.days,
    }
    return render(request, "desk/delegations.html", context)


@signed_in_anew
def add(request: HttpRequest) -> HttpResponse:
    """Lend a role (`?grant=`) or all that goes with a post (`?post=`) of one's own."""
    actor = actor_of(request)
    grant = _named(request, "grant", _own_grants(actor.id))
    holding = _named(request, "post", _own_posts(actor.id))
    if grant is None and holding is None:
        raise Http404
    scope = grant.scope if grant else holding.post.agency.path
    people = people_of(scope).exclude(pk=actor.id).select_related("home").order_by("sort_key")
    what = ROLES[Role(grant.role)] if grant else holding.post.title
    notice = _(
        "For this time the other person acts with these rights, and the audit log says on whose behalf. You keep them "
        "too. Granting roles and reading the audit log are not delegated. At most %(days)s days."
    )
    deed = Deed(
        _("Delegate “%(what)s”") % {"what": what},
        _("Delegate"),
        reverse("desk:delegations"),
        notice % {"days": LONGEST.days},
        crumbs=_crumbs(),
    )

    def act(values: Any) -> None:
        leave = {
            "by": actor,
            "delegate_id": values["delegate"].pk,
            "starts_at": _beginning(values["first"]),
            "ends_at": _midnight(min(values["last"], LAST_DAY) + timedelta(days=1)),
            "reason": values["reason"],
        }
        if grant:
            actions.delegate_role(grant_id=grant.pk, **leave)
        else:
            actions.delegate_post(holding_id=holding.pk, **leave)

    return carry_out(request, LeaveForm(posted(request), people=people), deed, act, done=_("Delegated."))


@signed_in
def withdraw(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """End it now: by who lent the role, or by who was to use it."""
    mine = Delegation.objects.of_person(actor_of(request).id).with_facts()
    found = mine.filter(pk=delegation_id).first()
    if found is None:
        raise Http404
    return withdraw_page(request, found, back=reverse("desk:delegations"), crumbs=_crumbs())


def _own_grants(person_id: UUID) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.not_ended().filter(person=person_id).select_related("agency")


def _own_posts(person_id: UUID) -> QuerySet[Holding]:
    return Holding.objects.current().filter(person=person_id).select_related("post__agency")


def _named(request: HttpRequest, parameter: str, rows: QuerySet[Any]) -> Any:
    """The row of one's own that the address names; nonsense names none."""
    try:
        return rows.filter(pk=UUID(request.GET.get(parameter, ""))).first()
    except ValueError:
        return None


def _beginning(first: date | None) -> datetime | None:
    """Today means from now on."""
    today = timezone.localdate(clock.now())
    return None if first is None or first == today else _midnight(first)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
