"""What a browser must fetch before it shows the desk and the portal, packed: `python -m tools.budget`.

Limits from the design: desk 200 KB (style, script, letters); portal style 15 KB, script 60 KB. KB are 1000 bytes.
"""

import gzip
import json
import sys
from pathlib import Path

DIST = Path(__file__).resolve().parent.parent / "src" / "songcau" / "static" / "dist"
WEB = "src/songcau/foundation/shell/web"
LETTERS = "node_modules/@fontsource/be-vietnam-pro/files/"
LIMITS = {"desk": 200_000, "portal style": 15_000, "portal script": 60_000}


def packed(file: str) -> int:
    """Bytes on the wire; letters (WOFF2) and pictures that are packed already travel as they are."""
    data = (DIST / file).read_bytes()
    return len(data) if file.endswith(".woff2") else len(gzip.compress(data, 9))


def sizes() -> dict[str, int]:
    manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    shell, portal = manifest[f"{WEB}/shell.ts"], manifest[f"{WEB}/portal.css"]
    letters = [entry["file"] for key, entry in manifest.items() if key.startswith(LETTERS)]
    desk = [shell["file"], *shell["css"], *letters, manifest["icons.svg"]["file"]]
    return {
        "desk": sum(map(packed, desk)),
        "portal style": packed(portal["file"]),
        "portal script": 0,
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
