"""Forms about roles."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import may_hand_on
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.shell.fields import UNCHOSEN, AgencyChoice, Day, ReasonForm, agencies_where
from songcau.kernel.actor import EVERYWHERE, Actor


def midnight(values: dict[str, object], name: str) -> datetime | None:
    """The first instant of the day typed, in the city's zone."""
    day = values.get(name)
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None  # type: ignore[arg-type]


class GrantForm(ReasonForm):
    """A role for a person who is known already."""

    role = forms.ChoiceField(label=_("Role"))
    agency = AgencyChoice(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=_("Whole city"),
        help_text=_("The role holds there and in everything under it. Only some roles hold in the whole city."),
    )
    valid_from = Day(label=_("From"), required=False, help_text=_("Empty: at once."))
    valid_to = Day(label=_("Until, not included"), required=False, help_text=_("Empty: without an end date."))
    field_order = ["role", "agency", "valid_from", "valid_to", "reason"]

    def __init__(self, *args: object, by: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [("", UNCHOSEN), *offered(by)]  # type: ignore[attr-defined]
        grant = "accounts.grant_roles"
        where: AgencyChoice = self.fields["agency"]  # type: ignore[assignment]
        where.offer(agencies_where(by, grant), or_none=EVERYWHERE in by.scopes(grant))


def offered(by: Actor) -> list[tuple[str, object]]:
    """The roles that the actor may hand on somewhere."""
    everywhere = EVERYWHERE in by.scopes("accounts.grant_roles")
    agencies = [None] if everywhere else list(agencies_where(by, "accounts.grant_roles"))
    return [(str(role), words) for role, words in ROLES.items() if any(may_hand_on(by, role, a) for a in agencies)]


class EndForm(ReasonForm):
    """Another end of a role."""

    valid_to = Day(label=_("Until, not included"), required=False, help_text=_("Empty: without an end date."))
    field_order = ["valid_to", "reason"]
