"""What is believed of what a provider says (OpenID Connect Core 3.1.3.7, RFC 9207), and what may be linked to whom.

Pure: `now` is handed in. Everything that is wrong raises SignOnFailed with a `reason` for the log and the audit; the
citizen reads one sentence for all of them, since none of them is anything a citizen could mend.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from songcau.foundation.accounts.phones import PhoneUnreadable, phone_number
from songcau.foundation.accounts.rules import NameUnusable, usable_name
from songcau.kernel.dates import DateUnreadable, Span, parsed_period
from songcau.kernel.errors import Refused, Unavailable
from songcau.kernel.text import nfc, normal

SKEW = timedelta(seconds=60)
# From the first step at our page to the answer of the provider.
PENDING_FOR = timedelta(minutes=10)
MOST_PENDING = 5
LONGEST_SUBJECT = 255
# After this long without use the telephone company may have given the number to somebody else.
PHONE_KNOWN_FOR = timedelta(days=90)


class Assurance(IntEnum):
    """How surely we know who it is. The order counts."""

    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


class Reason(StrEnum):
    """Why an answer of a provider was not believed; for logs and the audit, never for a page."""

    STATE_UNKNOWN = "STATE_UNKNOWN"
    STATE_EXPIRED = "STATE_EXPIRED"
    STATE_REPLAYED = "STATE_REPLAYED"
    OTHER_PERSON = "OTHER_PERSON"
    PROVIDER_MIXED = "PROVIDER_MIXED"
    ISSUER_MISSING = "ISSUER_MISSING"
    PROVIDER_ERROR = "PROVIDER_ERROR"
    CODE_MISSING = "CODE_MISSING"
    DISCOVERY_UNUSABLE = "DISCOVERY_UNUSABLE"
    TOKEN_REFUSED = "TOKEN_REFUSED"  # noqa: S105
    TOKEN_UNUSABLE = "TOKEN_UNUSABLE"  # noqa: S105
    KEYS_UNUSABLE = "KEYS_UNUSABLE"
    KEY_UNKNOWN = "KEY_UNKNOWN"
    ALGORITHM_REFUSED = "ALGORITHM_REFUSED"
    SIGNATURE_WRONG = "SIGNATURE_WRONG"
    ISSUER_WRONG = "ISSUER_WRONG"
    AUDIENCE_WRONG = "AUDIENCE_WRONG"
    PARTY_WRONG = "PARTY_WRONG"
    EXPIRED = "EXPIRED"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"
    TOO_OLD = "TOO_OLD"
    NONCE_WRONG = "NONCE_WRONG"
    ACCESS_TOKEN_WRONG = "ACCESS_TOKEN_WRONG"  # noqa: S105
    SUBJECT_MISSING = "SUBJECT_MISSING"
    SUBJECT_DIFFERS = "SUBJECT_DIFFERS"
    USERINFO_UNUSABLE = "USERINFO_UNUSABLE"


class SignOnFailed(Refused):
    """The provider's answer is not one we can believe; `reason` says why."""

    code = "SIGN_ON_FAILED"


class SignOnExpired(Refused):
    """The answer belongs to no sign-in that this browser has begun, or to one of long ago."""

    code = "SIGN_ON_EXPIRED"


class SignOnDeclined(Refused):
    """The person went back at the provider, or did not agree there."""

    code = "SIGN_ON_DECLINED"


class AssuranceTooLow(Refused):
    """The provider does not know the person well enough for what was asked for."""

    code = "ASSURANCE_TOO_LOW"


class ProviderAway(Unavailable):
    """The provider does not answer, or not in time."""

    code = "PROVIDER_AWAY"


class StaffElsewhere(Refused):
    """Who holds a role signs in at the door of the staff, unless a provider is trusted with it."""

    code = "STAFF_ELSEWHERE"


class KnownOtherwise(Refused):
    """The identity number belongs to a person who signs in another way: the ways are joined by that person only."""

    code = "KNOWN_OTHERWISE"


