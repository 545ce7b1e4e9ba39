"""Names of people in texts, found by what stands before them: as whom somebody introduces themselves, and titles.

What is looked for does not depend on who reported. Were only the reporter's own name hidden in what a unit writes, the
unit could write names until one is hidden, and would know.
"""

import re
from collections.abc import Iterator

from songcau.kernel.text import nfc
from songcau.systems.citizen_reports.rules.contacts import MASK, hidden_contacts

# With their tones: without them `cô` is `có` too, and `con là` is `còn là`.
_ME = r"(?:tôi|mình|em|cháu|con)"
_INTRODUCES = re.compile(
    rf"(?<!\w)(?:{_ME}(?: tên)? là|{_ME} tên|(?:họ và tên|họ tên|tên)(?: {_ME})?(?: là| ?:)|ký tên ?:?"
    r"|người (?:phản ánh|gửi|báo)(?: là| ?:)|toi(?: ten)? la|my name is|i am|i’m|i'm)[ \-]{1,3}$"
)
_TITLE = re.compile(r"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|cụ|công dân|mr|mrs|ms)\.? $")
_TITLES = frozenset(("ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "mr", "mrs", "ms"))
# Written in capitals throughout, what introduces a name is part of the same run.
_LEADING = _TITLES | frozenset(("tôi", "mình", "em", "cháu", "con", "tên", "là", "công", "dân"))
# What is called after people: there the name says where.
_PLACE = re.compile(
    r"(?<!\w)(?:đường|phố|ngõ|ngách|hẻm|kiệt|phường|xã|trường|chợ|cầu|hồ|công viên|quảng trường|đại lộ"
    r"|ngã (?:ba|tư|năm)|đền|chùa|đình|thpt|thcs|tiểu học|mầm non|bệnh viện|khu|tổ|xóm|thôn|công ty|tượng đài"
    r"|street|road|ward)(?: dân phố)? $"
)
_MOST_BEFORE = 40
_MOST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]+")
# One capital after a title is a name (“chị Hồng”); after “tôi là” it may begin any word of rank.
_AFTER_TITLE, _AFTER_INTRODUCTION = 1, 2

Wanted = tuple[tuple[re.Pattern[str], int], ...]
_INTRODUCTIONS: Wanted = ((_INTRODUCES, _AFTER_INTRODUCTION),)
_PEOPLE: Wanted = (*_INTRODUCTIONS, (_TITLE, _AFTER_TITLE))


def hidden_introductions(text: str) -> tuple[str, bool]:
    """The text (NFC) with the names masked as whom its writer introduces themselves, and whether there was one."""
    return _hidden(nfc(text), _INTRODUCTIONS)


def hidden_people(text: str) -> str:
    """The text (NFC) with the names masked that stand after a title or an introduction; those of places stay."""
    return _hidden(nfc(text), _PEOPLE)[0]


def for_everybody(text: str) -> str:
    """What an official wrote, as the public reads it: without contacts and without names of people."""
    return hidden_people(hidden_contacts(text)[0])


def _hidden(text: str, wanted: Wanted) -> tuple[str, bool]:
    pieces, at = [], 0
    for begin, end, words in _names(text):
        before = text[max(0, begin - _MOST_BEFORE) : begin].lower()
        if any(words >= least and _says(pattern, before) for pattern, least in wanted):
            pieces += [text[at:begin], MASK]
            at = end
    return "".join([*pieces, text[at:]]), bool(pieces)


def _says(pattern: re.Pattern[str], before: str) -> bool:
    found = pattern.search(before)
    return found is not None and not _PLACE.search(before[: found.start()])


def _names(text: str) -> Iterator[tuple[int, int, int]]:
    """Runs of words with a capital, one space apart: begin, end, how many words."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if run and not _goes_on(run, word, text):
            yield from _named(run)
            run = []
        if word.group()[0].isupper():
            run.append(word)
    yield from _named(run)


def _goes_on(run: list[re.Match[str]], word: re.Match[str], text: str) -> bool:
    return word.group()[0].isupper() and text[run[-1].end() : word.start()] == " " and len(run) < _MOST_WORDS


def _named(run: list[re.Match[str]]) -> Iterator[tuple[int, int, int]]:
    """A run without the title or the words that introduce it."""
    first = 0
    while first < len(run) and run[first].group().lower() in _LEADING:
        first += 1
    if first < len(run):
        yield run[first].start(), run[-1].end(), len(run) - first
