"""Who asks: the two ways in. A broker has one of them."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Protocol

from songcau.context.problems import NotAllowed, NotSignedIn
from songcau.context.remembering import short_kept
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.rights.grants import GrantKey
from songcau.context.rights.tokens import PREFIX, Tokens
from songcau.kernel import clock

_MOST_KNOWN = 4096
_LONGEST_CREDENTIAL = 16 * 1024
# Who reaches the Unix socket is the user who runs the broker, or root: may manage tokens, and sees no entity by it.
OPERATOR = Caller("operator", reads=False, may_administer=True)


class Asking(Protocol):
    """What of a request tells who asks.

    peer: address of the client; on a Unix socket empty for the user who runs the broker and for root.
    """

    headers: dict[bytes, bytes]
    peer: str


class OpenDoor:
    """Without tokens: everybody on this machine may do everything, and nobody else anything.

    A page in a browser on this machine is not let in by that: neither a foreign page's call, nor one whose name for
    this machine was made up by its own name server.
    """

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(origin.rstrip("/").encode() for origin in origins)

    def identify(self, request: Asking) -> Caller:
        """Raises NotSignedIn, NotAllowed."""
        if not is_near(request):
            raise NotSignedIn("This broker serves its own machine only; with --auth it takes tokens from others.")
        if request.peer:
            headers = request.headers
            if not _names_this_machine(headers.get(b"host", b"")):
                raise NotAllowed("Without --auth the broker is asked as localhost or by a loopback address.")
            origin = headers.get(b"origin")
            if origin is not None and not self._is_allowed(origin):
                raise NotAllowed("Pages of this origin are not allowed to call.")
        return EVERYTHING

    def _is_allowed(self, origin: bytes) -> bool:
        return origin in self._origins or b"*" in self._origins or _names_this_machine(origin.partition(b"://")[2])


class GuardedDoor:
    """With tokens and grants. What was found is remembered by the header's own bytes, until it ends or is revoked.

    A stream that goes on for hours asks again with its request from time to time: that costs a look into a dict.
    """

    def __init__(self, tokens: Tokens, key: GrantKey) -> None:
        self._tokens = tokens
        self._key = key
        self._known: dict[bytes, tuple[Caller, float]] = {}
        tokens.when_ended(self._known.clear)

    def identify(self, request: Asking) -> Caller:
        """Raises NotSignedIn."""
        credential = request.headers.get(b"authorization")
        if credential is None:
            if request.peer or not is_near(request):
                raise NotSignedIn("Send the header Authorization: Bearer TOKEN.")
            return OPERATOR
        known = self._known.get(credential)
        if known is not None and known[1] > clock.now().timestamp():
            return known[0]
        return self._found(credential)

    def _found(self, credential: bytes) -> Caller:
        kind, _, secret = credential.decode("latin-1").partition(" ")
        if kind.lower() != "bearer" or len(credential) > _LONGEST_CREDENTIAL:
            raise NotSignedIn("Send the header Authorization: Bearer TOKEN.")
        now = clock.now().timestamp()
        found = self._tokens.caller(secret) if secret.startswith(PREFIX) else self._key.read(secret, now)
        if found is None or found[1] <= now:
            raise NotSignedIn("The token is not known here, has expired or was revoked.")
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[credential] = found
        return found[0]


def is_near(request: Asking) -> bool:
    """Whether the request comes from this machine, and not by a proxy on it."""
    headers: Mapping[bytes, bytes] = request.headers
    if b"x-forwarded-for" in headers or b"forwarded" in headers:
        return False
    return not request.peer or is_loopback(request.peer)


@short_kept(256)
def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own; a name is not looked up."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped.is_loopback
    return ip.is_loopback


@short_kept(256)
def _names_this_machine(host: bytes) -> bool:
    """Whether a Host, with or without its port, is localhost or a loopback address."""
    text = host.decode("latin-1").lower()
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)
