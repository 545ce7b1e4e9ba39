"""Who may enter a route. Every route says it; a route that does not is closed.

    @open_to_everyone            anybody
    @signed_in                   anybody with an account
    @signed_in_or("portal:home") the same; others are led to that page instead of the sign-in
    @signed_in_anew              the same, and the password or a code was given in the last five minutes
    @requires("app.verb_noun")   who holds the permission somewhere; rows are cut by `visible_to`, deeds by actions
    @requires(..., fresh=True)   the same, and the password or a code was given in the last five minutes
    @requires_assurance(level)   anybody who signed in by something that vouches for them surely enough

Routes of libraries get theirs by name from `declare`. `middleware.AccessMiddleware` keeps the declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from django.http import HttpRequest
from django.urls import ResolverMatch

from songcau.foundation.accounts.sign_on.rules import Assurance
from songcau.kernel.actor import Actor

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Access:
    """`permission` and `assurance` imply `signed_in`; `fresh` asks for the password again.

    `otherwise`: the name of the page to which strangers are led, where it is not the sign-in.
    """

    signed_in: bool = True
    permission: str = ""
    fresh: bool = False
    assurance: Assurance = Assurance.NONE
    otherwise: str = ""


OPEN = Access(signed_in=False)
SIGNED_IN = Access()
SIGNED_IN_ANEW = Access(fresh=True)

_declared: dict[str, Access] = {}


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, as `middleware.ActorMiddleware` has found them: what a view hands to actions as `by`."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def open_to_everyone(view: View) -> View:
    """Anybody may enter."""
    return _marked(view, OPEN)


def signed_in(view: View) -> View:
    """Anybody with an account may enter."""
    return _marked(view, SIGNED_IN)


def signed_in_or(otherwise: str) -> Callable[[View], View]:
    """Anybody with an account may enter; strangers are led to the page of this name."""
    return lambda view: _marked(view, Access(otherwise=otherwise))


def signed_in_anew(view: View) -> View:
    """Anybody with an account may enter, after giving the password or a code again."""
    return _marked(view, SIGNED_IN_ANEW)


def requires(permission: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Whoever holds the permission in any scope may enter; `fresh`: after giving the password or a code again."""
    return lambda view: _marked(view, Access(permission=permission, fresh=fresh))


def requires_assurance(level: Assurance) -> Callable[[View], View]:
    """Whoever is known at least so surely may enter; others are led to the ways in that are sure enough.

    Together with `@requires(…)` it stands above it.
    """

    def mark(view: View) -> View:
        said = getattr(view, "access", SIGNED_IN)
        return _marked(view, replace(said, signed_in=True, assurance=level))

    return mark


def declare(name: str, access: Access) -> None:
    """Say it for a library's route, by its url name; `admin:*` for all of a namespace."""
    _declared[name] = access


def access_of(view: object, match: ResolverMatch | None) -> Access | None:
    """What a route says, or None when it says nothing."""
    if isinstance(access := getattr(view, "access", None), Access):
        return access
    if match is None:
        return None
    return _declared.get(match.view_name) or _declared.get(f"{match.namespace}:*" if match.namespace else "")


def _marked(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


for _name in (
    "account_login",
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "set_language",
):
    declare(_name, OPEN)
for _name in (
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "usersessions_list",
):
    declare(_name, SIGNED_IN)
declare("admin:*", Access(permission="accounts.open_django_admin"))