class IdentityTaken(Refused):
    """This account at the provider already signs somebody else in."""

    code = "IDENTITY_TAKEN"
    conflict = True


class OtherNumber(Refused):
    """The provider vouches for another identity number than the one known of the person."""

    code = "OTHER_NUMBER"


class SignInStronger(Refused):
    """The session was begun in a weaker way than the ways it wants to change."""

    code = "SIGN_IN_STRONGER"


class LastWay(Refused):
    """Without it the person could not sign in any more."""

    code = "LAST_WAY"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is, as a provider vouches. What was not said, or cannot be read, is empty."""

    provider: str
    subject: str
    assurance: Assurance
    full_name: str = ""
    # `1990`, `1990-05` or `1990-05-19`: many people know no more than the year.
    birth: str = ""
    phone: str = ""
    # The number itself; it is not kept, only its keyed hash is.
    number: str = ""


def failed(provider: str, reason: Reason) -> SignOnFailed:
    return SignOnFailed(provider=provider, reason=str(reason))


def require_response_issuer(said: str | None, *, issuer: str, promised: bool, provider: str) -> None:
    """The `iss` of the answer (RFC 9207): it keeps an answer of one provider from being taken for another's."""
    if said is None and promised:
        raise failed(provider, Reason.ISSUER_MISSING)
    if said is not None and said != issuer:
        raise failed(provider, Reason.PROVIDER_MIXED)


