"""What happens by itself as time goes on, and a leader who asks how it stands."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songcau.foundation.accounts.queries import successors_on
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.directives import rules
from songcau.systems.directives.actions.record import change, locked, note
from songcau.systems.directives.events import DirectiveChanged, DirectiveFellDue, DirectiveNudged
from songcau.systems.directives.models import Directive
from songcau.systems.directives.permissions import require_nudge
from songcau.systems.directives.rules import State, Told

MOST_AT_ONCE = 500
NUDGE_EVERY = timedelta(hours=12)


class NudgedLately(Refused):
    """At most one reminder in `hours` hours."""

    code = "DIRECTIVE_NUDGED_LATELY"
    conflict = True


@transaction.atomic
def nudge_directive(*, by: Actor, directive_id: UUID) -> Directive:
    """A leader, or the centre, reminds the agencies. Raises NotYours, DirectiveUnknown, DirectiveNotAtWork,
    NudgedLately.
    """
    directive = locked(directive_id)
    require_nudge(by, directive)
    rules.require_working(State(directive.state))
    now = clock.now()
    if directive.nudged_at and now - directive.nudged_at < NUDGE_EVERY:
        raise NudgedLately(hours=int(NUDGE_EVERY.total_seconds() // 3600))
    directive.nudged_at = now
    note(directive, "nudge", by=by)
    change(by, directive, "nudge", DirectiveNudged(directive.pk))
    return directive


def tell_fallen_due(*, by: Actor) -> int:
    """Each whose end is near, past or long past, and of which that was not told yet; how many. Safe to repeat."""
    now = clock.now()
    near = Q(told=Told.NOTHING, soon_at__lte=now)
    late = Q(told__in=[Told.NOTHING, Told.SOON], due_at__lt=now)
    long_late = Q(due_at__lt=now - rules.LONG_LATE) & ~Q(told=Told.LONG_LATE)
    rows = Directive.objects.at_work().filter(near | late | long_late).order_by("due_at", "pk")
    return sum(_fell_due(by, pk) for pk in rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def _fell_due(by: Actor, directive_id: UUID) -> bool:
    directive = locked(directive_id)
    if directive.state not in rules.WORKING or directive.due_at is None or directive.soon_at is None:
        return False
    told = rules.to_be_told(clock.now(), due_at=directive.due_at, near_at=directive.soon_at)
    if not rules.is_news(Told(directive.told), told):
        return False
    # No version is raised: who has its form open is not sent away by a reminder.
    directive.told = told
    change(by, directive, "tell_fallen_due", DirectiveFellDue(directive.pk, str(told)), told=str(told))
    return True


def follow_closed_agencies(*, by: Actor) -> int:
    """What a closed agency leads goes to the one that came after it; where there are several, a person decides."""
    closed = Directive.objects.filter(lead__closed_on__lte=clock.today()).exclude(
        state__in=[State.CLOSED, State.WITHDRAWN, State.REFUSED]
    )
    return sum(_followed(by, pk) for pk in closed.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


@transaction.atomic
def _followed(by: Actor, directive_id: UUID) -> bool:
    directive = locked(directive_id)
    after = successors_on(directive.lead, clock.today())
    if len(after) != 1 or directive.supporting.filter(agency=after[0]).exists():
        return False
    directive.take({"lead": after[0], "officer_id": None, "officer_label": ""})
    note(directive, "follow_agency", by=by, lead=after[0].name)
    change(by, directive, "follow_agency", DirectiveChanged(directive.pk, "lead"), lead=after[0].code)
    return True
