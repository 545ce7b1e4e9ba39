"""Wrong passwords and codes, counted by allauth's rate limits in the database cache: who is locked out, until when.

The account's counter has one key however its name was typed (username or e-mail); an unknown name has its own, so
that both answer alike.
"""

import math
import time

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from songcau.foundation.accounts.models import Person
from songcau.kernel.text import folded

_APP, _ACTION = "allauth.account", "login_failed"


def account_key(typed: str) -> str:
    """The key of the counter for what was typed as a name."""
    person = named(typed)
    return person_key(person) if person else f"unknown:{folded(typed)}"


def person_key(person: Person) -> str:
    return f"person:{person.pk}"


def code_key(person: Person) -> str:
    """Wrong one-time codes have a counter of their own."""
    return f"code:{person.pk}"


def named(typed: str) -> Person | None:
    """Whom a typed name means: a username, however cased and marked, or an e-mail address."""
    wanted = {"email": typed.strip().lower()} if "@" in typed else {"username": folded(typed)}
    person: Person | None = Person.objects.filter(**wanted).first()
    return person


def minutes_left(key: str) -> int:
    """Whole minutes until the account may try again; 0 when it may now."""
    return math.ceil(max((_seconds_left(key, rate) for rate in _account_rates()), default=0) / 60)


def consume_code_attempt(request: HttpRequest, person: Person) -> bool:
    """Count an attempt at a one-time code before it is looked at; False when there are none left."""
    return ratelimit.consume(request, app=_APP, action=_ACTION, key=code_key(person)) is not None


def clear(person: Person) -> None:
    """Forget the wrong passwords and codes of a person. Addresses keep their count."""
    for key in (person_key(person), code_key(person)):
        for rate in _account_rates():
            cache.delete(_cache_key(key, rate))


def clear_codes(person: Person) -> None:
    """Forget the wrong codes of a person after a right one."""
    for rate in _account_rates():
        cache.delete(_cache_key(code_key(person), rate))


def _account_rates() -> list[ratelimit.Rate]:
    rates = ratelimit.parse_rates(app_settings.RATE_LIMITS[_ACTION])
    return [rate for rate in rates if rate.per == "key"]


def _cache_key(key: str, rate: ratelimit.Rate) -> str:
    return str(ratelimit.get_cache_key(HttpRequest(), app=_APP, action=_ACTION, rate=rate, key=key))


def _seconds_left(key: str, rate: ratelimit.Rate) -> float:
    history: list[float] = cache.get(_cache_key(key, rate), [])
    standing = [at for at in history if at > time.time() - rate.duration]
    return standing[rate.amount - 1] + rate.duration - time.time() if len(standing) >= rate.amount else 0
