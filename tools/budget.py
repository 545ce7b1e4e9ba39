"""What a browser must fetch before it shows the desk and the portal, packed: `python -m tools.budget`.

Limits from the design: desk 200 KB (style, script, letters); portal style 15 KB, script 60 KB. KB are 1000 bytes.
"""

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DIST = Path(__file__).resolve().parent.parent / "src" / "songcau" / "static" / "dist"
WEB = "src/songcau/foundation/shell/web"
LETTERS = "node_modules/@fontsource/be-vietnam-pro/files/"
CITIZEN = "src/songcau/consoles/citizen/islands"
# On every page of the portal, and on the one with most script before a map is opened.
PORTAL_SCRIPTS = (f"{CITIZEN}/portal.ts", f"{CITIZEN}/report.ts")
LIMITS = {"desk": 200_000, "portal style": 15_000, "portal script": 60_000}


def packed(file: str) -> int:
    """Bytes on the wire; letters (WOFF2) and pictures that are packed already travel as they are."""
    data = (DIST / file).read_bytes()
    return len(data) if file.endswith(".woff2") else len(gzip.compress(data, 9))


def scripts(manifest: dict[str, dict[str, Any]], entries: Iterable[str]) -> set[str]:
    """The files of entries and of what they import at once; what they fetch when it is asked for is not among them."""
    files: set[str] = set()
    for key in entries:
        files.add(manifest[key]["file"])
        files |= scripts(manifest, manifest[key].get("imports", ()))
    return files


def sizes() -> dict[str, int]:
    manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    shell, portal = manifest[f"{WEB}/shell.ts"], manifest[f"{WEB}/portal.css"]
    letters = [entry["file"] for key, entry in manifest.items() if key.startswith(LETTERS)]
    desk = [shell["file"], *shell["css"], *letters, manifest["icons.svg"]["file"]]
    return {
        "desk": sum(map(packed, desk)),
        "portal style": packed(portal["file"]),
        "portal script": sum(map(packed, scripts(manifest, PORTAL_SCRIPTS))),
    }


def main() -> int:
    if not (DIST / "manifest.json").exists():
        sys.exit("the front end is not built: npm ci && npm run build")
    over = 0
    for name, size in sizes().items():
        over += size > LIMITS[name]
        print(
            f"{name}: {size / 1000:.1f} KB of {LIMITS[name] / 1000:.0f} KB{' TOO MUCH' if size > LIMITS[name] else ''}"
        )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
