"""Which addresses a host's name leads to, and whether they may be called."""

from asyncio import AbstractEventLoop
from ipaddress import IPv4Address, IPv6Address, ip_address


class PrivateAddress(OSError):
    """The name leads only to addresses that a setting keeps notifications away from."""


async def addresses_of(loop: AbstractEventLoop, host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, each once, in the order to try them. Raises OSError when there is none to call.

    Link-local addresses are never called: behind them stand the secrets of the machine's own cloud, and no subscriber.
    A caller connects to these and not to the name again, which might lead elsewhere a moment later.
    """
    found = await loop.getaddrinfo(host, port, type=1)
    addresses = [address for address in dict.fromkeys(str(info[4][0]) for info in found) if _may_be_called(address)]
    if not addresses:
        raise OSError(f"{host} has no address that may be called")
    if allow_private:
        return addresses
    public = [address for address in addresses if _ip(address).is_global]
    if not public:
        raise PrivateAddress(f"{host} is a private address, and those are not called")
    return public


def _ip(address: str) -> IPv4Address | IPv6Address:
    """An address without its zone; an IPv4 address that is written as an IPv6 one is taken for what it is."""
    ip = ip_address(address.partition("%")[0])
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip


def _may_be_called(address: str) -> bool:
    ip = _ip(address)
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified)
