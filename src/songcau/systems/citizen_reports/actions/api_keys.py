"""Keys with which outside systems send reports by Open311: given out once, kept as a hash, taken back at once."""

import secrets
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.citizen_reports.events import SetUpChanged
from songcau.systems.citizen_reports.models import ApiKey
from songcau.systems.citizen_reports.permissions import require_configure

PREFIX = "sck_"


class ApiKeyNameUnusable(Refused):
    """A key has a name of its own, at most 120 characters long."""

    code = "API_KEY_NAME_UNUSABLE"


class ApiKeyUnknown(Refused):
    """No key has this id, or it was taken back already."""

    code = "API_KEY_UNKNOWN"


def hashed(key: str) -> str:
    """What is stored of a key: 256 random bits need no salt."""
    return sha256(key.encode()).hexdigest()


def issue_api_key(
    *, by: Actor, name: str, is_trusted: bool = False, jurisdiction_id: UUID | None = None
) -> tuple[ApiKey, str]:
    """The row and the key itself, which is shown this once. Raises NotYours, ApiKeyNameUnusable."""
    require_configure(by)
    called, key = normal(name), PREFIX + secrets.token_urlsafe(32)
    if not called or len(called) > 120:
        raise ApiKeyNameUnusable
    row = ApiKey(
        name=called,
        key_hash=hashed(key),
        hint=key[:8],
        is_trusted=is_trusted,
        jurisdiction_id=jurisdiction_id,
        made_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _done(by, "issue_api_key", row, trusted=is_trusted)
    except IntegrityError:
        raise ApiKeyNameUnusable from None
    return row, key


@transaction.atomic
def revoke_api_key(*, by: Actor, key_id: UUID) -> None:
    """From now on nothing is taken with it. Raises NotYours, ApiKeyUnknown."""
    require_configure(by)
    row = ApiKey.objects.select_for_update().filter(pk=key_id, revoked_at=None).first()
    if row is None:
        raise ApiKeyUnknown
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    _done(by, "revoke_api_key", row)


def _done(by: Actor, action: str, row: ApiKey, **details: object) -> None:
    about = f"citizen_reports.api_key:{row.pk}"
    record_entry(by=by, action=f"citizen_reports.{action}", subject=about, details={"name": row.name, **details})
    announce(SetUpChanged("api_key", row.pk), subject=about, by=by)
