"""What the front-end build made, read from its manifest: addresses of styles, scripts and the icon sprite."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
ENTRIES = {
    "shell": "src/songcau/foundation/shell/web/shell.ts",
    "portal": "src/songcau/foundation/shell/web/portal.css",
}
_ISLAND = re.compile(r"([a-z_]+)/(?:pages/)?islands/([a-z_]+)\.ts$")


class BuildMissing(RuntimeError):
    """The front end was not built, or was built without this entry."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One entry: its module (empty for a style alone), its styles, and chunks worth fetching early."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


class Manifest:
    """Vite's manifest.json, by the names pages use: `shell`, `portal`, `<app>/<island>`."""

    def __init__(self, entries: Mapping[str, dict[str, object]]) -> None:
        self._entries = entries
        self._keys = ENTRIES | {
            f"{found[1]}/{found[2]}": key
            for key, entry in entries.items()
            if entry.get("isEntry") and (found := _ISLAND.search(key))
        }

    def asset(self, name: str) -> Asset:
        """The asset called `name`. Raises BuildMissing."""
        key = self._keys.get(name)
        if key is None or key not in self._entries:
            raise BuildMissing(f"the front-end build has no {name}: run `npm ci && npm run build`")
        chunks = list(dict.fromkeys(self._chunks(key)))
        file = str(self._entries[key]["file"])
        styles = [str(style) for chunk in chunks for style in self._listed(chunk, "css")]
        if file.endswith(".css"):
            return Asset(script="", styles=(_address(file), *map(_address, styles)), preloads=())
        return Asset(
            script=_address(file),
            styles=tuple(map(_address, dict.fromkeys(styles))),
            preloads=tuple(_address(str(self._entries[chunk]["file"])) for chunk in chunks if chunk != key),
        )

    @property
    def icons(self) -> str:
        """The address of the icon sprite. Raises BuildMissing."""
        if "icons.svg" not in self._entries:
            raise BuildMissing("the front-end build has no icons: run `npm ci && npm run build`")
        return _address(str(self._entries["icons.svg"]["file"]))

    def _listed(self, key: str, name: str) -> list[str]:
        value = self._entries[key].get(name, [])
        return [str(item) for item in value] if isinstance(value, list) else []

    def _chunks(self, key: str) -> Iterator[str]:
        yield key
        for imported in self._listed(key, "imports"):
            yield from self._chunks(imported)


def _address(file: str) -> str:
    return static(f"dist/{file}")


@lru_cache(maxsize=2)
def _read(_written_at: int, file: Path) -> Manifest:
    return Manifest(json.loads(file.read_text(encoding="utf-8")))


def manifest() -> Manifest:
    """The manifest of the build in use; read again when a build wrote a new one. Raises BuildMissing."""
    file = Path(getattr(settings, "FRONT_END_DIST", DIST)) / "manifest.json"
    try:
        return _read(file.stat().st_mtime_ns, file)
    except FileNotFoundError:
        raise BuildMissing(f"{file} does not exist: run `npm ci && npm run build`") from None
