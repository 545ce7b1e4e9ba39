"""SMS: an aggregator's gateway stands behind this protocol. None is built in: each city has its own contract.

What is there is the text, the check of the number, and a simulated gateway for demonstrations.
"""

import re
from typing import Protocol

from songcau.foundation.notifications.adapters.port import Message, MessageRejected, Port, Readiness, Receipt

_NUMBER = re.compile(r"\+?[0-9]{8,15}")


class Gateway(Port, Protocol):
    """Takes `Message.to` as a number in international form and `Message.lines` as one text."""


class Sms:
    """Brings numbers into the international form and hands the message to the gateway of this installation."""

    def __init__(self, gateway: Port) -> None:
        self.gateway = gateway

    @property
    def readiness(self) -> Readiness:
        return self.gateway.readiness

    def send(self, message: Message) -> Receipt:
        number = international(message.to)
        text = " ".join([*message.lines, message.link]).strip()
        return self.gateway.send(
            Message(to=number, title="", lines=(text,), link="", language=message.language, key=message.key)
        )


def international(number: str) -> str:
    """0912 345 678 → +84912345678. Raises MessageRejected for what is no number."""
    typed = re.sub(r"[\s().-]", "", number)
    if not _NUMBER.fullmatch(typed):
        raise MessageRejected("ADDRESS")
    if typed.startswith("+"):
        return typed
    return f"+84{typed[1:]}" if typed.startswith("0") else f"+{typed}"
