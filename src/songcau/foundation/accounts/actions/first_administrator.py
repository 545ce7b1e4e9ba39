"""The first account of a city, made on the machine itself; also the way back in when all administrators are gone."""

from django.db import transaction

from songcau.foundation.accounts.actions.credentials import set_temporary_password
from songcau.foundation.accounts.actions.people import add_person
from songcau.foundation.accounts.actions.roles import grant_role
from songcau.foundation.accounts.roles import Role
from songcau.kernel.actor import Actor


@transaction.atomic
def bootstrap_administrator(*, by: Actor, username: str, full_name: str) -> str:
    """Add a system administrator; the temporary password, shown once.

    At the first sign-in the password must be changed and a second factor set up. Raises UsernameTaken and the
    refusals of a bad name. `by` is songcau itself: there is nobody yet who could grant the role.
    """
    person = add_person(by=by, username=username, full_name=full_name, home_id=None)
    grant_role(
        by=by,
        person_id=person.id,
        role=Role.SYSTEM_ADMINISTRATOR,
        agency_id=None,
        reason="songcau user create-administrator",
    )
    return set_temporary_password(by=by, person_id=person.id)
