"""The folder of @contexts that an administrator put on this machine, so that nothing is fetched for them.

`index.json` maps addresses to files beside it. A file that is not listed there may be named by its address,
percent-encoded: `https%3A%2F%2Fexample.org%2Fcontext.jsonld`.
"""

from pathlib import Path
from typing import Final
from urllib.parse import unquote

import orjson

from .loading import context_of

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


def context_in(path: Path, url: str) -> object:
    """The "@context" that a file holds. Raises LdContextNotAvailable when it is gone or holds none."""
    try:
        return context_of(path.read_bytes(), url)
    except OSError:
        return context_of(b"", url)
