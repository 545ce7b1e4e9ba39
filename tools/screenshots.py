"""`make screenshots`: the main screens, in the sizes they are made for, into docs/images.

The city has the storm of the demonstration; its screens are taken when the storm stands in them, and an incident was
opened from its alerts, by the screens too.
"""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tools.browser import chromium, signed_in, visit
from tools.city import City, temporary_city

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LIVE_MILLISECONDS = 8_000
STORM_MILLISECONDS = 12 * 60_000
# The last that the storm raises, some five minutes after the start.
HIGH_WATER = "Mực nước sông đến báo động III"
FLOODED, WARD = "Mưa to và có phản ánh ngập", "Gia Sàng"
# A heavier picture is written with 256 colours, which of a screen nobody sees.
MOST_BYTES = 600_000
SIZES = {"1366x768": (1366, 768), "1920x1080": (1920, 1080), "3840x2160": (3840, 2160), "360x800": (360, 800)}


@dataclass(frozen=True)
class Shot:
    """A picture: its name, what is opened, and how. `path` may name the `{alert}` and the `{incident}` of the storm."""

    name: str
    path: str
    size: str = "1366x768"
    language: str = "vi"
    theme: str = "light"
    stranger: bool = False
    username: str = "quantri"
    # Such a page is never at rest: it is looked at after a while.
    is_live: bool = False


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
STORM = (
    Shot("wall", "/operations/", size="1920x1080", theme="dark", username="truc", is_live=True),
    Shot("wall-4k", "/operations/", size="3840x2160", theme="dark", username="truc", is_live=True),
    Shot("live-map", "/operations/map/", username="truc", is_live=True),
    Shot("alerts", "/incidents/alerts/", username="truc"),
    Shot("alert", "{alert}", username="truc"),
    Shot("incidents", "/incidents/?standing=UNDERWAY", username="truc"),
    Shot("incident", "{incident}", username="truc", is_live=True),
    Shot("field-phone", "/operations/field/#op-alerts", size="360x800", username="truc", is_live=True),
    Shot("alert-phone", "{alert}", size="360x800", username="truc"),
    Shot("incident-phone", "{incident}", size="360x800", username="chutich", is_live=True),
)


def work_the_storm(browser: Browser, city: City, state: str) -> dict[str, str]:
    """Wait for it, take an alert, open an incident from the flood; the addresses of both."""
    context = visit(browser, city, state)
    page = context.new_page()
    page.goto("/incidents/alerts/")
    page.locator("a[data-alert]", has_text=HIGH_WATER).first.wait_for(timeout=STORM_MILLISECONDS)
    page.locator("a[data-alert]", has_text=HIGH_WATER).first.click()
    alert = page.url
    _follow(page, f"{alert}acknowledge/")
    page.goto("/incidents/alerts/")
    page.locator("a[data-alert]", has_text=FLOODED).filter(has_text=WARD).first.click()
    page.locator("main a[href*='/open/?alert=']").click()
    page.fill("#id_title", "Ngập phường Gia Sàng và hai bên bờ sông Cầu")
    page.select_option("#id_kind", "FLOOD")
    page.select_option("#id_playbook", label="Ứng phó ngập đô thị")
    page.fill("#id_description", "Mưa trên 60 mm/h; nước ngập ngang bánh xe máy tại ngã tư Gia Sàng.")
    lead = page.locator("#id_lead_agency option", has_text="(UBND-05461)").get_attribute("value")
    page.select_option("#id_lead_agency", lead)
    page.locator("#id_supporting label", has_text="(UBND-05431)").locator("input").check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("#checklist-title")
    incident = page.url
    for _item in range(2):
        with page.expect_navigation():
            page.locator(".sc-checklist li:not(.is-done) form button").first.click()
    context.close()
    return {"alert": alert, "incident": incident}


def _follow(page: Page, address: str) -> None:
    page.goto(address)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def lighten(file: Path) -> None:
    """A picture of a screen needs few colours; one that is heavy gets no more than 256."""
    if file.stat().st_size > MOST_BYTES:
        with Image.open(file) as picture:
            few = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(file, optimize=True)


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
    if shot.is_live:
        page.wait_for_timeout(LIVE_MILLISECONDS)
    else:
        page.wait_for_load_state("networkidle")
    if page.locator("#units-map").count():
        page.wait_for_selector("#units-map[data-ready]", timeout=60_000)
    file = folder / f"{shot.name}.png"
    page.screenshot(path=file)
    lighten(file)
    context.close()
    return file


def told(file: Path) -> None:
    print(f"{file.relative_to(IMAGES.parent.parent)}  {file.stat().st_size // 1024} KiB", flush=True)


def main() -> int:
    data = Path(os.environ["DATA"]) if os.environ.get("DATA") else None
    with temporary_city(data=data, scene="storm") as city, chromium() as browser:
        people = {shot.username for shot in (*SHOTS, *STORM)}
        states = {name: signed_in(browser, city, name) for name in sorted(people)}
        for shot in SHOTS:
            told(take(browser, city, states[shot.username], shot, IMAGES))
        places = work_the_storm(browser, city, states["truc"])
        for shot in STORM:
            there = replace(shot, path=shot.path.format_map(places))
            told(take(browser, city, states[shot.username], there, IMAGES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
