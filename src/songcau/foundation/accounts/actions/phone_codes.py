"""Codes to telephones: asked for, tried, forgotten. Whether the number is known here makes no difference."""

import hmac
import secrets

from django.core.cache import cache
from django.db import transaction
from django.db.models import F

from songcau.foundation.accounts import phone_codes
from songcau.foundation.accounts.identity_models import PhoneCode
from songcau.foundation.accounts.keyed import keyed_hash
from songcau.foundation.accounts.sign_on import codes as rules
from songcau.foundation.accounts.sign_on.codes import PhoneCodeWrong, TooManyCodes
from songcau.foundation.audit.actions import record_entry
from songcau.kernel import clock
from songcau.kernel.actor import Actor

_SUBJECT = "accounts.phone_code"


def request_phone_code(*, by: Actor, phone: str, address: str, language: str) -> None:
    """Send a code to a number (E.164). Raises TooManyCodes, CodesNotSent, or what the sender raises.

    What could not be sent counts towards the limits all the same.
    """
    if not phone_codes.can_send():
        raise phone_codes.CodesNotSent()
    code = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}d}"
    with transaction.atomic():
        row = PhoneCode(
            phone_hash=keyed_hash("phone", phone), address_hash=keyed_hash("address", rules.network_of(address))
        )
        # Of two at the same moment one goes on; afterwards the rows themselves say so.
        if not cache.add(f"phone_code:{row.phone_hash}:{int(clock.now().timestamp()) // 60}", True, 60):
            raise TooManyCodes()
        _require_few(row)
        row.code_hash = _code_hash(row, code)
        row.save()
        record_entry(by=by, action="accounts.request_phone_code", subject=f"{_SUBJECT}:{row.id}", details={})
    phone_codes.send_code(phone=phone, code=code, language=language)


def check_phone_code(*, by: Actor, phone: str, code: str, address: str) -> None:
    """The newest code of the number, once, within its minutes and attempts. Raises PhoneCodeWrong."""
    # Not in one transaction with the refusal: a wrong code must stay counted.
    with transaction.atomic():
        row = PhoneCode.objects.filter(phone_hash=keyed_hash("phone", phone)).order_by("-asked_at").first()
        right = row is not None and _is_right(row, code)
        if not right:
            subject = f"{_SUBJECT}:{row.id if row else 'none'}"
            record_entry(by=by, action="accounts.fail_phone_code", subject=subject, details={"address": address})
    if not right:
        raise PhoneCodeWrong()


@transaction.atomic
def forget_phone_codes(*, by: Actor) -> int:
    """What no limit counts any more; how many. Not audited: nobody did anything."""
    return int(PhoneCode.objects.filter(asked_at__lte=clock.now() - rules.COUNTED_FOR).delete()[0])


def _require_few(row: PhoneCode) -> None:
    now = clock.now()
    rows = PhoneCode.objects.since(now - rules.COUNTED_FOR)
    of_phone = list(rows.filter(phone_hash=row.phone_hash).values_list("asked_at", flat=True))
    of_address = list(rows.filter(address_hash=row.address_hash).values_list("asked_at", flat=True))
    rules.require_few_codes(of_phone, of_address, rows.count(), now)


def _is_right(row: PhoneCode, code: str) -> bool:
    """Count the attempt first: of many at the same moment no more than allowed are looked at."""
    open_rows = PhoneCode.objects.filter(pk=row.pk, used_at=None)
    if not rules.code_is_open(row.asked_at, clock.now()):
        return False
    if not open_rows.filter(attempts__lt=rules.MOST_ATTEMPTS).update(attempts=F("attempts") + 1):
        return False
    if not hmac.compare_digest(_code_hash(row, "".join(code.split())), row.code_hash):
        return False
    return bool(open_rows.update(used_at=clock.now()))


def _code_hash(row: PhoneCode, code: str) -> str:
    return keyed_hash("phone_code", f"{row.id}:{code}")
