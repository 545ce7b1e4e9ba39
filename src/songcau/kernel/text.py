"""Vietnamese text for searching and sorting: what a person types without marks still finds the name.

Only search keys are folded; a name itself is stored as it was written, in NFC.
"""

import re
import unicodedata
from collections.abc import Iterator

_NO_DECOMPOSITION = str.maketrans({"đ": "d", "Đ": "D"})


def normal(text: str) -> str:
    """NFC with white space at the ends removed and runs of it made one space: the form every input is stored in."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """A search key: lower case, no marks, đ as d. `Đường Tròn` and `duong tron` give the same key."""
    decomposed = unicodedata.normalize("NFD", text.translate(_NO_DECOMPOSITION))
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    return " ".join(bare.casefold().split())


# The official order of the letters; f, j, w and z stand where the Latin alphabet has them.
_LETTERS = {letter: position for position, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
# Of equal letters: no tone, then huyền, hỏi, ngã, sắc, nặng; a foreign mark last.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_FOREIGN_MARK = 6
_OF_A_LETTER = {"\u0302", "\u0306", "\u031b"}
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
