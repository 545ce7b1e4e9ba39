"""Instead of sending: a line in a file of the data folder. For demonstrations; pages and messages say "simulated"."""

import json
import os
from pathlib import Path

from songcau.foundation.notifications.adapters.port import ChannelAway, Message, Readiness, Receipt
from songcau.kernel import clock


class Simulated:
    """Appends each message to `<folder>/<name>.jsonl`, readable by the account of songcau only."""

    readiness = Readiness.SIMULATED

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}.jsonl"

    def send(self, message: Message) -> Receipt:
        said = {
            "simulated": True,
            "at": clock.now().isoformat(),
            "key": message.key,
            "to": message.to,
            "title": message.title,
            "lines": list(message.lines),
            "link": message.link,
        }
        line = json.dumps(said, ensure_ascii=False) + "\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
                stream.write(line)
        except OSError:
            raise ChannelAway("DISK") from None
        return Receipt(message_id=f"simulated:{message.key}", delivered=True)
