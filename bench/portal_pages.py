"""The portal's pages as a slow telephone gets them: 400 kbit/s, 150 ms to and fro, processor four times slower.

Run with `python -m bench.portal_pages`. Prints for each page, with an empty cache, when the first words stand, when
the page answers (its document and scripts are there), and what came over the wire. Bound: usable in 2 s.
"""

from playwright.sync_api import Browser

from tools.browser import chromium, visit
from tools.city import City, temporary_city

PAGES = ("/portal/", "/portal/report/", "/portal/track/", "/portal/reports/", "/portal/waiting/")
PHONE = {"width": 360, "height": 800}
BYTES_A_SECOND = 400_000 / 8
LATENCY_MS = 150
SLOWER = 4
BOUND_MS = 2000
ROUNDS = 3

_TIMES = """() => {
    const [page] = performance.getEntriesByType('navigation');
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const all = [page, ...performance.getEntriesByType('resource')];
    const size = all.reduce((sum, one) => sum + one.transferSize, 0);
    return [paint ? paint.startTime : 0, page.domContentLoadedEventEnd, size];
}"""


def measured(browser: Browser, city: City, path: str) -> tuple[float, float, float]:
    """Milliseconds to the first words and to where it can be used; bytes over the wire."""
    context = visit(browser, city, viewport=PHONE, service_workers="block")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    conditions = {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": BYTES_A_SECOND,
        "uploadThroughput": BYTES_A_SECOND,
    }
    line.send("Network.emulateNetworkConditions", conditions)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(path, wait_until="load")
    first, usable, size = page.evaluate(_TIMES)
    context.close()
    return first, usable, size


def main() -> None:
    with temporary_city() as city, chromium() as browser:
        browser.new_page().goto(f"{city.url}/portal/")
        for path in PAGES:
            rounds = sorted(measured(browser, city, path) for _round in range(ROUNDS))
            first, usable, size = rounds[len(rounds) // 2]
            over = " OVER THE BOUND" if usable > BOUND_MS else ""
            print(f"{path:20} first words {first:5.0f} ms · usable {usable:5.0f} ms · {size / 1000:5.1f} KB{over}")


if __name__ == "__main__":
    main()
