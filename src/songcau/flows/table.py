"""Every event of the city, and what follows it in another system. `docs/generated/flows.md` is drawn from this table.

An event that nothing follows stands here too, with an empty tuple: that is a statement, not an omission.
What a system does on its own events stands in its `tasks.py`.
"""

from songcau.foundation.accounts import events as accounts
from songcau.foundation.files import events as files
from songcau.foundation.outbox import events as outbox
from songcau.foundation.outbox.reactions import Reaction
from songcau.foundation.places import events as places

TABLE: dict[type, tuple[Reaction, ...]] = {
    accounts.AgencyAdded: (),
    accounts.AgencyChanged: (),
    accounts.AgencyClosed: (),
    accounts.AgencyMoved: (),
    accounts.IdentityLinked: (),
    accounts.IdentityUnlinked: (),
    accounts.PasswordReset: (),
    accounts.PersonAdded: (),
    accounts.PersonChanged: (),
    accounts.PersonDeactivated: (),
    accounts.PersonReactivated: (),
    accounts.PersonSignedOut: (),
    accounts.PersonUnlocked: (),
    accounts.PostAdded: (),
    accounts.PostLeft: (),
    accounts.PostTaken: (),
    accounts.RoleEndChanged: (),
    accounts.RoleExpired: (),
    accounts.RoleGranted: (),
    accounts.RoleWithdrawn: (),
    accounts.SecondFactorReset: (),
    files.FileHeld: (),
    files.FileReleased: (),
    files.FileRemoved: (),
    files.FileScanned: (),
    files.FileSetAside: (),
    files.FileStored: (),
    outbox.JobDue: (),
    places.BoundariesApplied: (),
    places.UnitsLoaded: (),
}
