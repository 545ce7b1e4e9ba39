"""What an outside system sends and asks, read with care. An empty parameter is one that is not there (GeoReport v2)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from songcau.kernel import clock
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.api_keys import hashed
from songcau.systems.citizen_reports.actions.importing import History
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft
from songcau.systems.citizen_reports.api.faults import KEY, SERVICE_UNKNOWN, missing, unusable
from songcau.systems.citizen_reports.models import ApiKey, Category
from songcau.systems.citizen_reports.rules import Channel

LONGEST_SPAN = timedelta(days=90)
BEYOND = _("%(name)s lies beyond the calendar.")
MOST_ROWS = 1000
# Of the ids made from a caller's own reference (RFC 9562, version 5).
_REFERENCES = UUID("5f3b7c0e-3c55-4d0d-9a35-6f0f4a1d9c11")
_LONGEST_REFERENCE = 200
_web_address = URLValidator(schemes=["http", "https"])


def key_of(request: HttpRequest) -> ApiKey:
    """The key the request carries. Raises Fault 403."""
    given = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    found = ApiKey.objects.filter(key_hash=hashed(given), revoked_at=None).first() if given else None
    if found is None:
        raise KEY
    return found


def instant(params: Mapping[str, str], name: str) -> datetime | None:
    """An instant with its zone, as RFC 3339 writes it; None where there is none. Raises Fault 400."""
    text = params.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise unusable(name, _("%(name)s is no instant such as 2026-11-25T09:00:00+07:00."))
    if found.tzinfo is None:
        raise unusable(name, _("%(name)s needs a zone, such as +07:00 or Z."))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise unusable(name, BEYOND) from None


def degrees(params: Mapping[str, str]) -> tuple[float, float] | None:
    """(longitude, latitude) in WGS 84, or None. Raises Fault 400 for half a place and for what is no place."""
    given = {name: params.get(name, "").strip() for name in ("lat", "long")}
    if not any(given.values()):
        return None
    found = {}
    for name, most in (("lat", 90.0), ("long", 180.0)):
        if not given[name]:
            raise missing(name)
        try:
            found[name] = float(given[name])
        except ValueError:
            found[name] = math.nan
        if not abs(found[name]) <= most:
            raise unusable(name, _("%(name)s is no number of degrees."))
    return found["long"], found["lat"]


@dataclass(frozen=True, slots=True)
class Incoming:
    draft: Draft
    contact: Contact
    history: History | None


def incoming(request: HttpRequest, key: ApiKey) -> Incoming:
    """The report a POST makes. Raises Fault."""
    params = request.POST
    code = params.get("service_code", "").strip()
    if not code:
        raise missing("service_code")
    category = Category.objects.filter(code=code, is_internal=False).first()
    if category is None:
        raise SERVICE_UNKNOWN
    place = degrees(params)
    address = params.get("address_string", "").strip()
    if place is None and not address:
        raise (
            missing("lat")
            if not params.get("address_id", "").strip()
            else unusable("address_id", _("%(name)s is not known here; send lat and long, or address_string."))
        )
    trusted = key.is_trusted
    draft = Draft(
        submission_id=_submission_id(request, key),
        category=category.code,
        text=params.get("description", ""),
        channel=Channel.IMPORT if trusted else Channel.OPEN311,
        answers=_answers(params),
        longitude=place[0] if place else None,
        latitude=place[1] if place else None,
        place_words=address,
        received_at=_received(params) if trusted else None,
        api_key_id=key.pk,
        media_url=_media_url(params),
    )
    return Incoming(draft, _contact(params, key), _history(params) if trusted else None)


def _received(params: Mapping[str, str]) -> datetime | None:
    at = instant(params, "requested_datetime")
    if at is not None and at > clock.now():
        raise unusable("requested_datetime", _("%(name)s lies in the future."))
    return at


def _history(params: Mapping[str, str]) -> History:
    status = params.get("status", "").strip()
    if status not in ("", "open", "closed"):
        raise unusable("status", _("%(name)s is open or closed."))
    return History(
        due_at=instant(params, "expected_datetime"),
        closed_at=instant(params, "updated_datetime"),
        is_closed=status == "closed",
        notes=params.get("status_notes", "")[:4000],
        is_public=True,
    )


def _contact(params: Mapping[str, str], key: ApiKey) -> Contact:
    name = " ".join(filter(None, (params.get("last_name", "").strip(), params.get("first_name", "").strip())))
    sender = params.get("account_id", "").strip() or params.get("device_id", "").strip()
    source = f"open311:{key.pk}:{sender}" if sender else ""
    return Contact(name=name, phone=params.get("phone", ""), email=_email(params), source=source)


def _email(params: Mapping[str, str]) -> str:
    typed = params.get("email", "").strip()
    if typed and ("@" not in typed or len(typed) > 254):
        raise unusable("email", _("%(name)s is no e-mail address."))
    return typed


def _media_url(params: Mapping[str, str]) -> str:
    url = params.get("media_url", "").strip()
    if not url:
        return ""
    try:
        _web_address(url)
    except ValidationError:
        url = "x" * 1001
    if len(url) > 1000:
        raise unusable("media_url", _("%(name)s is no address that begins with http or https."))
    return url


def _answers(params: QueryDict) -> dict[str, object]:
    """`attribute[pole]=12A`, and `attribute[colour][]=red` for several."""
    found: dict[str, object] = {}
    for name in params:
        if name.startswith("attribute[") and "]" in name:
            key = name[len("attribute[") :].split("]")[0]
            values = params.getlist(name)
            found[key] = values if name.endswith("[]") and len(values) > 1 else values[-1]
    return found


def _submission_id(request: HttpRequest, key: ApiKey) -> UUID:
    """The caller's own reference makes a repeated POST the same report; without one each is another."""
    reference = request.headers.get("Idempotency-Key", "") or request.POST.get("service_request_id", "")
    if len(reference) > _LONGEST_REFERENCE:
        raise unusable("Idempotency-Key", _("%(name)s is too long."))
    if not reference:
        return new_id()
    return uuid5(_REFERENCES, f"{key.pk}:{reference}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests are wanted; `codes` overrides all else, as the standard says."""

    codes: tuple[str, ...]
    service_codes: tuple[str, ...]
    statuses: frozenset[str]
    begin: datetime
    end: datetime
    page: int
    page_size: int


def asked(params: QueryDict) -> Asked:
    """Raises Fault 400."""
    end = instant(params, "end_date")
    begin = instant(params, "start_date")
    until = end or (_shifted(begin, LONGEST_SPAN, "start_date") if begin else clock.now())
    since = begin or _shifted(until, -LONGEST_SPAN, "end_date")
    if until < since:
        raise unusable("end_date", _("%(name)s lies before start_date."))
    if until - since > LONGEST_SPAN:
        raise unusable("start_date", _("%(name)s and end_date are at most 90 days apart."))
    return Asked(
        codes=_codes(params),
        service_codes=_listed(params, "service_code"),
        statuses=_statuses(params),
        begin=since,
        end=until,
        page=_whole(params, "page", 1, 10_000),
        page_size=_whole(params, "page_size", MOST_ROWS, MOST_ROWS),
    )


def _shifted(at: datetime, by: timedelta, name: str) -> datetime:
    try:
        return at + by
    except OverflowError:
        raise unusable(name, BEYOND) from None


def code_of(text: str) -> str:
    """A service_request_id as it is stored; "" for what can be none."""
    try:
        return rules.normalised_code(text)
    except Refused:
        return ""


def _codes(params: QueryDict) -> tuple[str, ...]:
    return tuple(code_of(one) for one in _listed(params, "service_request_id")[:MOST_ROWS])


def _listed(params: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in params.get(name, "").split(",") if one.strip())


def _statuses(params: QueryDict) -> frozenset[str]:
    found = frozenset(_listed(params, "status"))
    if found - {"open", "closed"}:
        raise unusable("status", _("%(name)s is open or closed."))
    return found


def _whole(params: QueryDict, name: str, default: int, most: int) -> int:
    text = params.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= most):
        raise unusable(name, _("%(name)s is no whole number that is possible here."))
    return int(text)
