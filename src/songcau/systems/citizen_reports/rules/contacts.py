"""Finding how to reach somebody in a text: telephone numbers, e-mail, numbers of identity papers, names on networks.

What a reporter types about themselves would otherwise tell the handling unit, and the public, who reported. In doubt a
number is masked: the centre still reads the text as it was sent. What a report may be about is left: plates of
vehicles, house numbers, dates, amounts of money, roads, coordinates.

Of our own: phonenumbers finds numbers as they are today, and not `0280 3855 555` of old, `O912…` with a letter for
nought, digits in words, nor numbers of identity papers.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from songcau.kernel.text import folded, nfc

MASK = "•••"
_HIDDEN = "\x00"  # a sign of what must stay, in the copy that is searched

# Between two digits of one number; never a line's end.
_GAP = r"[ .\-_()*]{0,3}"
_DIGIT = "[0-9oil]"
_ZERO = "(?:0|(?<![a-z])o)"
# Neither part of a longer number nor of a code like H55.02-261008-0975.
_BEGIN = r"(?<![0-9])(?<![0-9][.\-_,])"
_END = r"(?![0-9])(?![.\-_,][0-9])"


def _digits(least: int, most: int | None = None) -> str:
    return rf"(?:{_GAP}{_DIGIT}){{{least},{most or least}}}"


_ABROAD = rf"(?:\+{_GAP}|00)84{_GAP}(?:\(0\){_GAP})?|(?<![a-z])84{_GAP}"
_MOBILE = rf"(?:{_ABROAD}|{_ZERO}{_GAP})[35789]{_digits(8)}"
# With the codes of areas as they are since 2017 (02…), and as they were (0280, 04, 08); mobiles of eleven digits.
_LANDLINE = rf"(?<![a-z])(?:{_ABROAD}|{_ZERO}{_GAP})(?:2{_digits(8, 9)}|[48]{_digits(8)}|1{_GAP}[2689]{_digits(8)})"
_NUMBER = rf"(?:{_MOBILE}|{_LANDLINE})"
# The bracket of an area’s code goes with it.
_PHONE = re.compile(rf"{_BEGIN}(?:\((?=\+?[0-9]{{2,5}}\)))?{_NUMBER}(?:[ ,;/\-]{{1,3}}{_NUMBER})*_{{0,2}}{_END}")
_FOREIGN = re.compile(
    rf"{_BEGIN}(?:(?<![a-z])\+{_GAP}[1-9](?:{_GAP}[0-9]){{7,14}}|00[1-9](?:{_GAP}[0-9]){{9,12}}){_END}"
)
# Together, or in these groups, they are hidden whatever stands round them: public pages are scanned for them.
_SURE = re.compile(
    r"(?<![0-9])(?:(?<![a-z])0[35789][0-9]{9}"
    r"|0(?:[35789][0-9]{8}|[0-9]{11}|[35789][0-9]{2}( ?[,/+:] ?)[0-9]{3}\1[0-9]{3}"
    r"|[35789][0-9]( ?[,/+:] ?)[0-9]{3}\2[0-9]{4}))(?![0-9])"
)
# Nine digits (CMND, or a mobile without its nought) and twelve (CCCD), together or in groups.
_PAPER = re.compile(
    rf"(?<![0-9])(?<![0-9][.\-_,])(?<![a-z0-9]-)(?:[0-9]{{12}}|[0-9]{{9}}(?<!0000)"
    rf"|[0-9]{{3}}([ .\-])[0-9]{{3}}\1[0-9]{{3}}(?:\1[0-9]{{3}})?"
    rf"|0[0-9]{{3}}([ .\-])[0-9]{{4}}\2[0-9]{{4}}|0[0-9]{{2}}[ .\-][0-9]{{9}}){_END}"
)
_CUE = (
    r"(?:so dien thoai|dien thoai|di dong|so may|sdt|dtdd|dt|phone|tel|mobile|lien he|lien lac|alo|call|goi(?: cho)?"
    r"|zalo|viber|whatsapp|cccd|can cuoc(?: cong dan)?|cmnd|cmt|chung minh(?: nhan dan| thu)?|dinh danh(?: ca nhan)?"
    r"|ho chieu|passport|stk|tai khoan)"
)
# After such a word a number is one's own whatever its shape; services (1900, 1800) are everybody's.
_CUED = re.compile(
    rf"(?<![a-z]){_CUE}[^0-9\n\x00]{{0,15}}?(?P<own>(?!1[89]00)[a-z]?[0-9](?:{_GAP}[0-9]){{6,18}}){_END}"
)
_E_MAIL = re.compile(
    r"[a-z0-9][a-z0-9.+_\-]{0,63}(?: ?@ ?| ?[(\[] ?(?:at|a cong) ?[)\]] ?| a cong )(?:"
    r"[a-z0-9\-]+(?:(?:\.| ?[(\[] ?(?:dot|cham) ?[)\]] ?"
    r"| cham | dot )[a-z0-9\-]+)+|(?:gmail|yahoo|outlook|hotmail|icloud)(?: com)?\b)"
)
_PAGE = re.compile(
    r"(?:https?://)?(?:[a-z]+\.)?(?:facebook|fb|zalo|messenger|m|t|telegram|tiktok|instagram|viber|wa)"
    r"\.(?:com|me)/[^\s,;)]+"
)
_NETWORK = (
    r"(?<![a-z.])(?:zalo|zl|fb|facebook|face|messenger|telegram|tele|viber|tiktok|instagram|insta|skype|wechat"
    r"|gmail|e ?mail|mail|yahoo)"
    r"(?![a-z])"
)
_OWNED = r"(?: (?:cua )?(?:toi|minh|em|anh|chi|nha|nick|ten|id|user|acc|nguoi bao))*"
# `zalo: lan.ng`, `fb là lan88`, `fb @lan`; without such a sign only what is plainly no word.
_HANDLE = re.compile(
    rf"{_NETWORK}{_OWNED}(?: ?[:=\-] ?| la | )"
    r"(?P<own>@[a-z0-9._]+|[a-z]+[._][a-z0-9._]*[a-z0-9]|[a-z]+[0-9]+[a-z0-9._]*)"
)
_NAMED = re.compile(rf"{_NETWORK}{_OWNED}(?: ?[:=] ?| la )(?P<own>[a-z0-9._]+(?: [a-z]+){{0,4}})")
_AT = re.compile(r"(?<![a-z0-9.])@[a-z0-9._]{3,}")
_DIGIT_WORD = "(?:khong|linh|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)"
_SPOKEN = re.compile(rf"(?<![a-z]){_DIGIT_WORD}(?:[ ,.\-]{{1,2}}{_DIGIT_WORD}){{8,14}}(?![a-z])")

_MONEY = r"(?:dong(?! chi)|d|vnd|₫|trieu|tr|ty|ti|nghin|ngan|k|usd|\$|m2|m3|m|km|kg|tan|lit|luot|nguoi|ho|%)"
# What must stay. Nothing that begins with nought is an amount.
_DEGREES = r"(?:[89]|1[0-9]|2[0-3]|10[2-9])[.,][0-9]{4,}"
_DATES = (
    re.compile(r"(?<![0-9])(?<![0-9][.\-])[0-3]?[0-9]([./\-])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9])(?![.\-][0-9])"),
    re.compile(r"(?<![0-9])(?<![0-9][.\-])(?:19|20)[0-9]{2}([./\-])[01]?[0-9]\1[0-3]?[0-9](?![0-9])(?![.\-][0-9])"),
    re.compile(r"(?<![a-z])ngay [0-3]?[0-9] [01]?[0-9] (?:19|20)[0-9]{2}(?![0-9])"),
    re.compile(r"(?<![0-9])[0-2]?[0-9] ?[h:][0-5]?[0-9](?![0-9])"),
)
_AMOUNTS = (
    re.compile(
        rf"(?<![0-9.,])(?<!(?<![0-9])0 )(?!(?:84)?[35789][0-9]{{8}} ?[km]\b)"
        rf"[1-9](?:[0-9., ]{{0,20}}[0-9])? ?{_MONEY}(?![a-z0-9/])"
    ),
    re.compile(r"(?<![0-9.,])0[.,][0-9]{1,2}(?= ?(?:[^0-9 .,\-]|0[.,]|$))"),
)
_KEPT = (
    *_DATES,
    *_AMOUNTS,
    # Degrees, of a place in this country.
    re.compile(rf"(?<![0-9.,])(?<!(?<![0-9])0 ){_DEGREES}(?:,{_DEGREES})?(?![0-9.])(?![,.][0-9])"),
    re.compile(
        r"(?<![0-9a-z])(?<![0-9][.,])(?<!\+)(?<!(?<![0-9])0 )(?!84[.,][35789])"
        r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+(?![0-9])(?![.,][0-9])"
    ),
    re.compile(r"(?<![a-z])(?:so tien|gia|tong|kinh phi|phat|hoa don|nop)[ :]{1,3}[1-9][0-9.,]*[0-9](?![0-9])"),
    re.compile(r"(?<![a-z])(?:km|ql|dt|tl|hl|duong tinh|quoc lo) ?[0-9]{1,3}(?:\+[0-9]{1,3})?(?![0-9])"),
)


def hidden_contacts(text: str) -> tuple[str, bool]:
    """The text (NFC) with `•••` where somebody's contact stood, and whether one did. All else stays as it was typed."""
    typed = nfc(text)
    found = _joined(sorted(_spans(typed)))
    pieces, at = [], 0
    for begin, end in found:
        pieces += [typed[at:begin], MASK]
        at = end
    return "".join([*pieces, typed[at:]]), bool(found)


