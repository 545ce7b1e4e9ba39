"""What answers a report, and what only looks like an answer.

“Đã chuyển” (passed on) is no answer. The text is taken apart into clauses; those that pass on, confirm receipt, promise
or thank say nothing of what was done. When nothing else is left the answer is refused, by what it says instead.
"""

import re
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.text import plain, search_key
from songcau.systems.citizen_reports.rules.steps import letters

SHORTEST_CLOSING = 20
FEWEST_WORDS = 4
CLOSING_LIMIT = 4000
# So many letters must say something once the empty clauses are left out.
SHORTEST_REST = 10
# A text with fewer words than these that the report does not have says nothing new.
NEW_WORDS = 2


class ClosingUnfit(Refused):
    """Base of what is wrong with an answer, so that a page can take them all together."""

    code = "CLOSING_UNFIT"


class ClosingEmpty(ClosingUnfit):
    code = "CLOSING_EMPTY"


class ClosingTooShort(ClosingUnfit):
    """At least `least` letters."""

    code = "CLOSING_TOO_SHORT"


class ClosingTooLong(ClosingUnfit):
    code = "CLOSING_TOO_LONG"


class ClosingOnlyForwards(ClosingUnfit):
    code = "CLOSING_ONLY_FORWARDS"


class ClosingOnlyReceives(ClosingUnfit):
    code = "CLOSING_ONLY_RECEIVES"


class ClosingOnlyPromises(ClosingUnfit):
    code = "CLOSING_ONLY_PROMISES"


class ClosingOnlyClaims(ClosingUnfit):
    """That it is solved, and not how."""

    code = "CLOSING_ONLY_CLAIMS"


class ClosingOnlyThanks(ClosingUnfit):
    code = "CLOSING_ONLY_THANKS"


class ClosingRepeatsReport(ClosingUnfit):
    code = "CLOSING_REPEATS_REPORT"


class PhotoMissing(ClosingUnfit):
    """No picture at all of what was done."""

    code = "PHOTO_MISSING"


class PhotoAfterMissing(ClosingUnfit):
    """There is one of before, none of after."""

    code = "PHOTO_AFTER_MISSING"


class _Says(StrEnum):
    SOMETHING = "SOMETHING"
    FORWARDS = "FORWARDS"
    RECEIVES = "RECEIVES"
    PROMISES = "PROMISES"
    CLAIMS = "CLAIMS"
    THANKS = "THANKS"


_REFUSALS: tuple[tuple[_Says, type[ClosingUnfit]], ...] = (
    (_Says.FORWARDS, ClosingOnlyForwards),
    (_Says.RECEIVES, ClosingOnlyReceives),
    (_Says.PROMISES, ClosingOnlyPromises),
    (_Says.CLAIMS, ClosingOnlyClaims),
    (_Says.THANKS, ClosingOnlyThanks),
)

