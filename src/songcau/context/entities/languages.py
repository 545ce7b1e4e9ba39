"""Which text of a LanguageProperty a reader gets (ETSI GS CIM 009, clause 4.15; look-up of RFC 4647)."""

from collections.abc import Mapping
from typing import Any, Final

from songcau.context.problems import BadRequestData
from songcau.context.remembering import short_kept

NO_LANGUAGE: Final = "@none"
LONGEST_TAG: Final = 64
MOST_RANGES: Final = 32


def chosen_language(texts: Mapping[str, Any], wanted: str) -> str:
    """The language to take out of a language map that has one. wanted: as in `lang=`, such as `fr-CH,fr;q=0.9`.

    When none of what is wanted is there, the text without a language is taken, else the first. Raises BadRequestData.
    """
    by_lower_case = {language.lower(): language for language in texts}
    for wish in language_ranges(wanted):
        if wish == "*":
            return next(iter(texts))
        language = wish
        while language:
            if language in by_lower_case:
                return by_lower_case[language]
            language = _shortened(language)
    return NO_LANGUAGE if NO_LANGUAGE in texts else next(iter(texts))


def read_language(text: str) -> str:
    """The tag of one language, such as vi or de-CH, or "@none". Raises BadRequestData."""
    parts = text.split("-")
    is_tag = text.isascii() and len(text) <= LONGEST_TAG and parts[0].isalpha() and all(map(str.isalnum, parts))
    if text != NO_LANGUAGE and not is_tag:
        raise BadRequestData(f"{text[:40]!r} is no tag of a language, such as vi or de-CH")
    return text


def in_its_language(found: Mapping[str, Any], text: Any, language: str) -> dict[str, Any]:
    """A language map with another text for one language; a language is the same in any case of its letters."""
    known = next((one for one in found if one.lower() == language.lower()), language)
    return {**found, known: text}


def _shortened(language: str) -> str:
    """One subtag less; a single letter before it, which only introduces it, goes too."""
    rest = language.rpartition("-")[0]
    return rest[:-2] if rest[-2:-1] == "-" else rest


@short_kept(256)
def language_ranges(wanted: str) -> tuple[str, ...]:
    """The languages of a `lang` parameter in lower case, the most wanted first. Raises BadRequestData."""
    ranges: list[tuple[float, str]] = []
    for part in wanted.split(","):
        language, _, weight = part.partition(";")
        language = language.strip().lower()
        letters = language.replace("-", "")
        if not (language == "*" or (letters.isascii() and letters.isalnum())):
            raise BadRequestData(f"{part.strip()[:40]!r} is no language")
        ranges.append((_weight(weight.strip()), language))
    if len(ranges) > MOST_RANGES:
        raise BadRequestData(f"More than {MOST_RANGES} languages are asked for")
    ranges.sort(key=lambda weighed: -weighed[0])
    return tuple(language for weight, language in ranges if weight > 0)


def _weight(text: str) -> float:
    if not text:
        return 1.0
    name, _, number = text.partition("=")
    try:
        weight = float(number) if name.strip() == "q" else -1.0
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise BadRequestData(f"{text[:40]!r} is no weight of a language: write q=0.8")
    return weight
