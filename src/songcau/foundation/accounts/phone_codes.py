"""Who carries codes to telephones. Nobody here does: the app above that can says so at start (`use_code_sender`)."""

from typing import Protocol

from songcau.kernel.errors import Unavailable


class CodeSender(Protocol):
    """Takes a code to a number (E.164), in a language (`vi`, `en`), within seconds; or raises Unavailable."""

    def __call__(self, *, phone: str, code: str, language: str) -> None: ...


class CodesNotSent(Unavailable):
    """The city has nothing that sends messages to telephones."""

    code = "CODES_NOT_SENT"


_sender: list[CodeSender] = []


def use_code_sender(sender: CodeSender) -> None:
    """The last one counts."""
    _sender[:] = [sender]


def can_send() -> bool:
    return bool(_sender)


def send_code(*, phone: str, code: str, language: str) -> None:
    """Raises CodesNotSent, or what the sender raises."""
    if not _sender:
        raise CodesNotSent()
    _sender[0](phone=phone, code=code, language=language)
