"""How many codes are sent to telephones, how long one holds, and how often it may be tried. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from songcau.kernel.errors import Refused

DIGITS = 6
HOLDS_FOR = timedelta(minutes=5)
MOST_ATTEMPTS = 5
COUNTED_FOR = timedelta(hours=24)
BETWEEN_TWO = timedelta(seconds=60)
MOST_OF_PHONE = 5
MOST_OF_ADDRESS_AN_HOUR = 10
MOST_OF_ADDRESS = 30
# Messages cost money; a flood stops here, and the day after it is over.
MOST_OF_CITY = 5000


class TooManyCodes(Refused):
    """Of this number, from this address, or in the whole city. It is not said which."""

    code = "TOO_MANY_CODES"
    conflict = True


class PhoneCodeWrong(Refused):
    """Not the code, or one that was used, has run out or was tried too often. It is not said which."""

    code = "PHONE_CODE_WRONG"


def require_few_codes(
    of_phone: Sequence[datetime], of_address: Sequence[datetime], of_city: int, now: datetime
) -> None:
    """When codes were asked for in the last day: of the number, from the address; and how many in all."""
    too_soon = any(now - at < BETWEEN_TWO for at in of_phone)
    of_hour = sum(now - at < timedelta(hours=1) for at in of_address)
    if (
        too_soon
        or len(of_phone) >= MOST_OF_PHONE
        or of_hour >= MOST_OF_ADDRESS_AN_HOUR
        or len(of_address) >= MOST_OF_ADDRESS
        or of_city >= MOST_OF_CITY
    ):
        raise TooManyCodes()


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the 64 bits that a household or a server is given, and may roam in."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((int(known), 64), strict=False))


def code_is_open(asked_at: datetime, now: datetime) -> bool:
    return now - asked_at < HOLDS_FOR