_NO_WORD = re.compile(r"[\W_]+")
_SENTENCES = re.compile(r"[.;!?\n]+")
_CLAUSES = re.compile(r"[:,()]+| (?:va|dong thoi|hien|hien nay|sau do) ")
# After one that passes on or promises a clause goes on doing so (“sẽ kiểm tra và xử lý”) unless something is done.
_DONE = re.compile(r"\b(?:da|xong|hoan thanh|hoan tat|moi|hom qua|hom nay|sang nay|chieu nay|was|were|has|have|done)\b")
_GOES_ON = (_Says.FORWARDS, _Says.PROMISES)
# To whom or what something is passed on; a clause that ends there passes on as well. Who moves a pole or carries
# rubbish away has done something: `đã chuyển rác ra bãi` is none of these.
_OFFICES = (
    "don vi|dv|co quan|phong|ban|so|ubnd|uy ban|hdnd|cong ty|cty|bo phan|to|doi|phuong|xa|thanh pho|cong an|canh sat"
    "|dien luc|trung tam|dia phuong|chi nhanh|xi nghiep|cap|cac|lanh dao|chuc nang|can bo|vien thong|viettel|vnpt"
    "|nha mang|evn|d c|anh|chi|ong|ba|buu dien|nguoi|noi|cho|thong tin|noi dung|phan anh|y kien|vu viec|viec|yeu cau"
    "|kien nghi|ho so|xu ly|giai quyet|tiep|cv"
)
_FORWARDS = re.compile(
    rf"\b(?:chuyen|forward(?:ed)?)(?: tiep)?(?: (?:den|toi|cho|sang|qua|ve|len|to))*(?: (?:{_OFFICES})\b.*| *$)"
)
# Whoever only told somebody else to act has not answered either.
_TELLS = re.compile(
    r"\b(?:giao|yeu cau|chi dao|de nghi|don doc|nhac nho) .*"
    r"\b(?:xu ly|giai quyet|kiem tra|xem xet|vao cuoc|khac phuc|thuc hien|kip thoi|theo quy dinh|theo tham quyen)$"
    r"|\b(?:gui|co|ban hanh) (?:cong van|van ban|phieu chuyen)\b|\bbao cao (?:lanh dao|cap tren|ubnd|thanh pho|tinh)\b"
)
_CLAIMS = re.compile(
    r"\bda (?:duoc )?(?:xu ly|giai quyet|hoan thanh|khac phuc|thuc hien)(?: xong| dut diem| triet de| kip thoi)?"
    r"(?: phan anh| vu viec| noi dung| yeu cau| kien nghi)?(?: cua .*)?(?: theo quy dinh.*)?$"
)
_RECEIVES = re.compile(r"\b(?:tiep nhan|ghi nhan|nhan duoc|nhan thong tin|da nhan|da biet|da xem|received|noted)\b")
_PROMISES = re.compile(
    r"\b(?:se|dang|tiep tuc|will|are|is) (?:(?:duoc|som|tiep tuc|khan truong|nhanh chong) )*(?:xu ly|kiem tra|xem xet"
    r"|giai quyet|khac phuc|tien hanh|phoi hop|chi dao|lien he|thuc hien|trien khai|cho|theo doi|thong bao|tra loi"
    r"|phan hoi|sua|fix|check|look|handle|working|be)\b"
)
_THANKS = re.compile(
    r"^(?:xin|tran trong|chan thanh|rat|kinh|than|cam on|thank|thanks|tks|chao|ok|vang|da vang|da roi)\b"
)


def require_closing(text: str, *, report_text: str = "", has_before: bool, has_after: bool, needs_photo: bool) -> str:
    """The answer with which a report is resolved. A picture of after is enough; one of before alone is not.

    Raises the refusals of this module; the text is looked at first.
    """
    said = plain(text).strip()
    if not said:
        raise ClosingEmpty()
    if len(said) > CLOSING_LIMIT:
        raise ClosingTooLong(limit=CLOSING_LIMIT)
    _require_something(said)
    if letters(said) < SHORTEST_CLOSING or len(_words(said)) < FEWEST_WORDS:
        raise ClosingTooShort(least=SHORTEST_CLOSING)
    if report_text and _repeats(said, report_text):
        raise ClosingRepeatsReport()
    if needs_photo and not has_after:
        raise PhotoAfterMissing() if has_before else PhotoMissing()
    return said


def _require_something(said: str) -> None:
    found: set[_Says] = set()
    rest = 0
    for sentence in _SENTENCES.split(said):
        kind = _Says.SOMETHING
        for clause in filter(None, (_NO_WORD.sub(" ", part).strip() for part in _CLAUSES.split(search_key(sentence)))):
            kind = _said_by(clause, kind)
            found.add(kind)
            rest += letters(clause) if kind is _Says.SOMETHING else 0
    if rest >= SHORTEST_REST:
        return
    for kind, refusal in _REFUSALS:
        if kind in found:
            raise refusal()


def _said_by(clause: str, before: _Says) -> _Says:
    patterns = (
        (_THANKS, _Says.THANKS),
        (_FORWARDS, _Says.FORWARDS),
        (_TELLS, _Says.FORWARDS),
        (_RECEIVES, _Says.RECEIVES),
        (_PROMISES, _Says.PROMISES),
        (_CLAIMS, _Says.CLAIMS),
    )
    otherwise = before if before in _GOES_ON and not _DONE.search(clause) else _Says.SOMETHING
    return next((kind for pattern, kind in patterns if pattern.search(clause)), otherwise)


def _repeats(said: str, report_text: str) -> bool:
    return len(_words(said) - _words(report_text)) < NEW_WORDS


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", search_key(text)))
