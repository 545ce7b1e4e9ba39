"""What is wrong with a mapping, a message or a line of a file: a code, its parameters, and words in both languages."""

from songcau.gateways.words import SENTENCES

LONGEST_PART = 120


class Fault(Exception):
    """Something that a person must mend. code: a key of `words.SENTENCES`; params fill its words.

    A parameter is shortened: it may come from outside.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = {name: _short(value) for name, value in params.items()}

    def sentence(self, language: str) -> str:
        """In words, `vi` or `en`."""
        english, vietnamese = SENTENCES[self.code]
        return (vietnamese if language == "vi" else english) % self.params

    def __str__(self) -> str:
        return self.sentence("en")


class MappingFault(Fault):
    """A mapping file cannot be used as it is."""


class Stopped(Exception):
    """The process was told to end while it waited for somebody else."""


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_PART else f"{text[: LONGEST_PART - 1]}…"
