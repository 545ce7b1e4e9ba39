"""Vietnamese text for searching: what a person types without marks still finds the name.

Only search keys are folded; a name itself is stored as it was written, in NFC.
"""

import unicodedata

_NO_DECOMPOSITION = str.maketrans({"đ": "d", "Đ": "D"})


def normal(text: str) -> str:
    """NFC with white space at the ends removed and runs of it made one space: the form every input is stored in."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """A search key: lower case, no marks, đ as d. `Đường Tròn` and `duong tron` give the same key."""
    decomposed = unicodedata.normalize("NFD", text.translate(_NO_DECOMPOSITION))
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    return " ".join(bare.casefold().split())
