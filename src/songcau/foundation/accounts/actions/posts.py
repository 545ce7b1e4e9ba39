"""Posts in agencies, and who holds them."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.accounts import permissions, rules
from songcau.foundation.accounts.actions.agencies import open_agency
from songcau.foundation.accounts.actions.people import PersonInactive, locked_person
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import PostAdded, PostLeft, PostTaken
from songcau.foundation.accounts.models import Holding, Post
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class PostTitleTaken(Refused):
    """The agency has a post of this title, or a head already."""

    code = "POST_TITLE_TAKEN"
    conflict = True


class PostHeldAlready(Refused):
    """The person holds the post, or somebody else heads the agency."""

    code = "POST_HELD_ALREADY"
    conflict = True


class PostLeftAlready(Refused):
    code = "POST_LEFT_ALREADY"
    conflict = True


@transaction.atomic
def add_post(*, by: Actor, agency_id: UUID, title: str, is_head: bool = False) -> Post:
    """Raises NotYours, AgencyIsClosed, AgencyNameMissing, PostTitleTaken."""
    agency = open_agency(agency_id)
    permissions.require(by, "accounts.manage_agencies", agency)
    post = Post(agency=agency, title=rules.usable_title(title), is_head=is_head)
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError:
        raise PostTitleTaken(title=post.title) from None
    done(by, "add_post", agency, PostAdded(post.id, agency.id), post=str(post.id), title=post.title, is_head=is_head)
    return post


@transaction.atomic
def hold_post(*, by: Actor, post_id: UUID, person_id: UUID, from_on: date) -> Holding:
    """Raises NotYours, AboveYou, PersonInactive, PeriodUnusable, PostHeldAlready, AgencyIsClosed."""
    post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
    agency = open_agency(post.agency_id)
    person = locked_person(person_id)
    permissions.require(by, "accounts.manage_people", agency)
    permissions.require_act_on(by, "accounts.manage_people", person)
    if not person.is_active:
        raise PersonInactive(name=person.full_name)
    rules.require_days(from_on, None, clock.today())
    held = post.holdings.current()
    if (held if post.is_head else held.filter(person=person)).exists():
        raise PostHeldAlready(title=post.title)
    holding = Holding.objects.create(post=post, person=person, from_on=from_on)
    event = PostTaken(holding.id, post.id, person.id, from_on)
    done(by, "hold_post", person, event, post=str(post.id), from_on=str(from_on))
    return holding


@transaction.atomic
def leave_post(*, by: Actor, holding_id: UUID, until_on: date) -> Holding:
    """`until_on` is the last day in the post. Raises NotYours, PeriodUnusable, PostLeftAlready."""
    holding = Holding.objects.select_for_update(no_key=True).get(pk=holding_id)
    permissions.require(by, "accounts.manage_people", holding.post.agency)
    if holding.until_on is not None:
        raise PostLeftAlready(title=holding.post.title)
    rules.require_days(holding.from_on, until_on, clock.today())
    holding.until_on = until_on
    holding.save(update_fields=["until_on"])
    event = PostLeft(holding.id, holding.post_id, holding.person_id, until_on)
    done(by, "leave_post", holding.person, event, post=str(holding.post_id), until_on=str(until_on))
    return holding
