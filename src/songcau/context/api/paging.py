"""Pages of a list: `limit`, `offset`, `count`, and the links to the neighbours (clauses 5.5.9, 6.3.10, 6.3.13)."""

from collections.abc import Mapping
from dataclasses import dataclass

from songcau.context.api.answering import Headers
from songcau.context.api.asking import flag
from songcau.context.problems import BadRequestData, TooManyResults

PAGE_PARAMS = frozenset({"limit", "offset", "count"})
USUAL_LIMIT = 20
LARGEST_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """limit: 0 to 1000 results. offset: results left out before them. counted: the number of all is asked for."""

    limit: int
    offset: int
    counted: bool


def page_of(params: Mapping[str, str]) -> Page:
    """Raises BadRequestData (not a number, a limit of 0 without count), TooManyResults (a limit over 1000)."""
    counted = flag(params, "count")
    limit = _number(params, "limit", USUAL_LIMIT)
    if limit > LARGEST_LIMIT:
        raise TooManyResults(f"One answer holds at most {LARGEST_LIMIT} results")
    if limit == 0 and not counted:
        raise BadRequestData("A limit of 0 is for counting: count=true")
    return Page(limit, _number(params, "offset", 0), counted)


def page_headers(page: Page, path: str, query: str, *, more: bool, total: int | None, media: bytes) -> Headers:
    """Links to the previous and next page, relative to the host, and NGSILD-Results-Count."""
    headers: list[tuple[bytes, bytes]] = []
    if page.limit:
        links = []
        kept = "&".join(part for part in query.split("&") if part and part.split("=")[0] not in {"limit", "offset"})
        prefix = f"{path}?{kept}&" if kept else f"{path}?"
        kind = media.decode()
        if page.offset > 0:
            before = max(0, page.offset - page.limit)
            links.append(f'<{prefix}limit={page.limit}&offset={before}>;rel="prev";type="{kind}"')
        if more:
            links.append(f'<{prefix}limit={page.limit}&offset={page.offset + page.limit}>;rel="next";type="{kind}"')
        if links:
            headers.append((b"Link", ",".join(links).encode()))
    if page.counted and total is not None:
        headers.append((b"NGSILD-Results-Count", str(total).encode()))
    return tuple(headers)


def _number(params: Mapping[str, str], name: str, usual: int) -> int:
    text = params.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise BadRequestData(f"{name} is a whole number from 0")
    return int(text)
