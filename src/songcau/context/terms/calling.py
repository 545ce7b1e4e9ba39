"""Calls of httpx to checked addresses only: also after a redirect, and when a name leads elsewhere a moment later."""

import asyncio
from typing import Final

import httpx

from songcau.context.addresses import addresses_of

MOST_CONNECTIONS: Final = 16
_PORTS: Final = {"http": 80, "https": 443}


class CheckedTransport(httpx.AsyncBaseTransport):
    """Looks the host's name up itself and connects to what it found, never to the name.

    No connection is kept: one to an address must not serve another name that leads there.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises OSError (PrivateAddress) when there is no address to call, httpx.HTTPError."""
        url = request.url
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"{url.scheme} is neither http nor https")
        port = url.port or _PORTS[url.scheme]
        host = url.raw_host.decode("ascii")  # an international name as it is looked up
        loop = asyncio.get_running_loop()
        problem: httpx.ConnectError | None = None
        for address in await addresses_of(loop, host, port, allow_private=self._allow_private):
            # The Host header and the certificate that is asked for stay those of the name.
            call = httpx.Request(
                request.method,
                url.copy_with(host=address.partition("%")[0]),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return await self._inner.handle_async_request(call)
            except httpx.ConnectError as error:
                problem = error
        raise problem or OSError(f"{host} has no address")

    async def aclose(self) -> None:
        await self._inner.aclose()
