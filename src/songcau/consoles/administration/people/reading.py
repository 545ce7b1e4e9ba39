"""What a person's page shows."""

from typing import Any

from allauth.usersessions.models import UserSession

from songcau.consoles.administration.grant_lines import lines_of
from songcau.consoles.administration.log import last_entries
from songcau.foundation.accounts import lockout, second_factor
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.permissions import is_above, may_act_on, scope_of
from songcau.foundation.notifications.models import ZaloFollower
from songcau.foundation.notifications.permissions import may_manage
from songcau.kernel.actor import Actor

# Deed → the permission it needs, in the order of the page.
DEEDS = {
    "change": "accounts.manage_people",
    "unlock": "accounts.unlock_people",
    "sign_out": "accounts.sign_out_people",
    "password": "accounts.reset_credentials",
    "second_factor": "accounts.reset_credentials",
    "deactivate": "accounts.manage_people",
    "reactivate": "accounts.manage_people",
}


def facts(by: Actor, person: Person) -> dict[str, Any]:
    """The context of `people/person.html`."""
    locked_for = max(lockout.minutes_left(key(person)) for key in (lockout.person_key, lockout.code_key))
    seen = Agency.objects.visible_to(by)
    return {
        "person": person,
        "home_is_seen": person.home is not None and seen.contains(person.home),
        "posts": person.holdings.filter(post__agency__in=seen).select_related("post__agency"),
        "grants": lines_of(RoleGrant.objects.visible_to(by).filter(person=person)),
        "sessions": _sessions(by, person),
        "has_second_factor": second_factor.is_set_up(person),
        "locked_for": locked_for,
        "deeds": deeds(by, person, locked=locked_for > 0),
        "zalo": ZaloFollower.objects.filter(person=person).first(),
        "may_link_zalo": may_manage(by),
        "may_grant": by.id != person.pk and bool(by.scopes("accounts.grant_roles")) and person.is_active,
        "is_above": is_above(by, person),
        "log": last_entries(by, f"accounts.person:{person.pk}"),
    }


def _sessions(by: Actor, person: Person) -> Any:
    """Where the person is signed in, for who may end it; None for others, whom no address concerns."""
    if by.id != person.pk and not by.may("accounts.sign_out_people", within=scope_of(person.home)):
        return None
    return UserSession.objects.filter(user=person).order_by("-last_seen_at")


def deeds(by: Actor, person: Person, *, locked: bool) -> set[str]:
    """The deeds that make sense now and that the actor may do."""
    sensible = {"change", "sign_out", "password", "second_factor"}
    sensible |= {"deactivate"} if person.is_active else {"reactivate"}
    sensible |= {"unlock"} if locked else set()
    if by.id == person.pk:
        # One's own password, factor and sessions are mended on one's own page.
        sensible &= {"change"}
    return {deed for deed in sensible if may_act_on(by, DEEDS[deed], person)}
