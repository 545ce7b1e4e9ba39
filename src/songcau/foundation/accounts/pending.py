"""What a browser has begun and not finished: sign-ins at providers, a code on its way, a name to be given.

All of it stands in the session of that browser. What holds somebody's data is sealed there.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

from songcau.foundation.accounts import second_factor
from songcau.foundation.accounts.sign_on import rules
from songcau.foundation.accounts.sign_on.flow import Pending
from songcau.foundation.accounts.sign_on.rules import Assurance, Reason, SignOnExpired, Vouched
from songcau.kernel import clock

_FLOWS, _NEWCOMER, _PHONE = "songcau_sign_on", "songcau_newcomer", "songcau_phone"


def remember(request: HttpRequest, pending: Pending) -> None:
    """Several windows may have begun; of too many the oldest is forgotten."""
    kept = {**request.session.get(_FLOWS, {}), pending.state: pending.as_json()}
    newest = sorted(kept.items(), key=lambda item: item[1]["began"])[-rules.MOST_PENDING :]
    request.session[_FLOWS] = dict(newest)


def taken_out(request: HttpRequest, provider: str, state: str) -> Pending:
    """What this browser has begun under that state, once. Raises SignOnExpired."""
    kept = dict(request.session.get(_FLOWS, {}))
    held = kept.pop(state, None)
    if held is None or held["provider"] != provider:
        raise SignOnExpired(reason=str(Reason.STATE_UNKNOWN))
    request.session[_FLOWS] = kept
    # The session is stored when the answer goes out: of two at the same moment only one gets past here.
    if not cache.add(f"sign_on:{state}", True, int(rules.PENDING_FOR.total_seconds()) * 2):
        raise SignOnExpired(reason=str(Reason.STATE_REPLAYED))
    pending = Pending(**held)
    rules.require_pending(datetime.fromtimestamp(pending.began, UTC), clock.now())
    return pending


def keep_newcomer(request: HttpRequest, vouched: Vouched, *, next_url: str, id_token: str) -> None:
    """Somebody who is vouched for and has not said what they are called."""
    held = {"vouched": asdict(vouched), "next_url": next_url, "id_token": id_token}
    _keep(request, _NEWCOMER, held)


def newcomer(request: HttpRequest) -> tuple[Vouched, str, str] | None:
    """The vouched-for, where to go then, and the ID token."""
    held = _kept(request, _NEWCOMER)
    if held is None:
        return None
    said = held["vouched"]
    return Vouched(**{**said, "assurance": Assurance(said["assurance"])}), held["next_url"], held["id_token"]


def keep_phone(request: HttpRequest, phone: str, *, next_url: str, linking: bool) -> None:
    """The number a code was sent to."""
    _keep(request, _PHONE, {"phone": phone, "next_url": next_url, "linking": linking})


def kept_phone(request: HttpRequest) -> dict[str, Any] | None:
    return _kept(request, _PHONE)


def forget(request: HttpRequest) -> None:
    """It is finished."""
    for name in (_NEWCOMER, _PHONE):
        request.session.pop(name, None)


def _keep(request: HttpRequest, name: str, held: dict[str, Any]) -> None:
    sealed = second_factor.encrypted(json.dumps({**held, "at": clock.now().timestamp()}))
    request.session[name] = sealed


def _kept(request: HttpRequest, name: str) -> dict[str, Any] | None:
    sealed = request.session.get(name)
    if sealed is None:
        return None
    held: dict[str, Any] = json.loads(second_factor.decrypted(sealed))
    age = clock.now().timestamp() - held.pop("at")
    return held if age < rules.PENDING_FOR.total_seconds() else None
