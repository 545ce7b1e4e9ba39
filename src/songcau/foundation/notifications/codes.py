"""One-time codes by SMS. They go at once or not at all: nothing of them is stored, queued or logged here."""

import sys

from django.utils.translation import gettext as _
from django.utils.translation import override

from songcau.foundation.notifications.adapters.port import Message, Readiness
from songcau.foundation.notifications.channels import port_of
from songcau.foundation.notifications.rules import Channel
from songcau.kernel.ids import new_id


def send_code(*, phone: str, code: str, language: str) -> None:
    """Send a code to a telephone, in the language of its owner. Raises ChannelAway, MessageRejected.

    Without a gateway a demonstration city writes it into its data folder, where all simulated messages lie, and says
    it in the window in which the city was started.
    """
    with override(language):
        words = _("%(code)s is your code. Give it to nobody; no official ever asks for it.") % {"code": code}
    port = port_of(Channel.SMS)
    port.send(Message(to=phone, title="", lines=(words,), link="", language=language, key=str(new_id())))
    if port.readiness is Readiness.SIMULATED:
        sys.stdout.write(f"  code for {phone}: {code}\n")
        sys.stdout.flush()
