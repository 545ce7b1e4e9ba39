"""A limit on a whole conversation over a socket. A timeout counts each read anew: a drip is never too slow for it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# The socket may change on the way (TLS takes the place of the plain one): it is cut again until the other side is gone.
_AGAIN_SECONDS = 0.05


class TimeLimit:
    """Whether the time was over before the conversation was."""

    passed = False


@contextmanager
def cut_off_after(seconds: float, line: Callable[[], socket.socket | None]) -> Iterator[TimeLimit]:
    """Within this, after `seconds` the socket that `line` gives is shut in both directions: reading and writing end."""
    limit, over = TimeLimit(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not over.wait(pause):
            limit.passed, pause = True, _AGAIN_SECONDS
            if (found := line()) is not None:
                with suppress(OSError):
                    # Of the plain socket also under TLS: a farewell in TLS would wait for an answer.
                    socket.socket.shutdown(found, socket.SHUT_RDWR)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield limit
    finally:
        over.set()
        watcher.join()
