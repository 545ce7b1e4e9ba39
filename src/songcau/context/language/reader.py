"""A text being read from left to right, for the parsers of this room."""

from songcau.context.problems import BadRequestData

DEEPEST = 32


class Reader:
    """A text and a position in it. `what` is the name of the parameter, for the sentences of refusals."""

    __slots__ = ("position", "text", "what")

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.position = 0
        self.what = what

    def at_end(self) -> bool:
        return self.position >= len(self.text)

    def peek(self) -> str:
        """The next character, or an empty string at the end."""
        return self.text[self.position : self.position + 1]

    def take(self, sign: str) -> bool:
        """Whether the sign comes next; it is then passed."""
        if self.text.startswith(sign, self.position):
            self.position += len(sign)
            return True
        return False

    def run(self, ends: frozenset[str]) -> str:
        """The characters up to one of `ends`, or to the end of the text."""
        start = self.position
        text = self.text
        while self.position < len(text) and text[self.position] not in ends:
            self.position += 1
        return text[start : self.position]

    def blanks(self) -> None:
        while self.peek() == " ":
            self.position += 1

    def refuse(self, expected: str) -> BadRequestData:
        """The refusal that says what should stand here and what does."""
        found = f"'{self.text[self.position : self.position + 20]}'" if not self.at_end() else "the end"
        return BadRequestData(
            f"In {self.what}, {expected} is expected at character {self.position + 1}, found {found}."
        )

    def string(self) -> str:
        """A string in double quotes, in which a backslash keeps a quote or a backslash."""
        start = self.position
        self.position += 1
        parts: list[str] = []
        while True:
            parts.append(self.run(_IN_QUOTES))
            if self.at_end():
                self.position = start
                raise self.refuse("a closing double quote")
            if self.take('"'):
                return "".join(parts)
            escaped = self.text[self.position + 1 : self.position + 2]
            parts.append(escaped if escaped in ('"', "\\") else "\\" + escaped)
            self.position += 2


_IN_QUOTES = frozenset('"\\')
