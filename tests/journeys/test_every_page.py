"""What holds on every page: accessible, whole in its language, usable by keyboard, quiet in the console."""

import re

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from songcau.foundation.accounts import demo
from tests.journeys.crawling import STRANGERS_PAGES
from tools.browser import colour_faults_at_night, violations, visit
from tools.city import City
from tools.messages import apps, catalogue_file

pytestmark = pytest.mark.browser

# What the words of a page decide: names, and how much room they take. All else is the same in both languages.
OF_WORDS = [
    *("html-has-lang", "html-lang-valid", "valid-lang", "document-title", "empty-heading", "landmark-unique"),
    *("button-name", "link-name", "input-button-name", "summary-name", "label", "label-title-only", "select-name"),
    *("aria-input-field-name", "aria-toggle-field-name", "aria-command-name", "image-alt", "role-img-alt"),
    *("svg-img-alt", "frame-title", "target-size", "scrollable-region-focusable"),
]
PHONE = {"width": 360, "height": 800}


def english_texts() -> set[str]:
    """Every text of the code whose Vietnamese differs, without those that hold a parameter."""
    texts = set()
    for app in apps():
        if catalogue_file(app).exists():
            with catalogue_file(app).open("rb") as stream:
                for message in read_po(stream, locale="vi"):
                    if isinstance(message.id, str) and message.string != message.id and "%" not in message.id:
                        texts.add(" ".join(message.id.split()))
    return texts


def texts_on(page: Page) -> set[str]:
    """The texts a person reads on the page: each text node, and the names given to screen readers."""
    nodes = page.evaluate(
        """() => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), all = [];
        while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement;
            if (parent && !['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(parent.tagName)
                && !parent.closest('[lang=en]:not(html)')) all.push(walker.currentNode.data);
        }
        for (const e of document.querySelectorAll('[aria-label],[title],[placeholder],[alt]'))
            if (!e.closest('[lang=en]:not(html)'))
                all.push(...['aria-label', 'title', 'placeholder', 'alt'].map(n => e.getAttribute(n) || ''));
        return all;
    }"""
    )
    return {" ".join(text.split()) for text in nodes} - {""}


def vietnamese_texts() -> set[str]:
    """Every Vietnamese text of the code, without those that hold a parameter."""
    texts = set()
    for app in apps():
        if catalogue_file(app).exists():
            with catalogue_file(app).open("rb") as stream:
                for message in read_po(stream, locale="vi"):
                    if isinstance(message.string, str) and message.string != message.id:
                        texts.add(" ".join(message.string.split()))
    return texts


def data_texts() -> set[str]:
    """Made-up posts, offices and reasons of the demonstration city: data, entered in Vietnamese."""
    posts = {part.post for part in demo._parts("x")}
    return {office[1] for office in demo._OFFICES} | posts | {"Dữ liệu trình diễn"}


def foreign_texts(language: str) -> set[str]:
    """What a page in one language must not say: the other's texts. A word of both (“In”) is no fault."""
    english, vietnamese = english_texts(), vietnamese_texts()
    assert len(english) > 300
    if language == "vi":
        return english - vietnamese
    return {text for text in vietnamese - english - data_texts() if len(text) > 12}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing_the_language_is_whole_and_the_console_quiet(
    browser: Browser, city: City, administrator: str, pages: list[str], language: str
) -> None:
    """Every rule by day; by night, on the same page, the rules of colour, since nothing else differs.

    In English those of words, for the same reason.
    """
    foreign = foreign_texts(language)
    faults: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        """Among what it would say: anything that the content security policy stopped."""
        if message.type in {"error", "warning"} and not re.search(r"GPU|WebGL|GL Driver|404", message.text):
            faults.append(f"{message.location.get('url')}: {message.text}")

    def fail(error: Error) -> None:
        faults.append(f"script: {error}")

    for state, paths in ((administrator, [*pages, "/nowhere/"]), ("", STRANGERS_PAGES)):
        context = visit(browser, city, state, axe=True, language=language)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", fail)
        for path in paths:
            open_settled(page, city, path)
            assert page.locator("html").get_attribute("lang") == language
            faults += [f"{path}: {fault}" for fault in violations(page, OF_WORDS if language == "en" else ())]
            if language == "vi" and not page.locator("#ow").count():  # the wall is dark by day too
                faults += [f"{path} at night: {fault}" for fault in colour_faults_at_night(page)]
            faults += [f"{path}: foreign text {text!r}" for text in sorted(texts_on(page) & foreign)]
        context.close()
    assert faults == []