def require_pending(began: datetime, now: datetime) -> None:
    if not now - PENDING_FOR < began <= now + SKEW:
        raise SignOnExpired(reason=str(Reason.STATE_EXPIRED))


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say to be believed."""

    provider: str
    issuer: str
    client_id: str
    nonce: str
    # Of the header, already on the list of the allowed ones; it says how `at_hash` is made.
    algorithm: str
    access_token: str


def require_id_token(claims: Mapping[str, object], expected: Expected, now: datetime) -> None:
    """Raises SignOnFailed with the first reason not to believe it. The signature has been checked before."""
    checks = (
        (claims.get("iss") == expected.issuer, Reason.ISSUER_WRONG),
        (expected.client_id in _audiences(claims), Reason.AUDIENCE_WRONG),
        (_party_is_right(claims, expected.client_id), Reason.PARTY_WRONG),
        (_is_after(claims.get("exp"), now - SKEW), Reason.EXPIRED),
        (_is_until(claims.get("iat"), now + SKEW), Reason.FROM_THE_FUTURE),
        ("nbf" not in claims or _is_until(claims["nbf"], now + SKEW), Reason.FROM_THE_FUTURE),
        (_is_after(claims.get("iat"), now - PENDING_FOR - SKEW), Reason.TOO_OLD),
        (same(claims.get("nonce"), expected.nonce), Reason.NONCE_WRONG),
        ("at_hash" not in claims or _access_token_is_meant(claims["at_hash"], expected), Reason.ACCESS_TOKEN_WRONG),
        (is_subject(claims.get("sub")), Reason.SUBJECT_MISSING),
    )
    for holds, reason in checks:
        if not holds:
            raise failed(expected.provider, reason)


def is_subject(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT and normal(value) == value


def same(said: object, known: str) -> bool:
    """In constant time, and never for an empty text."""
    return isinstance(said, str) and bool(known) and hmac.compare_digest(nfc(said).encode(), known.encode())


def _audiences(claims: Mapping[str, object]) -> list[object]:
    said = claims.get("aud")
    return said if isinstance(said, list) else [said]


def _party_is_right(claims: Mapping[str, object], client_id: str) -> bool:
    if "azp" in claims:
        return claims["azp"] == client_id
    return len(_audiences(claims)) == 1


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _is_after(value: object, at: datetime) -> bool:
    seconds = _seconds(value)
    return seconds is not None and seconds > at.timestamp()


def _is_until(value: object, at: datetime) -> bool:
    seconds = _seconds(value)
    return seconds is not None and seconds <= at.timestamp()


_DIGESTS = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


def access_token_hash(access_token: str, algorithm: str) -> str:
    """`at_hash`: the left half of the digest that belongs to the signature's algorithm."""
    digest = _DIGESTS.get(algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _access_token_is_meant(said: object, expected: Expected) -> bool:
    return same(said, access_token_hash(expected.access_token, expected.algorithm))


def assurance_of(acr: object, levels: Mapping[str, Assurance], otherwise: Assurance) -> Assurance:
    """The level an `acr` stands for; what the table does not know counts as `otherwise`."""
    return levels.get(acr, otherwise) if isinstance(acr, str) else otherwise


def acr_values(levels: Mapping[str, Assurance], wanted: Assurance) -> str:
    """What to ask a provider for: every `acr` that is enough, the lowest first."""
    enough = sorted((level, acr) for acr, level in levels.items() if level >= wanted)
    return " ".join(acr for _, acr in enough)


def require_assurance(known: Assurance, wanted: Assurance, provider: str) -> None:
    if known < wanted:
        raise AssuranceTooLow(provider=provider, known=known.name, wanted=wanted.name)


def text_of(value: object) -> str:
    """A claim as one line; a number as its digits; anything else is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return normal(str(value))


def name_of(text: str) -> str:
    try:
        return usable_name(text)
    except NameUnusable:
        return ""


def phone_of(text: str) -> str:
    try:
        return phone_number(text)
    except PhoneUnreadable:
        return ""


def number_of(text: str) -> str:
    """Twelve digits of a personal identity number, or nine of the older card; anything else is not looked at."""
    digits = text.replace(" ", "")
    return digits if re.fullmatch(r"[0-9]{12}|[0-9]{9}", digits) else ""


_UNKNOWN_PARTS = (
    (r"(?:00?[/.-]){1,2}(?P<year>[0-9]{4})", "{year}"),
    (r"(?P<year>[0-9]{4})(?:-00){1,2}", "{year}"),
    (r"00?[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})", "{month}/{year}"),
    (r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-00", "{month}/{year}"),
    (r"0000(?P<year>[0-9]{4})", "{year}"),
    (r"(?P<day>[0-3][0-9])(?P<month>[01][0-9])(?P<year>(?:19|20)[0-9]{2})", "{day}/{month}/{year}"),
    (r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])", "{day}/{month}/{year}"),
)


def birth_of(text: str, today: date) -> str:
    """`19/05/1990`, `19051990`, `1990-05-19`, `00/00/1990`, `1990` in ISO form, as exact as it is known."""
    for pattern, form in _UNKNOWN_PARTS:
        if found := re.fullmatch(pattern, text):
            text = form.format(**found.groupdict())
            break
    try:
        period = parsed_period(text)
    except DateUnreadable:
        return ""
    lengths = {Span.YEAR: 4, Span.MONTH: 7, Span.DAY: 10}
    if period.first > today or period.span not in lengths:
        return ""
    return period.first.isoformat()[: lengths[period.span]]


def phone_is_known(last_used: datetime, now: datetime) -> bool:
    """Whether a number still counts as its holder's."""
    return now - last_used < PHONE_KNOWN_FOR


def require_may_change_ways(session: Assurance, held: Sequence[Assurance]) -> None:
    """A weak sign-in must not hang a strong key onto the account, nor take one away."""
    strongest = max(held, default=Assurance.NONE)
    if session < strongest:
        raise SignInStronger(wanted=strongest.name)


def require_same_number(new: str, held: Sequence[str]) -> None:
    """`new` and `held`: hashes of identity numbers, empty where none was vouched for."""
    if new and any(one and one != new for one in held):
        raise OtherNumber()


def require_way_left(others: int) -> None:
    """`others`: in how many more ways the person can sign in."""
    if others < 1:
        raise LastWay()
