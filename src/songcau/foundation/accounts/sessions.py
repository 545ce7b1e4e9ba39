"""A session's own marks: when it began, when it was last used, from which browser and address."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from songcau.foundation.accounts import rules
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.rules import SessionEnd
from songcau.kernel import clock

_MARKS = "songcau_session"
_TOUCH_SECONDS = 60


def begin(request: HttpRequest) -> None:
    """Mark a session at sign-in, after Django has given it a new key."""
    at = clock.now().timestamp()
    request.session[_MARKS] = {"began": at, "seen": at, "browser": _browser(request), "address": address_of(request)}


def end_of(request: HttpRequest, *, staff: bool) -> SessionEnd | None:
    """Why the request's session is over, or None."""
    marks = request.session.get(_MARKS) or {}
    return rules.session_end(
        _instant(marks.get("began")),
        _instant(marks.get("seen")),
        clock.now(),
        staff=staff,
        same_browser=marks.get("browser") == _browser(request),
    )


def touch(request: HttpRequest, person: Person) -> str | None:
    """Note that the session is in use, once a minute. The address it came from before, when that is another one."""
    marks = dict(request.session[_MARKS])
    now, before, here = clock.now(), marks["address"], address_of(request)
    if before == here and now.timestamp() - marks["seen"] < _TOUCH_SECONDS:
        return None
    marks |= {"seen": now.timestamp(), "address": here}
    request.session[_MARKS] = marks
    UserSession.objects.create_from_request(request)
    Person.objects.filter(pk=person.pk).update(last_seen=now)
    return before if before != here else None


def factor_used(request: HttpRequest) -> bool:
    """Whether a second factor was given in this session."""
    return any(record["method"] == "mfa" for record in _records(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password or a code was given in the last minutes."""
    limit = clock.now().timestamp() - rules.FRESH_FOR.total_seconds()
    return any(record["at"] > limit for record in _records(request))


def delete_all(person: Person) -> int:
    """Delete every session of a person; how many there were. (Raising `session_epoch` has already ended them.)"""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    return len(sessions)


def end_others(request: HttpRequest) -> None:
    """Sign the person out in every other browser."""
    found = UserSession.objects.purge_and_list(request.user)
    if others := [one for one in found if not one.is_current()]:
        get_sessions_adapter().end_sessions(others)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return records


def _browser(request: HttpRequest) -> str:
    return hashlib.sha256(request.headers.get("User-Agent", "").encode()).hexdigest()


def address_of(request: HttpRequest) -> str:
    """The network address a request came from; behind the city's own proxy, the one it names."""
    return str(get_adapter().get_client_ip(request))


def _instant(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
