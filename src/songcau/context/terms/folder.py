"""The folder of @contexts that an administrator put on this machine, so that nothing is fetched for them.

`index.json` maps addresses to files beside it. A file that is not listed there may be named by its address,
percent-encoded: `https%3A%2F%2Fexample.org%2Fcontext.jsonld`.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import orjson

from songcau.context.problems import LdContextNotAvailable
from songcau.context.terms.loading import context_of

INDEX: Final = "index.json"


class UnusableFolder(Exception):
    """The folder of @contexts is not as it should be: for whoever starts the broker, not for a client."""


def listed(folder: Path) -> dict[str, Path]:
    """Address → file. Raises UnusableFolder when the index is wrong or names a file that is not there."""
    found: dict[str, Path] = {}
    if not folder.is_dir():
        raise UnusableFolder(f"{folder} is no folder")
    for path in sorted(folder.iterdir()):
        url = unquote(path.name)
        if url.startswith(("http://", "https://")):
            found[url] = path
    index = folder / INDEX
    if index.exists():
        found |= _indexed(index)
    return found


def _indexed(index: Path) -> dict[str, Path]:
    try:
        entries = orjson.loads(index.read_bytes())
    except ValueError:
        raise UnusableFolder(f"{index} is not JSON") from None
    if not isinstance(entries, dict) or not all(isinstance(name, str) for name in entries.values()):
        raise UnusableFolder(f"{index} is not an object of addresses and file names")
    found: dict[str, Path] = {}
    for url, name in entries.items():
        path = (index.parent / name).resolve()
        if not path.is_relative_to(index.parent.resolve()) or not path.is_file():
            raise UnusableFolder(f"{index} names {name!r}, which is no file of the folder")
        found[url] = path
    return found


def opened(path: Path, url: str) -> tuple[object, int, datetime]:
    """The "@context" that a file holds, its size in bytes, and when it was changed.

    Raises LdContextNotAvailable when it is gone or holds none.
    """
    try:
        body = path.read_bytes()
        changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        raise LdContextNotAvailable(f"The preloaded file for the @context {url} cannot be read") from None
    return context_of(body, url), len(body), changed_at