def open_settled(page: Page, city: City, path: str) -> None:
    """Open a page and wait for what it draws by itself.

    Who came in more than five minutes ago is asked anew before some pages: else that question were looked at instead.
    It is one of the pages too, where the links were followed so late.
    """
    page.goto(path)
    if "/reauthenticate/" in page.url and "/reauthenticate/" not in path:
        asked = page.locator("main input:is([name=password], [name=code])")
        is_code = asked.get_attribute("name") == "code"
        asked.fill(city.code("quantri") if is_code else city.accounts["quantri"].password)
        with page.expect_navigation(url=f"{city.url}{path}"):
            page.keyboard.press("Enter")
    if page.locator("#units-map").count():
        page.wait_for_selector("#units-map[data-ready]")


def test_on_the_phone_axe_finds_nothing_and_nothing_runs_off_the_side(
    browser: Browser, city: City, administrator: str, pages: list[str]
) -> None:
    faults = []
    for state, paths in ((administrator, pages), ("", STRANGERS_PAGES)):
        context = visit(browser, city, state, axe=True, viewport=PHONE)
        page = context.new_page()
        for path in paths:
            open_settled(page, city, path)
            faults += [f"{path}: {fault}" for fault in violations(page)]
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                faults.append(f"{path}: {width} px wide on a screen of {PHONE['width']}")
        context.close()
    assert faults == []


def test_every_page_works_by_keyboard(browser: Browser, city: City, administrator: str, pages: list[str]) -> None:
    """Tab reaches every control, each shows that it has the focus, and the first leads past the menu."""
    context = visit(browser, city, administrator)
    page = context.new_page()
    faults = []
    for path in pages:
        open_settled(page, city, path)
        faults += [f"{path}: {fault}" for fault in keyboard_faults(page)]
    context.close()
    assert faults == []


# Numbers the controls, and notes each that has the focus from here on and whether it shows it.
WATCH_THE_FOCUS = """() => {
    const controls = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]
        .filter(e => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden')
        .filter(e => e.checkVisibility({visibilityProperty: true}));
    controls.forEach((e, i) => { e.dataset.stop = i; });
    window.stops = new Map();
    const note = e => {
        const s = getComputedStyle(e), seen = s.outlineStyle !== 'none' || s.boxShadow !== 'none';
        if (e.dataset.stop && window.stops.get(e.dataset.stop) !== false)
            window.stops.set(e.dataset.stop, seen);
    };
    note(document.activeElement);
    document.addEventListener('focusin', event => note(event.target), true);
    return controls.map(e => [e.type === 'radio', e.outerHTML.slice(0, 120)]);
}"""
STEPS_AT_ONCE = 12
# A list of a hundred has the same controls a hundred times: what stands in its first lines stands in all of them.
FIRST_LINES = """() => {
    for (const list of document.querySelectorAll('main :is(tbody, ul, ol)'))
        for (const line of [...list.children].slice(6)) line.style.display = 'none';
}"""


def keyboard_faults(page: Page) -> list[str]:
    # A page may take the focus itself, to a summary of faults or to what comes next.
    is_taken = page.evaluate(
        "document.activeElement !== document.body || document.querySelector('[autofocus]') !== null"
    )
    page.evaluate("document.activeElement && document.activeElement.blur(); window.scrollTo(0, 0)")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href') || ''")
    page.evaluate(FIRST_LINES)
    faults = [] if is_taken or first.startswith("#") else [f"first stop is {first!r}, no skip link"]
    controls = page.evaluate(WATCH_THE_FOCUS)
    seen: dict[str, bool] = {}
    for _round in range((len(controls) + 12) // STEPS_AT_ONCE + 1):
        if len(seen) == len(controls):
            break
        # Held down the key repeats itself.
        for _step in range(STEPS_AT_ONCE):
            page.keyboard.down("Tab")
        page.keyboard.up("Tab")
        seen = page.evaluate("Object.fromEntries(window.stops)")
    faults += [f"no visible focus on {controls[int(stop)][1]}" for stop, shown in seen.items() if not shown]
    # Of radio buttons Tab reaches the one that is chosen.
    return faults + [
        f"Tab does not reach {html}"
        for number, (is_radio, html) in enumerate(controls)
        if str(number) not in seen and not is_radio
    ]
