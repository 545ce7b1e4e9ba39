"""Which addresses a host's name leads to, and whether they may be called: for notifications and for @contexts."""

from asyncio import AbstractEventLoop
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

# An IPv4 address is the end of these: compatible addresses, and those that a translator on the way takes apart.
_WITH_IPV4: Final = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))
_OF_A_SITE: Final = IPv6Network("64:ff9b:1::/48")  # translated as the site likes: nobody else can tell to where


class PrivateAddress(OSError):
    """The name leads only to addresses that a setting keeps the broker away from."""


async def addresses_of(loop: AbstractEventLoop, host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of a host, each once, in the order to try them. Raises OSError when there is none to call.

    Link-local addresses are never called: behind them stand the secrets of the machine's own cloud, and nothing
    that a client needs. A caller connects to these and not to the name again, which might lead elsewhere by then.
    """
    found = await loop.getaddrinfo(host, port, type=1)
    addresses = [address for address in dict.fromkeys(str(info[4][0]) for info in found) if _may_be_called(address)]
    if not addresses:
        raise OSError(f"{host} has no address that may be called")
    if allow_private:
        return addresses
    public = [address for address in addresses if _is_public(_ip(address))]
    if not public:
        raise PrivateAddress(f"{host} is a private address, and those are not called")
    return public


def _ip(address: str) -> IPv4Address | IPv6Address:
    """An address without its zone; an IPv4 address that is written as an IPv6 one is taken for what it is."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return ip
    if any(ip in network for network in _WITH_IPV4) and int(ip) > 1:  # :: and ::1 are their own
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not (isinstance(ip, IPv6Address) and (ip.is_site_local or ip in _OF_A_SITE))


def _may_be_called(address: str) -> bool:
    ip = _ip(address)
    return not (ip.is_link_local or ip.is_multicast or ip.is_unspecified)
