"""A person's one-time codes: which count, each only once, and the encryption of what makes them."""

import hmac
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings

from songcau.foundation.accounts.models import Person
from songcau.kernel import sealing
from songcau.kernel.errors import Unavailable
from songcau.kernel.one_time_codes import STEP_SECONDS, code_at

# A telephone's clock may be half a minute wrong.
_TOLERATED_STEPS = (0, -1, 1)
_LABEL = "songcau.accounts.second_factor"


class SecretUnreadable(Unavailable):
    """A stored secret was encrypted with another `secret_key`; the second factor has to be reset."""

    code = "SECRET_UNREADABLE"


def encrypted(text: str) -> str:
    return sealing.sealed(text, key=settings.SECRET_KEY, label=_LABEL)


def decrypted(text: str) -> str:
    """Raises SecretUnreadable."""
    try:
        return sealing.opened(text, key=settings.SECRET_KEY, label=_LABEL)
    except sealing.SealBroken:
        raise SecretUnreadable() from None


def current_code(secret: str, at: datetime) -> str:
    """The code an authenticator app shows at an instant; `secret` in base 32."""
    return code_at(secret, at.timestamp())


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The half minute whose code this is, if it is near enough to `at`."""
    typed = "".join(code.split())
    for shift in _TOLERATED_STEPS:
        if hmac.compare_digest(code_at(secret, (_step(at) + shift) * STEP_SECONDS).encode(), typed.encode()):
            return _step(at) + shift
    return None


def spend(person: Person, step: int) -> bool:
    """Mark a half minute as used; False when it, or a later one, already was. Sound under concurrency."""
    return bool(Person.objects.filter(pk=person.pk, spent_step__lt=step).update(spent_step=step))


def accepted(person: Person, code: str, at: datetime) -> Authenticator | None:
    """The authenticator whose code this is, which is thereby used up, or None."""
    with_codes = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for authenticator in Authenticator.objects.filter(user=person, type__in=with_codes).order_by("-type"):
        if authenticator.type == Authenticator.Type.TOTP:
            step = matching_step(decrypted(authenticator.data["secret"]), code, at)
            valid = step is not None and spend(person, step)
        else:
            valid = authenticator.wrap().validate_code(code)
        if valid:
            return authenticator
    return None


def is_set_up(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def secret_of(person: Person) -> str | None:
    """The secret in base 32, or None. Raises SecretUnreadable."""
    authenticator = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    return decrypted(authenticator.data["secret"]) if authenticator else None


def set_up(person: Person, secret: str) -> None:
    """Give a person an authenticator with a known secret, instead of the one there is."""
    Authenticator.objects.filter(user=person).delete()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": encrypted(secret)})


def remove(person: Person) -> int:
    """Take away the authenticator, the recovery codes and the passkeys; how many there were."""
    return int(Authenticator.objects.filter(user=person).delete()[0])


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS
