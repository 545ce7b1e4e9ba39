"""The id of the request or job being worked on, so that logs, audit and events can be joined."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("songcau_trace", default="")


def current() -> str:
    """The id of what is being worked on, or an empty string outside of any."""
    return _current.get()


@contextmanager
def tracing(identifier: str) -> Iterator[None]:
    """Work inside the block belongs to `identifier`."""
    token = _current.set(identifier)
    try:
        yield
    finally:
        _current.reset(token)
