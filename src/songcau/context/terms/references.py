"""Addresses of @contexts, as they stand in headers, bodies and other @contexts."""

from typing import Final
from urllib.parse import urljoin, urlsplit

from songcau.context.problems import BadRequestData

LONGEST: Final = 2048


def address(reference: str, base: str | None = None) -> str:
    """The absolute http(s) address that a reference means, seen from the document at `base`.

    Raises BadRequestData when it is none: another scheme, a relative one without base, a space in it.
    """
    if len(reference) > LONGEST:
        raise BadRequestData(f"The address of a @context has at most {LONGEST} characters")
    try:
        url = urljoin(base, reference) if base else reference
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or any(character <= " " or character == "\x7f" for character in url):
        raise BadRequestData(f"{reference[:120]!r} is no http or https address of a @context")
    return url
