"""Which addresses a host's name leads to, and whether they may be called."""

from asyncio import AbstractEventLoop
from ipaddress import ip_address


class PrivateAddress(OSError):
    """The name leads only to addresses that a setting keeps notifications away from."""


async def addresses_of(loop: AbstractEventLoop, host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, each once, in the order to try them. Raises OSError when there is none to call.

    A caller connects to these and not to the name again, which might lead elsewhere a moment later.
    """
    found = await loop.getaddrinfo(host, port, type=1)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses:
        raise OSError(f"{host} has no address")
    if allow_private:
        return addresses
    public = [address for address in addresses if ip_address(address.partition("%")[0]).is_global]
    if not public:
        raise PrivateAddress(f"{host} is a private address, and those are not called")
    return public
