"""`make screenshots`: the main screens, in the sizes they are made for, into docs/images."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from tools.browser import chromium, signed_in, visit
from tools.city import City, temporary_city

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZES = {"1366x768": (1366, 768), "1920x1080": (1920, 1080), "3840x2160": (3840, 2160), "360x800": (360, 800)}


@dataclass(frozen=True)
class Shot:
    """A picture: its name, what is opened, and how."""

    name: str
    path: str
    size: str = "1366x768"
    language: str = "vi"
    theme: str = "light"
    stranger: bool = False
    username: str = "quantri"


SHOTS = (
    Shot("sign-in", "/accounts/login/", stranger=True),
    Shot("units-desk", "/administration/units/"),
    Shot("units-desk-dark", "/administration/units/", theme="dark"),
    Shot("units-large", "/administration/units/", size="1920x1080"),
    Shot("units-wall-size", "/administration/units/", size="3840x2160", theme="dark"),
    Shot("units-phone", "/administration/units/", size="360x800"),
    Shot("desk", "/"),
    Shot("desk-phone-english", "/", size="360x800", language="en"),
    Shot("working-calendar", "/calendar/?year=2026&received=2026-02-12T16%3A00&amount=2&method=DAYS&cut_off="),
    Shot("overview", "/administration/", size="1920x1080"),
    Shot("people", "/administration/people/"),
    Shot("audit", "/administration/audit/", theme="dark"),
    Shot("reports-moderation", "/citizen_reports/moderation/", username="truc"),
    Shot("portal-report", "/portal/report/", size="360x800", stranger=True),
)


def take(browser: Browser, city: City, state: str, shot: Shot, folder: Path) -> Path:
    width, height = SIZES[shot.size]
    context = visit(
        browser,
        city,
        "" if shot.stranger else state,
        language=shot.language,
        theme=shot.theme,
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    page.goto(shot.path)
    page.wait_for_load_state("networkidle")
    if page.locator("#units-map").count():
        page.wait_for_selector("#units-map[data-ready]", timeout=60_000)
    file = folder / f"{shot.name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def main() -> int:
    data = Path(os.environ["DATA"]) if os.environ.get("DATA") else None
    with temporary_city(data=data) as city, chromium() as browser:
        states = {name: signed_in(browser, city, name) for name in sorted({shot.username for shot in SHOTS})}
        for shot in SHOTS:
            file = take(browser, city, states[shot.username], shot, IMAGES)
            print(f"{file.relative_to(IMAGES.parent.parent)}  {file.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
