"""Fetching of @contexts over http and https, with bounds on time, size, redirects and where it may call."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

import orjson

from songcau.context.addresses import PrivateAddress
from songcau.context.problems import LdContextNotAvailable

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES: Final = 8_000_000
MOST_REDIRECTS: Final = 5
LONGEST_SECONDS: Final = 10.0
_ACCEPTED: Final = "application/ld+json, application/json;q=0.9, */*;q=0.1"


def context_of(body: bytes, url: str) -> object:
    """The "@context" of a document. Raises LdContextNotAvailable when the document is not JSON or has none."""
    try:
        document = orjson.loads(body)
    except ValueError:
        raise LdContextNotAvailable(f"What stands at {url} is not JSON") from None
    if not isinstance(document, dict) or "@context" not in document:
        raise LdContextNotAvailable(f"What stands at {url} is no @context")
    return document["@context"]


class Loader:
    """Fetches one document at a time per address; who asks meanwhile for the same address waits for the same answer.

    allow_private: whether loopback and private addresses may be called; link-local ones never are.
    """

    def __init__(self, seconds: float = LONGEST_SECONDS, *, allow_private: bool = True) -> None:
        self._seconds = seconds
        self._allow_private = allow_private
        self._client: httpx.AsyncClient | None = None
        self._under_way: dict[str, asyncio.Task[bytes]] = {}

    async def load(self, url: str) -> bytes:
        """The body at the address. Raises LdContextNotAvailable."""
        task = self._under_way.get(url)
        if task is None:
            task = asyncio.create_task(self._bounded(url))
            self._under_way[url] = task
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        # Shielded: a client that goes away must not take the answer from the others who wait for it.
        return await asyncio.shield(task)

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _bounded(self, url: str) -> bytes:
        import httpx  # here, since a broker that fetches nothing should not carry it in memory

        try:
            async with asyncio.timeout(self._seconds):
                return await self._fetch(url)
        except TimeoutError:
            raise LdContextNotAvailable(f"The @context {url} did not come within {self._seconds:g} s") from None
        except httpx.TooManyRedirects:
            raise LdContextNotAvailable(f"The @context {url} is redirected too often") from None
        except PrivateAddress:
            raise LdContextNotAvailable(f"The @context {url} is at a private address, which is not called") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError):
            raise LdContextNotAvailable(f"The @context {url} cannot be fetched") from None

    async def _fetch(self, url: str) -> bytes:
        async with self._opened().stream("GET", url, headers={"Accept": _ACCEPTED}) as response:
            if response.status_code != 200:
                raise LdContextNotAvailable(f"The @context {url} was answered with {response.status_code}")
            body = bytearray()
            async for part in response.aiter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise LdContextNotAvailable(f"The @context {url} is larger than {LARGEST_BYTES:,} bytes")
            return bytes(body)

    def _opened(self) -> Any:
        import httpx  # see above

        if self._client is None:
            from songcau.context.terms.calling import CheckedTransport

            self._client = httpx.AsyncClient(
                follow_redirects=True,
                max_redirects=MOST_REDIRECTS,
                timeout=self._seconds,
                transport=CheckedTransport(allow_private=self._allow_private),
                trust_env=False,
            )
        return self._client
