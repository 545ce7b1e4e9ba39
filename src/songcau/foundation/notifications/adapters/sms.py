"""SMS: an aggregator's gateway stands behind the port of channels. None is built in: each city has its own contract.

What is there is the text, the check of the number, and a simulated gateway for demonstrations.
"""

from songcau.foundation.accounts.phones import PhoneUnreadable, phone_number
from songcau.foundation.notifications.adapters.port import Message, MessageRejected, Port, Readiness, Receipt


class Sms:
    """Brings numbers into the international form and hands the message to the gateway of this installation.

    The gateway takes `Message.to` as a number in that form and `Message.lines` as one text.
    """

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
    """0912 345 678 → +84912345678, and an old number of eleven digits → its new one. Raises MessageRejected."""
    try:
        return phone_number(number)
    except PhoneUnreadable:
        raise MessageRejected("ADDRESS") from None
