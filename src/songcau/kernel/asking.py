"""Asking another house's server by HTTP, with limits on the time and the size of the whole answer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from songcau.kernel.time_limits import cut_off_after

# Nothing packed: a few bytes must not become many here.
_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Limits:
    """`whole`: from the first byte sent to the last one read. `read`: how long nothing at all may come."""

    connect: float
    read: float
    whole: float
    most_bytes: int = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """As it came; where it leads to is not followed."""

    status: int
    body: bytes


class Unanswered(Exception):
    """No answer that could be read; `timed_out`: not in time."""

    def __init__(self, why: str, *, timed_out: bool = False) -> None:
        super().__init__(why)
        self.timed_out = timed_out


class AnswerTooLong(Unanswered):
    """An answer that was not read to its end."""


def ask(
    method: str,
    address: str,
    *,
    limits: Limits,
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
    document: object = None,
    by_proxy: bool = True,
) -> Answer:
    """Ask once, with a form, a JSON document or nothing. `by_proxy`: by the one of this machine's settings, if any.

    Raises Unanswered, AnswerTooLong.
    """
    line = _Line()
    timeout = httpx.Timeout(limits.read, connect=limits.connect)
    begun = time.monotonic()
    with cut_off_after(limits.whole, line.socket) as limit:
        try:
            with (
                httpx.Client(timeout=timeout, follow_redirects=False, trust_env=by_proxy) as client,
                client.stream(
                    method,
                    address,
                    headers={**headers, **_PLAIN},
                    data=form,
                    json=document,
                    extensions={"trace": line.note},
                ) as answer,
            ):
                body = _read(address, answer, limits, begun)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            timed_out = limit.passed or isinstance(error, httpx.TimeoutException)
            raise Unanswered(f"{address}: {type(error).__name__}", timed_out=timed_out) from None
    return Answer(answer.status_code, body)


def _read(address: str, answer: httpx.Response, limits: Limits, begun: float) -> bytes:
    whole = bytearray()
    for part in answer.iter_raw():
        whole += part
        if len(whole) > limits.most_bytes:
            raise AnswerTooLong(f"{address} answers more than {limits.most_bytes} bytes")
    # An answer without a length ends where the line does, also where it was cut off.
    if time.monotonic() - begun >= limits.whole:
        raise Unanswered(f"{address} takes longer than {limits.whole:.0f} s", timed_out=True)
    return bytes(whole)


class _Line:
    """The connection that is being used, as far as the library tells of it."""

    def __init__(self) -> None:
        self._stream: Any = None

    def note(self, event: str, facts: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = facts["return_value"]

    def socket(self) -> Any:
        return self._stream.get_extra_info("socket") if self._stream else None
