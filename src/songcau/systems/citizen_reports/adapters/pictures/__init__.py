"""A picture that another system has: fetched by its address, from the open internet alone.

Whoever sends a report names the address, so it may be that of something inside: every address a name stands for must be
a public one, the connection goes to the address that was looked at, and every redirect is looked at anew.
"""

import ipaddress
import socket
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import httpx

from songcau.kernel.errors import Refused, Unavailable

SECONDS = 20.0
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
_WEB = {"http": 80, "https": 443}
# Addresses of IPv4 as a network of IPv6 alone writes them (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class AddressNotPublic(Refused):
    """The address is none of the open internet, or none at all."""

    code = "ADDRESS_NOT_PUBLIC"


class PictureElsewhereGone(Refused):
    """There is nothing at the address, or more than is taken."""

    code = "PICTURE_ELSEWHERE_GONE"


class PictureElsewhereAway(Unavailable):
    """The other side does not answer now."""

    code = "PICTURE_ELSEWHERE_AWAY"


def resolved(host: str, port: int) -> str:
    """The first address of a name. Raises AddressNotPublic when any of them is not public, PictureElsewhereAway."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise PictureElsewhereAway from error
    if not all(is_public(address) for address in found):
        raise AddressNotPublic
    return sorted(found)[0]


def is_public(address: str) -> bool:
    """Whether it is on the open internet; one that stands for another (IPv4 in IPv6) is judged by that."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _TRANSLATED else ip.ipv4_mapped or ip.sixtofour
        return is_public(str(embedded)) if embedded else _is_open(ip)
    return _is_open(ip)


def _is_open(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast


def fetched(
    url: str,
    *,
    most_bytes: int,
    resolve: Callable[[str, int], str] = resolved,
    transport: httpx.BaseTransport | None = None,
) -> IO[bytes]:
    """The bytes, in a temporary file at its beginning; the caller closes it.

    Raises AddressNotPublic, PictureElsewhereGone, PictureElsewhereAway.
    """
    try:
        with httpx.Client(timeout=SECONDS, transport=transport, follow_redirects=False, trust_env=False) as client:
            for _hop in range(MOST_REDIRECTS + 1):
                following = _tried(client, url, most_bytes, resolve)
                if not isinstance(following, str):
                    return following
                url = urljoin(url, following)
    except httpx.InvalidURL:
        raise AddressNotPublic from None
    except httpx.HTTPError as error:
        raise PictureElsewhereAway from error
    raise PictureElsewhereGone


def _tried(client: httpx.Client, url: str, most_bytes: int, resolve: Callable[[str, int], str]) -> IO[bytes] | str:
    """What is at the address, or where it says to look."""
    parts = urlsplit(url)
    if parts.scheme not in _WEB or not parts.hostname or parts.username is not None:
        raise AddressNotPublic
    try:
        port = parts.port or _WEB[parts.scheme]
    except ValueError:
        raise AddressNotPublic from None
    address = resolve(parts.hostname, port)
    # To the very address that was looked at; the name goes into the header and into TLS.
    target = httpx.URL(url).copy_with(host=address)
    extensions: dict[str, Any] = {"sni_hostname": parts.hostname}
    headers = {"Host": parts.netloc, "Accept": "image/*, video/mp4"}
    with client.stream("GET", target, headers=headers, extensions=extensions) as answer:
        if answer.is_redirect:
            return str(answer.headers.get("Location", ""))
        if answer.status_code >= 500 or answer.status_code == 429:
            raise PictureElsewhereAway
        if answer.status_code != 200:
            raise PictureElsewhereGone
        return _kept(answer.iter_bytes(CHUNK), most_bytes)


def _kept(chunks: Iterator[bytes], most_bytes: int) -> IO[bytes]:
    kept = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most_bytes:
            kept.close()
            raise PictureElsewhereGone
        kept.write(chunk)
    kept.seek(0)
    return kept
