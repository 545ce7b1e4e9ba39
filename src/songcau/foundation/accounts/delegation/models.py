"""The table of roles lent. It names the tables it hangs on, so that those may know it in turn."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.delegation import rules
from songcau.foundation.accounts.delegation.rules import OPEN, DelegationState
from songcau.foundation.accounts.roles import Role, lent_by
from songcau.foundation.accounts.rules import GrantState
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor, Grant, OnBehalf
from songcau.kernel.ids import new_id


def _role_stands(at: datetime) -> Q:
    lasting = Q(grant__valid_to=None) | Q(grant__valid_to__gt=at)
    return Q(grant__state=GrantState.GRANTED, grant__valid_from__lte=at, grant__person__is_active=True) & lasting


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, at: datetime | None = None) -> "DelegationQuerySet":
        """Those that lend rights now: within their time, while the role they hang on counts."""
        at = at or clock.now()
        return self.filter(_role_stands(at), state__in=OPEN, starts_at__lte=at, ends_at__gt=at)

    def still_open(self) -> "DelegationQuerySet":
        return self.filter(state__in=OPEN)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "DelegationQuerySet":
        return self.still_open().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def of_person(self, person_id: object) -> "DelegationQuerySet":
        """Lent by the person or to the person."""
        return self.filter(Q(grant__person=person_id) | Q(delegate=person_id))

    def visible_to(self, actor: Actor) -> "DelegationQuerySet":
        """Those of roles in the actor's subtrees, and one's own."""
        scopes = actor.scopes("accounts.view_people")
        if EVERYWHERE in scopes:
            return self
        seen = Q(grant__person=actor.id) | Q(delegate=actor.id)
        for scope in scopes:
            seen |= Q(grant__agency__path__startswith=scope)
        return self.filter(seen)

    def with_facts(self) -> "DelegationQuerySet":
        return self.select_related("grant__person", "grant__agency", "delegate", "holding__post", "withdrawn_by")


class Delegation(models.Model):
    """A role that its holder lends to another person, from an instant until an instant (exclusive)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.ForeignKey("accounts.RoleGrant", models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey("accounts.Person", models.PROTECT, related_name="delegations")
    # When all of a post was handed over: by whom it is held.
    holding = models.ForeignKey("accounts.Holding", models.PROTECT, null=True, blank=True, related_name="delegations")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in DelegationState],
        default=DelegationState.PLANNED,
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_reason = models.CharField(max_length=500, blank=True, default="")
    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "id"]
        indexes = [models.Index(fields=["state", "ends_at"], name="delegation_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(state="WITHDRAWN") | ~Q(withdrawal_reason=""), name="withdrawn_delegation_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant} → {self.delegate}"

    @property
    def scope(self) -> str:
        return self.grant.scope

    def state_at(self, now: datetime) -> DelegationState:
        """The state by the clock. A role granted for later stands as soon as it begins."""
        grant = self.grant
        stands = grant.state == GrantState.GRANTED and (grant.valid_to is None or grant.valid_to > now)
        return rules.state_by_clock(DelegationState(self.state), self.starts_at, self.ends_at, now, role_stands=stands)

    def as_grant(self) -> Grant:
        """For the kernel's actor: the rights lent, and on whose behalf they are used."""
        grant = self.grant
        until = self.ends_at if grant.valid_to is None else min(self.ends_at, grant.valid_to)
        behalf = OnBehalf(grant.person_id, grant.person.label, self.id)
        return Grant(lent_by(Role(grant.role)), grant.scope, until, behalf)
