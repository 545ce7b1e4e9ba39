"""By which words something written is found: without marks, without signs, each once."""

import re

from songcau.kernel.text import search_key

# Longer words are found by their beginning; no index takes a word of thousands of letters.
LONGEST_WORD = 60
_WORDS = re.compile(r"[^\W_]+")


def words_to_find(text: str) -> list[str]:
    """`Đường Z115, ngõ 12/4` gives duong, z115, ngo, 12, 4."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORDS.findall(search_key(text))))
