"""The message catalogues: `python -m tools.messages update|compile|check`.

English stands in the code; Vietnamese in `locale/vi/LC_MESSAGES/django.po` of the app that owns the text.
Extraction is Django's `templatize` and Babel, so no GNU gettext is needed on the machine.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings as django_settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "songcau"
HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Language: vi\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def apps() -> Iterator[Path]:
    """Every folder that owns a catalogue: those with an `apps.py`."""
    yield from sorted(file.parent for file in PACKAGE.rglob("apps.py"))


def catalogue_file(app: Path) -> Path:
    return app / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def sources(app: Path) -> Iterator[Path]:
    within = [other for other in apps() if other != app and other.is_relative_to(app)]  # they have their own
    for file in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        inside = any(file.is_relative_to(other) for other in within)
        if not inside and not {"tests", "migrations"}.intersection(file.relative_to(app).parts):
            yield file


def readable(file: Path) -> bytes:
    """The file as Python that Babel can read; a template becomes its translatable calls only."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    return text.encode()


def extracted(app: Path) -> Catalog:
    catalogue = Catalog(locale="vi", fuzzy=False)
    for file in sources(app):
        for line, message, _comments, context in extract(
            "babel.messages.extract:extract_python",
            io.BytesIO(readable(file)),
            keywords=KEYWORDS,
            options={"encoding": "utf-8"},
        ):
            if message:
                catalogue.add(message, locations=[(str(file.relative_to(PACKAGE)), line)], context=context)
    return catalogue


def stored(app: Path) -> Catalog:
    file = catalogue_file(app)
    if not file.exists():
        return Catalog(locale="vi", fuzzy=False)
    with file.open("rb") as stream:
        return read_po(stream, locale="vi")


def update() -> int:
    """Bring every catalogue to what the code says, keeping the translations there are."""
    for app in apps():
        fresh, known = extracted(app), stored(app)
        for message in fresh:
            if message.id and (old := known.get(message.id, message.context)):
                message.string = old.string
        file = catalogue_file(app)
        if len(fresh) == 0:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            write_po(stream, fresh, omit_header=True, no_location=True, sort_output=True, width=120)
        file.write_text(HEAD + file.read_text(encoding="utf-8"), encoding="utf-8")
    return check()


def compile_all() -> int:
    """Write the binary catalogues that Django reads."""
    for app in apps():
        if catalogue_file(app).exists():
            with catalogue_file(app).with_suffix(".mo").open("wb") as stream:
                write_mo(stream, stored(app))
    return 0


def check() -> int:
    """Every text of the code has its Vietnamese, and nothing stands in a catalogue that the code no longer says."""
    faults = 0
    for app in apps():
        fresh, known = extracted(app), stored(app)
        said = {(message.id, message.context) for message in fresh if message.id}
        for identifier, context in sorted(said, key=str):
            message = known.get(identifier, context)
            words = message.string if message else ""
            if message is None or message.fuzzy or not words or (isinstance(words, tuple) and not all(words)):
                faults += 1
                print(f"{catalogue_file(app).relative_to(PACKAGE)}: no Vietnamese for {identifier!r}")
        for message in known:
            if message.id and (message.id, message.context) not in said:
                faults += 1
                print(f"{catalogue_file(app).relative_to(PACKAGE)}: the code no longer says {message.id!r}")
    return 1 if faults + said_two_ways() else 0


def said_two_ways() -> int:
    """A text with two translations, of which Django takes the first app's: how many. A context tells meanings apart."""
    ways: dict[tuple[str | None, str], dict[str, str]] = {}
    for app in apps():
        for message in stored(app):
            if message.id:
                known = ways.setdefault((message.context, str(message.id)), {})
                known.setdefault(str(message.string), str(app.relative_to(PACKAGE)))
    torn = {text: known for (_context, text), known in ways.items() if len(known) > 1}
    for text, known in torn.items():
        print(f"{text!r} is said in more than one way: {known}")
    return len(torn)


if __name__ == "__main__":
    if not django_settings.configured:
        django_settings.configure(USE_I18N=True)
    commands = {"update": update, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit("python -m tools.messages update|compile|check")
    sys.exit(commands[sys.argv[1]]())
