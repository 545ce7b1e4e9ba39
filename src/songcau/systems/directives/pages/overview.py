"""The lists, and what waits for the one who looks: made for a phone first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages import listing
from songcau.systems.directives.pages.steps import Step, steps_for
from songcau.systems.directives.permissions import DRAFT, GIVE, REPORT, VIEW, is_centre, may_write
from songcau.systems.directives.queries import lists
from songcau.systems.directives.rules import WORKING, State, Timing

MOST_CARDS = 50
# Of a card: what one comes for, and no more than fits under a thumb.
ON_A_CARD = frozenset({"give", "start", "report", "contribute", "decide_extension", "accept"})
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    directive: Directive
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Pile:
    """A part of the page. `address`: the list with all of them."""

    code: str
    title: Words
    cards: tuple[Card, ...]
    total: int
    address: str = ""


@requires(VIEW)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for the one who looks: decisions, work of their agency, drafts."""
    by = actor_of(request)
    piles = [pile for pile in _piles(by) if pile.total]
    context = {"piles": piles, "now": clock.now(), "may_write": may_write(by)}
    return render(request, "directives/mine.html", context)


def _piles(by: Actor) -> Iterable[Pile]:
    now = clock.now()
    if by.may(GIVE):
        yield from _decisions(by)
    if by.may(REPORT):
        work = lists.of_my_agencies(by)
        own = work.filter(state__in=WORKING)
        for code, title in ((Timing.LATE, _("Late")), (Timing.SOON, _("Due soon")), (Timing.IN_TIME, _("In time"))):
            rows = own.filter(lists.TIMINGS[code](now)).order_by("due_at", "pk")
            yield _pile(by, str(code), title, rows, f"?timing={code}")
        waiting = work.filter(state=State.DONE).order_by("done_at", "pk")
        yield _pile(by, "DONE", _("Reported as done, not accepted yet"), waiting, f"?state={State.DONE}")
    if by.may(DRAFT):
        drafts = lists.drafted_at_the_desk(by).order_by("drafted_at", "pk")
        yield _pile(by, "DRAFTS", _("Drafts that wait for a leader"), drafts, f"?state={State.DRAFT}")


def _decisions(by: Actor) -> Iterable[Pile]:
    rows = lists.decided_by(by)
    drafts = rows.filter(state=State.DRAFT).order_by("drafted_at", "pk")
    yield _pile(by, "TO_GIVE", _("Drafts for your decision"), drafts, f"?state={State.DRAFT}")
    asked = rows.filter(lists.extension_waits()).order_by("due_at", "pk")
    yield _pile(by, "EXTENSIONS", _("More time is asked of you"), asked, f"?state={listing.EXTENSION}")
    done = rows.filter(state=State.DONE).order_by("done_at", "pk")
    yield _pile(by, "TO_ACCEPT", _("Results for you to accept"), done, f"?state={State.DONE}")
    late = rows.filter(lists.TIMINGS[Timing.LATE](clock.now())).order_by("due_at", "pk")
    yield _pile(by, "LATE_OF_OTHERS", _("Late, of what you gave"), late, f"?timing={Timing.LATE}")


def _pile(by: Actor, code: str, title: Words, rows: QuerySet[Directive], query: str) -> Pile:
    shown = [Card(one, _steps(by, one)) for one in rows[:MOST_CARDS]]
    return Pile(code, title, tuple(shown), rows.count(), query)


def _steps(by: Actor, directive: Directive) -> tuple[Step, ...]:
    return tuple(step for step in steps_for(by, directive) if step.name in ON_A_CARD)[:2]


@requires(VIEW)
@require_GET
def all_directives(request: HttpRequest) -> HttpResponseBase:
    """Everything the actor may see: where figures lead."""
    by = actor_of(request)
    extra = {"may_write": may_write(by)}
    rows = lists.directives_of(by)
    return render_list(request, listing.all_of(by.id), rows, template="directives/all.html", extra=extra)


@requires(VIEW)
@require_GET
def late(request: HttpRequest) -> HttpResponseBase:
    """Past the date and not done, the longest first."""
    by = actor_of(request)
    extra = {"may_write": may_write(by), "is_centre": is_centre(by)}
    rows = lists.late_ones(by, clock.now())
    return render_list(request, listing.late_of(by.id), rows, template="directives/late.html", extra=extra)