def _spans(typed: str) -> Iterator[tuple[int, int]]:
    copy = "".join(_plain_sign(sign) for sign in typed)
    for pattern in (_E_MAIL, _PAGE, _AT, _SPOKEN):
        yield from (found.span() for found in pattern.finditer(copy))
    for pattern in (_HANDLE, _NAMED):
        yield from _names(pattern, copy, typed)
    # A number after a word that says whose it is comes before what would keep it.
    dates_only = _without(copy, _DATES)
    yield from (found.span("own") for found in _CUED.finditer(_without(dates_only, _AMOUNTS)))
    numbers = _without(copy, _KEPT)
    for pattern in (_SURE, _PHONE, _FOREIGN, _PAPER):
        yield from (
            found.span() for found in pattern.finditer(numbers) if sum(map(str.isdigit, found.group())) >= _LEAST
        )


# With letters for some digits; `lô 0, lô 1` is no number.
_LEAST = 8


def _names(pattern: re.Pattern[str], copy: str, typed: str) -> Iterator[tuple[int, int]]:
    """Of several words those that begin with a capital; a single one in small letters if it has no marks."""
    for found in pattern.finditer(copy):
        begin, end = found.span("own")
        words = [(word.start() + begin, word.end() + begin) for word in re.finditer(r"\S+", typed[begin:end])]
        own = 0
        while own < len(words) and typed[words[own][0]].isupper():
            own += 1
        first = typed[slice(*words[0])]
        if own or first.isascii():
            yield begin, words[max(own, 1) - 1][1]


def _without(copy: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    for pattern in patterns:
        copy = pattern.sub(lambda found: _HIDDEN * len(found.group()), copy)
    return copy


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that touch or overlap as one."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    """One sign for one, so that places agree: letters without marks, digits of any writing, one space, one dash."""
    if sign.isdecimal():
        return str(int(sign))
    if sign.isspace():
        return "\n" if sign in "\n\r\x0b\x0c\x85\u2028\u2029" else " "
    if sign in "‐‑‒–—―−~":
        return "-"
    if sign in "·•∙…":
        return "."
    if sign in "\ufe0f\u20e3":  # the frame of a digit that is drawn as a key
        return "_"
    key = folded(sign)
    return key if len(key) == 1 else "'"
