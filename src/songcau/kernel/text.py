"""Vietnamese text in one place: how input is stored, how it is found, how it sorts.

What is stored is what was written, in NFC: no name is ever put into another spelling. Tolerance lies in the keys:

    nfc          the normal form; everything that comes in passes it (`shell.typed`)
    normal       one line as it is stored: NFC, single spaces, nothing that cannot be seen
    plain        a text of several lines as it is stored
    folded       lower case without marks
    search_key   folded, and without what people leave out: apostrophes, hyphens
    exact_key    marks kept; old and new placement of the tone alike: for duplicates and exact matches
    order_key    sorts as ICU's Vietnamese collation does, numbers by their size
    list_key     as `order_key`, and both placements of the tone in one place of the list
"""

import re
import unicodedata
from collections.abc import Iterator

# Ð (eth) and Ɖ look like Đ; tables converted from older encodings are full of them.
_NO_DECOMPOSITION = str.maketrans(dict.fromkeys("đðɖ", "d") | dict.fromkeys("ĐÐƉ", "D"))
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʹ′`´＇", "'"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NO_SURROGATE = re.compile("[\ud800-\udfff]")
# Seen by nobody, although Unicode calls them letters, marks or symbols.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(code) for code in range(0xFE00, 0xFE10)}
_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Co", "Cs"})
_TAGS = 0xE0000
_BREAKS = frozenset("\t\n\r\v\f\x85\u2028\u2029")


def nfc(text: str) -> str:
    """The normal form in which everything comes in. Half a surrogate pair, which no database takes, becomes U+FFFD."""
    return unicodedata.normalize("NFC", _NO_SURROGATE.sub("\ufffd", text))


def nfc_throughout(value: object) -> object:
    """Every text in what JSON gives, keys too, in the normal form."""
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, list):
        return [nfc_throughout(one) for one in value]
    if isinstance(value, dict):
        return {nfc(str(name)): nfc_throughout(one) for name, one in value.items()}
    return value


def typings(password: str) -> tuple[str, ...]:
    """The ways keyboards send the same password, each once: NFC first, which RFC 8265 (OpaqueString) asks for; then
    wholly decomposed; then with the tones alone apart, as Vietnamese keyboards of Windows do.
    """
    composed = nfc(password)
    toned = "".join(_tone_apart(letter) for letter in composed)
    return tuple(dict.fromkeys((composed, unicodedata.normalize("NFD", composed), toned)))


def is_invisible(sign: str) -> bool:
    """Whether nobody sees it: control and format characters (zero width, turned writing), fillers, selectors."""
    return unicodedata.category(sign) in _UNSEEN_KINDS or sign in _UNSEEN or ord(sign) >= _TAGS


def is_letter(sign: str) -> bool:
    """A letter of whatever writing, or a mark on one."""
    return unicodedata.category(sign)[0] in "LM"


def normal(text: str) -> str:
    """One line as every name is stored: NFC, single spaces, none at the ends; what cannot be seen is taken out.

    Taken out and not refused: it comes along when something is copied, and who copied it could not find it.
    """
    return " ".join(_seen(nfc(text)).split())


def plain(text: str) -> str:
    """A text of several lines: NFC, lines ended by \\n, tabs kept, and nothing else that cannot be seen."""
    lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", nfc(text))
    return "\n".join("\t".join(_seen(cell) for cell in line.split("\t")) for line in lines)


def _seen(text: str) -> str:
    """What breaks a line or a column as a space; nothing invisible."""
    spaced = (" " if sign in _BREAKS else sign for sign in text)
    return "".join(sign for sign in spaced if not is_invisible(sign))


def folded(text: str) -> str:
    """Lower case, no marks, đ as d, single spaces. `Đường Tròn` and `duong tron` give the same key."""
    decomposed = unicodedata.normalize("NFD", _seen(nfc(text)).translate(_NO_DECOMPOSITION))
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    return " ".join(bare.casefold().split())


def search_key(text: str) -> str:
    """What searching compares, on both sides: folded, apostrophes left out, hyphens as spaces.

    `H’Hen Niê`, `H'Hen Nie` and `hhen nie` give the same key; so do `Phan Rang-Tháp Chàm` and `phan rang thap cham`.
    """
    return " ".join(folded(text.translate(_APOSTROPHES).translate(_DASHES)).replace("'", "").replace("-", " ").split())


def exact_key(text: str) -> str:
    """Marks count, writing habits do not: case, spaces, kinds of apostrophe and dash, and where the tone stands.

    `Thuý` and `Thúy`, `hoà` and `hòa` give the same key; `Mỹ` and `Mĩ`, `An` and `Ân` do not. Never shown.
    """
    return tone_last(normal(text).translate(_APOSTROPHES).translate(_DASHES).casefold())


def tone_last(text: str) -> str:
    """Each word with its tones after its letters, so that it no longer matters over which vowel they were written."""
    return unicodedata.normalize("NFC", _WORD.sub(_with_tone_last, unicodedata.normalize("NFD", text)))


def _with_tone_last(word: re.Match[str]) -> str:
    letters = word.group()
    tones = "".join(sign for sign in letters if sign in _TONES)
    return "".join(sign for sign in letters if sign not in _TONES) + tones


def _tone_apart(letter: str) -> str:
    """`ế` as `ê` and an acute."""
    signs = unicodedata.normalize("NFD", letter)
    bare = unicodedata.normalize("NFC", "".join(sign for sign in signs if sign not in _TONES))
    return bare + "".join(sign for sign in signs if sign in _TONES)


# The official order of the letters; f, j, w and z stand where the Latin alphabet has them.
_LETTERS = {letter: position for position, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
# Of equal letters: no tone, then huyền, hỏi, ngã, sắc, nặng; a foreign mark last.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_FOREIGN_MARK = 6
_OF_A_LETTER = {"\u0302", "\u0306", "\u031b"}
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*")
_PIECE = re.compile(r"(?P<number>[0-9]+)|(?P<letter>[^\W\d_][\u0300-\u036f]*)|(?P<gap>[\W_]+)")
_END, _GAP, _NUMBER, _FIRST_LETTER, _ELSE = "00", "01", "10", 0x20, "f0"


def order_key(text: str) -> str:
    """A key by which Vietnamese texts sort: letters first, tones where letters are equal, numbers by their size.

    Hexadecimal digits only, so that every database sorts it alike, whatever its collation. Case does not count.
    `An`, `Ánh`, `Ăn`, `Ân`, `Dương`, `Đào`, `Tổ 2`, `Tổ 10` are in order.
    """
    letters, tones = [], []
    for kind, piece in _pieces(unicodedata.normalize("NFC", text).casefold()):
        if kind == "number":
            digits = piece.lstrip("0")
            letters.append(_NUMBER + f"{min(len(digits), 255):02x}" + "".join(f"1{digit}" for digit in digits))
        elif kind == "gap":
            letters.append(_GAP)
        else:
            letter, tone = _weighed(piece)
            letters.append(letter)
            tones.append(f"{tone:x}")
    return "".join(letters) + _END + "".join(tones)


def list_key(text: str, limit: int) -> str:
    """The `order_key` of a name in a list, cut to its column: `Hoà` and `Hòa` stand in one place."""
    return order_key(tone_last(normal(text)))[:limit]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Runs of digits as one, runs of anything that is neither digit nor letter as one, letters one by one."""
    for found in _PIECE.finditer(text.strip()):
        yield str(found.lastgroup), found.group()


def _weighed(letter: str) -> tuple[str, int]:
    """The weight of a letter, and that of its tone."""
    base, *marks = list(unicodedata.normalize("NFD", letter))
    own = [mark for mark in marks if mark in _OF_A_LETTER]
    found = _LETTERS.get(unicodedata.normalize("NFC", "".join([base, *own])))
    if found is None:
        found = _LETTERS.get(base)
        tone = _FOREIGN_MARK
    else:
        left = [mark for mark in marks if mark not in own]
        tone = max((_TONES.get(mark, _FOREIGN_MARK) for mark in left), default=0)
    return (f"{_ELSE}{ord(base):06x}" if found is None else f"{_FIRST_LETTER + found:02x}"), tone
