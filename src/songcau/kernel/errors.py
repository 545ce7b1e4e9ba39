"""The three families of anticipated errors. Anything else is a bug and is not caught.

An error carries a code and parameters, never words: the code is looked up in a table of words
(`words.py` of the foundation app, `pages/words.py` of the system) in the person's language.
"""

from typing import ClassVar


class Anticipated(Exception):
    """Base of the three families. A concrete class sets `code`; keyword arguments fill the words."""

    code: ClassVar[str] = "ANTICIPATED"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params = params

    def __str__(self) -> str:
        filled = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({filled})"


class Refused(Anticipated):
    """A rule says no. The person can act on the reason. HTTP 422 (409 when `conflict`)."""

    code = "REFUSED"
    conflict: ClassVar[bool] = False


class NotAllowed(Anticipated):
    """This person may not do or see this. HTTP 403."""

    code = "NOT_ALLOWED"


class Unavailable(Anticipated):
    """An outside system, or our own storage, cannot serve now; trying again later may help. HTTP 503."""

    code = "UNAVAILABLE"
