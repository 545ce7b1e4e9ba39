"""What the city and the province have agreed: who receives, which feeds, how fresh each must be."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from songcau.gateways.faults import MappingFault
from songcau.gateways.mapping.document import Members, read_document

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NEAR = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Receiver:
    """The province's NGSI-LD interface. address: `https://host[:port]`, without the path of the interface."""

    address: str
    token: str | None
    tenant: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A part of what is agreed. attributes: those that go out; empty: all. scope, query: scopeQ and q of NGSI-LD.

    fresh_seconds: after so long without a success it is stale.
    """

    code: str
    name: str
    types: tuple[str, ...]
    attributes: tuple[str, ...]
    scope: str | None
    query: str | None
    fresh_seconds: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """port: on this machine, where the city's own broker hands the changes over."""

    receiver: Receiver
    feeds: tuple[Feed, ...]
    port: int


def read_agreement(file: Path) -> Agreement:
    """Raises MappingFault, which says where in the file what is wrong."""
    whole = read_document(file)
    receiver = whole.table("receiver")
    if receiver is None:
        raise MappingFault("MEMBER_MISSING", where="[receiver]")
    feeds = tuple(_feed(one) for one in whole.tables("feeds"))
    port = whole.whole("port", 9391, least=1, most=65535)
    whole.end()
    if not feeds:
        raise MappingFault("NOTHING_MAPPED", names="[[feeds]]")
    codes = [feed.code for feed in feeds]
    for code in codes:
        if codes.count(code) > 1:
            raise MappingFault("FEED_TWICE", where="feeds", feed=code)
    return Agreement(_receiver(receiver), feeds, port)


def _receiver(members: Members) -> Receiver:
    address = members.text("address").rstrip("/")
    token = _token(members)
    try:
        url = urlsplit(address)
        # A port that is no number is noticed when it is asked for.
        usable = url.scheme in ("http", "https") and url.hostname and url.port != 0 and not (url.path or url.query)
    except ValueError:
        usable = False
    if not usable:
        raise MappingFault("RECEIVER_MALFORMED", where=members.place("address"), address=address)
    if token is not None and url.scheme == "http" and url.hostname not in _NEAR:
        raise MappingFault("SECRET_IN_THE_CLEAR", where=members.place("token_file"))
    made = Receiver(address, token, members.text_or_none("tenant"))
    members.end()
    return made


def _token(members: Members) -> str | None:
    """The first line of a file: an agreement is shown around, a token is not."""
    file = members.file("token_file")
    if file is None:
        return None
    try:
        return file.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise MappingFault("MAPPING_UNREADABLE", file=file, why=error) from error


def _feed(members: Members) -> Feed:
    code = members.text("code")
    if not _CODE.fullmatch(code):
        raise MappingFault("FEED_CODE", where=members.place("code"), feed=code)
    types = members.texts("types")
    if not types:
        raise MappingFault("MEMBER_MISSING", where=members.place("types"))
    made = Feed(
        code,
        members.text("name", code),
        types,
        members.texts("attributes"),
        members.text_or_none("scope"),
        members.text_or_none("query"),
        60 * members.whole("fresh_minutes", 15, least=1, most=60 * 24 * 31),
    )
    members.end()
    return made
