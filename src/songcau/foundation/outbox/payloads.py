"""Events as JSON and back. What is announced must be read back equal, or announcing it is refused at once."""

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID


class PayloadUnreadable(Exception):
    """A stored payload does not fit the event class any more."""


def name_of(event: type) -> str:
    """The stored name of an event class: "accounts.RoleGranted" for the one in `foundation/accounts/events.py`."""
    package, _, _ = event.__module__.rpartition(".")
    return f"{package.rpartition('.')[2] or event.__module__}.{event.__name__}"


def encoded(event: object) -> dict[str, Any]:
    """The event's fields as JSON values. Raises TypeError naming the field that cannot be stored."""
    if isinstance(event, type) or not is_dataclass(event):
        raise TypeError(f"an event is an instance of a frozen dataclass, not {event!r}")
    name = name_of(type(event))
    payload = {f.name: _plain(getattr(event, f.name), f"{name}.{f.name}") for f in fields(event)}
    try:
        same = decoded(type(event), payload) == event
    except PayloadUnreadable as error:
        raise TypeError(f"{name} does not hold what its annotations say: {error}") from None
    if not same:
        raise TypeError(f"{name} would not be read back as it is")
    return payload


def decoded(event: type, payload: Mapping[str, Any]) -> Any:
    """The event again. Fields the class no longer has are left out. Raises PayloadUnreadable."""
    hints = get_type_hints(event)
    values = {}
    for f in fields(event):
        if f.name in payload:
            try:
                values[f.name] = _typed(hints[f.name], payload[f.name])
            except (TypeError, ValueError) as error:
                raise PayloadUnreadable(f"field {f.name}: {type(error).__name__}") from None
        elif f.default is MISSING and f.default_factory is MISSING:
            raise PayloadUnreadable(f"field {f.name} is missing")
    return event(**values)


def _plain(value: object, where: str) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, float):
        return _number(value, where)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item, where) for item in value]
    raise TypeError(f"{where}: {type(value).__name__} cannot be stored in an event")


def _text(value: str, where: str) -> str:
    if "\0" in value:
        raise TypeError(f"{where}: text with a NUL character cannot be stored in an event")
    return value


def _number(value: float, where: str) -> float:
    if not math.isfinite(value):
        raise TypeError(f"{where}: {value} is not a number that JSON can hold")
    return value


def _typed(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _one_of(get_args(hint), value)
    if origin is tuple:
        return _tuple(get_args(hint), value)
    if hint is type(None) or value is None:
        if value is not None or hint is not type(None):
            raise TypeError("null and not null do not fit")
        return None
    return _scalar(hint, value)


def _one_of(hints: tuple[Any, ...], value: Any) -> Any:
    for hint in hints:
        try:
            return _typed(hint, value)
        except (TypeError, ValueError):
            continue
    raise TypeError("fits none of the union")


def _tuple(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_typed(hints[0], item) for item in value)
    return tuple(_typed(hint, item) for hint, item in zip(hints, value, strict=True))


def _scalar(hint: Any, value: Any) -> Any:
    if hint in (UUID, date, datetime):
        if not isinstance(value, str):
            raise TypeError("not text")
        return UUID(value) if hint is UUID else hint.fromisoformat(value)
    if hint is float and type(value) in (int, float):
        return float(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if type(value) is not hint:
        raise TypeError(f"not {hint}")
    return value
